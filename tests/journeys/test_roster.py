"""Twenty artists, two songs each, while processes die: every song ends once, every artist is served."""

import asyncio
import contextlib
import random
from collections import Counter
from pathlib import Path

import pytest
import ray

from agents.packager import verify
from runtime.label import Label
from storage import approval_rows, artists, queries, releases
from storage.types import ArtistId, CycleState, Outcome, SongRequest
from tests.journeys.quick import decide, kill_process, quick_label, reaches

pytestmark = [pytest.mark.slow, pytest.mark.cluster]
ARTISTS, SONGS, KILLS = 20, 2, 5
PATIENCE_S = 420.0


async def test_twenty_artists_two_songs_each_with_kills(home: Path, ray_address: str):
    async with quick_label(
        home, ray_address, live_artists_max=14, cycles_in_flight_max=4, video_fps=5, critic_threshold=0.0
    ) as label:
        roster = [
            await label.create_artist(seed=seed, genre=None, who="test") for seed in range(100, 100 + ARTISTS)
        ]
        songs = [
            await label.request_song(artist.id, SongRequest(seed=number, seconds=10), who="test")
            for number in range(SONGS)
            for artist in roster
        ]
        reviewer = asyncio.create_task(_review(label))
        killer = asyncio.create_task(_kill_some(label, random.Random(5)))
        ended = [await reaches(label, song, CycleState.ENDED, patience_s=PATIENCE_S) for song in songs]
        for task in (reviewer, killer):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

        assert Counter(cycle.outcome for cycle in ended) == {Outcome.APPROVED: ARTISTS * SONGS}
        made = await label.store.read(releases.list_releases, limit=1000)
        assert Counter(release.artist_id for release in made) == {artist.id: SONGS for artist in roster}
        assert len({release.cycle_id for release in made}) == ARTISTS * SONGS
        for release in made:
            assert verify(home / "releases" / release.directory) == ()
        first_round = sorted(cycle.started_at for cycle in ended if cycle.request.seed == 0)
        second_round = sorted(cycle.started_at for cycle in ended if cycle.request.seed == 1)
        assert first_round[len(roster) // 2] < second_round[0], "the longest-idle artist comes first"


async def _review(label: Label) -> None:
    while True:
        for approval in await label.store.read(approval_rows.pending_approvals, limit=50):
            cycle = (await label.store.read(queries.cycle_overview, cycle_id=approval.cycle_id)).cycle
            await decide(label, cycle)
        await asyncio.sleep(0.2)


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
