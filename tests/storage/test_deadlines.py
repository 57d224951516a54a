"""Deadlines: a question's time begins when people are told of it, and stands still while the label is away."""

from datetime import timedelta

import pytest

from storage import approval_rows, chat_messages, chats, deadlines, outbox, queries
from storage.approval_rows import Approval
from tests.storage.stage import CAPS, Stage

GROUP = -100200
ONE_HOUR = timedelta(hours=1)


def look(stage: Stage, *, has_bot: bool = True) -> float:
    return stage.write(deadlines.notice_awake, nap_max_s=120.0, has_bot=has_bot, lease_s=60.0).moved_s


def stay_awake(stage: Stage, *, hours: float, has_bot: bool = True) -> None:
    """The label is at work all that time: it is never unseen for as long as a nap."""
    for _ in range(round(hours * 36)):
        stage.clock.advance(seconds=100)
        look(stage, has_bot=has_bot)


def enrol(stage: Stage, chat_id: int = GROUP) -> None:
    stage.write(chats.enrol_chat, chat_id=chat_id, is_forum=False, who="ann")


def post(stage: Stage, asked: Approval, message_id: int = 1) -> None:
    """What the bot writes once Telegram has taken the message."""
    stage.write(
        chat_messages.keep_message, chat_id=GROUP, message_id=message_id, approval_id=asked.id, has_media=True,
        shown="open|x",
    )  # fmt: skip


def told(stage: Stage, asked: Approval) -> Approval:
    return stage.read(approval_rows.approval_by_id, approval_id=asked.id)


def overdue(stage: Stage) -> int:
    return stage.read(queries.label_status, caps=CAPS).overdue


def test_time_asleep_does_not_count_against_a_question(stage: Stage):
    look(stage)
    asked = stage.ask(*stage.song(), deadline_h=1)
    stage.clock.advance(hours=2)
    assert look(stage) == pytest.approx(2 * 3600.0, abs=5)
    assert not told(stage, asked).is_overdue


def test_where_no_chat_is_enrolled_a_question_is_delivered_as_it_is_asked(stage: Stage):
    look(stage)
    asked = stage.ask(*stage.song(), deadline_h=1)
    assert asked.delivered_at is not None
    stay_awake(stage, hours=1.1)
    assert told(stage, asked).is_overdue
    assert overdue(stage) == 1


def test_an_hour_without_telegram_does_not_count(stage: Stage):
    look(stage)
    enrol(stage)
    asked = stage.ask(*stage.song(), deadline_h=1)
    stay_awake(stage, hours=3)
    assert told(stage, asked).delivered_at is None
    assert not told(stage, asked).is_overdue
    assert overdue(stage) == 0
    post(stage, asked)
    delivered = told(stage, asked)
    assert delivered.delivered_at is not None
    assert delivered.overdue_at - delivered.delivered_at == ONE_HOUR
    stay_awake(stage, hours=0.9)
    assert not told(stage, asked).is_overdue
    stay_awake(stage, hours=0.2)
    assert told(stage, asked).is_overdue
    assert overdue(stage) == 1


def test_what_a_message_says_before_it_is_sent_is_the_time_that_it_begins(stage: Stage):
    enrol(stage)
    asked = stage.ask(*stage.song(), deadline_h=1)
    stage.clock.advance(hours=5)
    shown = told(stage, asked).overdue_at
    post(stage, asked)
    assert abs(told(stage, asked).overdue_at - shown) < timedelta(seconds=5)


def test_a_second_message_gives_no_more_time(stage: Stage):
    enrol(stage)
    asked = stage.ask(*stage.song(), deadline_h=1)
    post(stage, asked)
    first = told(stage, asked)
    stage.clock.advance(minutes=30)
    post(stage, asked, message_id=2)
    stage.write(chat_messages.forget_message, chat_id=GROUP, message_id=1)
    look(stage)
    assert told(stage, asked).overdue_at == first.overdue_at


def test_a_restart_forgets_neither_that_a_question_waits_to_be_sent_nor_that_it_was(stage: Stage, open_stage):
    look(stage)
    enrol(stage)
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle, deadline_h=1)
    sent = stage.ask(*stage.song("Birch"), deadline_h=1)
    post(stage, sent)
    before = told(stage, sent)
    stage.clock.advance(hours=2)  # the label was down
    later = open_stage()
    look(later)
    stay_awake(later, hours=0.5)
    assert told(later, asked).delivered_at is None
    moved = told(later, sent).overdue_at - before.overdue_at
    assert moved.total_seconds() == pytest.approx(2 * 3600, abs=10)
    post(later, asked)
    assert told(later, asked).overdue_at > told(later, sent).overdue_at


def test_what_was_delivered_just_after_the_wake_does_not_gain_the_sleep(stage: Stage):
    look(stage)
    enrol(stage)
    asked = stage.ask(*stage.song(), deadline_h=1)
    stage.clock.advance(hours=48)
    post(stage, asked)
    delivered = told(stage, asked)
    stage.clock.advance(seconds=10)
    look(stage)
    gained = told(stage, asked).overdue_at - delivered.overdue_at
    assert gained.total_seconds() == pytest.approx(10, abs=5)


@pytest.mark.parametrize("ended", ["no bot", "chat left", "refused"])
def test_what_no_chat_will_ever_tell_of_counts_from_then_on(stage: Stage, ended: str):
    look(stage)
    enrol(stage)
    asked = stage.ask(*stage.song(), deadline_h=1)
    stay_awake(stage, hours=2)
    assert told(stage, asked).delivered_at is None
    if ended == "chat left":
        stage.write(chats.leave_chat, chat_id=GROUP)
    if ended == "refused":
        (message,) = stage.write(outbox.claim_messages, kinds=("approval",), limit=5, claim_s=60.0)
        stage.write(outbox.mark_failed, message_id=message.id, error="400", final=True)
    stay_awake(stage, hours=0.9, has_bot=ended != "no bot")
    assert told(stage, asked).delivered_at is not None
    assert not told(stage, asked).is_overdue
    stay_awake(stage, hours=0.2, has_bot=ended != "no bot")
    assert told(stage, asked).is_overdue


def test_a_message_that_may_still_be_sent_is_waited_for(stage: Stage):
    look(stage)
    enrol(stage)
    asked = stage.ask(*stage.song(), deadline_h=1)
    (message,) = stage.write(outbox.claim_messages, kinds=("approval",), limit=5, claim_s=60.0)
    stage.write(outbox.mark_failed, message_id=message.id, error="timed out", final=False)
    stay_awake(stage, hours=2)
    assert told(stage, asked).delivered_at is None
