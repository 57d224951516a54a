"""How words sound: syllables, stress and rhyme, from CMU's pronunciations, or by spelling where they are silent."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from agents.llm.offline.scripts import count_syllables, is_latin, plain_latin

_TABLE = Path(__file__).parent / "words.tsv"
_LETTER = r"[^\W\d_]"
_MARKED = r"(?:[^\W\d_]|[\u0300-\u036f\u0591-\u05bd\u064b-\u0652\u0900-\u0963\u0981-\u0dff\u0e31-\u0e4e])"
"""A letter or a mark upon one: vowel signs of Indic scripts and Thai, points of Hebrew and Arabic."""
_WORD = re.compile(rf"{_LETTER}{_MARKED}*(?:['’]{_LETTER}{_MARKED}*)*|\d+")
_VOWEL_RUN = re.compile(r"[aeiouy]+")

_WEAK = """
a an the and or but nor so if as at by for from in into of off on onto out over past than that till to up
with i me my we us our you your he she it its they them is are am was were be been has have had do does did
can could will would shall should may might must i'm i'll i've we're we'll we've it's there's don't there
this these those who whose
"""
WEAK_WORDS = frozenset(_WEAK.split())
"""Words of one syllable that a singer leaves unstressed."""


@dataclass(frozen=True)
class Sound:
    """One word as it is spoken."""

    stresses: str
    """One digit a syllable: 1 stressed, 2 half-stressed, 0 not."""
    rhyme: str
    """Phonemes from the last stressed vowel on, without stress digits."""
    onset: str
    """The consonant before that vowel: words that share it too are the same sound, not a rhyme."""


@lru_cache(maxsize=20_000)
def words_of(line: str) -> tuple[str, ...]:
    """The words of a line, in lower case."""
    return tuple(match.lower().replace("’", "'") for match in _WORD.findall(line))


def syllables(line: str) -> int:
    """Number of syllables of a line."""
    return sum(len(sound_of(word).stresses) for word in words_of(line))


@lru_cache(maxsize=20_000)
def stress_pattern(line: str) -> str:
    """`1` for each stressed and `0` for each other syllable of a line, function words unstressed."""
    marks: list[str] = []
    for word in words_of(line):
        stresses = sound_of(word).stresses
        marks.append("0" if word in WEAK_WORDS and len(stresses) == 1 else stresses.replace("2", "1"))
    return "".join(marks)


def rhyme_of(line: str) -> str:
    """What a line's last word rhymes on; empty for a line without words."""
    words = words_of(line)
    return sound_of(words[-1]).rhyme if words else ""


def is_rhyme(one: str, other: str) -> bool:
    """Whether two lines end in a perfect rhyme: the same sound from the last stress on, on different words."""
    first, second = words_of(one)[-1:], words_of(other)[-1:]
    if not first or not second:
        return False
    a, b = sound_of(first[0]), sound_of(second[0])
    return a.rhyme == b.rhyme and a.onset != b.onset


@lru_cache(maxsize=20_000)
def sound_of(word: str) -> Sound:
    """A word's sound; letters and digits the table lacks are read by spelling rules."""
    phones = _pronunciations().get(word)
    if phones:
        return _spoken(phones.split())
    return _spelled(word) if word.isdigit() or is_latin(word) else _counted(word)


def _spoken(phones: list[str]) -> Sound:
    vowels = [index for index, phone in enumerate(phones) if phone[-1].isdigit()]
    stressed = [index for index in vowels if phones[index][-1] != "0"] or vowels
    start = stressed[-1]
    return Sound(
        stresses="".join(phones[index][-1] for index in vowels),
        rhyme=" ".join(phone.rstrip("012") for phone in phones[start:]),
        onset=phones[start - 1] if start else "",
    )


def _spelled(word: str) -> Sound:
    if word.isdigit():
        count = len(word) + word.count("7")
        return Sound(stresses="1" * count, rhyme=word[-1], onset=word[:-1])
    is_english = word.isascii()
    word = plain_latin(word)
    runs = list(_VOWEL_RUN.finditer(word))
    # A final e is silent after a consonant, except where it is the only vowel, or the word has accents.
    if is_english and len(runs) > 1 and re.search(r"[^aeiouyl]e(s|d)?$", word) and runs[-1].group() == "e":
        runs.pop()
    if not runs:
        return Sound(stresses="1", rhyme=word, onset="")
    start = runs[0].start()
    stresses = "1" + "0" * (len(runs) - 1)
    return Sound(stresses=stresses, rhyme=word[start:], onset=word[max(0, start - 1) : start])


def _counted(word: str) -> Sound:
    """A word in another script: its stress is not known, so that every second syllable may carry one."""
    count = count_syllables(word)
    return Sound(stresses=("10" * count)[:count], rhyme=word[-1], onset=word[-2:-1])


@cache
def _pronunciations() -> dict[str, str]:
    rows = (row.split("\t") for row in _TABLE.read_text(encoding="utf-8").splitlines() if "\t" in row)
    return dict(rows)
