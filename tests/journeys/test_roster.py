"""Twenty artists, two songs each, while processes die: every song ends once, every artist is served."""

import asyncio
import contextlib
import random
from collections import Counter

import pytest
import ray
from ray.util import list_named_actors

from agents.packager import verify
from runtime.label import Label
from storage import approval_rows, artists, cycles, queries, releases
from storage.cycles import Cycle
from storage.types import ArtistId, CycleState, Outcome, SongRequest
from tests.journeys.quick import changed, decide, kill_process, new_song, reaches

pytestmark = [pytest.mark.slow, pytest.mark.cluster]
ARTISTS, SONGS, KILLS = 20, 2, 5
PATIENCE_S = 420.0
PASSIVATED_S = 30.0


async def test_twenty_artists_two_songs_each_with_kills(label: Label):
    # Artists stay awake for their second song, once the supervisor has been killed: it reads this as it starts.
    with changed(label, critic_threshold=0.0, video_formats="16:9", artist_idle_s=PATIENCE_S):
        roster = [
            await label.create_artist(seed=seed, genre=None, who="test") for seed in range(100, 100 + ARTISTS)
        ]
        songs = [
            await label.request_song(artist.id, SongRequest(seed=number, seconds=10), who="test")
            for number in range(SONGS)
            for artist in roster
        ]
        reviewer = asyncio.create_task(_review(label, songs))
        killer = asyncio.create_task(_kill_some(label, random.Random(5)))
        ended = [await reaches(label, song, CycleState.ENDED, patience_s=PATIENCE_S) for song in songs]
        for task in (reviewer, killer):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    assert Counter(cycle.outcome for cycle in ended) == {Outcome.APPROVED: ARTISTS * SONGS}
    asked = {song.id for song in songs}
    made = [
        release
        for release in await label.store.read(releases.list_releases, limit=1000)
        if release.cycle_id in asked
    ]
    assert Counter(release.artist_id for release in made) == {artist.id: SONGS for artist in roster}
    assert len({release.cycle_id for release in made}) == ARTISTS * SONGS
    for release in made:
        assert verify(label.settings.home / "releases" / release.directory) == ()
    first_round = sorted(cycle.started_at for cycle in ended if cycle.request.seed == 0)
    second_round = sorted(cycle.started_at for cycle in ended if cycle.request.seed == 1)
    assert first_round[len(roster) // 2] < second_round[0], "the longest-idle artist comes first"

    await asyncio.to_thread(kill_process, ray.get_actor("supervisor", namespace=label.launch.namespace))
    late = await new_song(label, seed=199)
    await label.store.write(cycles.request_cancel, cycle_id=late.id, who="test")
    await reaches(label, late, CycleState.ENDED)
    async with asyncio.timeout(PASSIVATED_S):
        while await asyncio.to_thread(_awake, label):
            await asyncio.sleep(0.5)


async def _review(label: Label, songs: list[Cycle]) -> None:
    asked = {song.id: song for song in songs}
    while True:
        for approval in await label.store.read(approval_rows.pending_approvals, limit=100):
            if approval.cycle_id in asked:
                await decide(label, asked[approval.cycle_id])
        await asyncio.sleep(0.5)


async def _kill_some(label: Label, rng: random.Random) -> None:
    """Kill a random working artist now and then; one of the kills hits the store, one the supervisor."""
    victims = ["store", "supervisor", *["artist"] * (KILLS - 2)]
    rng.shuffle(victims)
    for victim in victims:
        await asyncio.sleep(rng.uniform(4, 8))
        with contextlib.suppress(ValueError, ray.exceptions.RayActorError):
            await asyncio.to_thread(
                kill_process,
                ray.get_actor(await _name_of(label, victim, rng), namespace=label.launch.namespace),
            )


async def _name_of(label: Label, victim: str, rng: random.Random) -> str:
    if victim != "artist":
        return victim
    working = await label.store.read(queries.list_cycles, states=(CycleState.RUNNING,), limit=50)
    if not working:
        raise ValueError("nobody is working")
    artist_id = ArtistId(rng.choice(working).cycle.artist_id)
    return f"artist/{(await label.store.read(artists.artist_by_id, artist_id=artist_id)).slug}"


def _awake(label: Label) -> list[str]:
    return [
        actor["name"]
        for actor in list_named_actors(all_namespaces=True)
        if actor["namespace"] == label.launch.namespace and actor["name"].startswith("artist/")
    ]
