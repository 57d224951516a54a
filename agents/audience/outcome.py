"""How a released song's audience compares with what is usual at this label: one number from 0 to 1.

Half is usual. A song with x listens where m are usual counts x/(x+m): two thirds of the usual are 0.4, a quarter is 0.2, twice
as much is 0.67, and one that spreads beyond measure comes no further than 1. Counts of listeners have heavy tails; this
is the logistic function of their logarithm, so that one hit neither saves an artist nor makes the others poor.
"""

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from storage.types import Frozen

SETTLED_AFTER = timedelta(days=28)
"""Age from which a song's numbers are read to be compared: all songs at about one age."""
SETTLED_BEFORE = timedelta(days=90)
"""Age after which a first reading comes too late to be compared with those of younger songs."""
COMPARED_AT = timedelta(days=42)
"""Age at which a song is compared, by the best source that has spoken by then; where none has, by the first that does."""
USUAL_MIN = 20
"""A usual count below which chance decides: of a count of 20, its own noise moves the outcome by 0.06."""
SONGS_MIN, ARTISTS_MIN = 5, 2
"""Other artists' songs, and artists, without which nobody knows what is usual."""
SPREAD = ("streams", "views", "listens")
LIKED = ("saves", "likes")
LIKED_SHARE = 0.3
"""What being saved or liked counts beside being played, where a source tells both."""


class Reading(Frozen):
    """What one source said of one song when it was of an age to be compared."""

    artist_id: str
    numbers: dict[str, float]


class Compared(Frozen):
    """One number of a song beside what is usual."""

    metric: str
    value: float
    usual: float
    """Median of other artists' songs."""
    songs: int
    """How many those are."""

    @property
    def share(self) -> float:
        return self.value / (self.value + self.usual)


class AudienceOutcome(Frozen):
    """A song's outcome, and what it was made from."""

    outcome: float
    compared: tuple[Compared, ...]


def outcome_of(song: Reading, others: Sequence[Reading]) -> AudienceOutcome | None:
    """Compare a song with other artists' songs by the same source; nothing where too few are known, or too few listen."""
    foreign = [other for other in others if other.artist_id != song.artist_id]
    spread = _compared(song, foreign, SPREAD)
    if spread is None:
        return None
    outcome = spread.share
    liked = _compared(song, foreign, LIKED)
    if liked is not None:
        outcome = (1 - LIKED_SHARE) * outcome + LIKED_SHARE * liked.share
    compared = (spread,) if liked is None else (spread, liked)
    return AudienceOutcome(outcome=round(outcome, 6), compared=compared)


def _compared(song: Reading, others: Sequence[Reading], metrics: Sequence[str]) -> Compared | None:
    """The first of these numbers that the song and enough others have, and that says more than chance."""
    for metric in metrics:
        if metric not in song.numbers:
            continue
        known = [(other.artist_id, other.numbers[metric]) for other in others if metric in other.numbers]
        if len(known) < SONGS_MIN or len({artist_id for artist_id, _value in known}) < ARTISTS_MIN:
            continue
        usual = float(median(value for _artist_id, value in known))
        if usual >= USUAL_MIN:
            return Compared(metric=metric, value=song.numbers[metric], usual=usual, songs=len(known))
    return None
