"""The content plan: what people write stays, and songs begin on their day, within what reviewers can hold."""

from datetime import date, timedelta

import pytest

from storage import artists, content_plan, cycles, label
from storage.content_plan import PlanChange
from storage.cycles import Reviewing
from storage.errors import ConflictError, NotFoundError
from storage.types import Artist, CycleState, LifecycleState, Outcome, PieceKind, PlannedPiece
from tests.storage.stage import Stage

DAY = date(2026, 1, 5)
ROOM = Reviewing(per_artist_max=2, per_label_max=12)


def song(day: date = DAY, **fields) -> PlannedPiece:
    return PlannedPiece(day=day, kind=PieceKind.SONG, **fields)


def teaser(day: date = DAY) -> PlannedPiece:
    return PlannedPiece(day=day, kind=PieceKind.TEASER, platform="threads", text="“{title}”, soon")


def planned(stage: Stage, *pieces: PlannedPiece, name: str = "Nova Rain", accepted: bool = True) -> Artist:
    artist = stage.artist(name)
    if accepted:
        artist = stage.write(artists.accept_artist, artist_id=artist.id, who="ann")
    stage.write(content_plan.extend_plan, artist_id=artist.id, pieces=pieces, until=DAY + timedelta(days=28))
    return artist


def begin(stage: Stage, today: date = DAY, reviewing: Reviewing = ROOM):
    return stage.write(
        content_plan.begin_due_songs, today=today, reviewing=reviewing, formats=("9:16",), limit=20
    )


def plan(stage: Stage, **given):
    return stage.read(
        content_plan.plan_of, first=DAY - timedelta(days=60), last=DAY + timedelta(days=60), **given
    )


def test_a_song_begins_on_its_day_and_once(stage: Stage):
    artist = planned(stage, song(theme="rain", title="Slow Rain"), song(DAY + timedelta(days=7)))
    assert begin(stage, DAY - timedelta(days=1)) == []
    (begun,) = begin(stage)
    assert begin(stage) == []
    cycle = stage.read(cycles.cycle_by_id, cycle_id=begun.cycle_id)
    assert (cycle.artist_id, cycle.requested_by) == (artist.id, "plan")
    assert (cycle.request.theme, cycle.request.title, cycle.request.formats) == (
        "rain",
        "Slow Rain",
        ("9:16",),
    )
    assert [entry.status for entry in plan(stage)] == ["begun", "planned"]


def test_nobody_begins_before_a_person_has_taken_the_artist_on(stage: Stage):
    artist = planned(stage, song(), accepted=False)
    assert begin(stage) == []
    stage.cycle(artist)  # to ask for one song is not to ask for one a week
    assert begin(stage) == []
    stage.write(artists.accept_artist, artist_id=artist.id, who="ann")
    assert len(begin(stage)) == 1


@pytest.mark.parametrize("state", [LifecycleState.PAUSED, LifecycleState.RETIRED])
def test_who_does_not_work_begins_nothing(stage: Stage, state: LifecycleState):
    artist = planned(stage, song())
    stage.write(
        artists.set_state, artist_id=artist.id, before=artist.state, after=state, trigger="pause", evidence=None,
        bound=None, reason="", who="ann",
    )  # fmt: skip
    assert begin(stage) == []
    assert stage.read(content_plan.artists_to_plan, before=date(2030, 1, 1), limit=9) == []


def test_an_artist_with_two_unfinished_songs_begins_no_third(stage: Stage):
    artist = planned(stage, song())
    first, _second = stage.cycle(artist), stage.cycle(artist, seed=2)
    assert begin(stage) == []
    fence = stage.activate(artist).fence
    stage.end(fence, first, Outcome.REJECTED)
    assert len(begin(stage)) == 1


def test_the_label_as_a_whole_has_a_limit_and_the_longest_idle_come_first(stage: Stage):
    for number in range(4):
        artist = planned(stage, song(), name=f"Artist {number}")
        if number < 2:  # these have made something before
            cycle, fence = stage.cycle(artist), stage.activate(artist).fence
            opened = stage.write(cycles.open_cycle, fence=fence, cycle_id=cycle.id, claims_max=5)
            stage.end(fence, opened, Outcome.APPROVED)
    begun = begin(stage, reviewing=Reviewing(per_artist_max=2, per_label_max=3))
    names = [stage.read(artists.artist_by_id, artist_id=each.artist_id).persona.name for each in begun]
    assert sorted(names[:2]) == ["Artist 2", "Artist 3"]
    assert names[2] == "Artist 0"
    assert len(names) == 3


def test_a_stopped_label_begins_nothing_and_goes_on_where_it_was(stage: Stage):
    planned(stage, song())
    stage.write(label.stop_label, who="ann")
    assert begin(stage) == []
    stage.write(label.resume_label, who="ann")
    assert len(begin(stage)) == 1


def test_weeks_away_are_not_made_up(stage: Stage):
    late = [DAY - timedelta(days=days) for days in (21, 14, 7)]
    planned(stage, *map(song, late), teaser(late[0]), teaser(DAY))
    assert len(begin(stage)) == 1
    assert [(entry.kind, entry.status) for entry in plan(stage)] == [
        ("song", "missed"),
        ("teaser", "missed"),
        ("song", "missed"),
        ("song", "begun"),
        ("teaser", "planned"),
    ]
    assert begin(stage) == []


def test_what_a_person_changed_or_skipped_is_not_drawn_over(stage: Stage):
    artist = planned(stage, song(), teaser(DAY + timedelta(days=2)), teaser(DAY + timedelta(days=3)))
    entries = plan(stage)
    changed = stage.write(
        content_plan.change_entry, entry_id=entries[1].id, change=PlanChange(text="mine"), who="ann"
    )
    assert (changed.text, changed.changed_by) == ("mine", "ann")
    stage.write(
        content_plan.change_entry, entry_id=entries[0].id, change=PlanChange(status="skipped"), who="ann"
    )
    assert stage.write(content_plan.forget_drawn, artist_id=artist.id, after=DAY) == 1
    again = (song(), teaser(DAY + timedelta(days=2)), teaser(DAY + timedelta(days=3)))
    assert stage.write(content_plan.extend_plan, artist_id=artist.id, pieces=again, until=DAY) == 1
    assert [(entry.status, entry.text) for entry in plan(stage)] == [
        ("skipped", ""),
        ("planned", "mine"),
        ("planned", "“{title}”, soon"),
    ]
    assert begin(stage) == []


def test_what_was_moved_does_not_come_back_on_its_old_day(stage: Stage):
    wednesday = DAY + timedelta(days=2)
    artist = planned(stage, song(theme="rain"), teaser())
    drawn, posted = plan(stage)
    moved = PlanChange(day=wednesday)
    stage.write(content_plan.change_entry, entry_id=drawn.id, change=moved, who="ann")
    stage.write(
        content_plan.change_entry, entry_id=posted.id, change=PlanChange(platform="mastodon"), who="ann"
    )
    before = DAY - timedelta(days=1)
    assert stage.write(content_plan.forget_drawn, artist_id=artist.id, after=before) == 0
    again = {"artist_id": artist.id, "pieces": (song(), teaser()), "until": DAY}
    assert stage.write(content_plan.extend_plan, **again) == 0
    assert begin(stage) == []
    old = plan(stage)[0]
    assert (old.day, old.kind, old.status, old.changed_by, old.theme) == (DAY, "song", "skipped", "ann", None)
    (begun,) = begin(stage, wednesday)
    assert begun.entry_id == drawn.id


def test_what_was_moved_can_be_moved_back_and_its_old_day_is_free_for_another(stage: Stage):
    artist = planned(stage, song(theme="rain"))
    (drawn,) = plan(stage)
    for day in (DAY + timedelta(days=2), DAY, DAY + timedelta(days=2)):
        stage.write(content_plan.change_entry, entry_id=drawn.id, change=PlanChange(day=day), who="ann")
    assert [(entry.day, entry.status) for entry in plan(stage)] == [
        (DAY, "skipped"),
        (DAY + timedelta(days=2), "planned"),
    ]
    stage.write(content_plan.add_piece, artist_id=artist.id, piece=song(theme="snow"), who="ann")
    assert [(entry.theme, entry.status) for entry in plan(stage)] == [
        ("snow", "planned"),
        ("rain", "planned"),
    ]


def test_a_skipped_entry_that_somebody_wrote_gives_way_to_none(stage: Stage):
    planned(stage, song(theme="rain"), song(DAY + timedelta(days=7)))
    first, second = plan(stage)
    skipped = PlanChange(status="skipped")
    stage.write(content_plan.change_entry, entry_id=first.id, change=skipped, who="ann")
    with pytest.raises(ConflictError, match="has a song already"):
        stage.write(content_plan.change_entry, entry_id=second.id, change=PlanChange(day=DAY), who="ann")


def test_a_taken_day_a_begun_song_and_an_unknown_entry_are_refused(stage: Stage):
    artist = planned(stage, song(), song(DAY + timedelta(days=7)))
    first, second = plan(stage)
    with pytest.raises(ConflictError, match="has a song already"):
        stage.write(content_plan.change_entry, entry_id=second.id, change=PlanChange(day=DAY), who="ann")
    with pytest.raises(ConflictError, match="has a song already"):
        stage.write(content_plan.add_piece, artist_id=artist.id, piece=song(), who="ann")
    begin(stage)
    with pytest.raises(ConflictError, match="is begun"):
        stage.write(content_plan.change_entry, entry_id=first.id, change=PlanChange(theme="x"), who="ann")
    with pytest.raises(NotFoundError):
        stage.read(content_plan.entry_by_id, entry_id="pln_nothing")


def test_a_teaser_speaks_of_the_song_before_it_once_that_has_a_title(stage: Stage):
    artist = planned(stage, song(), teaser(DAY + timedelta(days=2)))
    assert plan(stage)[1].shown_text == "“the next song”, soon"
    (begun,) = begin(stage)
    fence = stage.activate(artist).fence
    cycle = stage.write(cycles.open_cycle, fence=fence, cycle_id=begun.cycle_id, claims_max=5)
    stage.ask(fence, cycle)
    stage.write(
        cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="waits"
    )
    assert plan(stage)[1].shown_text == "“Slow Rain”, soon"


def test_a_clock_set_back_begins_nothing_twice(stage: Stage):
    planned(stage, song())
    assert len(begin(stage)) == 1
    stage.clock.advance(days=-1)
    assert begin(stage, DAY - timedelta(days=1)) == []
    assert begin(stage) == []
