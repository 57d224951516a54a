"""From a service's file to the lifecycle: settled at one age, compared once, counted where it is switched on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from configs.settings import Settings
from runtime.audience import compare_audiences
from runtime.lifecycle_sweep import check_roster
from storage import audience, histories, learning, releases
from storage.home import open_home
from storage.store import LocalStore, Store
from storage.types import AudienceRow, LifecycleState, Outcome, Release
from tests.homes import ready
from tests.storage.stage import Stage, Watch


@pytest.fixture
def stage(home: Path) -> Iterator[Stage]:
    opened = open_home(ready(home))
    clock = Watch(1)
    store = Store(opened.engine, clock)
    yield Stage(store, clock)
    store.close()
    opened.close()


class Roster:
    """Artists whose songs are decided, released and heard."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.artists = {}
        self.songs = 0

    def release(self, name: str, approved: int, rejected: int = 0) -> list[str]:
        """Decided songs, the approved ones released today; returns their titles."""
        if name not in self.artists:
            artist = self.stage.artist(name, LifecycleState.ACTIVE)
            fence = self.stage.activate(artist, owner=name, lease_s=10**9).fence
            self.artists[name] = artist, fence
        artist, fence = self.artists[name]
        titles: list[str] = []
        for place in range(approved + rejected):
            self.songs += 1
            cycle = self.stage.cycle(artist, seed=self.songs)
            self.stage.clock.advance(seconds=1)
            # Alternating, so that no streak of rejections decides.
            is_good = (place * approved) // (approved + rejected) != ((place + 1) * approved) // (
                approved + rejected
            )
            self.stage.end(fence, cycle, Outcome.APPROVED if is_good else Outcome.REJECTED)
            if is_good:
                titles.append(f"Song {self.songs}")
                made = Release(
                    id=f"rel_{self.songs}", title=titles[-1], directory=f"d/{self.songs}",
                    manifest_sha256=f"{self.songs:064x}",
                )  # fmt: skip
                today = self.stage.clock.now().date().isoformat()
                self.stage.write(
                    releases.record_release, fence=fence, cycle_id=cycle.id, release=made, release_date=today
                )
        return titles

    def bring(
        self, name: str, titles: list[str], streams: float, source: str = "spotify_for_artists"
    ) -> None:
        rows = tuple(
            AudienceRow(
                title=title, source=source, metric="streams", value=streams, file_sha256=f"{self.songs:064x}"
            )
            for title in titles
        )
        self.stage.write(audience.bring_audience, artist_id=self.artists[name][0].id, rows=rows, who="ann")

    def outcomes(self, name: str) -> list[tuple[str, float]]:
        told = self.stage.read(audience.receptions_of, artist_id=self.artists[name][0].id)
        return [(one.source, one.value) for one in told if one.metric == audience.OUTCOME]


async def test_poor_audiences_evolve_an_artist_only_where_they_count(stage: Stage, home: Path):
    roster, store = Roster(stage), LocalStore(stage.store)
    usual = {name: roster.release(name, 4) for name in ("Bay", "Cove")}
    mine = roster.release("Nova Rain", approved=4, rejected=16)
    stage.clock.advance(days=7)
    roster.bring("Nova Rain", mine, 1)
    assert await compare_audiences(store) == 0, "a week says little"
    stage.clock.advance(days=30)
    roster.songs += 1
    for name, titles in usual.items():
        roster.bring(name, titles, 1000)
    roster.bring("Nova Rain", mine, 10)
    assert await compare_audiences(store) == 12
    assert roster.outcomes("Nova Rain") == [("spotify_for_artists", pytest.approx(10 / 1010, abs=1e-5))] * 4
    assert await compare_audiences(store) == 0
    assert await check_roster(store, Settings.load(home)) == []
    (moved,) = await check_roster(store, Settings.load(home, audience_weight=1))
    assert (moved.trigger, moved.sources) == ("evolve", ("person", "spotify_for_artists"))
    (change,) = stage.read(histories.lifecycle_changes_of, artist_id=roster.artists["Nova Rain"][0].id)
    assert change.evidence["counted"] == "person, spotify_for_artists"
    assert (change.evidence["audience_songs"], change.evidence["approved"]) == (4, 4)
    assert await check_roster(store, Settings.load(home, audience_weight=1)) == [], "and counted once"


async def test_an_outcome_is_settled_once_and_late_or_simulated_numbers_settle_nothing(stage: Stage):
    roster, store = Roster(stage), LocalStore(stage.store)
    early = {name: roster.release(name, 4) for name in ("Bay", "Cove", "Nova Rain")}
    stage.clock.advance(days=40)
    for name, titles in early.items():
        roster.bring(name, titles[:3], 100)
    for title in early["Nova Rain"]:
        cycle_id = next(one.cycle_id for one in stage.read(releases.list_releases) if one.title == title)
        stage.write(
            learning.observe, artist_id=roster.artists["Nova Rain"][0].id, cycle_id=cycle_id,
            source="simulated", metric="streams", value=9e9,
        )  # fmt: skip
    assert await compare_audiences(store) == 9
    assert roster.outcomes("Nova Rain") == [("spotify_for_artists", 0.5)] * 3
    stage.clock.advance(days=60)
    roster.songs += 1
    roster.bring("Nova Rain", early["Nova Rain"], 10**6)
    assert await compare_audiences(store) == 0, (
        "settled is settled, and the fourth song's reading came too late"
    )
    assert roster.outcomes("Nova Rain") == [("spotify_for_artists", 0.5)] * 3
