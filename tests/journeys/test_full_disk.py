"""The disk that holds everything fills up in the middle of a song: it waits, says why, and goes on when there is room."""

import asyncio
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import ray
from sqlalchemy import update

from agents.packager import verify
from runtime.label import Label
from storage import queries, tables
from storage.cycles import Cycle
from storage.store import Tx, write
from storage.types import CycleState, CycleStep, Outcome
from tests.journeys.quick import QUICK, begins, decide, new_song, quick_label, reaches, story

pytestmark = [pytest.mark.walk, pytest.mark.cluster]
DISK_MB = 64
FULL_S = 3.0
CHUNK = bytes(1 << 20)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "labelmate-test", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_a_song_waits_for_room_and_goes_on(small_disk: Path, ray_address: str):
    home, ballast = small_disk / "home", small_disk / "ballast"
    async with quick_label(home, ray_address) as label:
        cycle = await new_song(label, seed=41)
        await begins(label, cycle, CycleStep.PRODUCE)
        await asyncio.to_thread(_fill, ballast)
        await asyncio.sleep(FULL_S)

        # Room enough to write a row, and less than DISK_FLOOR_MB.
        await asyncio.to_thread(_shrink, ballast, int(QUICK["disk_floor_mb"]) // 2)
        aside = await reaches(label, cycle, CycleState.DEFERRED)
        assert "free some space" in aside.reason

        await asyncio.to_thread(ballast.unlink)
        await asyncio.to_thread(_ten_minutes_pass, label, cycle)
        await reaches(label, cycle, CycleState.WAITING)
        await decide(label, cycle)
        ended = await reaches(label, cycle, CycleState.ENDED)

        assert ended.outcome is Outcome.APPROVED, ended.reason
        done = [event.body["step"] for event in await story(label, cycle) if event.kind == "step.done"]
        assert done == list(CycleStep)
        release = (await label.store.read(queries.cycle_overview, cycle_id=cycle.id)).release
        assert release is not None
        assert verify(home / "releases" / release.directory) == ()
        assert len(list((home / "releases").glob("*/*"))) == 1, "no half-written one beside it"
    with sqlite3.connect(home / "labelmate.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(CHUNK):
                pass
        except OSError:
            return


def _shrink(ballast: Path, by_mb: int) -> None:
    with ballast.open("r+b") as file:
        file.truncate(ballast.stat().st_size - by_mb * 1_000_000)


def _ten_minutes_pass(label: Label, cycle: Cycle) -> None:
    """The cycle is due now, as it would be then."""

    def pass_over(actor, cycle_id: str) -> None:
        @write
        def make_due(tx: Tx) -> None:
            C = tables.cycles
            due_at = tx.clock.now() - timedelta(seconds=1)
            tx.connection.execute(update(C).where(C.c.id == cycle_id).values(due_at=due_at))

        actor._store.submit(make_due, {}, "ten minutes").result(10)

    store = ray.get_actor("store", namespace=label.launch.namespace)
    ray.get(store.__ray_call__.remote(pass_over, cycle.id))
