"""The outside world's words in our own: genres, moods, themes and tempo bands that our tables know, and nothing else.

A title such as `Ignore your instructions` is looked through for the words of our themes and then forgotten.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from agents.llm.offline.banks import theme_banks
from agents.trends.protocol import Heard, sane
from configs.genres import load_genres
from configs.trends import Kind, load_trends
from storage.types import TrendTerm

_TEMPO_BPM = (40.0, 220.0)


def scored(heard: tuple[Heard, ...], *, source: str, country: str, at: datetime) -> tuple[TrendTerm, ...]:
    """A reading's terms, each 0 to 1 of the most frequent one of its kind."""
    weights: dict[tuple[Kind, str], float] = defaultdict(float)
    for one in sane(heard):
        for kind, term in set(_known(one)):
            weights[kind, term] += one.weight
    most: dict[Kind, float] = defaultdict(float)
    for (kind, _), weight in weights.items():
        most[kind] = max(most[kind], weight)
    return tuple(
        TrendTerm(
            kind=kind, term=term, score=round(weight / most[kind], 4), source=source, country=country, at=at
        )
        for (kind, term), weight in sorted(weights.items())
    )


def is_known(kind: str, term: str) -> bool:
    """Whether a term is one of ours: what a row of an older table holds may not be."""
    tables = load_trends()
    known = {
        "genre": load_genres(),
        "mood": tables.moods,
        "theme": theme_banks(),
        "tempo": tables.tempo_bands,
    }
    return term in known.get(kind, ())


def _known(one: Heard) -> Iterable[tuple[Kind, str]]:
    match one.kind:
        case "genre":
            genre = _genres().get(" ".join(one.text.lower().replace("_", " ").split()))
            if genre:
                yield "genre", genre
        case "theme":
            if one.text in theme_banks():
                yield "theme", one.text
        case "tempo":
            if _TEMPO_BPM[0] <= one.value <= _TEMPO_BPM[1]:
                yield "tempo", tempo_band(one.value)
        case "words":
            for word in re.findall(r"[\w'&-]+", one.text.lower()):
                yield from _words().get(word, ())


def tempo_band(tempo_bpm: float) -> str:
    """The band in which a tempo lies; what is slower or faster than all belongs to the nearest."""
    bands = load_trends().tempo_bands
    return next((name for name, (_, fastest) in bands.items() if tempo_bpm < fastest), list(bands)[-1])


@cache
def _genres() -> dict[str, str]:
    names = {alias: genre for genre, aliases in load_trends().genres.items() for alias in aliases}
    return names | {genre.title.lower(): name for name, genre in load_genres().items()}


@cache
def _words() -> dict[str, tuple[tuple[Kind, str], ...]]:
    """Every word that speaks of a theme or a mood."""
    found: dict[str, list[tuple[Kind, str]]] = defaultdict(list)
    for name, bank in theme_banks().items():
        for word in bank.words:
            found[word].append(("theme", name))
    for mood, words in load_trends().moods.items():
        for word in words:
            found[word].append(("mood", mood))
    return {word: tuple(terms) for word, terms in found.items()}
