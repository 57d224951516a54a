"""Artist names: sayable, of many kinds, unlike those taken and unlike famous ones."""

import random
import re
from collections.abc import Callable, Iterable

from agents.llm.offline.banks import persona_bank
from storage.errors import UsageError

_TRIES = 400


def choose_name(taken: Iterable[str], rng: random.Random) -> str:
    """A new artist's name.

    Raises:
        UsageError: every name tried is too much like one that is taken.
    """
    known = [*taken, *persona_bank().deny]
    for _ in range(_TRIES):
        name = rng.choice(_KINDS)(rng)
        if not any(is_like(name, other) for other in known):
            return name
    raise UsageError("no artist name is left that differs enough from those taken: name the artist yourself")


def is_like(name: str, other: str) -> bool:
    """Whether two names could be taken for each other: equal but for spelling, order, article or two letters."""
    one, two = _plain(name), _plain(other)
    if sorted(one.split()) == sorted(two.split()):
        return True
    one, two = one.replace(" ", ""), two.replace(" ", "")
    if abs(len(one) - len(two)) > 2:
        return False
    allowed = 2 if min(len(one), len(two)) >= 8 else 1
    return _edits(one, two) <= allowed


def _plain(name: str) -> str:
    letters = re.sub(r"[^\w ]", "", name.lower())
    return re.sub(r"^the ", "", letters).strip()


def _edits(one: str, two: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(two) + 1))
    for at, letter in enumerate(one, 1):
        above, row = row, [at]
        for place, other in enumerate(two, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != other)))
    return row[-1]


def _coined(rng: random.Random) -> str:
    bank = persona_bank()
    return rng.choice(bank.onsets) + rng.choice(bank.middles) + rng.choice(bank.codas)


def _two_words(rng: random.Random) -> str:
    bank = persona_bank()
    return f"{rng.choice(bank.first_words)} {rng.choice(bank.second_words)}"


def _one_word(rng: random.Random) -> str:
    bank = persona_bank()
    first = rng.choice([word for word in bank.first_words if len(word) <= 6])
    return first + rng.choice([word for word in bank.second_words if len(word) <= 6]).lower()


def _plural(rng: random.Random) -> str:
    return f"The {rng.choice(persona_bank().first_words)} {rng.choice(persona_bank().plurals)}"


def _numbered(rng: random.Random) -> str:
    bank = persona_bank()
    noun = rng.choice((rng.choice(bank.places), rng.choice(bank.second_words)))
    return f"{noun} {rng.choice((rng.randint(2, 99), rng.randint(101, 999)))}"


def _named(rng: random.Random) -> str:
    bank = persona_bank()
    return f"{rng.choice(bank.first_names)} {rng.choice(bank.second_words)}"


_KINDS: tuple[Callable[[random.Random], str], ...] = (
    _coined,
    _coined,
    _two_words,
    _two_words,
    _one_word,
    _plural,
    _numbered,
    _named,
)
