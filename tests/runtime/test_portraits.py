"""Avatars of artists that joined before there were any: drawn once, beside the ticks, and one failure holds up nobody."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.visuals.identity import choose_identity
from configs.settings import Settings
from runtime import studio
from runtime.label import Label, open_label
from runtime.launch import Launch
from runtime.live import LiveSettings
from runtime.portraits import OlderPortraits
from runtime.studio import StudioConfig, Timed
from runtime.sweeps import Sweeps
from storage import artists, faults
from storage.errors import DiskFullError
from storage.types import Artist, Asset, Genes, LifecycleState, Persona
from tests.homes import ready
from tests.storage.stage import persona


@pytest.fixture
async def label(home: Path) -> AsyncIterator[Label]:
    ready(home)
    async with open_label(Settings.load()) as label:
        yield label


async def joined(
    label: Label, name: str, state: LifecycleState = LifecycleState.ACTIVE, palette: str | None = None
) -> Artist:
    look = choose_identity(3, "folk", (), frozenset())
    shown = look if palette is None else look.model_copy(update={"palette": palette})
    return await label.store.write(
        artists.add_artist,
        persona=persona(name).model_copy(update={"visual": shown}),
        genes=Genes(),
        who="ben",
        state=state,
    )


def older_of(label: Label) -> OlderPortraits:
    config = StudioConfig.of(label.settings)

    async def draw(persona: Persona) -> Timed[tuple[Asset, Asset]]:
        return await asyncio.to_thread(studio.draw_portrait, config, persona)

    return OlderPortraits(label.store, draw)


async def test_an_artist_from_before_avatars_is_given_one_once(label: Label):
    await joined(label, "Tin Lighthouse")
    await joined(label, "Salt Clerk", LifecycleState.RETIRED)
    older = older_of(label)
    assert await older.look(limit=3) == 1
    gone, shown = await label.store.read(artists.list_artists)
    assert gone.persona.avatar_sha256 is None, "the retired need no face"
    assert shown.persona.avatar_sha256 is not None
    assert StudioConfig.of(label.settings).assets.exists(shown.persona.avatar_sha256)
    assert shown.persona.logo_sha256
    assert await older.look(limit=3) == 0


async def test_a_look_that_cannot_be_drawn_is_told_once_and_holds_up_nobody(label: Label):
    odd = await joined(label, "Amber Clerk", palette="sold-out")
    await joined(label, "Tin Lighthouse")
    older = older_of(label)
    assert await older.look(limit=1) == 0
    assert await older.look(limit=1) == 1
    assert await older.look(limit=1) == 0
    (group,) = await label.store.read(faults.list_groups)
    assert (group.count, group.status) == (1, faults.GroupStatus.OPEN)
    assert "sold-out" in group.title
    mended = odd.persona.model_copy(update={"visual": choose_identity(3, "folk", (), frozenset())})
    await label.store.write(
        artists.change_persona,
        artist_id=odd.id,
        version=odd.version,
        persona=mended,
        trigger="person",
        evidence={},
        who="ada",
    )
    assert await older.look(limit=1) == 1, "its look was changed"


async def test_a_full_disk_is_no_artists_fault(label: Label):
    await joined(label, "Tin Lighthouse")
    room = older_of(label)
    draws = iter([DiskFullError("the disk is full: free some space")])

    async def draw(persona: Persona) -> Timed[tuple[Asset, Asset]]:
        for error in draws:
            raise error
        return await room.draw(persona)

    older = OlderPortraits(label.store, draw)
    with pytest.raises(DiskFullError):
        await older.look(limit=3)
    assert await label.store.read(faults.list_groups) == []
    assert await older.look(limit=3) == 1


async def looks(sweeps: Sweeps) -> None:
    while True:
        await asyncio.sleep(0.01)
        await sweeps._portraying.look()


async def test_a_sweep_does_not_wait_for_the_pictures_and_tells_what_went_wrong(label: Label, home: Path):
    await joined(label, "Tin Lighthouse")
    launch = Launch(home=home, label_id="lbl_test", build="test")
    sweeps = Sweeps(launch, label.store, LiveSettings(launch, label.store))
    core = asyncio.Event()

    async def draw(persona: Persona) -> Timed[tuple[Asset, Asset]]:
        await core.wait()
        raise DiskFullError("the disk is full: free some space")

    sweeps._portraits = OlderPortraits(label.store, draw)
    async with asyncio.timeout(5):
        await sweeps._portraying.look()
        await sweeps._portraying.look()
        core.set()
        with pytest.raises(DiskFullError):
            await looks(sweeps)
    await sweeps.close()
