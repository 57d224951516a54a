"""Lists of words that decide what people must see: explicit words, slurs, names of real artists, and styles that are none."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "wordlists"


@dataclass(frozen=True)
class ListedWord:
    """One word of a list, in lower case."""

    word: str
    is_lower_only: bool
    """With a capital it is a name."""
    harmless_before: frozenset[str]
    """Words that make it harmless when they follow."""


@dataclass(frozen=True)
class ArtistName:
    """A real artist's name as the list spells it."""

    name: str
    is_word: bool
    """An ordinary word or phrase as well: it needs a sign that the artist is meant."""


@cache
def words_of_list(name: str) -> dict[str, ListedWord]:
    """Every form of every word of `explicit` or `slurs`."""
    found: dict[str, ListedWord] = {}
    for line in _lines(name):
        stem, *marks = line.split()
        harmless = frozenset(mark[1:] for mark in marks if mark.startswith("!"))
        for ending in ("", *(mark for mark in marks if not mark.startswith("!"))):
            word = stem.lstrip("~") + ending
            found[word] = ListedWord(word, stem.startswith("~"), harmless)
    return found


@cache
def real_artists() -> tuple[ArtistName, ...]:
    """Names of real artists, each once, in the list's order."""
    names = dict.fromkeys(_parts("real_artists"))
    return tuple(ArtistName(re.sub(r"^\?", "", name), name.startswith("?")) for name in names)


@cache
def style_words() -> frozenset[str]:
    """Words that are written with a capital and name no artist."""
    return frozenset(_parts("style_words"))


def _parts(name: str) -> list[str]:
    return [part.strip() for line in _lines(name) for part in line.split(",") if part.strip()]


def _lines(name: str) -> list[str]:
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
