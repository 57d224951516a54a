"""What a new song has in common with somebody else's: turns of the melody, words, and the sound itself.

Every song leaves *marks*: short keys that songs share the more probably the more alike they are (bands of MinHash
signatures for sets, signs of random projections for the sound; Leskovec, Rajaraman and Ullman, Mining of Massive
Datasets, chapter 3). Whoever keeps thousands of songs finds by them the few that are worth a full comparison.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from hashlib import blake2b
from math import sqrt

from agents.music.analysis import AudioFacts
from agents.music.review.words import plain

BANDS, ROWS = 20, 3
"""Two sets with a Jaccard overlap of 0.6 share a band with probability 0.99, of 0.1 with 0.02."""
PLANES = 10
"""Signs in a band of a sound's marks: sounds that correlate by 0.97 share one of the twenty almost surely, by 0.3 rarely."""
SHINGLE = 3
SHINGLES_MAX = 2_000
CURVE = 24
_MASK = (1 << 64) - 1


def shingles(lines: Iterable[str]) -> frozenset[str]:
    """Runs of three words within the lines, and whole lines that are shorter."""
    found: set[str] = set()
    for line in lines:
        words = plain(line).split()
        found.update(
            " ".join(words[start : start + SHINGLE]) for start in range(max(1, len(words) - SHINGLE + 1))
        )
    return frozenset(sorted(found - {""})[:SHINGLES_MAX])


def sound_of(facts: AudioFacts) -> tuple[float, ...]:
    """A recording's similarity vector: how its loudness goes over the song, and how its pitches weigh.

    24 means of loudness and 12 pitch classes, each part with mean 0 and length 1, in no unit.
    """
    heard = [level for level in facts.energy_curve_lufs if level > _SILENT_LUFS]
    if len(heard) < CURVE:
        return ()
    steps = [heard[place * len(heard) // CURVE : (place + 1) * len(heard) // CURVE] for place in range(CURVE)]
    return (*_unit([sum(step) / len(step) for step in steps]), *_unit(facts.pitch_classes))


def alike(one: Sequence[float], other: Sequence[float]) -> float:
    """How alike two sounds are: the lesser of both parts' correlations, −1 to 1; 0 where either is unknown."""
    if not one or not other:
        return 0.0
    products = [a * b for a, b in zip(one, other, strict=True)]
    return min(sum(products[:CURVE]), sum(products[CURVE:]))


def marks_of(grams: Collection[str], lines: Iterable[str], sound: Sequence[float]) -> tuple[str, ...]:
    """A song's marks, sixty at most: twenty of its melody, of its words and of its sound, as far as each is known."""
    bands = [("m", _signature(grams, "melody")), ("w", _signature(shingles(lines), "words"))]
    marks = [
        f"{kind}{band}:{_digest(repr(signature[band * ROWS : (band + 1) * ROWS])):016x}"
        for kind, signature in bands
        if signature
        for band in range(BANDS)
    ]
    if sound:
        signs = [
            "1" if sum(a * b for a, b in zip(sound, plane, strict=True)) > 0 else "0" for plane in _planes()
        ]
        marks += [f"s{band}:{''.join(signs[band * PLANES : (band + 1) * PLANES])}" for band in range(BANDS)]
    return tuple(marks)


_SILENT_LUFS = -60.0


def _unit(values: Sequence[float]) -> list[float]:
    middle = sum(values) / len(values)
    length = sqrt(sum((value - middle) ** 2 for value in values))
    return [round((value - middle) / length, 4) if length > 1e-9 else 0.0 for value in values]


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def _signature(members: Collection[str], of: str) -> tuple[int, ...]:
    """The least of the members' hashes under each of sixty hash functions; nothing for an empty set."""
    hashes = [_digest(member) for member in members]
    if not hashes:
        return ()
    return tuple(min((each * odd + add & _MASK) >> 16 for each in hashes) for odd, add in _functions(of))


@cache
def _functions(of: str) -> tuple[tuple[int, int], ...]:
    """Multiply-shift hash functions, the same on every machine."""
    return tuple((_digest(f"{of}*{number}") | 1, _digest(f"{of}+{number}")) for number in range(BANDS * ROWS))


@cache
def _planes() -> tuple[tuple[float, ...], ...]:
    """Normals of planes through the middle, with entries of +1 and −1."""
    return tuple(
        tuple(1.0 if _digest(f"plane {number} {axis}") & 1 else -1.0 for axis in range(CURVE + 12))
        for number in range(BANDS * PLANES)
    )
