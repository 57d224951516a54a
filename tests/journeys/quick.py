"""A whole label at low rate: real Ray, store, engines and pictures, in seconds instead of minutes."""

import asyncio
import os
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import ray

from configs.settings import Settings
from runtime.label import Label, running_label
from storage import approval_rows, approvals, cycles, events, steps
from storage.cycles import Cycle
from storage.types import Artist, CycleState, DeciderKind, Event, Outcome, SongRequest

QUICK: dict[str, str | int | float] = {
    "sample_rate_hz": 8_000,
    "video_preset": "draft",
    "video_fps": 5,
    "video_encoder_preset": "ultrafast",
    "cover_px": 300,
    "undo_s": 0.0,
    "lease_s": 8.0,
    "critic_threshold": 0.2,
    "disk_floor_mb": 10,
    "roster_max": 100,
    "undecided_per_label_max": 100,
    "cycles_in_flight_max": 4,
    "live_artists_max": 20,
    "artist_idle_s": 2.0,
}
PATIENCE_S = 120.0
LOOK_S = 0.25
"""Each look is a call of the store, which has better things to do."""


@asynccontextmanager
async def quick_label(home: Path, ray_address: str) -> AsyncIterator[Label]:
    """A running label on the session's Ray, with its settings where an operator has them: in the home's `.env`."""
    _write_settings(home, QUICK)
    address = {"ray_address": ray_address}
    async with running_label(Settings.load(home, **address), overrides={**address}) as label:
        yield label


@contextmanager
def changed(label: Label, **settings: str | int | float) -> Iterator[None]:
    """Other settings for the artists that wake meanwhile: each reads the home's `.env` when it does."""
    _write_settings(label.settings.home, QUICK | settings)
    try:
        yield
    finally:
        _write_settings(label.settings.home, QUICK)


def _write_settings(home: Path, settings: dict[str, str | int | float]) -> None:
    home.mkdir(exist_ok=True)
    # In one move: an artist that wakes now must not read the half of it.
    part = home / ".env.part"
    part.write_text("".join(f"{name.upper()}={value}\n" for name, value in settings.items()))
    part.rename(home / ".env")


async def new_song(
    label: Label, *, seed: int = 1, seconds: float = 10, artist: Artist | None = None
) -> Cycle:
    """A queued cycle, of a new artist unless one is given."""
    artist = artist or await label.create_artist(seed=seed, genre=None, who="test")
    return await label.request_song(artist.id, SongRequest(seed=seed, seconds=seconds), who="test")


async def reaches(label: Label, cycle: Cycle, *states: CycleState, patience_s: float = PATIENCE_S) -> Cycle:
    """The cycle once it is in one of these states; fails with its story if it does not come to it."""
    async with asyncio.timeout(patience_s):
        while True:
            now = await label.store.read(cycles.cycle_by_id, cycle_id=cycle.id)
            if now.state in states:
                return now
            assert now.state is not CycleState.ENDED, f"ended {now.outcome}: {now.reason}"
            await asyncio.sleep(LOOK_S)


async def decide(label: Label, cycle: Cycle, outcome: Outcome = Outcome.APPROVED, why: str = "test") -> None:
    """A person's verdict on the waiting song."""
    approval = await label.store.read(approval_rows.find_approval, ref=cycle.id)
    await label.store.write(
        approvals.decide,
        approval_id=approval.id,
        outcome=outcome,
        decided_by=DeciderKind.PERSON,
        who="reviewer",
        surface="cli",
        take=1,
        reason=why,
        undo_s=0.0,
        preview_sha256=None,
    )


async def story(label: Label, cycle: Cycle) -> list[Event]:
    """Everything that is recorded of a cycle, oldest first."""
    return await label.store.read(events.events_since, seq=0, cycle_id=cycle.id, limit=5_000)


async def begins(label: Label, cycle: Cycle, step: str) -> None:
    """Wait until a step of the cycle has begun."""
    async with asyncio.timeout(PATIENCE_S):
        while not any(row.name == step for row in await label.store.read(steps.steps_of, cycle_id=cycle.id)):
            await asyncio.sleep(0.02)


def kill_process(actor: ray.actor.ActorHandle) -> None:
    """SIGKILL to an actor's process: no clean-up, as when a machine fails."""
    os.kill(ray.get(actor.__ray_call__.remote(lambda _self: os.getpid())), signal.SIGKILL)


def copied_home(running: Path, home: Path) -> None:
    """The home of a running label; its database by SQLite's own copy, because it is in use."""
    shutil.copytree(running, home, ignore=shutil.ignore_patterns("labelmate.db*", "run.json*", "scratch"))
    with sqlite3.connect(running / "labelmate.db") as source, sqlite3.connect(home / "labelmate.db") as copy:
        source.backup(copy)
    # Sizes and rates come from the record, whatever the settings say by now.
    kept = [
        line
        for line in (running / ".env").read_text().splitlines()
        if line.partition("=")[0] not in ("SAMPLE_RATE_HZ", "VIDEO_PRESET", "VIDEO_FPS", "COVER_PX")
    ]
    (home / ".env").write_text("\n".join(kept))
