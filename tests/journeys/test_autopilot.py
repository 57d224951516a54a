"""An artist's autopilot: approves within its limits and says why, and gives the wheel back when people disagree."""

import pytest

from runtime.desk import Desk
from runtime.desk.actor import Actor
from runtime.label import Label
from storage import approval_rows, artists, queries
from storage.types import AutopilotPolicy, CycleState, DeciderKind, Outcome, SongRequest
from tests.journeys.quick import new_song, reaches

pytestmark = [pytest.mark.walk, pytest.mark.cluster]


async def test_it_approves_once_a_week_and_leaves_the_rest_to_people(label: Label):
    desk = Desk(label, Actor(alias="ann", surface="cli"))
    artist = await label.create_artist(seed=41, genre=None, who="ann")
    await desk.artists.set_autopilot(artist.id, AutopilotPolicy(min_score=0.2), reason="a good ear")
    first = await new_song(label, seed=41, artist=artist)
    ended = await reaches(label, first, CycleState.ENDED)
    assert (ended.outcome, ended.decided_by) == (Outcome.APPROVED, DeciderKind.AUTOPILOT)
    assert ended.reason.startswith("autopilot: the critic gave")
    assert (await label.store.read(queries.cycle_overview, cycle_id=first.id)).release is not None

    second = await new_song(label, seed=42, artist=artist)
    await reaches(label, second, CycleState.WAITING)
    asked = await label.store.read(approval_rows.find_approval, ref=second.id)
    assert asked.facts["left_to_people"] == (
        "autopilot: it approved 1 of this artist's songs in seven days already"
    )
    await desk.artists.set_autopilot(
        artist.id, AutopilotPolicy(min_score=0.2, stop_after_rejections=1), reason="on trial"
    )
    await desk.decisions.reject(asked, reason="too busy")
    await reaches(label, second, CycleState.ENDED)

    third = await new_song(label, seed=43, artist=artist)
    await reaches(label, third, CycleState.WAITING)
    now = await label.store.read(artists.artist_by_id, artist_id=artist.id)
    assert not now.autopilot, "switched off by one person's rejection"


async def test_a_song_asked_for_in_a_real_artist_s_name_is_people_s(label: Label):
    desk = Desk(label, Actor(alias="ann", surface="cli"))
    artist = await label.create_artist(seed=44, genre=None, who="ann")
    await desk.artists.set_autopilot(artist.id, AutopilotPolicy(min_score=0.2), reason="a good ear")
    wanted = SongRequest(seed=44, seconds=10, theme="a night drive in the style of Kraftwerk")
    song = await label.request_song(artist.id, wanted, who="ann")
    await reaches(label, song, CycleState.WAITING)
    asked = await label.store.read(approval_rows.find_approval, ref=song.id)
    assert asked.facts["left_to_people"] == "autopilot: it names a real artist: kraftwerk (theme)"
    assert (await label.store.read(artists.artist_by_id, artist_id=artist.id)).autopilot
