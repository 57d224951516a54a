"""An owner in Telegram: asks for a song, gets its preview, approves it, sees it released, pauses the artist."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from runtime.desk import Desk
from runtime.desk.actor import Actor
from runtime.label import Label
from storage import approval_rows, artists, events, people, queries
from storage.people import Role
from storage.types import CycleState, DeciderKind, LifecycleState, Outcome
from tests.journeys.quick import changed, reaches
from tests.ui.telegram.botapi import TOKEN, BotApi
from tests.ui.telegram.conftest import OWNER, until
from ui.telegram.service import bot
from ui.telegram.tempo import Tempo

pytestmark = [pytest.mark.walk, pytest.mark.cluster]
SPEED = 60
PATIENCE_S = 120.0
"""A song is made meanwhile."""


@pytest.fixture
def api() -> Iterator[BotApi]:
    server = BotApi(speed=SPEED)
    yield server
    server.close()


async def test_from_a_wish_to_a_release_and_a_pause(label: Label, api: BotApi):
    artist = await label.create_artist(seed=62, genre=None, who="test")
    account = {"telegram_bot_token": SecretStr(TOKEN), "telegram_api_base_url": api.url}
    beside = replace(label, settings=label.settings.model_copy(update=account))
    # No night, and a song of ten seconds where none is said.
    turned = {"quiet_hours": "none", "song_seconds": 10}
    with changed(label, **turned):
        async with bot(beside, tempo=Tempo(SPEED), lease_s=5):
            invited = await Desk(label, Actor(alias="me", surface="cli")).house.invite("ann", Role.OWNER)
            api.say(OWNER, OWNER, f"/link {invited.code}")
            await until(lambda: api.shown(OWNER, "You are ann, owner"), PATIENCE_S)

            api.say(OWNER, OWNER, f"/run {artist.slug} a walk in the park")
            (song,) = await until(
                lambda: [each for each in api.shown(OWNER, artist.persona.name) if each.files], PATIENCE_S
            )
            assert song.method == "sendVideo"
            assert song.files["video"] > 1000
            api.press(song, "Approve", OWNER)
            await until(lambda: "✅ Approved by ann (telegram)" in song.text, PATIENCE_S)
            (line,) = await label.store.read(queries.list_cycles, artist_id=artist.id)
            ended = await reaches(label, line.cycle, CycleState.ENDED)

            api.say(OWNER, OWNER, f"/pause {artist.slug}")
            async with asyncio.timeout(PATIENCE_S):
                while (
                    await label.store.read(artists.artist_by_id, artist_id=artist.id)
                ).state is not LifecycleState.PAUSED:
                    await asyncio.sleep(0.1)
        await label.store.write(people.remove_person, alias="ann", who="test")

    assert (ended.outcome, ended.decided_by, ended.request.theme) == (
        Outcome.APPROVED, DeciderKind.PERSON, "a walk in the park",
    )  # fmt: skip
    assert (await label.store.read(queries.cycle_overview, cycle_id=ended.id)).release is not None
    asked = await label.store.read(approval_rows.of_cycle, cycle_id=ended.id)
    assert asked is not None
    audit = await label.store.read(approval_rows.decisions_of, approval_id=asked.id)
    assert [(line.action, line.outcome, line.who, line.surface) for line in audit] == [
        ("decide", Outcome.APPROVED, "ann", "telegram")
    ]
    happened = await label.store.read(events.events_since, seq=0, limit=100_000)
    moves = [
        event.body for event in happened if event.kind == "artist.state" and event.artist_id == artist.id
    ]
    assert [(move["after"], move["who"]) for move in moves] == [(LifecycleState.PAUSED, "ann")]
    assert api.limited == []
