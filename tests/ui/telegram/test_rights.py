"""Who may do what: strangers nothing, reviewers decide, the owner steers; and no press counts twice."""

import asyncio

import pytest

from storage import artists, chat_messages, chats, label, people
from storage.people import Role
from storage.types import CycleState
from tests.ui.telegram.conftest import GROUP, OWNER, REVIEWER, STRANGER, House, until
from ui.telegram.gate import LINK_TRIES_MAX


async def test_a_stranger_is_told_once_whom_to_ask_and_can_do_nothing(house: House):
    asked = house.ask()
    song = await house.song()
    for text in ("hello", "/status", "/stop", "/pending"):
        house.api.say(STRANGER, STRANGER, text)
    query = house.api.press(song, "Approve", STRANGER)
    assert await house.answer(query) == "You are not on this label's list. Your id is 99; ask ann for a code."
    (told,) = house.api.shown(STRANGER)
    assert "Your id is 99; ask ann" in told.text
    assert house.history(asked) == []
    assert house.stage.read(label.the_label).stopped_at is None


async def test_codes_cannot_be_guessed_for_long(house: House):
    for number in range(LINK_TRIES_MAX + 5):
        house.api.say(STRANGER, STRANGER, f"/link guess-{number}")
    house.api.say(OWNER, OWNER, "/help")
    await until(lambda: house.api.shown(OWNER, "/pending: songs"))
    await until(lambda: len(house.api.shown(STRANGER)) >= LINK_TRIES_MAX)
    assert {each.text for each in house.api.shown(STRANGER)} == {
        "This code is not valid any more; ask the owner for another"
    }
    assert len(house.api.shown(STRANGER)) == LINK_TRIES_MAX


async def test_a_press_in_a_chat_that_is_not_enrolled_is_answered_and_does_nothing(house: House):
    asked = house.ask()
    song = await house.song()
    house.stage.write(chats.leave_chat, chat_id=OWNER)
    query = house.api.press(song, "Approve", OWNER)
    assert "This chat is not enrolled" in await house.answer(query)
    assert house.history(asked) == []
    house.api.say(OWNER, OWNER, "/start")
    await until(lambda: house.api.shown(OWNER, "You are ann, owner"))


@pytest.mark.parametrize(
    "data",
    ["", "ap", "ap:short:approve", "ap:00000000000000000000000000:approve.1", "ar:{id}:retire", "lb:go:maybe",
     "ap:{id}:approve", "ap:{id}:approve.x", "ap:{id}:drop.all", "ap:{id}:reject.99", "ap:{id}:redo.money",
     "ap:{id}:approve.1\n", "AP:{id}:approve.1", "ap:{other}:approve.1"],
)  # fmt: skip
async def test_forged_callback_data_is_answered_in_a_line(house: House, data: str):
    asked, other = house.ask(), house.ask("Kilo Wren", preview=b"other" * 100)
    song = await house.song(text="by Nova Rain")
    await house.song(text="by Kilo Wren")
    forged = data.replace("{id}", asked.id[4:]).replace("{other}", other.id[4:])
    said = await house.answer(house.api.press(song, "", OWNER, data=forged or "x"))
    assert "none of mine" in said or "no artist" in said
    assert (house.history(asked), house.history(other)) == ([], [])


async def test_an_announced_reason_is_its_announcers_and_not_for_ever(house: House):
    house.enrol_chat(GROUP)
    house.enrol(REVIEWER, "bob", Role.REVIEWER)
    asked = house.ask()
    song = await house.song(GROUP)
    house.api.press(song, "Reject", OWNER)
    await until(lambda: "Dull melody" in song.buttons)
    house.api.press(song, "Other", OWNER)
    await until(lambda: "Reply to this message" in song.text)
    house.api.say(GROUP, REVIEWER, "I like it", reply_to=song)
    house.api.say(GROUP, REVIEWER, "/help")
    await until(lambda: house.api.shown(GROUP, "/pending: songs"))
    await asyncio.sleep(0.3)
    assert house.history(asked) == []
    place = {"chat_id": GROUP, "message_id": song.message_id}
    posted = house.stage.read(chat_messages.message_at, **place)
    assert posted is not None
    whose = ":".join(posted.shown.split(":")[:2])
    past = f"{whose}:2020-01-01T00:00:00+00:00|x"
    house.stage.write(chat_messages.mark_shown, **place, shown=past)
    house.api.say(GROUP, OWNER, "too loud", reply_to=song)
    await until(lambda: house.api.shown(GROUP, "That was too long ago"))
    assert house.history(asked) == []


async def test_a_reviewers_code_in_a_group_enrols_the_person_alone(house: House):
    code = "a-code-for-bob"
    house.stage.write(
        people.invite, alias="bob", role=Role.REVIEWER, who="ann", code_sha256=people.hash_code(code)
    )
    house.api.say(GROUP, REVIEWER, f"/link {code}")
    await until(lambda: house.api.shown(GROUP, "You are bob"))
    assert GROUP not in {chat.id for chat in house.stage.read(chats.list_chats)}
    house.api.say(REVIEWER, REVIEWER, "/start")
    await until(lambda: house.api.shown(REVIEWER, "You are bob"))
    assert REVIEWER in {chat.id for chat in house.stage.read(chats.list_chats)}


async def test_two_reviewers_and_double_clicks_decide_once(house: House):
    house.enrol_chat(GROUP)
    house.enrol(REVIEWER, "bob", Role.REVIEWER)
    asked = house.ask()
    song = await house.song(GROUP)
    data = song.buttons["✅ Approve"]
    queries = [
        house.api.press(song, "", who, data=data, query=f"p{n}")
        for n, who in enumerate((OWNER, OWNER, REVIEWER))
    ]
    said = [await house.answer(query) for query in queries]
    assert len(set(said)) == 1
    assert said[0] in ("Slow Rain was approved by ann (telegram)", "Slow Rain was approved by bob (telegram)")
    assert len(house.history(asked)) == 1
    await until(lambda: "✅ Approved" in song.text)


async def test_a_replayed_update_decides_nothing_twice(house: House):
    asked = house.ask()
    song = await house.song()
    for _ in range(2):
        house.api.press(song, "Approve", OWNER, query="same")
    await until(lambda: "✅ Approved by ann" in song.text)
    assert house.history(asked) == [("decide", "ann")]
    house.api.update(update_id=5000, message=_command("/run nova-rain"))
    house.api.update(update_id=5000, message=_command("/run nova-rain"))
    await until(lambda: house.api.shown(OWNER, "makes a song"))
    house.api.say(OWNER, OWNER, "/help")
    await until(lambda: house.api.shown(OWNER, "/pending: songs"))
    assert len(_queued(house)) == 1


async def test_reviewers_decide_and_only_the_owner_steers(house: House):
    house.enrol(REVIEWER, "bob", Role.REVIEWER)
    artist = house.stage.artist("Nova Rain")
    for text in ("/autopilot nova-rain on", "/budget day 900", "/invite eve"):
        house.api.say(REVIEWER, REVIEWER, text)
    await until(lambda: len(house.api.shown(REVIEWER, "Only the owner may")) == 3)
    house.api.say(REVIEWER, REVIEWER, "/artist nova-rain")
    (card,) = await until(
        lambda: [each for each in house.api.shown(REVIEWER) if "🪦 Retire…" in each.buttons]
    )
    house.api.press(card, "Retire", REVIEWER)
    (sure,) = await until(lambda: house.api.shown(REVIEWER, "Retire Nova Rain?"))
    query = house.api.press(sure, "Yes", REVIEWER)
    assert await house.answer(query) == "Only the owner may retire an artist; bob is a reviewer"
    house.api.say(REVIEWER, REVIEWER, "/stop")
    (stopped,) = await until(lambda: house.api.shown(REVIEWER, "⏹ Stopped since"))
    house.api.press(stopped, "Go on", REVIEWER)
    (again,) = await until(lambda: house.api.shown(REVIEWER, "Allow spending"))
    query = house.api.press(again, "Yes", REVIEWER)
    assert "Only the owner may allow spending again" in await house.answer(query)
    assert house.stage.read(label.the_label).stopped_by == "bob"
    assert house.stage.read(artists.artist_by_id, artist_id=artist.id).state == "active"


async def test_the_owner_steers_by_command_and_button(house: House):
    house.stage.artist("Nova Rain")
    say = house.api.say
    say(OWNER, OWNER, "/artist")
    (roster,) = await until(lambda: house.api.shown(OWNER, "Nova Rain: active"))
    house.api.press(roster, "Nova Rain", OWNER)
    (card,) = await until(lambda: house.api.shown(OWNER, "Autopilot of Nova Rain is off"))
    for _ in range(2):
        house.api.press(card, "Make a song", OWNER)
    await until(lambda: house.api.shown(OWNER, "makes a song as soon as a place is free"))
    say(OWNER, OWNER, "/run Nova Rain rain on tin roofs")
    await until(lambda: len(house.api.shown(OWNER, "makes a song")) == 2)
    assert sorted(str(cycle.request.theme) for cycle in _queued(house)) == ["None", "rain on tin roofs"]
    say(OWNER, OWNER, "/autopilot nova-rain on")
    await until(lambda: house.api.shown(OWNER, "is on: it approves from a score of 0.80"))
    say(OWNER, OWNER, "/budget 8")
    await until(lambda: house.api.shown(OWNER, "of 8 USD"))
    say(OWNER, OWNER, "/budget much")
    await until(lambda: house.api.shown(OWNER, "BUDGET_DAILY_USD=much is wrong"))
    say(OWNER, OWNER, "/pause nova-rain")
    await until(lambda: house.api.shown(OWNER, "Nova Rain is paused."))
    say(OWNER, OWNER, "/resume nova-rain")
    await until(lambda: house.api.shown(OWNER, "Nova Rain is active."))
    say(OWNER, OWNER, "/stop")
    await until(lambda: house.api.shown(OWNER, "Stopped since"))
    say(OWNER, OWNER, "/resume")
    (sure,) = await until(lambda: house.api.shown(OWNER, "Allow spending"))
    house.api.press(sure, "Yes", OWNER)
    await until(lambda: "allowed again, by ann" in sure.text)
    house.api.press(card, "Retire", OWNER)
    (old,) = await until(lambda: house.api.shown(OWNER, "Retire Nova Rain?"))
    house.api.press(card, "Evolve", OWNER)
    (evolve,) = await until(lambda: house.api.shown(OWNER, "Evolve Nova Rain?"))
    house.api.press(evolve, "Yes", OWNER)
    await until(lambda: house.api.shown(OWNER, "Nova Rain is evolving."))
    for late in (old, evolve):
        query = house.api.press(late, "Yes", OWNER)
        assert "Nova Rain has changed since this was asked" in await house.answer(query)
    house.api.press(card, "Retire", OWNER)
    (_, sure) = await until(lambda: (asked := house.api.shown(OWNER, "Retire Nova Rain?"))[1:] and asked)
    house.api.press(sure, "Yes", OWNER)
    await until(lambda: house.api.shown(OWNER, "Nova Rain is retired."))
    say(OWNER, OWNER, "/pause nobody")
    await until(lambda: house.api.shown(OWNER, "nobody"))
    say(OWNER, OWNER, "/status")
    await until(lambda: house.api.shown(OWNER, "Artists: 1 retired"))


async def test_who_was_removed_is_a_stranger_again(house: House):
    house.enrol(REVIEWER, "bob", Role.REVIEWER)
    house.ask()
    song = await house.song(REVIEWER)
    house.stage.write(people.remove_person, alias="bob", who="ann")
    assert "not on this label's list" in await house.answer(house.api.press(song, "Approve", REVIEWER))


async def test_the_owner_enrols_a_group_and_it_is_left_when_the_bot_is(house: House):
    house.enrol(REVIEWER, "bob", Role.REVIEWER)
    house.api.say(GROUP, REVIEWER, "/link")
    await until(lambda: house.api.shown(GROUP, "Only the owner enrols a group"))
    house.api.say(GROUP, OWNER, "/link@label_test_bot")
    await until(lambda: house.api.shown(GROUP, "You are ann"))
    house.api.update(my_chat_member={
        "chat": {"id": GROUP, "type": "supergroup", "title": "x"}, "from": {"id": 1, "is_bot": False, "first_name": "x"},
        "date": 1, "old_chat_member": {"status": "member", "user": {"id": 2, "is_bot": True, "first_name": "x"}},
        "new_chat_member": {"status": "left", "user": {"id": 2, "is_bot": True, "first_name": "x"}},
    })  # fmt: skip
    await until(lambda: GROUP not in {chat.id for chat in house.stage.read(chats.list_chats)})


def _command(text: str) -> dict:
    return {
        "message_id": 1, "date": 1, "chat": {"id": OWNER, "type": "private", "first_name": "x"}, "text": text,
        "from": {"id": OWNER, "is_bot": False, "first_name": "x"},
        "entities": [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}],
    }  # fmt: skip


def _queued(house: House) -> list:
    from storage.queries import list_cycles

    return [line.cycle for line in house.stage.read(list_cycles, states=(CycleState.QUEUED,))]
