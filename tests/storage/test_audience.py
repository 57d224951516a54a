"""The audience's numbers: each under its source, a file once, simulated listeners never among them."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, select

from storage import (
    artists,
    audience,
    audience_links,
    learning,
    migrations,
    name_searches,
    releases,
    retention,
    tables,
)
from storage.audience import Settled
from storage.errors import UsageError
from storage.evidence import Window, lifecycle_evidence
from storage.releases import ReleaseState
from storage.store import Tx, write
from storage.types import AudienceEvidence, AudienceRow, LifecycleState, Outcome, Release
from tests.storage.stage import Stage


@pytest.fixture
def released(stage: Stage):
    fence, cycle = stage.song()
    release = Release(
        id="rel_1", title="Slow Rain", directory="nova-rain/slow-rain", manifest_sha256="ab" * 32
    )
    stage.write(
        releases.record_release, fence=fence, cycle_id=cycle.id, release=release, release_date="2026-01-02"
    )
    return fence, cycle


def row(
    value: float,
    *,
    title: str = "slow rain",
    source: str = "spotify_for_artists",
    file: str = "aa",
    metric: str = "streams",
) -> AudienceRow:
    return AudienceRow(title=title, source=source, metric=metric, value=value, file_sha256=file * 32)


def bring(stage: Stage, fence, *rows: AudienceRow):
    return stage.write(audience.bring_audience, artist_id=fence.artist_id, rows=rows, who="ann")


def test_a_file_counts_once_and_a_newer_one_replaces_what_is_shown(stage: Stage, released):
    fence, cycle = released
    first = bring(stage, fence, row(25), row(3, title="Nobody's"))
    assert (first.kept, first.known, first.unknown_titles) == (1, 0, ("Nobody's",))
    assert bring(stage, fence, row(25)).known == 1
    stage.clock.advance(days=7)
    bring(stage, fence, row(40, file="bb"))
    (shown,) = stage.read(audience.receptions_of, artist_id=fence.artist_id)
    assert (shown.title, shown.cycle_id, shown.source, shown.value) == (
        "Slow Rain",
        cycle.id,
        "spotify_for_artists",
        40,
    )
    assert len(stage.read(learning.observations_of, artist_id=fence.artist_id, metric="streams")) == 2


def test_a_rating_is_evidence_of_its_own_and_simulated_listeners_say_nothing_here(stage: Stage, released):
    fence, cycle = released
    stage.write(audience.rate_song, cycle_id=cycle.id, rating=0.8, who="ann")
    stage.write(
        learning.observe,
        artist_id=fence.artist_id,
        cycle_id=cycle.id,
        source="simulated",
        metric="streams",
        value=9e9,
    )
    (shown,) = stage.read(audience.receptions_of, artist_id=fence.artist_id)
    assert (shown.source, shown.metric, shown.value) == ("operator", "rating", 0.8)
    with pytest.raises(UsageError, match="give 0 to 1"):
        stage.write(audience.rate_song, cycle_id=cycle.id, rating=1.5, who="ann")


def test_outcomes_are_counted_as_verdicts_are_and_only_where_they_are_asked_for(stage: Stage):
    artist = stage.artist()
    fence = stage.activate(artist, owner="actor", lease_s=10**9).fence

    def song(outcome: float, source: str = "youtube_studio") -> None:
        cycle = stage.cycle(artist)
        stage.end(fence, cycle, Outcome.APPROVED)
        settled = Settled(cycle_id=cycle.id, artist_id=artist.id, source=source, numbers={}, is_due=True)
        stage.clock.advance(days=1)
        assert stage.write(audience.keep_outcome, song=settled, outcome=outcome, compared=())
        assert not stage.write(audience.keep_outcome, song=settled, outcome=1.0, compared=()), "once"

    def heard(**window: int) -> AudienceEvidence:
        asked = Window(**({"days": 180, "last": 20, "audience": True} | window))
        return stage.read(lifecycle_evidence, artist_id=artist.id, window=asked).evidence.audience

    assert heard() == AudienceEvidence()
    song(0.25)
    song(0.5, "distributor")
    song(0.75)
    assert heard() == AudienceEvidence(3, 1.5, 3, 1.5, ("distributor", "youtube_studio"))
    assert heard(last=1, career=2) == AudienceEvidence(1, 0.75, 2, 1.25, ("distributor", "youtube_studio"))
    assert heard(audience=False) == AudienceEvidence()
    stage.clock.advance(days=1)
    waiting = stage.cycle(artist)
    stage.clock.advance(days=1)
    stage.write(
        artists.set_state, artist_id=artist.id, before=LifecycleState.ACTIVE, after=LifecycleState.EVOLVING,
        trigger="evolve", evidence=None, bound=None, reason="tired", who="ann",
    )  # fmt: skip
    assert heard() == AudienceEvidence(0, 0.0, 3, 1.5, ("distributor", "youtube_studio"))
    stage.clock.advance(days=1)
    stage.end(fence, waiting, Outcome.APPROVED)
    late = Settled(cycle_id=waiting.id, artist_id=artist.id, source="distributor", numbers={}, is_due=True)
    stage.write(audience.keep_outcome, song=late, outcome=0.125, compared=())
    assert heard().songs == 0, "it was made before the change"
    song(1.0)
    assert heard() == AudienceEvidence(1, 1.0, 5, 2.625, ("distributor", "youtube_studio"))


def test_songs_from_before_a_new_start_do_not_judge_it(stage: Stage):
    artist = stage.artist(state=LifecycleState.CANDIDATE)
    fence = stage.activate(artist, owner="actor", lease_s=10**9).fence

    def ended():
        cycle = stage.cycle(artist)
        stage.clock.advance(days=1)
        stage.end(fence, cycle, Outcome.APPROVED)
        return cycle

    def heard_of(cycle) -> AudienceEvidence:
        song = Settled(
            cycle_id=cycle.id, artist_id=artist.id, source="youtube_studio", numbers={}, is_due=True
        )
        stage.write(audience.keep_outcome, song=song, outcome=0.125, compared=())
        asked = Window(days=180, last=20, audience=True)
        return stage.read(lifecycle_evidence, artist_id=artist.id, window=asked).evidence.audience

    before = ended()
    stage.clock.advance(days=1)
    stage.write(
        artists.set_state, artist_id=artist.id, before=LifecycleState.CANDIDATE, after=LifecycleState.ACTIVE,
        trigger="promote", evidence=None, bound=None, reason="good", who="ann",
    )  # fmt: skip
    stage.clock.advance(days=1)
    after = ended()
    stage.clock.advance(days=40)
    assert heard_of(before) == AudienceEvidence(), "its audience came later, but the song is an older one"
    assert heard_of(after) == AudienceEvidence(1, 0.125, 1, 0.125, ("youtube_studio",))


WINDOW = {
    "after": timedelta(days=28),
    "before": timedelta(days=90),
    "due": timedelta(days=42),
    "within": timedelta(days=365),
}


def publish(stage: Stage, fence) -> None:
    artist = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    stage.write(
        name_searches.record_name_search, artist_id=artist.id, version=artist.version, found="0", who="ann"
    )
    move(stage, ReleaseState.READY, ReleaseState.PUBLISHED)


def move(stage: Stage, before: ReleaseState, after: ReleaseState) -> None:
    stage.write(releases.set_release_state, release_id="rel_1", before=before, after=after, who="ann")


def test_a_song_is_as_old_as_its_publication_and_its_first_number_at_that_age_stands(stage: Stage, released):
    fence, cycle = released
    told = bring(stage, fence, row(1, file="aa"))
    assert told.unpublished_titles == ("Slow Rain",)
    stage.clock.advance(days=30)
    bring(stage, fence, row(2, file="bb"))
    publish(stage, fence)
    stage.clock.advance(days=2)
    assert bring(stage, fence, row(3, file="cc")).unpublished_titles == ()
    assert stage.read(audience.settled_of, **WINDOW) == [], "the bag is a month old, the publication two days"
    stage.clock.advance(days=27)
    bring(stage, fence, row(4, file="dd"), row(40, file="dd", metric="saves"))
    (young,) = stage.read(audience.settled_of, **WINDOW)
    assert (young.numbers, young.is_due) == ({"streams": 4, "saves": 40}, False)
    stage.clock.advance(days=14)
    bring(stage, fence, row(5, file="ee"))
    (due,) = stage.read(audience.settled_of, **WINDOW)
    assert (due.numbers, due.is_due) == ({"streams": 4, "saves": 40}, True)
    stage.write(audience.keep_outcome, song=due, outcome=0.5, compared=())
    assert [one.is_due for one in stage.read(audience.settled_of, **WINDOW)] == [False]
    move(stage, ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN)
    assert stage.read(audience.settled_of, **WINDOW) == [], "and says no longer what is usual"
    assert cycle.id == due.cycle_id


def test_lent_numbers_leave_after_their_days_and_what_was_made_of_them_stays(stage: Stage, released):
    fence, cycle = released
    publish(stage, fence)
    stage.clock.advance(days=29)
    bring(stage, fence, row(4, source="youtube", file="aa"), row(7, file="bb"))
    stage.clock.advance(days=14)
    bring(stage, fence, row(5, source="youtube", file="cc"))
    lent, own = sorted(stage.read(audience.settled_of, **WINDOW), key=lambda one: one.source != "youtube")
    assert (lent.source, lent.numbers, lent.is_due) == ("youtube", {"streams": 4}, True)
    assert stage.write(audience.keep_outcome, song=lent, outcome=0.5, compared=())
    stage.clock.advance(days=15.5)
    told = [one.source for one in stage.read(audience.settled_of, **WINDOW)]
    assert told == [own.source], "its first number may be gone, and a later one does not stand for it"
    assert stage.write(retention.forget_lent_numbers, limit=9) == 0
    stage.clock.advance(days=1)
    assert stage.write(retention.forget_lent_numbers, limit=9) == 1
    stage.clock.advance(days=14)
    assert [stage.write(retention.forget_lent_numbers, limit=1) for _ in range(2)] == [1, 0]
    seen = stage.read(audience.receptions_of, artist_id=fence.artist_id)
    assert {(one.source, one.metric, one.value) for one in seen} == {
        (own.source, "streams", 7),
        ("youtube", audience.OUTCOME, 0.5),
    }
    assert cycle.id == own.cycle_id


def test_outcomes_of_before_lose_the_numbers_that_were_lent(stage: Stage, released, engine: Engine):
    _fence, cycle = released
    own = {"metric": "streams", "value": 30.0, "usual": 10.0, "songs": 6}
    for source, compared in (("youtube", own), ("distributor", own)):
        song = Settled(cycle_id=cycle.id, artist_id=cycle.artist_id, source=source, numbers={}, is_due=True)
        migrations.downgrade(engine, "0019")
        stage.write(forget_outcome, cycle_id=cycle.id)
        stage.write(audience.keep_outcome, song=song, outcome=0.75, compared=(compared,))
        migrations.upgrade(engine)
        kept = stage.read(compared_of, cycle_id=cycle.id)
        assert kept == ([{"metric": "streams", "songs": 6, "share": 0.75}] if source == "youtube" else [own])
        migrations.downgrade(engine, "0019")
        migrations.upgrade(engine)
        assert stage.read(compared_of, cycle_id=cycle.id) == kept, "up again, it is as it was"


@write
def forget_outcome(tx: Tx, *, cycle_id: str) -> None:
    U = tables.audience_outcomes
    tx.connection.execute(delete(U).where(U.c.cycle_id == cycle_id))


def compared_of(tx: Tx, *, cycle_id: str) -> object:
    U = tables.audience_outcomes
    return tx.connection.execute(select(U.c.compared).where(U.c.cycle_id == cycle_id)).scalar_one()


def test_a_place_is_one_song(stage: Stage, released):
    _fence, cycle = released
    other_fence, other = stage.song("Kilo Wren")
    release = Release(id="rel_2", title="Neon", directory="kilo-wren/neon", manifest_sha256="cd" * 32)
    stage.write(
        releases.record_release, fence=other_fence, cycle_id=other.id, release=release,
        release_date="2026-01-02",
    )  # fmt: skip
    said = {"source": "youtube", "ref": "abc_DEF-123", "who": "ann"}
    for _again in range(2):
        stage.write(audience_links.link_song, cycle_id=cycle.id, **said)
    with pytest.raises(UsageError, match="is Slow Rain"):
        stage.write(audience_links.link_song, cycle_id=other.id, **said)
    stage.write(audience_links.link_song, cycle_id=cycle.id, **said | {"ref": "another-one"})
    stage.write(audience_links.link_song, cycle_id=other.id, **said)
