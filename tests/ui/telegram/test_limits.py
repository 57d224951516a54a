"""Telegram's limits, its absence, its 429 and 409: nothing is lost, nothing is sent too fast."""

import asyncio
import logging
import time

import pytest

from storage import chat_messages, chats, outbox
from tests.ui.telegram.botapi import BotApi
from tests.ui.telegram.conftest import GROUP, OWNER, House, opened, serving, until
from tests.ui.telegram.crowd import ask_many
from ui.telegram.tempo import Tempo, Window

SONGS = 500
LONG_S = 600.0


@pytest.mark.walk
async def test_five_hundred_previews_keep_the_limits_and_all_arrive(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("UNDECIDED_PER_LABEL_MAX", "1000")
    async with opened(api) as house:
        house.enrol()
        house.stage.write(chats.leave_chat, chat_id=OWNER)
        house.enrol_chat(GROUP)
        await asyncio.to_thread(ask_many, house, SONGS)
        began_s = time.monotonic()
        async with serving(house):
            await until(lambda: len(api.messages) > SONGS // 2, LONG_S)
            first = api.shown(GROUP, "cyc_")[0]
            api.press(first, "Approve", OWNER)
            await until(
                lambda: "✅ Approved by ann" in first.text
            )  # decisions do not wait for the queue's end
            assert len(api.messages) < SONGS
            await until(lambda: len(api.messages) >= SONGS, LONG_S)
            took_s = time.monotonic() - began_s
            await asyncio.sleep(0.5)
        assert house.stage.read(outbox.waiting, kinds=("approval",)) == {}
    told = [each.text for each in api.shown(GROUP, "cyc_")]
    assert len(told) == len({text.split("cyc_")[1] for text in told}) == SONGS
    assert api.limited == []
    assert took_s * api.speed > (SONGS - 20) / 20 * 60  # a group's 20 a minute allow no less
    logging.getLogger(__name__).info("%s previews in %.0f s of a clock at %s", SONGS, took_s, api.speed)


async def test_a_flood_wait_is_kept_and_the_song_sent_once(api: BotApi):
    api.flood_once = 1
    async with opened(api) as house:
        house.enrol()
        house.ask()
        async with serving(house):
            await house.song()
    assert len(api.shown(OWNER)) == 1


async def test_an_hour_without_telegram_loses_nothing(house: House):
    first = house.ask("Early Bird")
    song = await house.song(text="by Early Bird")
    house.api.is_down = True
    await house.desk().decisions.reject(first, reason="no")
    second = house.ask("Night Owl")
    await asyncio.sleep(3.0)  # three minutes of the bot's clock, so that it has been waiting its longest
    assert house.approval(second).delivered_at is None, "nobody's time runs on what nobody was told"
    house.api.is_down = False
    await until(lambda: "❌ Rejected by ada" in song.text)
    await house.song(text="by Night Owl")
    assert len(house.api.shown(OWNER)) == 2
    await until(lambda: house.approval(second).delivered_at)


async def test_the_bot_waits_for_telegram_to_be_there_at_all(api: BotApi):
    api.is_down = True
    async with opened(api) as house:
        house.enrol()
        house.ask()

        async def serve() -> None:
            async with serving(house):
                await house.song()

        task = asyncio.create_task(serve())
        await asyncio.sleep(0.5)
        assert not task.done()
        api.is_down = False
        await asyncio.wait_for(task, 20)


async def test_another_program_on_the_same_token_is_told_in_one_line(
    house: House, caplog: pytest.LogCaptureFixture
):
    import httpx

    url = f"{house.api.url}/bot{house.label.settings.telegram_bot_token.get_secret_value()}/getUpdates"
    async with httpx.AsyncClient() as other:
        for _ in range(3):
            await other.post(url, data={"timeout": 0})
            await asyncio.sleep(0.2)
    await until(lambda: [record for record in caplog.records if "409 Conflict" in record.message])
    assert len([record for record in caplog.records if "409 Conflict" in record.message]) == 1
    house.ask()
    await house.song()  # it goes on


async def test_a_second_bot_of_the_label_waits_its_turn(house: House, caplog: pytest.LogCaptureFixture):
    entered = asyncio.Event()

    async def second() -> None:
        async with serving(house):
            entered.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(second())
    await until(
        lambda: [record for record in caplog.records if "another bot serves this label" in record.message]
    )
    await asyncio.sleep(0.5)
    assert not entered.is_set()
    assert house.api.conflicts == 0
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_message_that_somebody_deleted_is_edited_no_more(house: House):
    asked = house.ask()
    song = await house.song()
    await until(lambda: house.stage.read(chat_messages.messages_of, approval_id=asked.id))
    del house.api.messages[OWNER, song.message_id]
    await house.desk().decisions.approve(asked)
    await until(lambda: house.stage.read(chat_messages.messages_of, approval_id=asked.id) == [])
    await until(lambda: house.stage.read(outbox.waiting, kinds=("verdict",)) == {})


async def test_a_chat_that_blocked_the_bot_is_left_and_others_are_served(house: House):
    house.enrol_chat(GROUP)
    house.api.blocked.add(OWNER)
    house.ask()
    await house.song(GROUP)
    house.stage.write(outbox.send_once, kind="alert", dedupe_key="a", payload={"text": "hello"})
    await until(lambda: house.api.shown(GROUP, "hello"))


def test_a_window_lets_no_more_in_than_it_says():
    window = Window(Tempo(speed=1e-9), 3, 60.0)
    assert window.wait_s() == 0
    for _ in range(3):
        window.start()
    assert window.wait_s() > 0
    for _ in range(3):
        window.end()
    assert 59 < window.wait_s() <= 60
    assert Window(Tempo(), 3, 60.0).wait_s(spare=3) > 0
