"""Approvals: asked once, decided once, undone only before it counts."""

from datetime import timedelta
from uuid import uuid4

import pytest

from storage import approval_rows, approvals, artists, cycles, memory, outbox, people
from storage.approval_rows import WRITTEN_SHA256, ApprovalStatus
from storage.errors import ConflictError, NotFoundError, UsageError
from storage.people import Role
from storage.types import CycleState, Outcome, Redo, SongEdits
from tests.storage.stage import PREVIEW, Stage

NEWER = "cd" * 32


def verdict(approval_id: str, outcome: str = "approved", who: str = "ann", **changes) -> dict[str, object]:
    given = {
        "approval_id": approval_id,
        "outcome": Outcome(outcome),
        "decided_by": "person",
        "who": who,
        "surface": "console",
        "undo_s": 10.0,
    }
    return given | changes


def messages(stage: Stage, *kinds: str) -> list[dict[str, object]]:
    claimed = stage.write(outbox.claim_messages, kinds=kinds, limit=50, claim_s=0.0)
    return [message.payload for message in claimed]


def test_a_question_is_asked_once_for_a_preview_with_one_message(stage: Stage):
    fence, cycle = stage.song()
    first, again = stage.ask(fence, cycle), stage.ask(fence, cycle)
    assert first == again
    assert first.status == ApprovalStatus.PENDING
    assert first.overdue_at - first.asked_at == timedelta(hours=72)
    assert messages(stage, "approval") == [{"approval_id": first.id}]
    assert stage.read(approval_rows.undecided) == 1
    assert stage.read(approval_rows.undecided, artist_id="art_other") == 0


def test_a_newer_version_supersedes_the_open_question(stage: Stage):
    fence, cycle = stage.song()
    old = stage.ask(fence, cycle)
    new = stage.ask(fence, cycle, revision=1, preview=NEWER)
    assert stage.read(approval_rows.approval_by_id, approval_id=old.id).status == ApprovalStatus.SUPERSEDED
    assert [each.id for each in stage.read(approval_rows.pending_approvals)] == [new.id]
    with pytest.raises(ConflictError, match="replaced by a newer version"):
        stage.write(approvals.decide, **verdict(old.id))
    assert stage.read(approval_rows.of_cycle, cycle_id=cycle.id).id == new.id


def test_a_decision_takes_effect_when_it_can_no_longer_be_undone(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle, takes=2)
    decided = stage.write(
        approvals.decide, **verdict(asked.id, reason="warm", take=2, preview_sha256=PREVIEW)
    )
    assert (decided.status, decided.who, decided.take) == (ApprovalStatus.DECIDED, "ann", 2)
    assert stage.read(approvals.effective_verdict, approval_id=asked.id) is None
    stage.clock.advance(seconds=10)
    final = stage.read(approvals.effective_verdict, approval_id=asked.id)
    assert (final.outcome, final.take, final.reason, final.decided_by) == ("approved", 2, "warm", "person")
    with pytest.raises(ConflictError, match=r"too late to undo: Slow Rain was approved by ann \(console\)"):
        stage.write(approvals.undo, approval_id=asked.id, who="ann", surface="cli")


def test_an_undone_decision_leaves_the_question_open_and_the_trail_complete(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    stage.write(approvals.decide, **verdict(asked.id, "rejected"))
    undone = stage.write(approvals.undo, approval_id=asked.id, who="bob", surface="telegram")
    assert undone == asked
    stage.write(approvals.decide, **verdict(asked.id, "approved", who="bob"))
    trail = stage.read(approval_rows.decisions_of, approval_id=asked.id)
    assert [(line.action, line.outcome, line.who) for line in trail] == [
        ("decide", "rejected", "ann"),
        ("undo", None, "bob"),
        ("decide", "approved", "bob"),
    ]
    assert [message["action"] for message in messages(stage, "verdict")] == ["decide", "undo", "decide"]


def test_the_second_to_decide_is_told_who_was_first(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    stage.write(approvals.decide, **verdict(asked.id, "rejected"))
    with pytest.raises(ConflictError, match=r"Slow Rain was rejected by ann \(console\)"):
        stage.write(approvals.decide, **verdict(asked.id, "approved", who="bob"))
    assert len(messages(stage, "verdict")) == 1


def test_of_many_who_decide_at_once_one_wins(stage: Stage, open_stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    stages = [open_stage() for _ in range(6)]
    jobs = [
        each.store.submit(approvals.decide, verdict(asked.id, who=f"p{number}"), uuid4().hex)
        for number, each in enumerate(stages)
    ]
    failures = [job.exception(20) for job in jobs]
    assert [type(failure) for failure in failures if failure] == [ConflictError] * 5
    assert len(stage.read(approval_rows.decisions_of, approval_id=asked.id)) == 1


def test_decide_and_undo_at_once_end_in_one_consistent_row(stage: Stage, open_stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    stage.write(approvals.decide, **verdict(asked.id))
    other = open_stage()
    undo = stage.store.submit(approvals.undo, {"approval_id": asked.id, "who": "ann", "surface": "cli"}, "u")
    late = other.store.submit(approvals.decide, verdict(asked.id, "rejected", who="bob"), "d")
    undo.result(20)
    failure = late.exception(20)
    row = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    assert (row.status, row.who) == (("pending", None) if failure else ("decided", "bob"))


@pytest.mark.parametrize("take", [0, 3])
def test_a_take_that_is_not_there_cannot_be_approved(stage: Stage, take: int):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle, takes=2)
    with pytest.raises(UsageError, match="has 2 take"):
        stage.write(approvals.decide, **verdict(asked.id, take=take))


def test_what_was_not_shown_cannot_be_decided(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    with pytest.raises(ConflictError, match="no longer the version"):
        stage.write(approvals.decide, **verdict(asked.id, preview_sha256=NEWER))


def test_a_cycle_that_ends_asks_nobody_any_more(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    stage.end(fence, cycle, Outcome.CANCELLED, decided_by="person")
    withdrawn = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    assert (withdrawn.status, withdrawn.outcome) == (ApprovalStatus.CLOSED, Outcome.CANCELLED)
    assert stage.read(approval_rows.undecided) == 0
    with pytest.raises(ConflictError, match="was cancelled"):
        stage.write(approvals.decide, **verdict(asked.id))


def test_an_overdue_question_is_marked_and_still_decidable(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle, deadline_h=1)
    assert not asked.is_overdue
    stage.clock.advance(hours=2)
    assert [each.is_overdue for each in stage.read(approval_rows.pending_approvals)] == [True]
    assert stage.write(approvals.decide, **verdict(asked.id)).status == ApprovalStatus.DECIDED


def test_a_given_up_question_is_expired_at_once(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    closing = {
        "approval_id": asked.id,
        "decided_by": "policy",
        "who": "deadline",
        "surface": "policy",
        "reason": "nobody came",
    }
    assert stage.write(approvals.close_expired, **closing).status == ApprovalStatus.CLOSED
    assert stage.read(approvals.effective_verdict, approval_id=asked.id).outcome == Outcome.EXPIRED
    with pytest.raises(ConflictError):
        stage.write(approvals.decide, **verdict(asked.id))


def test_the_oldest_question_comes_first_and_pages_go_on(stage: Stage):
    ids = []
    for name in ("Amber", "Birch", "Cedar"):
        fence, cycle = stage.song(name)
        ids.append(stage.ask(fence, cycle).id)
        stage.clock.advance(minutes=1)
    first = stage.read(approval_rows.pending_approvals, limit=2)
    assert [each.id for each in first] == ids[:2]
    assert [each.artist_slug for each in stage.read(approval_rows.pending_approvals, limit=2, offset=2)] == [
        "cedar"
    ]


def test_a_person_may_name_an_approval_in_several_ways(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    for ref in (
        asked.id,
        asked.id[:-3],
        asked.id.removeprefix("apr_")[:-4],
        asked.id.upper(),
        cycle.id,
        "nova-rain",
    ):
        assert stage.read(approval_rows.find_approval, ref=ref).id == asked.id
    for ref in ("", "apr%", "nobody"):
        with pytest.raises(NotFoundError):
            stage.read(approval_rows.find_approval, ref=ref)
    stage.ask(*stage.song("Second"))
    with pytest.raises(ConflictError, match=r"fits several: apr_.* \(Slow Rain\)"):
        stage.read(approval_rows.find_approval, ref="apr_")
    stage.write(approvals.decide, **verdict(asked.id))
    # So that a decision can be shown and undone by the same name.
    assert stage.read(approval_rows.find_approval, ref="nova-rain").id == asked.id


def test_a_song_that_is_sent_back_can_be_undone_and_is_answered_by_the_next_question(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    sent = {"approval_id": asked.id, "redo": Redo.COVER, "who": "ann", "surface": "console", "undo_s": 10.0}
    stage.write(approvals.send_back, **sent)
    with pytest.raises(ConflictError, match="sent back for another cover by ann"):
        stage.write(approvals.decide, **verdict(asked.id))
    assert stage.write(approvals.undo, approval_id=asked.id, who="ann", surface="console") == asked
    stage.write(approvals.send_back, **sent)
    stage.clock.advance(seconds=10)
    back = stage.read(approvals.effective_verdict, approval_id=asked.id)
    assert (back.outcome, back.redo) == (None, Redo.COVER)

    stage.ask(fence, cycle, revision=1, preview=NEWER)
    stage.write(
        cycles.suspend_cycle,
        fence=fence,
        cycle_id=cycle.id,
        state=CycleState.WAITING,
        reason="asks",
        due_in_s=0.0,
    )
    stage.write(artists.release_artist, fence=fence)
    reviewing = cycles.Reviewing(per_artist_max=9, per_label_max=9)
    assert not stage.read(cycles.is_work_due, reviewing=reviewing), "the answered question wakes nobody again"
    assert [line.action for line in stage.read(approval_rows.decisions_of, approval_id=asked.id)] == [
        "redo",
        "undo",
        "redo",
    ]


def test_what_is_put_off_comes_last_and_can_be_decided_all_the_same(stage: Stage):
    first, second = (stage.ask(*stage.song(name)) for name in ("Amber", "Birch"))
    stage.write(approvals.put_off, approval_id=first.id, for_s=3600.0, who="ann", surface="telegram")
    assert [each.id for each in stage.read(approval_rows.pending_approvals)] == [second.id, first.id]
    stage.clock.advance(seconds=3601)
    assert [each.id for each in stage.read(approval_rows.pending_approvals)] == [first.id, second.id]
    stage.write(approvals.put_off, approval_id=first.id, for_s=3600.0, who="ann", surface="telegram")
    assert stage.write(approvals.decide, **verdict(first.id)).status == ApprovalStatus.DECIDED
    assert [each.id for each in stage.read(approval_rows.decided_approvals)] == [first.id]


def test_edits_need_an_approval_and_a_line_for_each_line(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle, facts={"lines": ["one", "two"]})
    with pytest.raises(UsageError, match="has 2 lines and 1 were given"):
        stage.write(approvals.decide, **verdict(asked.id, edits=SongEdits(lines=("one",))))
    with pytest.raises(UsageError, match="Only an approved song"):
        stage.write(approvals.decide, **verdict(asked.id, "rejected", edits=SongEdits(title="New")))
    edits = SongEdits(title="New", lines=("eins", "zwei"))
    assert stage.write(approvals.decide, **verdict(asked.id, edits=edits)).edits == edits
    stage.clock.advance(seconds=10)
    assert stage.read(approvals.effective_verdict, approval_id=asked.id).edits == edits


def test_a_cancelled_song_is_neither_decided_nor_asked_about_again(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    stage.write(approvals.decide, **verdict(asked.id))
    stage.write(cycles.request_cancel, cycle_id=cycle.id, who="bob")
    with pytest.raises(ConflictError, match="no longer made: bob cancelled it"):
        stage.write(approvals.undo, approval_id=asked.id, who="ann", surface="cli")
    stage.end(fence, cycle, Outcome.CANCELLED, decided_by="person")
    closed = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    assert (closed.status, closed.outcome) == (ApprovalStatus.CLOSED, Outcome.CANCELLED)


def test_a_song_that_a_person_touched_is_peoples(stage: Stage):
    fence, cycle = stage.song()
    assert not stage.read(approval_rows.is_peoples, cycle_id=cycle.id)
    asked = stage.ask(fence, cycle)
    assert stage.read(approval_rows.is_peoples, cycle_id=cycle.id), "people are asked already"
    stage.write(approvals.decide, **verdict(asked.id, decided_by="autopilot", who="autopilot"))
    assert not stage.read(approval_rows.is_peoples, cycle_id=cycle.id)
    stage.write(approvals.undo, approval_id=asked.id, who="ann", surface="cli")
    stage.write(
        approvals.send_back, approval_id=asked.id, redo=Redo.TITLE, who="ann", surface="cli", undo_s=0.0
    )
    assert stage.read(approval_rows.is_peoples, cycle_id=cycle.id)


def test_an_artist_remembers_what_people_said_and_not_who(stage: Stage):
    for alias in ("Ada", "Ada Lane"):
        stage.write(people.add_person, alias=alias, role=Role.REVIEWER, who="owner")
    said = "Ada  lane's friends, CLI-Carl and ada found it dull; adamant"
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    stage.write(approvals.decide, **verdict(asked.id, "rejected", reason=said, who="cli-carl"))
    later = stage.write(
        cycles.request_cycle, artist_id=cycle.artist_id, request=cycle.request, requested_by="x"
    )
    known = {"artist_id": cycle.artist_id, "cycle_id": later.id}
    (remark,) = stage.read(memory.remarks_of, **known)
    assert (remark.title, remark.verdict, remark.words) == (
        asked.title, "rejected", "somebody's friends, somebody and somebody found it dull; adamant",
    )  # fmt: skip
    assert stage.read(memory.remarks_of, artist_id=cycle.artist_id, cycle_id=cycle.id) == (), (
        "it began before"
    )
    stage.write(people.forget_person, alias="Ada Lane", who="owner")
    kept = stage.read(approval_rows.approval_by_id, approval_id=asked.id).why
    assert kept == "reviewer-1's friends, CLI-Carl and ada found it dull; adamant"
    assert stage.read(memory.remarks_of, **known)[0].words.startswith("somebody's friends")
    stage.write(approvals.undo, approval_id=asked.id, who="cli-carl", surface="console")
    assert stage.read(memory.remarks_of, **known) == ()


def test_a_song_that_is_sent_back_knows_why_however_often_its_steps_are_walked(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    known = {"artist_id": cycle.artist_id, "cycle_id": cycle.id}
    back = {"approval_id": asked.id, "redo": Redo.LYRICS, "who": "ann", "surface": "console", "undo_s": 0.0}
    stage.write(approvals.send_back, **back, reason="the second verse is flat")
    walked = stage.read(memory.remarks_of, **known)
    assert [(remark.verdict, remark.words) for remark in walked] == [("lyrics", "the second verse is flat")]
    other, another = stage.song("Another")
    del other
    assert stage.read(memory.remarks_of, artist_id=another.artist_id, cycle_id=another.id) == ()
    assert stage.read(memory.remarks_of, **known) == walked
    assert stage.read(memory.remarks_of, **known, before=asked.asked_at) == ()


def rewording(asked, edits, **changes):
    seen = {"preview_sha256": asked.preview_sha256, "words_sha256": asked.words_sha256}
    return {"approval_id": asked.id, "edits": edits, "who": "ann", "surface": "telegram"} | seen | changes


def test_other_words_wait_beside_the_question_and_are_never_approved_unseen(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle, facts={"lines": ["one", "two"]})
    first = stage.write(approvals.edit_words, **rewording(asked, SongEdits(title="New Name")))
    assert (first.status, first.wanted_title, first.wanted_words) == ("pending", "New Name", ("one", "two"))
    with pytest.raises(ConflictError, match="changed meanwhile"):
        stage.write(approvals.edit_words, **rewording(asked, SongEdits(title="Other")))
    with pytest.raises(ConflictError, match="changed meanwhile"):
        stage.write(approvals.decide, **verdict(asked.id), words_sha256=asked.words_sha256)
    with pytest.raises(UsageError, match="has 2 lines and 1 were given"):
        stage.write(approvals.edit_words, **rewording(first, SongEdits(lines=("one",))))
    with pytest.raises(ConflictError, match="changed meanwhile"):
        first.require_words(WRITTEN_SHA256)
    first.require_words(first.words_sha256[:8])
    stage.write(approvals.decide, **verdict(asked.id), edits=first.edits, words_sha256=first.words_sha256)
    undone = stage.write(approvals.undo, approval_id=asked.id, who="ann", surface="cli")
    assert undone.wanted_title == "New Name", "nothing that was typed is lost"
    back = stage.write(approvals.edit_words, **rewording(undone, SongEdits()))
    assert (back.edits, back.words_sha256) == (None, asked.words_sha256)
    assert [message["action"] for message in messages(stage, "verdict")] == ["edit", "decide", "undo", "edit"]


def test_words_of_a_decided_song_stay_as_they_were_decided(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    stage.write(approvals.decide, **verdict(asked.id))
    with pytest.raises(ConflictError, match="approved by"):
        stage.write(approvals.edit_words, **rewording(asked, SongEdits(title="Late")))


def test_a_rejection_or_a_redo_leaves_the_words_that_others_typed(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle, facts={"lines": ["one", "two"]})
    edits = SongEdits(title="New Name", lines=("one", "too"))
    stage.write(approvals.edit_words, **rewording(asked, edits))
    back = {"approval_id": asked.id, "redo": Redo.COVER, "who": "bob", "surface": "cli", "undo_s": 10.0}
    for action, given in (
        (approvals.decide, verdict(asked.id, "rejected", who="bob")),
        (approvals.send_back, back),
    ):
        assert stage.write(action, **given).edits == edits
        undone = stage.write(approvals.undo, approval_id=asked.id, who="bob", surface="cli")
        assert (undone.status, undone.edits) == ("pending", edits)
    stage.write(approvals.decide, **verdict(asked.id, "rejected"))
    stage.clock.advance(hours=1)
    assert stage.read(approvals.effective_verdict, approval_id=asked.id).edits is None


def test_words_are_laid_over_those_that_stand_there(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle, facts={"lines": ["one", "two"]})
    edited = stage.write(approvals.edit_words, **rewording(asked, SongEdits(title="A", lines=("1", "2"))))
    assert edited.edits_under(SongEdits(title="B")) == SongEdits(title="B", lines=("1", "2"))
    assert edited.edits_under(SongEdits(title=None)) == SongEdits(lines=("1", "2"))
    assert asked.edits_under(SongEdits(title="B")) == SongEdits(title="B")
