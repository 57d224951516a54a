"""The audience's numbers: each under its source, a file once, simulated listeners never among them."""

import pytest

from storage import artists, audience, learning, releases
from storage.audience import Settled
from storage.errors import UsageError
from storage.evidence import AudienceEvidence, Window, lifecycle_evidence
from storage.types import AudienceRow, LifecycleState, Outcome, Release
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


def row(value: float, *, title: str = "slow rain", file: str = "aa", metric: str = "streams") -> AudienceRow:
    return AudienceRow(
        title=title, source="spotify_for_artists", metric=metric, value=value, file_sha256=file * 32
    )


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
        settled = Settled(
            cycle_id=cycle.id, artist_id=artist.id, source=source, numbers={}, is_compared=False
        )
        stage.clock.advance(days=1)
        assert stage.write(audience.keep_outcome, song=settled, outcome=outcome, compared=())
        assert not stage.write(audience.keep_outcome, song=settled, outcome=1.0, compared=()), "once"

    def heard(**window: int) -> AudienceEvidence:
        asked = Window(**({"days": 180, "last": 20, "audience": True} | window))
        return stage.read(lifecycle_evidence, artist_id=artist.id, window=asked).audience

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
    late = Settled(
        cycle_id=waiting.id, artist_id=artist.id, source="distributor", numbers={}, is_compared=False
    )
    stage.write(audience.keep_outcome, song=late, outcome=0.125, compared=())
    assert heard().songs == 0, "it was made before the change"
    song(1.0)
    assert heard() == AudienceEvidence(1, 1.0, 5, 2.625, ("distributor", "youtube_studio"))
