"""Seeded listeners: each genre has a few audiences, each with a place in style that it likes best.

A song is liked for its numbers, which evolve, and for who sings it, which does not: some artists never land.
"""

import random
from dataclasses import dataclass
from functools import cache
from math import exp

from agents.planning.steering import STEERED
from storage.clock import sub_seed
from storage.types import Genes

AUDIENCES = 3
CARED_FOR = 4
"""Of the numbers of a song, so many matter to an audience."""
REACH = 0.16
"""How far from its best place an audience still likes a song: a standard deviation, in genes from 0 to 1."""
UNLOVED = 0.15
"""Share of artists whose voice and look hardly anybody takes to."""
LEAST, MOST = 0.06, 0.88
"""How likely a song is approved that nobody likes, and one that an audience likes best."""
VARIANTS = ("plain", "dreamy", "experimental", "anthem")
"""Of the experiment that every simulated roster runs: `plain` is the control."""
EFFECT, OWN_EFFECT = 0.09, 0.04
"""How far the best and the worst variant move an approval, for everybody and for one artist's listeners."""


@dataclass(frozen=True)
class Audience:
    """Where it likes a song best, of the numbers that matter to it."""

    best: tuple[tuple[str, float], ...]

    def liking(self, numbers: Genes) -> float:
        """0 to 1."""
        gap = sum((_unit(numbers, name) - middle) ** 2 for name, middle in self.best)
        return exp(-gap / (2 * len(self.best) * REACH**2))


def approval_chance(numbers: Genes, genre: str, name: str, seed: int) -> float:
    """How likely a song with these numbers is approved: the audience that likes it best decides."""
    liking = max(audience.liking(numbers) for audience in audiences(genre, seed))
    return LEAST + (MOST - LEAST) * liking * charm(name, seed)


@cache
def charm(name: str, seed: int) -> float:
    """How far an artist's voice and look carry what its songs deserve, 0 to 1."""
    rng = random.Random(sub_seed(seed, "charm", name))
    return rng.uniform(0.05, 0.2) if rng.random() < UNLOVED else rng.uniform(0.75, 1.0)


@cache
def audiences(genre: str, seed: int) -> tuple[Audience, ...]:
    """A genre's listeners, the same for each roster of one seed."""
    rng = random.Random(sub_seed(seed, "audiences", genre))
    return tuple(
        Audience(tuple((name, rng.uniform(0.2, 0.8)) for name in rng.sample(STEERED, CARED_FOR)))
        for _ in range(AUDIENCES)
    )


@cache
def variant_effects(seed: int, name: str) -> dict[str, float]:
    """What each variant adds to this artist's chance of approval: mostly the same for the whole roster."""
    order = list(VARIANTS)
    random.Random(sub_seed(seed, "variants")).shuffle(order)
    own = random.Random(sub_seed(seed, "variants", name))
    span = len(order) - 1
    return {
        variant: EFFECT * (2 * rank / span - 1) + own.uniform(-OWN_EFFECT, OWN_EFFECT)
        for rank, variant in enumerate(order)
    }


def _unit(numbers: Genes, name: str) -> float:
    value: float = getattr(numbers, name)
    return (value + 1) / 2 if name == "tempo_bias" else value
