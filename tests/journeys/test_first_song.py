"""A song's whole life on a real Ray, decided by a person, then another one that is rejected."""

import pytest
from ray.util.state import list_actors

from agents.packager import verify
from runtime.label import Label
from storage import artists, cycles, evolutions, memory, queries
from storage.types import CycleState, CycleStep, DeciderKind, Outcome, StepStatus
from tests.journeys.quick import begins, changed, decide, new_song, reaches, story

pytestmark = [pytest.mark.slow, pytest.mark.cluster]


async def test_from_a_plan_to_a_release(label: Label, ray_address: str):
    home = label.settings.home
    left = set((home / "scratch").glob("*"))
    cycle = await new_song(label, seed=3)
    await begins(label, cycle, CycleStep.PRODUCE)
    artist = await label.store.read(artists.artist_by_id, artist_id=cycle.artist_id)
    in_ray = {
        actor.name
        for actor in list_actors(address=ray_address, filters=[("state", "=", "ALIVE")], limit=1000)
    }
    assert f"artist/{artist.slug}" in in_ray
    assert {"supervisor", "creative/0", "critic/0", "reflection/0", "fixer/0", "store"} <= in_ray

    await reaches(label, cycle, CycleState.WAITING)
    await decide(label, cycle)
    ended = await reaches(label, cycle, CycleState.ENDED)

    assert (ended.outcome, ended.decided_by) == (Outcome.APPROVED, DeciderKind.PERSON)
    seen = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
    assert [step.name for step in seen.steps] == list(CycleStep)
    assert all(step.status is StepStatus.DONE for step in seen.steps)
    assert seen.release is not None
    bag = home / "releases" / seen.release.directory
    assert verify(bag) == ()
    assert {"wav", "flac", "mp3", "cover", "preview", "score", "plan"} <= {
        asset.kind for asset in seen.assets
    }
    assert [path.suffix for path in (bag / "data" / "video").iterdir()] == [".mp4"]
    remembered = await label.store.read(memory.memory_of, artist_id=artist.id, limit=5)
    assert [piece.outcome for piece in remembered] == [Outcome.APPROVED]
    assert not list((home / "releases").rglob(".part-*"))
    assert set((home / "scratch").glob("*")) <= left


@pytest.mark.walk
async def test_a_rejected_song_is_not_released_and_teaches(label: Label):
    cycle = await new_song(label, seed=4)
    await reaches(label, cycle, CycleState.WAITING)
    await decide(label, cycle, Outcome.REJECTED)
    ended = await reaches(label, cycle, CycleState.ENDED)

    assert ended.outcome is Outcome.REJECTED
    seen = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
    assert seen.release is None
    assert CycleStep.FILM not in {step.name for step in seen.steps}
    after = await label.store.read(artists.artist_by_id, artist_id=cycle.artist_id)
    (piece,) = await label.store.read(memory.memory_of, artist_id=cycle.artist_id, limit=5)
    assert (piece.outcome, set(piece.numbers) >= {"energy", "tempo_bias"}) == ("rejected", True)
    trial = await label.store.read(evolutions.evolution_on_trial, artist_id=cycle.artist_id)
    assert after.version == (1 if trial is None else 2), (
        "what a finding asks for is tried, and nothing else moves"
    )


@pytest.mark.walk
async def test_below_the_critic_nothing_is_shown(label: Label):
    with changed(label, critic_threshold=0.999, critic_max_revisions=1):
        cycle = await new_song(label, seed=6)
        ended = await reaches(label, cycle, CycleState.ENDED)

        assert (ended.outcome, ended.decided_by) == (Outcome.REJECTED, DeciderKind.POLICY)
        assert "below 1.00" in ended.reason
        seen = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
        assert {step.revision for step in seen.steps} == {0, 1}
        assert seen.approval is None


@pytest.mark.walk
async def test_cancel_takes_effect_at_the_next_step(label: Label):
    cycle = await new_song(label, seed=7)
    await begins(label, cycle, CycleStep.COMPOSE)
    await label.store.write(cycles.request_cancel, cycle_id=cycle.id, who="person")
    ended = await reaches(label, cycle, CycleState.ENDED)
    assert ended.outcome is Outcome.CANCELLED
    kinds = [event.kind for event in await story(label, cycle)]
    assert kinds[-1] == "cycle.ended"
