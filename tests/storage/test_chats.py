"""Chats that are told of songs: who is told what, once, and what is forgotten with a person."""

from storage import approvals, chat_messages, chats, outbox, people
from storage.people import Role
from storage.types import Outcome
from tests.storage.stage import Stage

GROUP = -100123


def enrol(stage: Stage, chat_id: int = GROUP):
    return stage.write(chats.enrol_chat, chat_id=chat_id, is_forum=False, who="ann")


def waiting(stage: Stage) -> dict[str, int]:
    return stage.read(outbox.waiting, kinds=("approval", "verdict"))


def test_a_chat_is_enrolled_once_and_can_come_back(stage: Stage):
    first = enrol(stage)
    assert stage.write(chats.enrol_chat, chat_id=GROUP, is_forum=True, who="bob").added_by == "ann"
    assert stage.read(chats.list_chats) == [first.model_copy(update={"is_forum": True})]
    stage.write(chats.leave_chat, chat_id=GROUP)
    assert stage.read(chats.list_chats) == []
    assert enrol(stage).left_at is None


def test_a_chat_that_is_enrolled_late_hears_of_what_others_were_told(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    enrol(stage)
    assert waiting(stage) == {"approval": 1}
    (message,) = stage.write(outbox.claim_messages, kinds=("approval",), limit=5, claim_s=60.0)
    assert waiting(stage) == {}
    stage.write(outbox.mark_sent, message_id=message.id)
    enrol(stage, 42)
    (again,) = stage.write(outbox.claim_messages, kinds=("approval",), limit=5, claim_s=60.0)
    assert again.payload == {"approval_id": asked.id}
    assert "42" not in again.dedupe_key.rpartition("/")[0]


def test_the_fullest_chat_is_counted_by_undecided_songs(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    enrol(stage)
    enrol(stage, 42)
    assert stage.read(chat_messages.most_open) == 0
    for chat_id, message_id in ((GROUP, 1), (GROUP, 2), (42, 1)):
        stage.write(
            chat_messages.keep_message, chat_id=chat_id, message_id=message_id, approval_id=asked.id,
            has_media=True, shown="open|x",
        )  # fmt: skip
    assert stage.read(chat_messages.most_open) == 1
    assert len(stage.read(chat_messages.messages_of, approval_id=asked.id)) == 3
    assert len(stage.read(chat_messages.messages_showing, prefix="open")) == 3
    stage.write(chats.leave_chat, chat_id=42)
    assert len(stage.read(chat_messages.messages_of, approval_id=asked.id)) == 2
    stage.write(
        approvals.decide, approval_id=asked.id, outcome=Outcome.REJECTED, decided_by="person", who="ann",
        surface="cli", undo_s=0.0,
    )  # fmt: skip
    assert stage.read(chat_messages.most_open) == 0


def test_a_topic_is_one_an_artist_and_can_be_made_anew(stage: Stage):
    artist = stage.artist()
    enrol(stage)
    for thread_id in (7, 8):
        stage.write(chats.keep_topic, chat_id=GROUP, artist_id=artist.id, thread_id=thread_id)
    assert stage.read(chats.topic_of, chat_id=GROUP, artist_id=artist.id) == 8
    stage.write(chats.drop_topic, chat_id=GROUP, artist_id=artist.id)
    assert stage.read(chats.topic_of, chat_id=GROUP, artist_id=artist.id) is None


def test_a_private_chat_goes_with_its_person(stage: Stage):
    for alias, forget in (("ann", people.remove_person), ("bob", people.forget_person)):
        stage.write(
            people.invite,
            alias=alias,
            role=Role.REVIEWER,
            who="me",
            code_sha256=people.hash_code(alias),
        )
        stage.write(people.link_telegram, code=alias, telegram_id=99)
        enrol(stage, 99)
        stage.write(forget, alias=alias, who="me")
        assert stage.read(chats.chat_by_id, chat_id=99) is None


def test_a_person_of_the_settings_is_a_row_that_can_be_forgotten(stage: Stage):
    first = stage.write(people.know_number, telegram_id=7, alias="telegram-7")
    assert stage.write(people.know_number, telegram_id=7, alias="telegram-7") == first
    assert stage.write(people.forget_person, alias="telegram-7", who="me") == "reviewer-1"


def test_a_press_is_claimed_once(stage: Stage):
    assert stage.write(chats.claim_once, key="press/1")
    assert not stage.write(chats.claim_once, key="press/1")
    assert stage.write(chats.claim_once, key="press/2")
