"""The word banks: one YAML file per theme, one per genre's voice, one for phrases that fit every theme, one for moods.

A new theme is a new file in `banks/themes`, a new genre's voice one in `banks/voices`; run scripts/build_words.py after it.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from agents.llm.offline.prosody import words_of
from configs.tables import read_table

_FOLDER = Path(__file__).parent / "banks"
Number = Literal["singular", "plural", "mass"]
_NUMBER_MARKS: dict[str, Number] = {"+": "plural", "~": "mass"}


@dataclass(frozen=True)
class Thing:
    """Something seen in a song: a noun with adjectives that suit it and what it does."""

    noun: str
    number: Number
    adjectives: tuple[str, ...]
    verbs: tuple[str, ...]
    """Intransitive verb phrases in their plural form."""


@dataclass(frozen=True)
class Hook:
    line: str
    title: str


@dataclass(frozen=True)
class ThemeBank:
    """The words of one theme."""

    name: str
    phrase: str
    """The theme as it stands in a sentence: songs about …"""
    words: frozenset[str]
    """Words that, in a theme typed by a person, point here."""
    things: tuple[Thing, ...]
    acts: tuple[str, ...]
    """What the speaker does: verb phrases that follow I or we."""
    heads: tuple[str, ...]
    """Phrases that open a line."""
    tails: tuple[str, ...]
    """Phrases that close a line, on a rhyme."""
    closes: tuple[str, ...]
    """Whole clauses that end on a rhyme."""
    hooks: tuple[Hook, ...]


@dataclass(frozen=True)
class SharedBank:
    """Phrases that fit every theme."""

    tails: tuple[str, ...]
    closes: tuple[str, ...]
    recalls: tuple[str, ...]
    """Lines in which an image of the first verse returns, with a slot for its noun in any number."""
    turns: tuple[str, ...]
    """Whole lines of a bridge."""


@dataclass(frozen=True)
class GenreVoice:
    """How a genre sings: its person, the shape of its lines, and phrases that no other genre would say."""

    we: float
    """Share of songs sung by `we`, where the hook leaves that open."""
    tale: float
    """Share of songs whose verses tell of somebody else."""
    order: float
    """Share of sections whose lines about doing are said as orders."""
    verse: tuple[str, ...]
    """Kinds of line that its verses are made of (agents/llm/offline/lines.py)."""
    syllables: tuple[int, int]
    """Fewest and most of a line."""
    schemes: tuple[str, ...]
    """Rhyme schemes of its verses."""
    joins: tuple[str, ...]
    """Words by which a line may follow on from the one before."""
    openers: tuple[str, ...]
    """Phrases that open a line of the first verse."""
    laters: tuple[str, ...]
    """Phrases that open a later verse: time has passed."""
    builds: tuple[str, ...]
    """Short clauses that lead to a chorus."""
    closes: tuple[str, ...]
    tails: tuple[str, ...]
    turns: tuple[str, ...]
    frames: tuple[str, ...]
    """Hooks around a title that names a thing."""


@dataclass(frozen=True)
class GenreBank:
    """What an artist of a genre tends to sing about, sound like and come from."""

    themes: tuple[str, ...]
    moods: tuple[str, ...]
    sounds: tuple[str, ...]
    influences: tuple[str, ...]
    audiences: tuple[str, ...]
    neighbours: tuple[str, ...]


@dataclass(frozen=True)
class PersonaBank:
    """How an artist is named and introduced."""

    first_words: tuple[str, ...]
    second_words: tuple[str, ...]
    plurals: tuple[str, ...]
    onsets: tuple[str, ...]
    middles: tuple[str, ...]
    codas: tuple[str, ...]
    first_names: tuple[str, ...]
    places: tuple[str, ...]
    taglines: tuple[str, ...]
    origins: tuple[str, ...]
    beginnings: tuple[str, ...]
    works: tuple[str, ...]
    subjects: tuple[str, ...]
    habits: tuple[str, ...]
    outlooks: tuple[str, ...]
    calls: tuple[str, ...]
    voices: tuple[str, ...]


@cache
def theme_banks() -> dict[str, ThemeBank]:
    """All themes by name, in alphabetical order of their files."""
    read = [_theme(path) for path in sorted((_FOLDER / "themes").glob("*.yaml"))]
    return {bank.name: bank for bank in read}


@cache
def shared_bank() -> SharedBank:
    """The phrases that fit every theme."""
    rows = read_table(_FOLDER / "every_theme.yaml")
    return SharedBank(**{name: tuple(rows[name]) for name in ("tails", "closes", "recalls", "turns")})


@cache
def genre_voice(genre: str) -> GenreVoice:
    """How a genre sings, or how any does that has no voice of its own."""
    path = _FOLDER / "voices" / f"{genre}.yaml"
    return TypeAdapter(GenreVoice).validate_python(
        read_table(path if genre in voiced_genres() else _FOLDER / "voices" / "any.yaml")
    )


@cache
def voiced_genres() -> tuple[str, ...]:
    """The genres that have a voice of their own."""
    return tuple(sorted(path.stem for path in (_FOLDER / "voices").glob("*.yaml") if path.stem != "any"))


@cache
def genre_bank(genre: str) -> GenreBank:
    """The words of a genre, or those that serve any."""
    rows = read_table(_FOLDER / "genres.yaml")
    return GenreBank(**{name: tuple(words) for name, words in rows.get(genre, rows["any"]).items()})


@cache
def persona_bank() -> PersonaBank:
    """Names and the sentences a backstory is made of."""
    return PersonaBank(**{name: tuple(words) for name, words in read_table(_FOLDER / "persona.yaml").items()})


@cache
def moods() -> dict[str, tuple[str, ...]]:
    """Clauses that end on a rhyme, by the mood they carry."""
    return {name: tuple(closes) for name, closes in read_table(_FOLDER / "moods.yaml").items()}


def theme_bank_for(theme: str) -> ThemeBank | None:
    """The bank whose words a theme uses most; None if no bank knows any of them."""
    if theme in theme_banks():
        return theme_banks()[theme]
    asked = {word.removesuffix("'s") for word in words_of(theme)}
    asked |= {word.removesuffix("s") for word in asked}
    scored = [
        (len(asked & bank.words) + 2 * (bank.name in theme.lower()), bank) for bank in theme_banks().values()
    ]
    best = max(scored, key=lambda pair: pair[0])
    return best[1] if best[0] else None


def _theme(path: Path) -> ThemeBank:
    rows = read_table(path)
    return ThemeBank(
        name=rows["name"],
        phrase=rows["phrase"],
        words=frozenset(rows["words"]),
        things=tuple(_thing(subject, verbs) for subject, verbs in rows["things"].items()),
        acts=tuple(rows["acts"]),
        heads=tuple(rows["heads"]),
        tails=tuple(rows["tails"]),
        closes=tuple(rows["closes"]),
        hooks=tuple(Hook(*(part.strip() for part in row.split("|"))) for row in rows["hooks"]),
    )


def _thing(subject: str, verbs: str) -> Thing:
    number = _NUMBER_MARKS.get(subject[0], "singular")
    adjectives, _, noun = subject.lstrip("".join(_NUMBER_MARKS)).partition(" ")
    return Thing(noun, number, tuple(adjectives.split("|")), tuple(verbs.split("|")))
