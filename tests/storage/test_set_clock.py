"""A clock that ran a day ahead and was set back: nothing waits for the day that was never meant."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from storage import approval_rows, approvals, artists, cycles, deadlines, events, label, outbox, tables
from storage.approval_rows import Approval
from storage.cycles import Reviewing
from storage.database import database_now_s
from storage.errors import ConflictError
from storage.store import Tx, write
from storage.types import CycleState, DeciderKind, Outcome
from tests.storage.stage import PREVIEW, Stage

DAY_S, UNDO_S = 86_400.0, 10.0
ROOM = Reviewing(per_artist_max=9, per_label_max=9)


def look(stage: Stage) -> float:
    return stage.write(deadlines.notice_awake, nap_max_s=120.0, has_bot=False, lease_s=60.0).set_back_s


def approve(stage: Stage, approval_id: str, undo_s: float = UNDO_S) -> None:
    stage.write(
        approvals.decide, approval_id=approval_id, outcome=Outcome.APPROVED, decided_by=DeciderKind.PERSON, who="ann",
        surface="cli", undo_s=undo_s, preview_sha256=PREVIEW,
    )  # fmt: skip


def waiting(stage: Stage) -> Approval:
    """A question whose cycle waits for it."""
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    stage.write(cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="")
    return asked


def is_due(stage: Stage) -> bool:
    return stage.read(cycles.is_work_due, reviewing=ROOM)


@pytest.mark.parametrize("is_label_up", [True, False], ids=["label up", "label down"])
def test_a_decision_of_tomorrow_takes_effect_and_can_be_undone_until_then(stage: Stage, is_label_up: bool):
    asked = waiting(stage)
    look(stage)
    stage.clock.advance(seconds=DAY_S)
    if is_label_up:
        look(stage)
    approve(stage, asked.id)
    stage.clock.advance(seconds=-DAY_S)
    assert look(stage) == pytest.approx(DAY_S if is_label_up else 0, abs=1)
    assert look(stage) == 0, "once"

    decided = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    assert (decided.effective_at - stage.clock.now()).total_seconds() == pytest.approx(UNDO_S, abs=1)
    stage.write(approvals.undo, approval_id=asked.id, who="ann", surface="cli")
    approve(stage, asked.id)
    assert not is_due(stage)
    stage.clock.advance(seconds=UNDO_S)
    assert is_due(stage)
    told = [each.body for each in stage.read(events.events_since, seq=0, limit=100) if "clock" in each.kind]
    assert told == ([{"seconds": pytest.approx(DAY_S, abs=1)}] if is_label_up else [])


def test_an_hour_to_undo_stays_an_hour_where_the_clock_goes_back_by_less(stage: Stage):
    asked = waiting(stage)
    look(stage)
    approve(stage, asked.id, undo_s=3600.0)
    stage.clock.advance(seconds=-600)
    for _ in range(4):
        look(stage)
        stage.clock.advance(seconds=15)
    decided = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    assert (decided.effective_at - stage.clock.now()).total_seconds() == pytest.approx(3600 - 60, abs=2)


def test_chats_are_told_of_each_time_a_decision_is_moved(stage: Stage):
    asked = waiting(stage)
    approve(stage, asked.id)
    told = [stage.write(outbox.claim_messages, kinds=("verdict",), limit=9, claim_s=600.0)]
    for _ in range(2):
        stage.clock.advance(seconds=-DAY_S)
        look(stage)
        told.append(stage.write(outbox.claim_messages, kinds=("verdict",), limit=9, claim_s=600.0))
    assert [[each.payload["approval_id"] for each in messages] for messages in told] == [[asked.id]] * 3


def test_what_has_been_released_cannot_be_undone_again(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    approve(stage, asked.id)
    stage.clock.advance(seconds=60)
    look(stage)
    stage.end(fence, cycle, Outcome.APPROVED)
    stage.clock.advance(seconds=-DAY_S)
    look(stage)
    with pytest.raises(ConflictError, match="too late to undo"):
        stage.write(approvals.undo, approval_id=asked.id, who="ann", surface="cli")


def test_a_question_of_tomorrow_has_its_whole_time_and_no_nap_takes_of_it(stage: Stage):
    asked = stage.ask(*stage.song())
    look(stage)
    stage.clock.advance(seconds=-DAY_S)
    for _ in range(3):
        look(stage)
        stage.clock.advance(seconds=300)
    now = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    assert (now.overdue_at - stage.clock.now()).total_seconds() == pytest.approx(72 * 3600 - 300, abs=5)


def test_what_was_to_be_tried_again_in_an_hour_is(stage: Stage):
    fence, cycle = stage.song()
    stage.clock.advance(seconds=DAY_S)
    look(stage)
    stage.write(
        cycles.suspend_cycle,
        fence=fence,
        cycle_id=cycle.id,
        state=CycleState.DEFERRED,
        reason="",
        due_in_s=3600.0,
    )
    stage.clock.advance(seconds=-DAY_S)
    look(stage)
    assert not is_due(stage)
    stage.clock.advance(seconds=3601)
    assert is_due(stage)


def test_a_song_that_was_put_off_comes_back_when_it_was_meant_to(stage: Stage):
    asked = stage.ask(*stage.song())
    stage.clock.advance(seconds=DAY_S)
    look(stage)
    stage.write(approvals.put_off, approval_id=asked.id, for_s=3600.0, who="ann", surface="cli")
    stage.clock.advance(seconds=-DAY_S)
    look(stage)
    now = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    assert now.later_until - stage.clock.now() == pytest.approx(timedelta(hours=1), abs=timedelta(seconds=1))


@write
def hold_until_tomorrow(tx: Tx) -> None:
    """Leases of processes that died before the clock was set back: they are on the database's clock."""
    tomorrow_s = database_now_s(tx.connection) + DAY_S
    for row in (tables.artists, tables.cycles):
        tx.connection.execute(update(row).values(lease_until_s=tomorrow_s))
    tx.connection.execute(update(tables.leases).values(until_s=tomorrow_s))
    tx.connection.execute(update(tables.outbox).values(claimed_until_s=tomorrow_s))


@write
def let_a_minute_pass(tx: Tx) -> None:
    for until_s in (tables.artists.c.lease_until_s, tables.outbox.c.claimed_until_s):
        tx.connection.execute(update(until_s.table).values({until_s.name: until_s - 61}))


def test_the_dead_hold_nothing_for_a_day(stage: Stage):
    fence, cycle = stage.song()
    stage.ask(fence, cycle)  # a message for the chats
    assert len(stage.write(outbox.claim_messages, kinds=("approval",), limit=9, claim_s=30.0)) == 1
    assert stage.write(label.take_lease, name="telegram-poller", owner="bot 1", lease_s=30.0)
    stage.clock.advance(seconds=DAY_S)
    look(stage)
    stage.write(hold_until_tomorrow)
    stage.clock.advance(seconds=-DAY_S)
    look(stage)
    assert stage.read(label.lease_holder, name="telegram-poller").left_s < 61
    with pytest.raises(ConflictError, match=r"is held by .* for (59|60) s more"):
        stage.write(artists.claim_artist, artist_id=fence.artist_id, owner="another", lease_s=30.0)
    stage.write(let_a_minute_pass)
    assert stage.write(artists.claim_artist, artist_id=fence.artist_id, owner="another", lease_s=30.0)
    assert len(stage.write(outbox.claim_messages, kinds=("approval",), limit=9, claim_s=30.0)) == 1


def test_a_clock_that_is_right_moves_nothing(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    look(stage)
    approve(stage, asked.id)
    before = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    for seconds in (5.0, -60.0, 90.0):  # the clocks of two machines differ a little
        stage.clock.advance(seconds=seconds)
        assert look(stage) == 0
    assert stage.read(approval_rows.approval_by_id, approval_id=asked.id) == before
