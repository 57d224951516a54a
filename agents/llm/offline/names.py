"""Artist names: sayable, of many kinds, unlike those taken and unlike famous ones."""

import random
from collections.abc import Callable, Iterable

from agents.llm.likeness import is_like
from agents.llm.offline.banks import persona_bank
from configs.wordlists import real_artists
from storage.errors import UsageError

_TRIES = 400


def choose_name(taken: Iterable[str], rng: random.Random) -> str:
    """A new artist's name.

    Raises:
        UsageError: every name tried is too much like one that is taken.
    """
    known = [*taken, *(artist.name for artist in real_artists())]
    for _ in range(_TRIES):
        name = rng.choice(_KINDS)(rng)
        if not any(is_like(name, other) for other in known):
            return name
    raise UsageError("no artist name is left that differs enough from those taken: name the artist yourself")


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
    bank = persona_bank()
    plural = rng.choice(bank.plurals)
    return f"The {plural}" if " " in plural else f"The {rng.choice(bank.first_words)} {plural}"


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
