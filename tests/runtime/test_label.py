"""The door to a label: one `up` to a home, and a loser that leaves the winner's record alone."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from configs.settings import Settings
from runtime.label import RUN_FILE, RunRecord, VisitedStore, read_run, running_label
from storage.clock import SystemClock
from storage.errors import ClusterError, HomeLockedError
from storage.home import open_home
from storage.lock import FileLock
from storage.store import LocalStore, Store, Tx


@pytest.fixture
def winner(home: Path) -> Iterator[FileLock]:
    """Another `up` that is still starting: it holds the home and has not told of itself yet."""
    home.mkdir()
    lock = FileLock(home / RUN_FILE)
    yield lock
    lock.free()


async def test_of_two_that_start_at_once_one_goes_on(home: Path, winner: FileLock):
    with pytest.raises(HomeLockedError, match="labelmate down") as told:
        async with running_label(Settings.load(home)):
            pytest.fail("there are two")
    assert "\n" not in str(told.value)


async def test_a_visitor_hears_at_once_that_the_label_has_ended(home: Path, winner: FileLock):
    record = RunRecord(pid=1, address="127.0.0.1:1", dashboard_url=None, label_id="lbl_1", build="0")
    (home / RUN_FILE).write_text(record.model_dump_json())
    assert read_run(home) == record
    opened = open_home(home)
    store = Store(opened.engine, SystemClock())
    visited = VisitedStore(LocalStore(store), home)
    answer = threading.Event()

    def slow(_tx: Tx) -> bool:
        return answer.wait(20)

    winner.free()  # as when it is killed: the record stays
    with pytest.raises(ClusterError, match="has ended meanwhile"):
        await visited.read(slow)
    assert not answer.is_set()
    answer.set()
    store.close()
    opened.close()


def test_a_look_at_the_lock_never_keeps_a_label_from_starting(home: Path):
    from storage.lock import is_held

    home.mkdir()
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            is_held(home / RUN_FILE)

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(50):
        FileLock(home / RUN_FILE).free()
    ended.set()
    looking.join()
