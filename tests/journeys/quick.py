"""A whole label at low rate: real Ray, store, engines and pictures, in seconds instead of minutes."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import ray

from configs.settings import Settings
from runtime.label import Label, running_label
from storage import approval_rows, approvals, cycles, events
from storage.cycles import Cycle
from storage.types import Artist, CycleState, DeciderKind, Event, Outcome, SongRequest

QUICK: dict[str, str | int | float | None] = {
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
}
PATIENCE_S = 120.0


@asynccontextmanager
async def quick_label(
    home: Path, ray_address: str, **overrides: str | int | float | None
) -> AsyncIterator[Label]:
    """A running label on the session's Ray."""
    changed = {**QUICK, "ray_address": ray_address, **overrides}
    async with running_label(Settings.load(home, **changed), overrides=changed) as label:
        yield label


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
            await asyncio.sleep(0.1)


async def decide(label: Label, cycle: Cycle, outcome: Outcome = Outcome.APPROVED) -> None:
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
        reason="test",
        undo_s=0.0,
        preview_sha256=None,
    )


async def story(label: Label, cycle: Cycle) -> list[Event]:
    """Everything that is recorded of a cycle, oldest first."""
    return await label.store.read(events.events_since, seq=0, cycle_id=cycle.id, limit=5_000)


async def begins(label: Label, cycle: Cycle, step: str) -> None:
    """Wait until a step of the cycle has begun."""
    async with asyncio.timeout(PATIENCE_S):
        while not any(
            event.kind == "step.intent" and event.body["step"] == step for event in await story(label, cycle)
        ):
            await asyncio.sleep(0.02)


def kill_process(actor: ray.actor.ActorHandle) -> None:
    """SIGKILL to an actor's process: no clean-up, as when a machine fails."""
    os.kill(ray.get(actor.__ray_call__.remote(lambda _self: os.getpid())), signal.SIGKILL)
