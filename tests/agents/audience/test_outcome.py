"""What a song's audience counts: beside what is usual, never beyond its bounds, and nothing where nobody knows."""

import pytest

from agents.audience.outcome import USUAL_MIN, Reading, outcome_of


def song(artist: str = "me", **numbers: float) -> Reading:
    return Reading(artist_id=artist, numbers=numbers)


USUAL = [
    song(artist, streams=streams) for artist, streams in zip("aabbc", (10, 90, 100, 110, 9e9), strict=True)
]


@pytest.mark.parametrize(
    ("streams", "outcome"), [(100, 1 / 2), (0, 0), (100 * 2 / 3, 0.4), (25, 0.2), (1e12, 1.0), (200, 2 / 3)]
)
def test_half_is_usual_and_no_hit_counts_beyond_one(streams: float, outcome: float):
    found = outcome_of(song(streams=streams), USUAL)
    assert found is not None
    assert found.outcome == pytest.approx(outcome, abs=1e-6)
    assert [(one.metric, one.usual, one.songs) for one in found.compared] == [("streams", 100, 5)]


def test_being_saved_counts_three_tenths_where_it_is_known():
    others = [song(one.artist_id, streams=one.numbers["streams"], saves=40) for one in USUAL]
    found = outcome_of(song(streams=100, saves=120), others)
    assert found is not None
    assert found.outcome == pytest.approx(0.7 * 0.5 + 0.3 * 0.75)
    without = outcome_of(song(streams=100, saves=120), USUAL)
    assert without is not None
    assert without.outcome == 0.5


def test_an_artists_own_songs_do_not_say_what_is_usual():
    assert outcome_of(song("a", streams=100), USUAL) is None, "three songs of others are too few"
    crowd = [song("a", streams=streams) for streams in range(50)]
    assert outcome_of(song(streams=100), crowd) is None, "one other artist is too few"
    assert outcome_of(song("a", streams=100), [*crowd, *USUAL[2:], *USUAL[2:]]) is not None


def test_other_metrics_and_nothing_at_all_are_no_comparison():
    assert outcome_of(song(listeners=5), USUAL) is None
    assert outcome_of(song(views=5), USUAL) is None
    assert outcome_of(song(streams=5), [song(one, streams=0) for one in "abcdef"]) is None


def test_where_next_to_nobody_listens_chance_does_not_decide():
    assert outcome_of(song(views=1), [song(one, views=USUAL_MIN - 1) for one in "abcdef"]) is None
    few = [song(one, views=2, listens=USUAL_MIN) for one in "abcdef"]
    found = outcome_of(song(views=1, listens=0), few)
    assert found is not None
    assert (found.outcome, found.compared[0].metric) == (0, "listens")
