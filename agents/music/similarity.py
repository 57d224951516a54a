"""How alike two melodies are, whatever their key: shared runs of intervals."""

from collections.abc import Collection
from itertools import pairwise

from storage.types import Score

GRAM = 4
LARGEST_INTERVAL = 12


def melody_grams(score: Score) -> tuple[str, ...]:
    """The distinct runs of four intervals of the melody, sorted, such as `+2+2-4+0`."""
    pitches = [note.pitch for note in sorted(score.parts.get("melody", ()), key=lambda note: note.start_s)]
    intervals = [
        max(-LARGEST_INTERVAL, min(LARGEST_INTERVAL, second - first)) for first, second in pairwise(pitches)
    ]
    runs = zip(*(intervals[start:] for start in range(GRAM)), strict=False)
    return tuple(sorted({"".join(f"{step:+d}" for step in run) for run in runs}))


def jaccard(one: Collection[str], other: Collection[str]) -> float:
    """Shared members over all members of two sets: 0 unlike, 1 the same; two empty sets are unlike."""
    first, second = set(one), set(other)
    union = first | second
    return len(first & second) / len(union) if union else 0.0
