"""The store: groups, repeats, failures of one and of all, and what a killed writer leaves."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, insert, select, text, update

from storage import artists, label, outbox, tables
from storage.clock import new_id
from storage.errors import ConflictError, DiskFullError, StorageError
from storage.label import Label
from storage.store import LocalStore, Store, Tx, write
from tests.storage.stage import Stage, Watch


@write
def put_lease(tx: Tx, *, name: str, owner: str = "me") -> int:
    tx.connection.execute(insert(tables.leases).values(name=name, owner=owner, until_s=0.0))
    return len(name)


@write
def put_then_fail(tx: Tx, *, name: str) -> None:
    put_lease(tx, name=name)
    raise ConflictError("changed my mind")


@write
def put_then_break(tx: Tx, *, name: str) -> None:
    put_lease(tx, name=name)
    raise ZeroDivisionError


@write
def hold(tx: Tx, *, entered: object, gate: object) -> None:
    entered.set()
    gate.wait(10)


@write
def draw_id(tx: Tx, *, turn: int) -> str:
    return new_id(f"t{turn}", tx.clock)


@write
def speak_nonsense(tx: Tx) -> None:
    tx.connection.execute(text("SELECT no_such_column FROM leases"))


def names(tx: Tx) -> list[str]:
    return list(tx.connection.execute(select(tables.leases.c.name).order_by(tables.leases.c.name)).scalars())


def submit(stage: Stage, op, **arguments):
    return stage.store.submit(op, arguments, uuid4().hex)


def test_writes_that_wait_together_share_a_commit_and_a_failing_one_takes_none_along(
    engine: Engine, clock: Watch
):
    commits = []
    stage = Stage(Store(engine, clock, checkpoint=commits.append), clock)
    entered, gate = threading.Event(), threading.Event()
    first = submit(stage, hold, entered=entered, gate=gate)
    entered.wait(10)
    good = [submit(stage, put_lease, name=f"n{number:02}") for number in range(20)]
    bad = [submit(stage, put_then_fail, name="never"), submit(stage, put_then_break, name="never")]
    later = submit(stage, put_lease, name="n99")
    gate.set()
    assert [job.result(10) for job in good] == [3] * 20
    assert isinstance(bad[0].exception(10), ConflictError)
    assert isinstance(bad[1].exception(10), ZeroDivisionError)
    assert later.result(10) == 3
    first.result(10)
    assert stage.read(names) == [f"n{number:02}" for number in range(20)] + ["n99"]
    assert len(commits) == 3, "the held write, the group of 23, the query"
    stage.store.close()


def test_ids_do_not_depend_on_who_failed_beside_them(engine: Engine):
    drawn = []
    for is_crowded in (False, True):
        stage = Stage(Store(engine, clock := Watch(7)), clock)
        entered, gate = threading.Event(), threading.Event()
        held = submit(stage, hold, entered=entered, gate=gate)
        entered.wait(10)
        jobs = [submit(stage, draw_id, turn=1)]
        bad = submit(stage, put_then_fail, name="never") if is_crowded else None
        jobs.append(submit(stage, draw_id, turn=2))
        gate.set()
        drawn.append([job.result(10) for job in (held, *jobs)])
        assert bad is None or isinstance(bad.exception(10), ConflictError)
        stage.store._jobs.put(None)
        stage.store._thread.join()
    assert drawn[0] == drawn[1]


def test_a_statement_the_database_refuses_fails_alone(stage: Stage):
    entered, gate = threading.Event(), threading.Event()
    submit(stage, hold, entered=entered, gate=gate)
    entered.wait(10)
    jobs = [
        submit(stage, put_lease, name="a"),
        submit(stage, speak_nonsense),
        submit(stage, put_lease, name="b"),
    ]
    gate.set()
    assert isinstance(jobs[1].exception(10), StorageError)
    assert [jobs[0].result(10), jobs[2].result(10)] == [1, 1]
    assert stage.read(names) == ["a", "b"]


def test_a_repeat_of_a_write_returns_the_stored_result_and_writes_nothing(stage: Stage):
    once = stage.store.submit(put_lease, {"name": "duty"}, "w1").result(10)
    again = stage.store.submit(put_lease, {"name": "duty"}, "w1").result(10)
    assert once == again == 4
    assert stage.read(names) == ["duty"]
    with pytest.raises(ConflictError, match="put_lease"):
        stage.store.submit(put_lease, {"name": "duty"}, "w2").result(10)


def test_a_repeat_gives_back_the_same_type(stage: Stage):
    stopped = [stage.store.submit(label.stop_label, {"who": "ann"}, "w1").result(10) for _ in range(2)]
    assert isinstance(stopped[1], Label)
    assert stopped[0] == stopped[1]


def test_a_write_needs_a_write_id_and_a_query_takes_none(stage: Stage):
    with pytest.raises(StorageError, match="is a write"):
        stage.store.submit(put_lease, {"name": "x"})
    with pytest.raises(StorageError, match="is a query"):
        stage.store.submit(names, {}, "w1")


async def test_a_cancelled_caller_stops_nobody_else(stage: Stage):
    entered, gate = threading.Event(), threading.Event()
    submit(stage, hold, entered=entered, gate=gate)
    entered.wait(10)
    given_up = submit(stage, put_lease, name="given up")
    assert given_up.cancel()
    gate.set()
    local = LocalStore(stage.store)
    assert await asyncio.wait_for(local.write(put_lease, name="kept"), 10) == 4
    assert await local.read(names) == ["kept"]
    with pytest.raises(TypeError, match="keyword"):
        await local.read(names, 1)


def test_stores_of_two_nodes_that_lock_crosswise_both_finish(stage: Stage, open_stage, database_url: str):
    """PostgreSQL ends one of them as a deadlock; its group is repeated job by job and nothing is lost."""
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has one writer")
    other = open_stage()
    for name in ("a", "b"):
        stage.write(put_lease, name=name)
    meet = threading.Barrier(2)

    def race(one: Stage, *order: str) -> None:
        entered, gate = threading.Event(), threading.Event()
        submit(one, hold, entered=entered, gate=gate)
        entered.wait(10)
        jobs = [submit(one, touch, name=name, meet=meet if name == order[0] else None) for name in order]
        gate.set()
        done.append([job.result(20) for job in jobs])

    done: list[list[int]] = []
    threads = [threading.Thread(target=race, args=args) for args in ((stage, "a", "b"), (other, "b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert done == [[1, 1], [1, 1]]
    assert stage.read(owners) == ["2", "2"]


@write
def touch(tx: Tx, *, name: str, meet: threading.Barrier | None) -> int:
    D = tables.leases
    grown = update(D).where(D.c.name == name).values(until_s=D.c.until_s + 1)
    count = tx.connection.execute(grown).rowcount
    if meet is not None and not meet.broken:
        with contextlib.suppress(threading.BrokenBarrierError):
            meet.wait(5)
        meet.abort()
    return count


def owners(tx: Tx) -> list[str]:
    D = tables.leases
    return [
        f"{grown:.0f}" for grown in tx.connection.execute(select(D.c.until_s).order_by(D.c.name)).scalars()
    ]


def test_a_full_disk_is_told_and_what_was_acknowledged_is_there(tmp_path, templates, clock: Watch):
    import shutil

    from storage.database import open_engine, sqlite_url

    file = tmp_path / "small.db"
    shutil.copy(templates("sqlite").removeprefix("sqlite+pysqlite:///"), file)
    engine = open_engine(sqlite_url(file))
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        # The limit is the connection's; the store's thread uses this very one again.
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 20}")
    stage = Stage(Store(engine, clock), clock)
    kept = 0

    def fill() -> None:
        nonlocal kept
        for number in range(100):
            stage.write(put_lease, name=f"{number}", owner="x" * 4000)
            kept += 1

    with pytest.raises(DiskFullError, match="free some space"):
        fill()
    assert 0 < kept < 100
    assert len(stage.read(names)) == kept
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert stage.write(put_lease, name="there is room again") == 19
    stage.store.close()


WRITER = """
import sys
from storage import outbox
from storage.clock import SystemClock
from storage.database import open_engine
from storage.store import Store, Tx, write

@write
def say(tx: Tx, *, n: int) -> int:
    outbox.enqueue(tx, kind="k", dedupe_key=str(n), payload={})
    return n

store = Store(open_engine(sys.argv[1]), SystemClock())
waiting = []
for n in range(1_000_000):
    waiting.append(store.submit(say, {"n": n}, str(n)))
    if len(waiting) == 20:
        print(max(job.result() for job in waiting), flush=True)
        waiting.clear()
"""


@pytest.mark.slow
def test_a_writer_that_is_killed_has_lost_nothing_it_acknowledged(database_url: str, open_stage):
    writer = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER), database_url], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(4)]
    os.kill(writer.pid, signal.SIGKILL)
    told += [int(line) for line in writer.stdout.read().splitlines()]
    writer.wait(10)
    writer.stdout.close()
    keys = {int(key) for key in open_stage().read(dedupe_keys)}
    assert set(range(max(told) + 1)) <= keys
    assert open_stage().read(write_count) == len(keys), (
        "a row and the memory of its write stand or fall together"
    )


def dedupe_keys(tx: Tx) -> list[str]:
    return list(tx.connection.execute(select(tables.outbox.c.dedupe_key)).scalars())


def write_count(tx: Tx) -> int:
    return tx.connection.execute(select(func.count()).select_from(tables.writes)).scalar_one()


def test_two_claims_of_an_artist_at_once_make_one_owner(stage: Stage, open_stage):
    artist = stage.artist()
    stages = [open_stage() for _ in range(4)]
    jobs = [
        each.store.submit(
            artists.claim_artist, {"artist_id": artist.id, "owner": f"o{number}", "lease_s": 30}, uuid4().hex
        )
        for number, each in enumerate(stages)
    ]
    failures = [job.exception(10) for job in jobs]
    assert [type(failure) for failure in failures if failure] == [ConflictError] * 3


def test_messages_are_enqueued_once_by_racing_stores(stage: Stage, open_stage):
    stages = [open_stage() for _ in range(3)]
    jobs = [each.store.submit(say_hello, {}, uuid4().hex) for each in stages]
    assert sorted(job.result(10) for job in jobs) == [False, False, True]
    assert len(stage.read(dedupe_keys)) == 1


@write
def say_hello(tx: Tx) -> bool:
    return outbox.enqueue(tx, kind="k", dedupe_key="hello", payload={"usd": str(Decimal("0.1"))})
