"""A machine that sleeps in the middle of songs: everything stands still, and everything goes on from there."""

import asyncio
import json
import os
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import ray
from sqlalchemy import select, update

from runtime.label import Label
from storage import approval_rows, queries, tables
from storage.store import Tx, write
from storage.types import CycleState, CycleStep
from tests.journeys.quick import QUICK, begins, changed, decide, new_song, reaches, story
from tests.journeys.test_providers import BUYING, PRICE_USD, connect, spent_usd

pytestmark = [pytest.mark.walk, pytest.mark.cluster]
TWO_DAYS_S = 2 * 86_400.0
ASLEEP_S = 1.5 * float(QUICK["lease_s"])
NOTICED_S = 60.0


async def test_asleep_for_longer_than_any_lease(label: Label, vendor_at: tuple[str, Path]):
    base, books = vendor_at
    waiting = await new_song(label, seed=31)
    await reaches(label, waiting, CycleState.WAITING)
    asked = await label.store.read(approval_rows.find_approval, ref=waiting.id)
    local = await new_song(label, seed=32)
    await begins(label, local, CycleStep.PLAN)
    connect(label, base)
    with changed(label, **BUYING):
        bought = await new_song(label, seed=33)
        await asyncio.gather(
            begins(label, local, CycleStep.PRODUCE), begins(label, bought, CycleStep.COMPOSE)
        )
        before = await label.store.read(queries.list_cycles, limit=1000)
        stopped = await asyncio.to_thread(_workers, label)
        try:
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(ASLEEP_S)
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
        await label.store.write(_two_days_ago)

        for cycle in (local, bought):
            await reaches(label, cycle, CycleState.WAITING)
            done = Counter(
                event.body["step"] for event in await story(label, cycle) if event.kind == "step.done"
            )
            assert set(done.values()) == {1}, "nothing was lost, nothing was done twice"
    assert len(json.loads(books.read_text())) == 1
    assert await spent_usd(label, bought) == PRICE_USD

    async with asyncio.timeout(NOTICED_S):
        while (now := await label.store.read(approval_rows.find_approval, ref=waiting.id)).id and (
            now.overdue_at == asked.overdue_at
        ):
            await asyncio.sleep(0.5)
    moved_s = (now.overdue_at - asked.overdue_at).total_seconds()
    assert TWO_DAYS_S <= moved_s < TWO_DAYS_S + 10 * ASLEEP_S
    after = await label.store.read(queries.list_cycles, limit=1000)
    assert len(after) == len(before), "nobody makes up for what was missed"
    await decide(label, waiting)
    await reaches(label, waiting, CycleState.ENDED)


def _workers(label: Label) -> list[int]:
    """Every process that works for the label: its actors, and the studio's workers beside them."""
    store = ray.get_actor("store", namespace=label.launch.namespace)
    raylet = _parent(ray.get(store.__ray_call__.remote(lambda _self: os.getpid())))
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if _parent(pid) == raylet and _is_worker(pid)]


@write
def _two_days_ago(tx: Tx) -> None:
    """What is asked was asked two days ago, and the label was last seen awake then; other times are left alone."""
    L, P = tables.label, tables.approvals
    seen = tx.connection.execute(select(L.c.awake_at)).scalar_one()
    tx.connection.execute(update(L).values(awake_at=seen - timedelta(seconds=TWO_DAYS_S)))
    for row in tx.connection.execute(select(P.c.id, P.c.asked_at)).all():
        asked_at = row.asked_at - timedelta(seconds=TWO_DAYS_S + ASLEEP_S)
        moved = {"asked_at": asked_at, "delivered_at": asked_at}
        tx.connection.execute(update(P).where(P.c.id == row.id).values(**moved))


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended meanwhile
        return 0


def _is_worker(pid: int) -> bool:
    name = Path(f"/proc/{pid}/cmdline").read_bytes()
    return name.startswith(b"ray::") and b"Agent" not in name
