"""What is sent besides decisions: which file, how many at once, alerts, the digest, and quiet hours."""

import asyncio
import contextlib
import io
import sqlite3

import pytest

from storage import artists, chats, name_searches, outbox, releases
from storage.types import Genes, LifecycleState, Release
from tests.storage.stage import persona
from tests.ui.telegram.botapi import BotApi
from tests.ui.telegram.conftest import GROUP, OWNER, House, opened, serving, until, zone_where_it_is
from ui.telegram.digest import digest
from ui.telegram.office import Office
from ui.telegram.tempo import Tempo


def cover() -> bytes:
    from PIL import Image

    written = io.BytesIO()
    Image.new("RGB", (640, 640), "navy").save(written, "JPEG")
    return written.getvalue()


async def test_a_preview_has_its_cover_in_small(house: House):
    house.ask(thumbnail_sha256=house.keep(cover(), "thumbnail"))
    song = await house.song()
    assert 0 < song.files["thumbnail"] < 200_000


async def test_without_a_fit_video_sound_is_sent_and_without_that_words(house: House):
    mp3 = house.keep(b"ID3" + b"\0" * 900, "mp3")
    large = house.keep(b"\0" * 50_000_001, "large")
    fence, cycle = house.stage.song("Too Large")
    house.stage.ask(fence, cycle, preview=large, facts={"mp3_sha256": mp3})
    sound = await house.song(text="by Too Large")
    assert (sound.method, sound.files) == ("sendAudio", {"audio": 903})
    asked = house.ask("Deleted Media", preview=None)
    words = await house.song(text="by Deleted Media")
    assert words.method == "sendMessage"
    house.api.press(words, "Approve", OWNER)
    await until(lambda: "✅ Approved by ann" in words.text)
    assert house.approval(asked).outcome == "approved"


async def test_artists_texts_are_data_and_fit(house: House):
    hostile = "<b>&amp; </i><script>" * 200 + "😀" * 900
    house.ask("A <i>& B", reflection=hostile, feedback=hostile, mood=hostile, left_to_people=hostile)
    song = await house.song(text="by A <i>& B")
    assert "<script>" in song.text
    assert len(song.text.encode("utf-16-le")) // 2 <= 1024
    assert "cyc_" in song.text
    assert "until" in song.text


async def test_a_label_that_is_linked_late_is_not_flooded(api: BotApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("UNDECIDED_PER_LABEL_MAX", "3")
    async with opened(api) as house:
        asked = [house.ask(f"Artist {n}") for n in range(8)]
        async with serving(house):
            await asyncio.sleep(0.2)
            house.enrol()
            (told,) = await until(lambda: api.shown(OWNER, "5 more wait"))
            assert len(api.shown(OWNER, "cyc_")) == 3
            house.api.press(api.shown(OWNER, "cyc_")[0], "Approve", OWNER)
            await until(lambda: len(api.shown(OWNER, "cyc_")) == 4)
            for each in asked[1:]:
                await house.desk().decisions.approve(each)
                await asyncio.sleep(0.05)
            await until(lambda: house.stage.read(outbox.waiting, kinds=("approval", "verdict")) == {})
            assert len(api.shown(OWNER, "more wait")) == 1
            assert told.text


async def test_a_chat_that_is_enrolled_later_is_shown_what_waits(house: House):
    house.ask()
    await house.song()
    house.enrol_chat(GROUP)
    await house.song(GROUP)
    assert len(house.api.shown(OWNER, "Slow Rain")) == 1


async def test_alerts_reach_the_owner_once(house: House):
    house.enrol_chat(GROUP)
    artist = house.stage.artist("Kilo Wren")
    for kind, payload in (
        ("alert", {"text": "suno does not answer <now>"}),
        ("budget_warning", {"period": "2026-11-27", "used_usd": "4", "cap_usd": "5"}),
        (
            "lifecycle_proposal",
            {"artist_id": artist.id, "name": "Kilo Wren", "move": "retired", "because": "9 rejections"},
        ),
        ("error_group", {"fingerprint": "abc", "title": "RenderError", "count": 1, "came_back": False}),
        ("error_group", {"fingerprint": "abc", "title": "RenderError", "count": 6, "came_back": False}),
        ("error_group", {"fingerprint": "abc", "title": "RenderError", "count": 7, "came_back": True}),
    ):
        key = f"{kind}/{payload.get('count')}"
        assert house.stage.write(outbox.send_once, kind=kind, dedupe_key=key, payload=payload)
    for text in (
        "suno does not answer <now>", "4 of 5 USD are used for 2026-11-27", "Kilo Wren should be retired: 9 rejections",
        "A new fault: RenderError", "A fault repeats (6 times)", "A fault is back (7 times)",
    ):  # fmt: skip
        assert len(await until(lambda text=text: house.api.shown(OWNER, text))) == 1
    (proposal,) = house.api.shown(OWNER, "should be retired")
    house.api.press(proposal, "Look at Kilo Wren", OWNER)
    await until(lambda: house.api.shown(OWNER, "Autopilot of Kilo Wren is off"))
    assert house.api.shown(GROUP) == []


async def test_a_search_for_a_name_and_a_newcomer_are_answered_under_the_artist(house: House):
    fence, cycle = house.stage.song("Kilo Wren")
    bag = Release(id="rel_1", title="Slow Rain", directory="d", manifest_sha256="ab" * 32)
    house.stage.write(
        releases.record_release, fence=fence, cycle_id=cycle.id, release=bag, release_date="2026-02-01"
    )
    house.stage.write(
        artists.add_artist, persona=persona("Tin Pier"), genes=Genes(), who=artists.CREATION,
        state=LifecycleState.CANDIDATE,
    )  # fmt: skip
    (asked,) = await until(lambda: house.api.shown(OWNER, "The first release of Kilo Wren waits"))
    house.api.press(asked, "Look at Kilo Wren", OWNER)
    (shown,) = await until(lambda: house.api.shown(OWNER, "its first release waits for that"))
    house.api.press(shown, "I searched its name", OWNER)
    (sure,) = await until(lambda: house.api.shown(OWNER, "somebody else goes by the name Kilo Wren?"))
    house.api.press(sure, "Yes, and nobody does", OWNER)
    await until(lambda: house.api.shown(OWNER, "Kilo Wren may be released"))
    assert house.stage.read(releases.release_by_id, release_id="rel_1").state == "ready"
    known = house.stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    house.stage.write(
        name_searches.take_back_name_search, artist_id=known.id, version=known.version, who="ada"
    )
    old = sure.buttons["Yes, and nobody does"]
    assert len(old) <= 64
    for data in (old, old.rpartition(".")[0]):
        query = house.api.press(sure, "", OWNER, data=data, query=f"late {data}")
        assert "Kilo Wren has changed since this was asked" in await house.answer(query)
    assert house.stage.read(releases.release_by_id, release_id="rel_1").state == "built"

    (told,) = await until(lambda: house.api.shown(OWNER, "The label has created Tin Pier"))
    assert "👋 Artists wait to be taken on: Tin Pier" in str(await digest(Office(house.label, Tempo(60))))
    house.api.press(told, "Look at Tin Pier", OWNER)
    (shown,) = await until(lambda: house.api.shown(OWNER, "Tin Pier, lofi: candidate"))
    house.api.press(shown, "Take it on", OWNER)
    await until(lambda: house.api.shown(OWNER, "Tin Pier is taken on"))


async def test_an_alert_waits_where_the_last_chat_is_gone(house: House):
    house.api.blocked.add(OWNER)
    house.stage.write(outbox.send_once, kind="alert", dedupe_key="a", payload={"text": "disk is full"})
    await until(lambda: not house.stage.read(chats.list_chats))
    await asyncio.sleep(0.3)
    assert house.stage.read(outbox.waiting, kinds=("alert",)) == {"alert": 1}
    house.api.blocked.clear()
    house.enrol_chat(OWNER)
    await until(lambda: house.api.shown(OWNER, "disk is full"))


async def test_quiet_hours_hold_songs_and_alerts_but_no_edits(api: BotApi, monkeypatch: pytest.MonkeyPatch):
    async with opened(api) as house:
        house.enrol()
        first = house.ask("Early Bird")
        async with serving(house):
            song = await house.song(text="by Early Bird")
    monkeypatch.setenv("QUIET_HOURS", "22-8")
    async with opened(api) as house, serving(house):  # it is three in the morning
        house.ask("Night Owl")
        house.stage.write(outbox.send_once, kind="alert", dedupe_key="a", payload={"text": "one"})
        house.stage.write(outbox.send_once, kind="alert", dedupe_key="b", payload={"text": "two"})
        await house.desk().decisions.approve(first)
        await until(lambda: "✅ Approved by ada" in song.text)
        await asyncio.sleep(0.3)
        assert len(api.messages) == 1
    monkeypatch.setenv("LABEL_TIMEZONE", zone_where_it_is(8))
    async with opened(api) as house, serving(house):
        await house.song(text="by Night Owl")
        (together,) = await until(lambda: api.shown(OWNER, "🔔 one"))
        assert together.text == "🔔 one\n🔔 two"


async def test_one_digest_a_day_and_none_without_anything_to_say(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LABEL_TIMEZONE", zone_where_it_is(10))
    async with opened(api) as house:
        house.enrol()
        async with serving(house):
            await until(lambda: _digests(house))
            await until(lambda: house.stage.read(outbox.waiting, kinds=("digest",)) == {})
            await asyncio.sleep(0.3)
            assert api.shown(OWNER) == []
    # The next day: what is remembered of this one is moved to yesterday.
    monkeypatch.setenv("LABEL_TIMEZONE", zone_where_it_is(9))
    async with opened(api) as house:
        asked = house.ask()
        await house.desk().decisions.approve(house.ask("Kilo Wren", preview=b"other" * 99))
        _yesterday(house)
        for _ in range(2):  # also over a restart
            async with serving(house):
                (told,) = await until(lambda: api.shown(OWNER, "The day at the label"))
                await house.song(text="by Nova Rain")
                await asyncio.sleep(0.2)
    for text in (
        "1 wait for a decision",
        "• Slow Rain by Nova Rain",
        "Since yesterday: 1 approved",
        "of 5 USD today",
    ):
        assert text in told.text
    assert asked.title in told.text
    assert len(api.shown(OWNER, "The day at the label")) == 1


def _digests(house: House) -> int:
    """How many days' digests are on record, whether or not they had anything to say."""
    with contextlib.closing(sqlite3.connect(house.label.settings.home / "labelmate.db")) as database:
        return database.execute("SELECT count(*) FROM outbox WHERE kind = 'digest'").fetchone()[0]


def _yesterday(house: House) -> None:
    with (
        contextlib.closing(sqlite3.connect(house.label.settings.home / "labelmate.db")) as database,
        database,
    ):
        moved = database.execute("UPDATE outbox SET dedupe_key = 'digest/past' WHERE kind = 'digest'")
        assert moved.rowcount == 1
