"""The audience's numbers: each under its source, a file once, simulated listeners never among them."""

import pytest

from storage import audience, learning, releases
from storage.errors import UsageError
from storage.types import AudienceRow, Release
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
