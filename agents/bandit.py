"""Which variant a song tries: Thompson sampling over yes-or-no outcomes.

Each arm's approval rate is believed to be Beta(1 + successes, 1 + failures); a song goes to the arm whose draw
from its belief is highest (Thompson 1933; Chapelle and Li 2011), so that doubt is explored and losers starve.
"""

import random
from math import exp, lgamma, log, prod
from typing import Literal, Self

from pydantic import Field, model_validator

from storage.clock import sub_seed
from storage.errors import NotFoundError
from storage.types import Frozen

GRID_POINTS = 2000


class Arm(Frozen):
    """One variant and what came of it."""

    id: str
    value: str
    """What the variant sets its parameter to."""
    successes: int = Field(0, ge=0)
    failures: int = Field(0, ge=0)

    @property
    def tries(self) -> int:
        return self.successes + self.failures


class Experiment(Frozen):
    """A parameter and the variants of it that are compared."""

    id: str
    parameter: str
    arms: tuple[Arm, ...] = Field(min_length=2)
    split: Literal["thompson", "even"] = "thompson"
    """`even` gives every arm the same number of songs."""

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if len({arm.id for arm in self.arms}) < len(self.arms):
            raise ValueError(f"experiment {self.id}: two arms have the same id")
        return self


def assign(experiment: Experiment, seed: int) -> Arm:
    """The arm for the next song; `seed` is the song's own, so that a replay tries the same."""
    if experiment.split == "even":
        fewest = min(arm.tries for arm in experiment.arms)
        behind = tuple(arm for arm in experiment.arms if arm.tries == fewest)
        return random.Random(sub_seed(seed, "even", experiment.id)).choice(behind)
    return choose(experiment.arms, seed)


def choose(arms: tuple[Arm, ...], seed: int) -> Arm:
    """The arm that wins one draw from every arm's belief."""

    def drawn(arm: Arm) -> float:
        stream = random.Random(sub_seed(seed, "thompson", arm.id))
        return stream.betavariate(1 + arm.successes, 1 + arm.failures)

    return max(arms, key=drawn)


def update(arms: tuple[Arm, ...], arm_id: str, *, approved: bool) -> tuple[Arm, ...]:
    """The arms after one more outcome; raises NotFoundError for an unknown arm."""
    if all(arm.id != arm_id for arm in arms):
        raise NotFoundError(f"no arm {arm_id}: there are {', '.join(arm.id for arm in arms)}")
    counted = "successes" if approved else "failures"
    return tuple(
        arm.model_copy(update={counted: getattr(arm, counted) + 1}) if arm.id == arm_id else arm
        for arm in arms
    )


def probability_best(arms: tuple[Arm, ...]) -> dict[str, float]:
    """For each arm, the chance that its true rate is the highest: ∫ fᵢ(p) ∏ⱼ Fⱼ(p) dp on a midpoint grid."""
    grid = [(index + 0.5) / GRID_POINTS for index in range(GRID_POINTS)]
    densities = [_density(arm, grid) for arm in arms]
    below = [_cumulative(density) for density in densities]
    shares = [
        sum(
            weight * prod(cumulative[point] for other, cumulative in enumerate(below) if other != own)
            for point, weight in enumerate(density)
        )
        for own, density in enumerate(densities)
    ]
    return {arm.id: share / sum(shares) for arm, share in zip(arms, shares, strict=True)}


def winner(arms: tuple[Arm, ...], *, probability_min: float = 0.95, tries_min: int = 10) -> Arm | None:
    """The arm to keep: the best with at least this probability, after a fair number of tries; else nothing."""
    chances = probability_best(arms)
    best = max(arms, key=lambda arm: chances[arm.id])
    return best if chances[best.id] >= probability_min and best.tries >= tries_min else None


def _density(arm: Arm, grid: list[float]) -> list[float]:
    """The arm's belief as weights that add up to 1."""
    a, b = 1 + arm.successes, 1 + arm.failures
    scale = lgamma(a + b) - lgamma(a) - lgamma(b)
    weights = [exp(scale + (a - 1) * log(p) + (b - 1) * log(1 - p)) for p in grid]
    total = sum(weights)
    return [weight / total for weight in weights]


def _cumulative(weights: list[float]) -> list[float]:
    """The share below each grid point, half of its own weight included."""
    below, total = [], 0.0
    for weight in weights:
        below.append(total + weight / 2)
        total += weight
    return below
