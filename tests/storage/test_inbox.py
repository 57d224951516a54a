"""The inbox: asked for once, brought once, and the cycle is due exactly then."""

import pytest

from storage import cycles, inbox, outbox
from storage.cycles import Reviewing
from storage.errors import ConflictError, NotFoundError
from storage.inbox import InboxSheet, InboxStatus
from storage.types import CycleState, DeciderKind, Outcome
from tests.storage.stage import Stage, asset

SHEET = InboxSheet(
    title="Slow Rain", style="folk, calm", lyrics="[Verse]\nla", tempo_bpm=90, key="A minor", duration_s=60, vocal="female airy"
)  # fmt: skip
WIDE = Reviewing(per_artist_max=5, per_label_max=20)


def ask(stage: Stage, fence, cycle, revision=0):
    return stage.write(inbox.ask, fence=fence, cycle_id=cycle.id, revision=revision, sheet=SHEET)


def waiting(stage: Stage, fence, cycle) -> None:
    stage.write(
        cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="a song"
    )


def deliver(stage: Stage, asked, *recordings):
    return stage.write(
        inbox.deliver, request_id=asked.id, recordings=recordings or (asset("aa"),), licence="mine", who="ann", surface="cli"
    )  # fmt: skip


def is_due(stage: Stage, reviewing: Reviewing = WIDE) -> bool:
    return stage.read(cycles.is_work_due, reviewing=reviewing)


def test_a_song_is_asked_for_once_with_one_message(stage: Stage):
    fence, cycle = stage.song()
    asked = ask(stage, fence, cycle)
    assert ask(stage, fence, cycle) == asked
    assert (asked.sheet, asked.status, asked.artist_name) == (SHEET, InboxStatus.WAITING, "Nova Rain")
    assert stage.read(outbox.waiting, kinds=("alert",)) == {"alert": 1}
    assert ask(stage, fence, cycle, revision=1).id != asked.id


def test_what_is_brought_wakes_its_cycle_until_it_is_taken(stage: Stage):
    fence, cycle = stage.song()
    asked = ask(stage, fence, cycle)
    waiting(stage, fence, cycle)
    assert not is_due(stage)
    brought = deliver(stage, asked, asset("aa"), asset("bb"))
    assert [each.sha256 for each in brought.recordings] == [asset("aa").sha256, asset("bb").sha256]
    assert (brought.status, brought.who, brought.licence) == (InboxStatus.DELIVERED, "ann", "mine")
    assert is_due(stage)
    taken = ask(stage, fence, cycle)
    assert (taken.status, taken.recordings) == (InboxStatus.TAKEN, brought.recordings)
    assert ask(stage, fence, cycle) == taken
    assert not is_due(stage)


def test_the_second_to_bring_a_song_is_told(stage: Stage):
    fence, cycle = stage.song()
    asked = ask(stage, fence, cycle)
    deliver(stage, asked)
    with pytest.raises(ConflictError, match="Slow Rain is no longer waited for: it is delivered"):
        deliver(stage, asked, asset("bb"))
    assert stage.read(inbox.find_request, ref=asked.id).recordings == (asset("aa"),)


def test_nobody_makes_the_song_of_a_cycle_that_has_ended(stage: Stage):
    fence, cycle = stage.song()
    asked = ask(stage, fence, cycle)
    stage.write(
        cycles.end_cycle, fence=fence, cycle_id=cycle.id, outcome=Outcome.CANCELLED, decided_by=DeciderKind.PERSON, reason="no"
    )  # fmt: skip
    assert stage.read(inbox.requests, status=InboxStatus.WAITING) == []
    with pytest.raises(ConflictError, match="withdrawn"):
        deliver(stage, asked)


def test_songs_to_make_count_as_songs_in_peoples_hands(stage: Stage):
    fence, cycle = stage.song()
    ask(stage, fence, cycle)
    waiting(stage, fence, cycle)
    other = stage.artist("Kilo Wren")
    stage.cycle(other)
    assert is_due(stage)
    assert not is_due(stage, Reviewing(per_artist_max=5, per_label_max=1))
    stage.write(cycles.request_cycle, artist_id=fence.artist_id, request=cycle.request, requested_by="test")
    due = stage.write(
        cycles.lease_due_cycles, owner="s", limit=5, lease_s=30, reviewing=Reviewing(per_artist_max=1, per_label_max=9)
    )  # fmt: skip
    assert [each.artist_id for each in due] == [other.id]


def test_a_request_is_found_by_its_end_or_its_cycles(stage: Stage):
    fence, cycle = stage.song()
    asked = ask(stage, fence, cycle)
    for ref in (asked.id, asked.id[-8:], cycle.id, cycle.id[-8:]):
        assert stage.read(inbox.find_request, ref=ref) == asked
    for ref in ("", "nothing", "%"):
        with pytest.raises(NotFoundError, match="labelmate inbox list"):
            stage.read(inbox.find_request, ref=ref)
