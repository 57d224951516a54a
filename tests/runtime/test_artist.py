"""The artist as a plain class, without Ray: what it does before a song begins, and when it is replaced."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from agents.fixer import diagnose
from runtime import studio
from runtime.artist import LiveArtist
from runtime.health import require_health
from runtime.launch import Launch
from runtime.signals import Suspend
from runtime.studio import StudioConfig
from storage import artists, cycles, events
from storage.clock import SystemClock
from storage.errors import DiskFullError, Fenced
from storage.home import open_home
from storage.store import LocalStore, Store
from storage.types import ArtistId, CycleState, Outcome
from tests.homes import ready
from tests.storage.stage import Stage

ROOT = Path(__file__).parents[2]
MORE_THAN_ANY_DISK_MB = 10_000_000


@pytest.fixture
def stage(home: Path) -> Iterator[Stage]:
    opened = open_home(ready(home))
    store = Store(opened.engine, SystemClock())
    yield Stage(store, store.clock)  # type: ignore[arg-type] # no test here sets the clock forward
    store.close()
    opened.close()


def live(stage: Stage, home: Path, artist_id: ArtistId, **overrides) -> LiveArtist:
    async def ask_fixer(fault, attempts):
        return diagnose(fault, attempts)

    launch = Launch(home=home, label_id="lbl_test", build="test", overrides=overrides)
    # No pools: a song that is not begun asks nobody.
    return LiveArtist(LocalStore(stage.store), launch, None, ask_fixer, artist_id)  # type: ignore[arg-type]


async def test_no_song_begins_below_the_disk_floor(stage: Stage, home: Path):
    artist = stage.artist()
    cycle = stage.cycle(artist)
    worker = live(stage, home, artist.id, disk_floor_mb=MORE_THAN_ANY_DISK_MB)
    await worker.activate("actor")
    assert await worker.work(cycle.id) is CycleState.DEFERRED
    aside = stage.read(cycles.cycle_by_id, cycle_id=cycle.id)
    assert "DISK_FLOOR_MB" in aside.reason
    assert aside.claims == 0
    told = [event.kind for event in stage.read(events.events_since, seq=0, cycle_id=cycle.id)]
    assert told == ["cycle.queued", "cycle.started", "cycle.deferred"], "no step, no fault"
    assert await worker.passivate()


async def test_a_cancelled_song_ends_however_full_the_disk_is(stage: Stage, home: Path):
    artist = stage.artist()
    cycle = stage.cycle(artist)
    stage.write(cycles.request_cancel, cycle_id=cycle.id, who="ann")
    worker = live(stage, home, artist.id, disk_floor_mb=MORE_THAN_ANY_DISK_MB)
    await worker.activate("actor")
    assert await worker.work(cycle.id) is CycleState.ENDED
    assert stage.read(cycles.cycle_by_id, cycle_id=cycle.id).outcome is Outcome.CANCELLED
    await worker.passivate()


async def test_a_second_supervisor_learns_under_which_name_the_artist_is_held(stage: Stage, home: Path):
    worker = live(stage, home, stage.artist().id)
    assert await asyncio.gather(worker.activate("first"), worker.activate("second")) == ["first", "first"]
    await worker.passivate()


async def test_who_is_replaced_stops_before_its_next_write(stage: Stage, home: Path):
    artist = stage.artist()
    worker = live(stage, home, artist.id, lease_s=1.0)
    await worker.activate("old")
    under_way = asyncio.create_task(asyncio.sleep(60))
    cycle = stage.cycle(artist)
    worker._under_way[cycle.id] = under_way  # type: ignore[assignment]
    waiting = asyncio.create_task(worker.work(cycle.id))
    stage.write(artists.expire_lease, artist_id=artist.id, owner="old")
    stage.activate(artist, "new", lease_s=60)
    with pytest.raises(Fenced):
        await asyncio.wait_for(waiting, 30)


@pytest.mark.parametrize(("closed_s", "on_outage", "waits"), [(9.0, "wait", True), (0.0, "wait", False), (9.0, "engine", False)])  # fmt: skip
async def test_no_song_begins_while_its_only_provider_is_left_alone(
    home: Path, closed_s: float, on_outage: str, waits: bool
):
    class Gate:
        async def closed_for_s(self) -> float:
            return closed_s

    launch = Launch(home=home, label_id="lbl_test", build="test", overrides={"on_outage": on_outage})
    crew = SimpleNamespace(
        cycle=SimpleNamespace(step=None, cancel_requested_by=None),
        settings=launch.settings(),
        studio=StudioConfig.of(launch.settings()),
        vendors=((SimpleNamespace(name="suno"), Gate()),),
    )
    if not waits:
        await require_health(crew)  # type: ignore[arg-type]
        return
    with pytest.raises(Suspend, match="suno: failing") as aside:
        await require_health(crew)  # type: ignore[arg-type]
    assert (aside.value.state, aside.value.due_in_s) == (CycleState.DEFERRED, closed_s)


def test_whatever_an_engine_says_on_a_full_disk_the_song_waits_for_room(home: Path):
    home.mkdir()
    free_mb = os.statvfs(home).f_bavail * os.statvfs(home).f_frsize // 1_000_000
    settings = Launch(
        home=home, label_id="lbl_test", build="test", overrides={"disk_floor_mb": int(free_mb - 300)}
    ).settings()
    config = StudioConfig.of(settings)

    def render(size_mb: int) -> None:
        with studio.scratch(config) as folder, (folder / "video").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size_mb * 1_000_000)
            raise RuntimeError("the encoder failed")

    with pytest.raises(RuntimeError):
        render(1)
    with pytest.raises(DiskFullError):
        render(600)
    assert not list(config.scratch_dir.iterdir())


def test_an_artist_s_process_loads_no_array_or_picture_library():
    """There is one for each artist at work, and what it makes is made in the studio's workers."""
    asked = "import sys, runtime.artist; print([name for name in ('numpy', 'cv2', 'av', 'scipy') if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == "[]"
