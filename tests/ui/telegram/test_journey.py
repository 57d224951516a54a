"""A song's way through Telegram: enrolled, shown, decided, and told wherever it was decided."""

import asyncio

import pytest

from storage import chats, people
from storage.people import Role
from tests.ui.conftest import Call
from tests.ui.telegram.botapi import BotApi
from tests.ui.telegram.conftest import (
    GROUP,
    OWNER,
    PREVIEW,
    REVIEWER,
    STRANGER,
    House,
    opened,
    serving,
    until,
)


async def test_owner_and_reviewer_join_with_codes_and_decide(api: BotApi):
    async with opened(api) as house, serving(house):
        made = await house.desk().house.invite("ann", Role.OWNER)
        api.say(OWNER, OWNER, f"/link {made.code}")
        await until(lambda: api.shown(OWNER, "You are ann, owner"))
        asked = house.ask()
        song = await house.song()
        assert song.method == "sendVideo"
        assert song.files["video"] > 4000
        for told in (
            "Slow Rain by Nova Rain",
            "Score 0.82",
            "cost free",
            "More space.",
            "until ",
            "#nova_rain",
        ):
            assert told in song.text
        assert {name.split()[-1] for name in song.buttons} == {"Approve", "Reject", "Redo", "Later", "Edit"}

        api.say(OWNER, OWNER, "/invite bob")
        (told,) = await until(lambda: api.shown(OWNER, "For bob"))
        api.say(REVIEWER, REVIEWER, f"/start {told.text.split('/link ')[1].split()[0]}")
        await until(lambda: api.shown(REVIEWER, "You are bob, reviewer"))
        theirs = await house.song(REVIEWER)
        query = api.press(theirs, "Approve", REVIEWER)
        assert await house.answer(query) == "Slow Rain was approved by bob (telegram)"
        for each in (song, theirs):
            await until(lambda each=each: "✅ Approved by bob (telegram)" in each.text)
            assert list(each.buttons) == ["↩️ Undo"]
        assert house.history(asked) == [("decide", "bob")]


async def test_a_decision_made_elsewhere_is_shown_within_two_seconds(house: House):
    asked = house.ask()
    song = await house.song()
    await house.desk().decisions.reject(asked, reason="too slow")
    await until(lambda: "❌ Rejected by ada (cli)" in song.text and "“too slow”" in song.text, 2.0)


async def test_decided_on_the_command_line_while_the_bot_was_away(api: BotApi, call: Call):
    async with opened(api) as house:
        house.enrol()
        asked = house.ask()
        async with serving(house):
            song = await house.song()
    told = await asyncio.to_thread(call, "approve", asked.id, "--as", "ada")
    assert told.code == 0
    async with opened(api) as house, serving(house):
        await until(lambda: "✅ Approved by ada (cli)" in song.text)
    assert len(api.shown(OWNER, "Slow Rain")) == 1


async def test_rejected_with_a_ready_reason(house: House):
    asked = house.ask()
    song = await house.song()
    house.api.press(song, "Reject", OWNER)
    await until(lambda: "Dull melody" in song.buttons)
    house.api.press(song, "Dull melody", OWNER)
    await until(lambda: "❌ Rejected by ann (telegram)" in song.text)
    assert house.approval(asked).why == "Dull melody"


async def test_rejected_in_ones_own_words_also_after_a_restart(api: BotApi):
    async with opened(api) as house:
        house.enrol()
        asked = house.ask()
        async with serving(house):
            song = await house.song()
            api.press(song, "Reject", OWNER)
            await until(lambda: "Dull melody" in song.buttons)
            api.press(song, "Other", OWNER)
            await until(lambda: "Reply to this message" in song.text)
        async with serving(house):
            api.say(OWNER, STRANGER, "because I say so", reply_to=song)
            api.say(OWNER, OWNER, "the <b>bridge</b> drags & drags", reply_to=song)
            await until(lambda: "❌ Rejected by ann" in song.text)
    assert house.approval is not None
    assert "“the <b>bridge</b> drags & drags”" in song.text
    assert asked.title in song.text


async def test_a_reply_that_was_not_asked_for_decides_nothing(house: House):
    asked = house.ask()
    song = await house.song()
    house.api.say(OWNER, OWNER, "lovely", reply_to=song)
    house.api.say(OWNER, OWNER, "/status")
    await until(lambda: house.api.shown(OWNER, "Waiting for you: 1"))
    assert house.approval(asked).status == "pending"


@pytest.mark.parametrize("part", ["Title", "Lyrics", "Cover", "Video", "The whole song (1.20 USD)"])
async def test_sent_back_for_a_part(house: House, part: str):
    asked = house.ask()
    song = await house.song()
    house.api.press(song, "Redo", OWNER)
    await until(lambda: [name for name in song.buttons if part in name])
    house.api.press(song, part, OWNER)
    await until(lambda: "🔁 Sent back for" in song.text)
    assert house.approval(asked).redo == ("song" if "song" in part else part.lower())


async def test_undone_in_time_and_decided_anew(house: House):
    asked = house.ask()
    song = await house.song()
    house.api.press(song, "Approve", OWNER)
    await until(lambda: "↩️ Undo" in song.buttons)
    house.api.press(song, "Undo", OWNER)
    await until(lambda: "✅ Approve" in song.buttons)
    assert house.approval(asked).status == "pending"
    house.api.press(song, "Later", OWNER)
    await until(lambda: "put off until" in song.text)
    assert house.history(asked) == [("decide", "ann"), ("undo", "ann"), ("later", "ann")]


async def test_undo_goes_away_when_it_is_too_late(api: BotApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("UNDO_S", "1")
    async with opened(api) as house:
        house.enrol()
        house.ask()
        async with serving(house):
            song = await house.song()
            api.press(song, "Approve", OWNER)
            await until(lambda: "↩️ Undo" in song.buttons)
            data = song.buttons["↩️ Undo"]
            await until(lambda: not song.buttons)
            late = api.press(song, "", OWNER, data=data)
            assert "too late to undo" in await house.answer(late)


async def test_of_several_takes_one_is_approved(house: House):
    asked = house.ask(takes=2)
    song = await house.song()
    house.api.press(song, "Approve take 2", OWNER)
    await until(
        lambda: "✅ Approved, take 2, by ann" in song.text or "✅ Approved, take 2 by ann" in song.text
    )
    assert house.approval(asked).take == 2


async def test_every_take_is_sent_once_and_the_buttons_tell_them_apart(house: House):
    previews = [house.keep(PREVIEW + bytes([number]), f"take{number}") for number in (1, 2)]
    known = zip((0.82, 0.71), previews, strict=True)
    asked = house.ask(takes=[{"score": score, "preview_sha256": sha256} for score, sha256 in known])
    song = await house.song()
    assert [label for label in song.buttons if "take" in label] == [
        "✅ Approve take 1 (0.82)",
        "✅ Approve take 2 (0.71)",
    ]
    (other,) = await until(
        lambda: [each for each in house.api.shown(OWNER) if each.text.startswith("Take 2 (0.71)")]
    )
    assert other.buttons == {}
    house.api.press(song, "Approve take 2", OWNER)
    await until(lambda: house.approval(asked).take == 2)
    assert len(house.api.shown(OWNER, "Take 2 (0.71)")) == 1


async def test_a_song_decided_before_its_turn_is_not_sent_and_is_when_it_is_undone(api: BotApi):
    async with opened(api) as house:
        house.enrol()
        asked = house.ask("Early Bird")
        await house.desk().decisions.approve(asked)
        house.ask("Nova Rain")
        async with serving(house):
            await house.song(text="by Nova Rain")
            assert api.shown(OWNER, "by Early Bird") == []
            await house.desk().decisions.undo(asked.id)
            await house.song(text="by Early Bird")


async def test_a_forum_has_a_topic_for_each_artist_made_anew_when_it_is_deleted(house: House):
    house.enrol_chat(is_forum=True)
    house.ask("Nova Rain")
    house.ask("Kilo Wren")
    first = await house.song(GROUP, "by Nova Rain")
    other = await house.song(GROUP, "by Kilo Wren")
    assert house.api.topics[GROUP, first.thread_id] == "Nova Rain"
    assert house.api.topics[GROUP, other.thread_id] == "Kilo Wren"
    assert "#nova_rain" not in first.text
    artist = house.approval(house.ask("Third One")).artist_id
    gone = (await house.song(GROUP, "by Third One")).thread_id
    del house.api.topics[GROUP, gone]
    del house.api.messages[GROUP, (await house.song(GROUP, "by Third One")).message_id]
    assert house.stage.read(chats.topic_of, chat_id=GROUP, artist_id=artist) == gone
    house.api.say(GROUP, OWNER, "/pending")
    (listed,) = await until(lambda: [each for each in house.api.shown(GROUP) if each.text.startswith("1.")])
    house.api.press(listed, "Show 3", OWNER)
    again = await house.song(GROUP, "by Third One")
    assert again.thread_id != gone
    assert house.api.topics[GROUP, again.thread_id] == "Third One"


async def test_numbers_in_the_settings_decide_and_leave_with_them(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TELEGRAM_CHAT_ID", str(GROUP))
    monkeypatch.setenv("TELEGRAM_REVIEWERS", str(REVIEWER))
    async with opened(api) as house, serving(house):
        asked = house.ask()
        song = await house.song(GROUP)
        api.press(song, "Approve", REVIEWER)
        await until(lambda: f"by telegram-{REVIEWER}" in song.text)
    monkeypatch.setenv("TELEGRAM_REVIEWERS", "")
    async with opened(api) as house, serving(house):
        query = api.press(song, "Undo", REVIEWER)
        assert "not on this label's list" in await house.answer(query)
        assert house.history(asked) == [("decide", f"telegram-{REVIEWER}")]
        assert house.stage.write(people.forget_person, alias=f"telegram-{REVIEWER}", who="me") == "reviewer-1"
