"""Which variant a song tries: Thompson sampling over yes-or-no outcomes.

Each arm's approval rate is believed to be a Beta distribution: a prior, which is flat or what the rest of the roster
learnt, and the arm's own outcomes. A song goes to the arm whose draw from its belief is highest (Thompson 1933;
Chapelle and Li 2011), so that doubt is explored and losers starve.
"""

import random
from math import exp, lgamma, log, prod
from typing import Literal, Self

from pydantic import Field, model_validator

from storage.clock import sub_seed
from storage.errors import NotFoundError
from storage.types import Frozen

GRID_POINTS = 2000
ROSTER_WORTH = 10
"""Songs of others that weigh as much as so many of an artist's own, at most: what suits them may not suit it."""


class Arm(Frozen):
    """One variant and what came of it."""

    id: str
    value: str
    """What the variant sets its parameter to."""
    successes: int = Field(default=0, ge=0)
    failures: int = Field(default=0, ge=0)
    undecided: int = Field(default=0, ge=0)
    """Songs made with it that no person has decided on, and perhaps none ever will."""
    prior: tuple[float, float] = (1.0, 1.0)
    """What is believed before its outcomes, as successes and failures of Beta; (1, 1) is flat."""

    @property
    def belief(self) -> tuple[float, float]:
        """Parameters of the Beta distribution of its true rate."""
        return self.prior[0] + self.successes, self.prior[1] + self.failures

    @property
    def tries(self) -> int:
        return self.successes + self.failures

    @property
    def songs(self) -> int:
        """All that were made with it."""
        return self.tries + self.undecided


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
        fewest = min(arm.songs for arm in experiment.arms)
        behind = tuple(arm for arm in experiment.arms if arm.songs == fewest)
        return random.Random(sub_seed(seed, "even", experiment.id)).choice(behind)
    return choose(experiment.arms, seed)


def choose(arms: tuple[Arm, ...], seed: int) -> Arm:
    """The arm that wins one draw from every arm's belief."""

    def drawn(arm: Arm) -> float:
        stream = random.Random(sub_seed(seed, "thompson", arm.id))
        return stream.betavariate(*arm.belief)

    return max(arms, key=drawn)


def with_roster(own: tuple[Arm, ...], roster: tuple[Arm, ...]) -> tuple[Arm, ...]:
    """An artist's arms, each with what the rest of the roster learnt of it as its prior.

    `roster` counts everybody's songs, the artist's own included.
    """
    everybody = {arm.id: arm for arm in roster}

    def prior(arm: Arm) -> tuple[float, float]:
        # Both may have been counted at different moments.
        successes = max(0, everybody[arm.id].successes - arm.successes)
        failures = max(0, everybody[arm.id].failures - arm.failures)
        tries = successes + failures
        share = min(1.0, ROSTER_WORTH / tries) if tries else 0.0
        return 1.0 + share * successes, 1.0 + share * failures

    return tuple(arm.model_copy(update={"prior": prior(arm)}) if arm.id in everybody else arm for arm in own)


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


def expected_loss(arms: tuple[Arm, ...], kept: Arm) -> float:
    """Approvals a song that are lost by keeping one arm: E[max rate] - E[its rate], by ∫ (1 - ∏ⱼ Fⱼ(p)) dp on the grid.

    Stucchio 2015, "Bayesian A/B Testing at VWO": a stop rule that arms of one rate can meet.
    """
    grid = [(index + 0.5) / GRID_POINTS for index in range(GRID_POINTS)]
    below = [_cumulative(_density(arm, grid)) for arm in arms]
    highest = sum(1 - prod(at) for at in zip(*below, strict=True)) / GRID_POINTS
    return max(0.0, highest - _mean(kept))


def probability_above(first: tuple[int, int], second: tuple[int, int]) -> float:
    """The chance that the first true rate is above the second, for (successes, failures) of each.

    Both are believed to be Beta(1 + successes, 1 + failures); the sum is exact (Cook 2005, "Exact calculation of beta
    inequalities"; in this form Miller 2014, "Formulas for Bayesian A/B testing").
    """
    a, b = 1 + second[0], 1 + second[1]
    successes, b_first = first[0], 1 + first[1]
    total = 0.0
    for count in range(successes + 1):
        total += exp(
            _log_beta(a + count, b + b_first)
            - log(b_first + count)
            - _log_beta(1 + count, b_first)
            - _log_beta(a, b)
        )
    return min(1.0, total)


PROBABLE, FAIR_TRIES = 0.95, 10
"""Probability of being best from which an arm wins, and songs of it before anything is decided."""
NEGLIGIBLE = 0.02
"""Approvals a song: two arms that are no farther apart are equal, where keeping the better one loses no more either."""


class Standing(Frozen):
    """One arm in a report."""

    arm: Arm
    mean: float
    """Of the believed approval rate."""
    low: float
    high: float
    """Between which the true rate lies with probability 0.9."""
    probability_best: float


class Outlook(Frozen):
    """Whether an experiment goes on, and why."""

    verdict: Literal["go_on", "winner", "no_difference"]
    best: Arm
    text: str


def standings(arms: tuple[Arm, ...]) -> tuple[Standing, ...]:
    """What is believed of each arm."""
    chances = probability_best(arms)
    return tuple(
        Standing(
            arm=arm,
            mean=_mean(arm),
            low=_quantile(arm, 0.05),
            high=_quantile(arm, 0.95),
            probability_best=chances[arm.id],
        )
        for arm in arms
    )


def outlook(arms: tuple[Arm, ...]) -> Outlook:
    """The stop rule: a probable winner after a fair number of tries, or leaders that hardly differ; else it goes on.

    Losers starve under Thompson sampling, so a fair number is asked of the best arm alone; what the others may still
    turn out to be is in the expected loss. That alone would end a race with a clear lead that is not yet proven, so the
    next arm's mean must be as near: there is nothing to win by choosing.
    """
    told = {each.arm.id: each for each in standings(arms)}
    best = max(arms, key=lambda arm: told[arm.id].probability_best)
    chance = told[best.id].probability_best
    if best.tries >= FAIR_TRIES and chance >= PROBABLE:
        return Outlook(
            verdict="winner",
            best=best,
            text=f"{best.value} is best with probability {chance:.2f}: promote it",
        )
    next_best = max(told[arm.id].mean for arm in arms if arm.id != best.id)
    if (
        best.tries >= FAIR_TRIES
        and abs(told[best.id].mean - next_best) <= NEGLIGIBLE
        and expected_loss(arms, best) <= NEGLIGIBLE
    ):
        text = f"no variant is expected to beat {best.value} by more than {NEGLIGIBLE:g} approvals a song: stop it"
        return Outlook(verdict="no_difference", best=best, text=text)
    missing = max(0, FAIR_TRIES - best.tries)
    text = f"goes on: {best.value} leads with probability {chance:.2f} and {PROBABLE:g} decides"
    if missing:
        text += f", after at least {missing} songs more of it"
    return Outlook(verdict="go_on", best=best, text=text)


def _quantile(arm: Arm, share: float) -> float:
    grid = [(index + 0.5) / GRID_POINTS for index in range(GRID_POINTS)]
    below = _cumulative(_density(arm, grid))
    return next((point for point, cumulative in zip(grid, below, strict=True) if cumulative >= share), 1.0)


def _mean(arm: Arm) -> float:
    return arm.belief[0] / sum(arm.belief)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _density(arm: Arm, grid: list[float]) -> list[float]:
    """The arm's belief as weights that add up to 1."""
    a, b = arm.belief
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
