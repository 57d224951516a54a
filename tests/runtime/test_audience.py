"""From a service's numbers to the lifecycle: settled at one age, compared once, counted where it is switched on."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from configs.settings import Settings
from runtime.audience import UNLINKED, compare_audiences, fetch_audiences
from runtime.lifecycle_sweep import check_roster
from storage import audience, audience_links, histories, learning, name_searches, releases, tables
from storage.errors import UsageError
from storage.store import LocalStore, Tx
from storage.types import AudienceRow, LifecycleState, Outcome, Release
from tests.agents.audience.services import (
    GONE,
    HIDDEN,
    KEY,
    QUOTA,
    RECORDING,
    TOKEN,
    VIDEO,
    Services,
    open_services,
)
from tests.storage.stage import Stage


class Roster:
    """Artists whose songs are decided, released and heard."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.artists = {}
        self.songs = 0

    def release(self, name: str, approved: int, rejected: int = 0) -> list[str]:
        """Decided songs, the approved ones published today; returns their titles."""
        if name not in self.artists:
            artist = self.stage.artist(name, LifecycleState.ACTIVE)
            self.stage.write(
                name_searches.record_name_search,
                artist_id=artist.id,
                version=artist.version,
                found="nobody",
                who="ann",
            )
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
                self.publish(made.id)
        return titles

    def publish(self, release_id: str, **urls: str) -> None:
        before = self.stage.read(releases.release_by_id, release_id=release_id).state
        self.stage.write(
            releases.set_release_state, release_id=release_id, before=before, after="published", who="ann",
            urls=urls,
        )  # fmt: skip

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
    assert await compare_audiences(store, Settings.load(home)) == 0, "a week says little"
    stage.clock.advance(days=36)
    roster.songs += 1
    for name, titles in usual.items():
        roster.bring(name, titles, 1000)
    roster.bring("Nova Rain", mine, 10)
    assert await compare_audiences(store, Settings.load(home)) == 12
    assert roster.outcomes("Nova Rain") == [("spotify_for_artists", pytest.approx(10 / 1010, abs=1e-5))] * 4
    assert await compare_audiences(store, Settings.load(home)) == 0
    assert await check_roster(store, Settings.load(home)) == []
    (moved,) = await check_roster(store, Settings.load(home, audience_weight=1))
    assert (moved.trigger, moved.sources) == ("evolve", ("person", "spotify_for_artists"))
    (change,) = stage.read(histories.lifecycle_changes_of, artist_id=roster.artists["Nova Rain"][0].id)
    assert change.evidence["counted"] == "person, spotify_for_artists"
    assert (change.evidence["audience_songs"], change.evidence["approved"]) == (4, 4)
    assert await check_roster(store, Settings.load(home, audience_weight=1)) == [], "and counted once"


async def test_an_outcome_is_settled_once_and_late_or_simulated_numbers_settle_nothing(
    stage: Stage, home: Path
):
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
    assert await compare_audiences(store, Settings.load(home)) == 0, "a slower source may still speak"
    stage.clock.advance(days=3)
    assert await compare_audiences(store, Settings.load(home)) == 9
    assert roster.outcomes("Nova Rain") == [("spotify_for_artists", 0.5)] * 3
    stage.clock.advance(days=60)
    roster.songs += 1
    roster.bring("Nova Rain", early["Nova Rain"], 10**6)
    assert await compare_audiences(store, Settings.load(home)) == 0, (
        "settled is settled, and the fourth song's reading came too late"
    )
    assert roster.outcomes("Nova Rain") == [("spotify_for_artists", 0.5)] * 3


@pytest.fixture
def services():
    with open_services() as there:
        yield there
    assert there.refused == []


def keyed(home: Path, services: Services, **changes: object) -> Settings:
    both = {"youtube_api_key": KEY, "listenbrainz_token": TOKEN}
    addresses = {"youtube_base_url": services.url, "listenbrainz_base_url": services.url}
    return Settings.load(home, **{**both, **addresses, **changes})


def link(stage: Stage, cycle_id: str, source: str, ref: str) -> None:
    stage.write(audience_links.link_song, cycle_id=cycle_id, source=source, ref=ref, who="ann")


async def test_linked_songs_are_read_once_a_week_and_nobody_without_a_key(
    stage: Stage, home: Path, services: Services
):
    roster, store = Roster(stage), LocalStore(stage.store)
    roster.release("Nova Rain", 3)
    assert await fetch_audiences(store, Settings.load(home)) == []
    told = await fetch_audiences(store, keyed(home, services))
    assert {one.why_not for one in told} == {UNLINKED}
    assert services.asked == []
    newest, middle, oldest = stage.read(releases.list_releases)
    link(stage, newest.cycle_id, "youtube", GONE)
    link(stage, newest.cycle_id, "youtube", VIDEO)
    link(stage, middle.cycle_id, "listenbrainz", RECORDING)
    roster.publish(
        oldest.id,
        shop="https://shop.example/3",
        teaser=f"https://youtu.be/{GONE}",
        youtube=f"https://youtu.be/{HIDDEN}",
    )
    told = await fetch_audiences(store, keyed(home, services))
    assert [(one.source, one.songs, one.kept, one.why_not) for one in told] == [
        ("youtube", 2, 5, ""),
        ("listenbrainz", 1, 2, ""),
    ]
    seen = stage.read(audience.receptions_of, artist_id=roster.artists["Nova Rain"][0].id)
    assert {(one.cycle_id, one.source, one.metric, one.value) for one in seen} == {
        (newest.cycle_id, "youtube", "views", 1000),
        (newest.cycle_id, "youtube", "likes", 40),
        (newest.cycle_id, "youtube", "comments", 3),
        (oldest.cycle_id, "youtube", "views", 1000),
        (oldest.cycle_id, "youtube", "comments", 3),
        (middle.cycle_id, "listenbrainz", "listens", 1200),
        (middle.cycle_id, "listenbrainz", "listeners", 70),
    }
    asked = len(services.asked)
    again = await fetch_audiences(store, keyed(home, services))
    assert {one.why_not for one in again} == {"what is known is fresh"}
    assert len(services.asked) == asked
    stage.clock.advance(days=8)
    services.views = 5000
    assert [one.kept for one in await fetch_audiences(store, keyed(home, services))] == [5, 2]
    seen = stage.read(audience.receptions_of, artist_id=roster.artists["Nova Rain"][0].id)
    assert 5000 in {one.value for one in seen if one.metric == "views"}
    stage.clock.advance(days=83)
    assert {one.why_not for one in await fetch_audiences(store, keyed(home, services))} == {UNLINKED}, (
        "too old"
    )


async def test_a_slower_source_counts_before_the_one_that_is_read_most_often(stage: Stage, home: Path):
    roster, store = Roster(stage), LocalStore(stage.store)
    songs = {name: roster.release(name, 4) for name in ("Bay", "Cove", "Nova Rain")}
    stage.clock.advance(days=30)
    for name, titles in songs.items():
        roster.bring(name, titles, 100, source="youtube")
    await compare_audiences(store, Settings.load(home))
    stage.clock.advance(days=8)
    for name, titles in songs.items():
        roster.bring(name, titles, 3000 if name == "Nova Rain" else 1000)
    stage.clock.advance(days=5)
    assert await compare_audiences(store, Settings.load(home)) == 12
    assert roster.outcomes("Nova Rain") == [("spotify_for_artists", 0.75)] * 4


async def test_an_outcome_keeps_no_number_that_is_lent(stage: Stage, home: Path):
    roster, store = Roster(stage), LocalStore(stage.store)
    songs = {name: roster.release(name, 4) for name in ("Bay", "Cove", "Nova Rain")}
    stage.clock.advance(days=30)
    for name, titles in songs.items():
        roster.bring(name, titles, 300 if name == "Nova Rain" else 100, source="youtube")
    stage.clock.advance(days=13)
    assert await compare_audiences(store, Settings.load(home)) == 12
    assert roster.outcomes("Nova Rain") == [("youtube", 0.75)] * 4
    U = tables.audience_outcomes

    def kept(tx: Tx) -> list[object]:
        mine = U.c.artist_id == roster.artists["Nova Rain"][0].id
        return list(tx.connection.execute(select(U.c.compared).where(mine)).scalars())

    assert stage.read(kept) == [[{"metric": "streams", "songs": 8, "share": 0.75}]] * 4


async def test_a_key_that_was_mended_is_tried_at_once(stage: Stage, home: Path, services: Services):
    roster, store = Roster(stage), LocalStore(stage.store)
    roster.release("Nova Rain", 1)
    (release,) = stage.read(releases.list_releases)
    link(stage, release.cycle_id, "youtube", VIDEO)
    link(stage, release.cycle_id, "listenbrainz", RECORDING)
    mistyped = "made-up-with-a-typo"
    wrong = keyed(home, services, youtube_api_key=mistyped, listenbrainz_token=mistyped)
    told = await fetch_audiences(store, wrong)
    assert [("check YOUTUBE_API_KEY" in told[0].why_not), ("check LISTENBRAINZ" in told[1].why_not)] == [
        True
    ] * 2
    stage.clock.advance(minutes=1)
    told = await fetch_audiences(store, wrong)
    assert [one.why_not[:16] for one in told] == ["left alone until"] * 2
    told = await fetch_audiences(store, keyed(home, services))
    assert [(one.kept, one.why_not) for one in told] == [(3, ""), (2, "")]


async def test_a_days_calls_go_to_those_that_were_asked_for_the_longest_ago(
    stage: Stage, home: Path, services: Services
):
    roster, store = Roster(stage), LocalStore(stage.store)
    roster.release("Nova Rain", 120)
    for number, release in enumerate(stage.read(releases.list_releases, limit=120)):
        link(stage, release.cycle_id, "youtube", f"video-{number:05d}")
    only = keyed(home, services, listenbrainz_token=None, trend_calls_per_day=2)
    (told,) = await fetch_audiences(store, only)
    assert (told.songs, told.kept, told.waiting, told.why_not) == (120, 300, 20, "")
    (told,) = await fetch_audiences(store, only)
    assert (told.waiting, "TREND_CALLS_PER_DAY" in told.why_not) == (20, True)
    stage.clock.advance(days=1)
    (told,) = await fetch_audiences(store, only)
    assert (told.kept, told.waiting, told.why_not) == (60, 0, "")
    stage.clock.advance(days=6)
    (told,) = await fetch_audiences(store, only)
    assert (told.kept, told.waiting) == (300, 0), "the last twenty are of a day later"
    asked = [set(path.split("id=")[1].split("&")[0].split("%2C")) for path, _body in services.asked]
    assert [len(ids) for ids in asked] == [50, 50, 20, 50, 50]
    assert len(set().union(*asked[:3])) == 120


async def test_what_nobody_can_tell_apart_is_not_read(stage: Stage, home: Path, services: Services):
    roster, store = Roster(stage), LocalStore(stage.store)
    roster.release("Nova Rain", 4)
    clear, twice, same, other = stage.read(releases.list_releases)
    roster.publish(clear.id, video=f"https://youtu.be/{VIDEO}", again=f"https://youtube.com/watch?v={VIDEO}")
    roster.publish(twice.id, video=f"https://youtu.be/{HIDDEN}", teaser=f"https://youtu.be/{GONE}")
    roster.publish(same.id, page="https://youtu.be/shared-0000")
    roster.publish(other.id, page="https://youtu.be/shared-0000")
    only = keyed(home, services, listenbrainz_token=None)
    (told,) = await fetch_audiences(store, only)
    assert (told.songs, told.unclear) == (1, tuple(sorted(one.cycle_id for one in (twice, same, other))))
    link(stage, same.cycle_id, "youtube", "shared-0000")
    link(stage, twice.cycle_id, "youtube", HIDDEN)
    (told,) = await fetch_audiences(store, only)
    assert (told.songs, told.unclear) == (3, (other.cycle_id,))


async def test_a_reading_of_many_requests_is_not_taken_for_an_interrupted_one(
    stage: Stage, home: Path, services: Services
):
    roster, store = Roster(stage), LocalStore(stage.store)
    roster.release("Nova Rain", 3)
    for number, release in enumerate(stage.read(releases.list_releases)):
        link(stage, release.cycle_id, "youtube", f"video-{number:05d}")
    settings = keyed(home, services)
    others: list[str] = []

    class Slow:
        name, known, batch_max, account = "youtube", VIDEO, 1, ""

        async def read(self, refs: tuple[str, ...]) -> dict[str, dict[str, float]]:
            stage.clock.advance(seconds=59)
            if len(others) < 3:
                others.append("")
                (told,) = await fetch_audiences(store, settings, [Slow()])
                others[-1] = told.why_not
            return {ref: {"views": 1.0} for ref in refs}

    (told,) = await fetch_audiences(store, settings, [Slow()])
    assert (told.kept, others) == (3, ["it is being read already"] * 3)


async def test_what_was_read_before_a_failure_stays_and_the_service_is_left_alone(
    stage: Stage, home: Path, services: Services
):
    roster, store = Roster(stage), LocalStore(stage.store)
    roster.release("Nova Rain", 60)
    for number, release in enumerate(stage.read(releases.list_releases, limit=60)):
        link(stage, release.cycle_id, "youtube", f"video-{number:05d}")
    only = keyed(home, services, listenbrainz_token=None)
    services.after, services.instead = 1, (403, json.dumps(QUOTA).encode(), {})
    (told,) = await fetch_audiences(store, only)
    assert (told.songs, told.kept) == (60, 150)
    assert "quota for this key is used up" in told.why_not
    stage.clock.advance(hours=2)
    (told,) = await fetch_audiences(store, only)
    assert told.why_not.startswith("left alone until")
    assert len(services.asked) == 2
    services.instead = None
    stage.clock.advance(hours=5)
    (told,) = await fetch_audiences(store, only)
    assert (told.kept, told.why_not) == (30, ""), "the same day's numbers are there already"


async def test_only_what_is_released_can_be_linked(stage: Stage):
    _fence, cycle = stage.song()
    with pytest.raises(UsageError, match="nobody can listen to it"):
        link(stage, cycle.id, "youtube", VIDEO)
