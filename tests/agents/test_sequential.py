"""Evidence that may be looked at after every decision: against integration, and against chance."""

import random
from math import comb

import pytest

from agents.sequential import e_value_above, e_value_below


@pytest.mark.parametrize(
    ("successes", "trials", "rate"),
    [(0, 0, 0.4), (0, 20, 0.2), (3, 20, 0.4), (9, 12, 0.3), (4.35, 21.5, 0.4), (0.2, 0.25, 0.9)],
)
def test_the_closed_form_is_the_integral(successes, trials, rate):
    points = 20_000
    grid = [(index + 0.5) * rate / points for index in range(points)]
    mean = sum(p**successes * (1 - p) ** (trials - successes) for p in grid) / points
    expected = mean / (rate**successes * (1 - rate) ** (trials - successes))
    assert e_value_below(successes, trials, rate) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("truth", [0.4, 0.5, 0.9])
def test_its_mean_is_at_most_one_while_the_claim_holds(truth):
    trials = 20
    mean = sum(
        comb(trials, k) * truth**k * (1 - truth) ** (trials - k) * e_value_below(k, trials, 0.4)
        for k in range(trials + 1)
    )
    assert mean <= 1 + 1e-9
    assert mean == pytest.approx(1) if truth == 0.4 else mean < 1


@pytest.mark.parametrize("ends", [((0.0, 0.6), (1.0, 0.4)), ((0.3, 0.75), (0.7, 0.25)), ((0.4, 1.0),)])
def test_weighed_outcomes_between_no_and_yes_prove_no_more_than_yes_and_no_would(ends):
    """Ten outcomes of mean 0.4 at a weight of a quarter, beside ten verdicts of the same rate: the mean stays at most one."""
    weight, each = 0.25, 10
    sums = {0.0: 1.0}
    for _ in range(each):
        longer: dict[float, float] = {}
        for total, chance in sums.items():
            for outcome, share in ends:
                key = round(total + outcome, 9)
                longer[key] = longer.get(key, 0.0) + chance * share
        sums = longer
    mean = sum(
        comb(each, k) * 0.4**k * 0.6 ** (each - k) * chance
        * e_value_below(k + weight * total, each + weight * each, 0.4)
        for k in range(each + 1)
        for total, chance in sums.items()
    )  # fmt: skip
    assert 0 < mean <= 1 + 1e-9


def test_above_mirrors_below():
    assert e_value_above(8, 10, 0.4) == pytest.approx(e_value_below(2, 10, 0.6))
    assert e_value_above(8, 10, 0.4) > 5 > e_value_above(7, 10, 0.4)


def test_looking_after_every_song_finds_little_in_chance_and_much_in_truth():
    def ever_proven(truth: float, seed: int) -> bool:
        stream, successes = random.Random(seed), 0
        for trials in range(1, 201):
            successes += stream.random() < truth
            if e_value_below(successes, trials, 0.4) >= 20:
                return True
        return False

    false = sum(ever_proven(0.4, seed) for seed in range(300)) / 300
    found = sum(ever_proven(0.15, seed) for seed in range(300)) / 300
    assert false <= 0.05
    assert found >= 0.95


def test_long_histories_neither_overflow_nor_vanish():
    assert e_value_below(100, 10_000, 0.3) > 1e100
    assert 0 <= e_value_below(9_000, 10_000, 0.3) < 1e-3


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_a_rate_at_the_edge_is_no_claim(rate):
    assert e_value_below(0, 50, rate) == 1.0


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError, match="5 successes in 4 trials"):
        e_value_below(5, 4, 0.5)
