"""The shelf of footage is shared by all artists: what one of them is fetching, another leaves alone, and loses no song."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agents.visuals.footage.choice import Shape, pick
from agents.visuals.footage.protocol import Found, Offer, OfferedFile, footage_providers
from agents.visuals.footage.queries import queries
from agents.visuals.footage.rhythm import shortest_clip_s
from agents.visuals.footage.shelf import Shelf
from configs.settings import Settings
from runtime.footage import FootageDesk
from runtime.studio import StudioConfig
from storage.home import open_home
from storage.store import LocalStore, Store
from storage.types import Footage, PlannedSection, SongPlan
from tests.agents.llm.songs import brief_of
from tests.agents.visuals.footage.library import KEY, Library, OpenLibrary
from tests.homes import ready
from tests.storage.stage import Watch

SECTION = PlannedSection(name="chorus", start_s=0, end_s=16, bars=8, energy=0.9)
PLAN = SongPlan(
    title="Run", artist_name="Ida", genre="house", tempo_bpm=120.0, key="C", mode="minor", duration_s=16,
    sections=(SECTION,), beats_s=(), bars_s=(), chords=(), lyric_lines=(), source="test",
)  # fmt: skip
SEED = 3


class Song:
    """A song that looks for footage: its searches were made today, and each found the same clips."""

    def __init__(self, home: Path, library: Library, store: LocalStore) -> None:
        settings = Settings.load(home, pexels_api_key=KEY, pexels_base_url=library.url)
        (provider,) = footage_providers(settings)
        config, self.shelf = StudioConfig.of(settings), Shelf(home / "footage")
        width, height = config.frame("16:9")
        self.offers = tuple(
            Offer(
                provider="pexels", id=str(number), author="Ada", duration_s=30, words="waves",
                page_url=f"https://www.pexels.com/video/waves-{number}/",
                files=(OfferedFile(url=f"{library.url}/files/{number}.mp4", width=width, height=height),),
            )
            for number in range(5)
        )  # fmt: skip
        shape = Shape(width=width, height=height, shortest_s=shortest_clip_s(PLAN))
        assert all(pick(offer, shape, is_lively=False) for offer in self.offers)
        self.brief = brief_of()
        for query in queries(self.brief, PLAN, SEED):
            self.shelf.keep(Found(offers=self.offers), "pexels", query.words, width, height)
        # No gate and no cores: nothing is searched for, and no clip comes to be looked at.
        self.desk = FootageDesk(((provider, None),), self.shelf, store, None, config)  # type: ignore[arg-type]

    async def gather(self) -> Footage:
        return (await self.desk.gather(self.brief, PLAN, "16:9", SEED)).value


@pytest.fixture
def library() -> Iterator[Library]:
    with OpenLibrary() as library:
        library.media = {f"{number}.mp4": bytes(1000) for number in range(5)}
        yield library


@pytest.fixture
def song(home: Path, library: Library) -> Iterator[Song]:
    opened = open_home(ready(home))
    store = Store(opened.engine, Watch(1))
    yield Song(home, library, LocalStore(store))
    store.close()
    opened.close()


async def test_a_clip_that_another_song_fetches_is_left_alone(song: Song, library: Library):
    another = Shelf(song.shelf.folder)
    with ExitStack() as held:
        for offer in song.offers:
            lock = another.hold(offer, offer.files[0])
            assert lock is not None
            held.callback(lock.free)
        gathered = await song.gather()
    assert gathered.clips == ()
    assert "is being fetched for another song" in gathered.note
    assert library.fetched == []

    first = song.offers[0]
    lock = song.shelf.hold(first, first.files[0])
    assert lock is not None, "once the other is done, the place is anybody's"
    lock.free()


async def test_a_clip_that_cannot_be_written_is_a_note(song: Song, library: Library):
    for offer in song.offers:
        place = song.shelf.download_place(offer, offer.files[0])
        place.with_name(f"{place.name}.part").mkdir()
    gathered = await song.gather()
    assert gathered.clips == ()
    assert ".mp4.part" in gathered.note
    assert library.fetched
    for offer in song.offers:
        lock = song.shelf.hold(offer, offer.files[0])
        assert lock is not None, "and its place is free again"
        lock.free()
