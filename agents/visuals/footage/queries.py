"""What to ask a footage library for: a song's mood, genre, tempo and energy as searches, from `configs/footage.yaml`."""

import random
import re

from configs.footage import FootageTable, load_footage
from storage.clock import sub_seed
from storage.types import Brief, Frozen, SongPlan


class Query(Frozen):
    """One search."""

    words: str
    is_lively: bool = False
    """For the song's heights."""


def queries(brief: Brief, plan: SongPlan, seed: int) -> tuple[Query, ...]:
    """The searches for a song, the most fitting first; the last ones fit anything."""
    table = load_footage()
    moods, genre = _subjects(brief.mood, table.moods), table.genres.get(brief.genre, ())
    stream = random.Random(sub_seed(seed, "footage queries"))
    subjects = [subject for pair in zip(*_evened(moods, genre, stream), strict=True) for subject in pair]
    pace = table.pace.words(brief.tempo_bpm)
    energies = [section.energy for section in plan.sections] or [brief.energy]
    asked = [
        _query(subject, number, pace[number // 2 % len(pace)], energies, table)
        for number, subject in enumerate(dict.fromkeys(subjects))
    ]
    return (*asked, *(Query(words=words) for words in table.fallbacks))


def _query(subject: str, number: int, pace: str, energies: list[float], table: FootageTable) -> Query:
    """In turn for the song's heights and for its quieter parts, where it has them."""
    if number % 2 == 0 and max(energies) >= table.intense_from:
        return Query(words=f"{subject} {table.intense[0]}", is_lively=True)
    if min(energies) < table.gentle_below:
        return Query(words=f"{subject} {table.gentle[0]}")
    return Query(words=f"{subject} {pace}", is_lively=max(energies) >= table.intense_from)


def _subjects(mood: str, moods: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Those of the mood; of a mood in several words, of those that are known."""
    words = re.findall(r"[a-z]+", mood.lower())
    return tuple(subject for word in words if word in moods for subject in moods[word])


def _evened(
    moods: tuple[str, ...], genre: tuple[str, ...], stream: random.Random
) -> tuple[list[str], list[str]]:
    """Both lists shuffled and of one length, the shorter one beginning again."""
    one, other = stream.sample(moods, len(moods)), stream.sample(genre, len(genre))
    one, other = one or other, other or one
    count = max(len(one), len(other))
    return [one[n % len(one)] for n in range(count)], [other[n % len(other)] for n in range(count)]
