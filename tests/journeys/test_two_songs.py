"""Two songs asked for at once, by the command: the second knows the first, and says what it took from it."""

import asyncio

import pytest

from runtime.label import Label
from storage import artists, lessons, memory
from storage.types import CycleState
from tests.journeys.quick import new_song, reaches
from tests.ui.conftest import Call, call

__all__ = ["call"]
pytestmark = [pytest.mark.walk, pytest.mark.cluster]


async def test_the_second_song_uses_what_the_first_one_taught(
    label: Label, call: Call, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LABELMATE_HOME", str(label.settings.home))
    for seed in range(62, 68):  # of some songs nothing is to be learnt
        first = await new_song(label, seed=seed)
        await reaches(label, first, CycleState.WAITING)
        artist = await label.store.read(artists.artist_by_id, artist_id=first.artist_id)
        if await label.store.read(lessons.lessons_of, artist_id=artist.id):
            break
    else:
        pytest.fail("no reflection of six songs taught anything")
    (piece,) = await label.store.read(memory.memory_of, artist_id=artist.id, limit=5)
    assert piece.outcome == memory.UNDECIDED

    second = await new_song(label, seed=161, artist=artist)
    await reaches(label, second, CycleState.WAITING)
    told = await asyncio.to_thread(call, "cycle", "show", second.id, "--json")
    because = told.data["planned_because"]
    assert [reason for reason in because if reason.startswith(f"lesson: “{piece.title}” taught")], because
    shown = await asyncio.to_thread(call, "cycle", "show", second.id)
    assert f"“{piece.title}” taught" in shown.out
