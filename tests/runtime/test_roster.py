"""A roster that is brought in: what has joined stays, and the same import goes on where it stopped."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from configs.settings import Settings
from runtime.desk import Desk
from runtime.desk.actor import Actor
from runtime.label import Label, open_label
from storage import artists
from storage.errors import ConflictError
from storage.roster_files import RosterEntry
from storage.types import Genes, LifecycleState, PersonaWish
from tests.homes import ready
from tests.storage.stage import persona


@pytest.fixture
async def label(home: Path) -> AsyncIterator[Label]:
    ready(home)
    async with open_label(Settings.load()) as label:
        yield label


def entry(place: int, genre: str, name: str | None = None) -> RosterEntry:
    return RosterEntry(label=f"roster.yaml {place}", wish=PersonaWish(name=name), genre=genre)


async def first_joined(label: Label) -> None:
    while not await label.store.read(artists.list_artists):
        await asyncio.sleep(0.005)


async def test_an_import_that_is_broken_off_goes_on_where_it_stopped(label: Label):
    desk = Desk(label, Actor(alias="ada", surface="cli"))
    entries = (entry(1, "lofi"), entry(2, "folk", "Tin Lighthouse"), entry(3, "ambient"))
    begun = asyncio.create_task(desk.artists.bring_in(entries, seed=5))
    await first_joined(label)
    begun.cancel()
    await asyncio.wait([begun])
    (kept,) = await label.store.read(artists.list_artists)
    everybody = await desk.artists.bring_in(entries, seed=5)
    assert everybody[0] == kept
    assert [artist.persona.genre for artist in everybody] == ["lofi", "folk", "ambient"]
    assert await desk.artists.bring_in(entries, seed=5) == everybody
    assert len(await label.store.read(artists.list_artists)) == 3


async def test_where_one_cannot_join_those_before_stay_and_the_message_says_so(label: Label):
    desk = Desk(label, Actor(alias="ada", surface="cli"))
    begun = asyncio.create_task(
        desk.artists.bring_in((entry(1, "lofi"), entry(2, "folk", "Tin Lighthouse")), seed=5)
    )
    await first_joined(label)
    # Somebody else takes the name meanwhile.
    await label.store.write(
        artists.add_artist,
        persona=persona("Tin Lighthouse"),
        genes=Genes(),
        who="ben",
        state=LifecycleState.ACTIVE,
    )
    with pytest.raises(ConflictError, match=r"roster.yaml 2: There is already .*; 1 of 2 have joined"):
        await begun
    mended = await desk.artists.bring_in((entry(1, "lofi"), entry(2, "folk", "Salt Clerk")), seed=5)
    assert [artist.persona.genre for artist in mended] == ["lofi", "folk"]
    assert len(await label.store.read(artists.list_artists)) == 3
