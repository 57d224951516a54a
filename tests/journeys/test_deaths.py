"""Processes die in the middle of songs: everything acknowledged is kept, and every song ends once."""

import asyncio
import contextlib
import os
import signal
import time
from collections import Counter

import pytest
import ray
from ray.util.state import list_tasks

from agents.packager import verify
from runtime.label import Label
from storage import artists, queries
from storage.cycles import Cycle
from storage.types import CycleState, CycleStep, Outcome
from tests.journeys.quick import begins, changed, decide, kill_process, new_song, reaches, story

pytestmark = [pytest.mark.slow, pytest.mark.cluster]
VICTIMS = {
    CycleStep.WRITE: "creative/0",
    CycleStep.PRODUCE: "store",
    CycleStep.CRITICISE: "critic/0",
    CycleStep.PAINT: "supervisor",
    CycleStep.REFLECT: "reflection/0",
}
"""Who is killed in which step."""


def actor(label: Label, name: str) -> ray.actor.ActorHandle:
    return ray.get_actor(name, namespace=label.launch.namespace)


async def kill_artist(label: Label, cycle: Cycle) -> None:
    artist = await label.store.read(artists.artist_by_id, artist_id=cycle.artist_id)
    with contextlib.suppress(ValueError, ray.exceptions.RayActorError):
        await asyncio.to_thread(kill_process, actor(label, f"artist/{artist.slug}"))


async def released_once(label: Label, cycle: Cycle) -> None:
    """The song is out, whole, once, and every step was done once."""
    ended = await reaches(label, cycle, CycleState.ENDED)
    assert ended.outcome is Outcome.APPROVED, ended.reason
    done = Counter(
        (event.body["step"], event.body["revision"])
        for event in await story(label, cycle)
        if event.kind == "step.done"
    )
    assert max(done.values()) == 1
    seen = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
    assert seen.release is not None
    assert verify(label.settings.home / "releases" / seen.release.directory) == ()


async def test_the_artist_dies_in_every_step(label: Label):
    cycle = await new_song(label, seed=11)
    for step in CycleStep:
        if step is CycleStep.FILM:
            await reaches(label, cycle, CycleState.WAITING)
            await decide(label, cycle)
        await begins(label, cycle, step)
        await kill_artist(label, cycle)
    await released_once(label, cycle)


@pytest.mark.walk  # the store's and the supervisor's deaths are also in test_roster.py
async def test_whoever_the_artist_needs_dies(label: Label):
    cycle = await new_song(label, seed=12)
    for step, victim in VICTIMS.items():
        await begins(label, cycle, step)
        await asyncio.to_thread(_kill_named, label, victim)
    await reaches(label, cycle, CycleState.WAITING)
    await decide(label, cycle)
    await released_once(label, cycle)


@pytest.mark.walk
async def test_a_worker_dies_in_a_render_and_the_picture_is_made_again(label: Label, ray_address: str):
    parts = label.settings.home / "assets" / ".part"
    left = set(parts.glob("*"))
    with changed(label, video_fps=30):
        cycle = await new_song(label, seed=13)
        await begins(label, cycle, CycleStep.PAINT)
        os.kill(await _worker_of("film_preview", ray_address), signal.SIGKILL)
        await reaches(label, cycle, CycleState.WAITING)

        opened = [event.body["action"] for event in await story(label, cycle) if event.kind == "fix.opened"]
        assert opened == ["rerender"]
        await decide(label, cycle)
        await released_once(label, cycle)
        assert set(parts.glob("*")) <= left


def _kill_named(label: Label, name: str) -> None:
    for _ in range(5):
        try:
            with contextlib.suppress(ray.exceptions.RayActorError):
                kill_process(actor(label, name))
        except TypeError:  # of Ray's: a handle made while another thread makes one may have wrong signatures
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"{name} could not be killed")


async def _worker_of(task: str, ray_address: str) -> int:
    """The process that runs a task now."""
    async with asyncio.timeout(60):
        while True:
            running = await asyncio.to_thread(
                list_tasks,
                address=ray_address,
                filters=[("name", "=", task), ("state", "=", "RUNNING")],
                detail=True,
            )
            pids = [found.worker_pid for found in running if found.worker_pid]
            if pids:
                return pids[0]
            await asyncio.sleep(0.05)
