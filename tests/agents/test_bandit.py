"""The bandit: it finds the better variant, and spends little on the others."""

import random

import pytest

from agents.bandit import (
    NEGLIGIBLE,
    Arm,
    Experiment,
    assign,
    choose,
    expected_loss,
    outlook,
    probability_above,
    probability_best,
    standings,
    update,
    with_roster,
)
from storage.clock import sub_seed
from storage.errors import NotFoundError

RATES = {"calm": 0.35, "plain": 0.45, "bright": 0.55, "bold": 0.65}


def fresh() -> tuple[Arm, ...]:
    return tuple(Arm(id=name, value=name) for name in RATES)


def regret(split: str, seed: int, songs: int = 400) -> float:
    """How many approvals fewer than the best variant alone would have given, in expectation."""
    arms, lost, luck = fresh(), 0.0, random.Random(sub_seed(seed, "luck"))
    for song in range(songs):
        experiment = Experiment(id="exp", parameter="music_prompt_prefix", arms=arms, split=split)
        arm = assign(experiment, sub_seed(seed, "song", song))
        lost += max(RATES.values()) - RATES[arm.id]
        arms = update(arms, arm.id, approved=luck.random() < RATES[arm.id])
    return lost


def test_it_loses_at_most_half_of_what_an_even_split_loses():
    thompson = sum(regret("thompson", seed) for seed in range(20))
    even = sum(regret("even", seed) for seed in range(20))
    assert even == pytest.approx(20 * 400 * 0.15)
    assert thompson <= even / 2


def test_an_even_split_is_even():
    arms = fresh()
    for song in range(42):
        arm = assign(Experiment(id="exp", parameter="p", arms=arms, split="even"), song)
        arms = update(arms, arm.id, approved=True)
    assert sorted(arm.tries for arm in arms) == [10, 10, 11, 11]


def test_the_same_seed_chooses_the_same_arm_and_seeds_explore():
    arms = fresh()
    assert choose(arms, 5) == choose(arms, 5) == choose(tuple(reversed(arms)), 5)
    assert {choose(arms, seed).id for seed in range(60)} == set(RATES)


def test_the_chance_to_be_best_agrees_with_drawing():
    arms = (
        Arm(id="a", value="", successes=3, failures=7),
        Arm(id="b", value="", successes=7, failures=3),
        Arm(id="c", value="", successes=12, failures=8),
    )
    chances = probability_best(arms)
    wins = [choose(arms, seed).id for seed in range(4000)]
    assert sum(chances.values()) == pytest.approx(1)
    for arm in arms:
        assert chances[arm.id] == pytest.approx(wins.count(arm.id) / 4000, abs=0.03)


def test_equal_arms_have_equal_chances_also_with_long_histories():
    arms = tuple(Arm(id=str(index), value="", successes=3000, failures=2000) for index in range(4))
    assert probability_best(arms) == pytest.approx({str(index): 0.25 for index in range(4)}, abs=1e-6)


@pytest.mark.parametrize(("successes", "failures", "wins"), [(28, 2, True), (18, 12, False), (4, 0, False)])
def test_a_winner_is_probable_and_tried(successes, failures, wins):
    best = Arm(id="new", value="", successes=successes, failures=failures)
    other = Arm(id="old", value="", successes=15, failures=15)
    said = outlook((other, best))
    assert (said.verdict == "winner" and said.best == best) == wins


def test_an_outcome_counts_for_its_arm_alone():
    arms = update(fresh(), "bright", approved=False)
    assert [(arm.successes, arm.failures) for arm in arms] == [(0, 0), (0, 0), (0, 1), (0, 0)]
    with pytest.raises(NotFoundError, match="no arm loud: there are calm, plain"):
        update(arms, "loud", approved=True)


def test_two_arms_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two arms have the same id"):
        Experiment(id="exp", parameter="p", arms=(fresh()[0], fresh()[0]))


def test_an_artist_begins_with_what_the_roster_learnt_and_outgrows_it():
    flat = fresh()
    roster = tuple(
        arm.model_copy(update={"successes": 90, "failures": 10}) if arm.id == "calm" else arm for arm in flat
    )
    first = with_roster(flat, roster)
    assert {arm.id: arm.prior for arm in first} == {
        "calm": (10.0, 2.0), "plain": (1.0, 1.0), "bright": (1.0, 1.0), "bold": (1.0, 1.0)
    }  # fmt: skip
    assert sum(choose(first, seed).id == "calm" for seed in range(100)) > 40
    own = tuple(
        arm.model_copy(update={"failures": 30} if arm.id == "calm" else {"successes": 30}) for arm in flat
    )
    everybody = tuple(
        arm.model_copy(
            update={
                "successes": arm.successes + others.successes,
                "failures": arm.failures + others.failures,
            }
        )
        for arm, others in zip(own, roster, strict=True)
    )
    mine = with_roster(own, everybody)
    assert mine[0].prior == (10.0, 2.0), "others' songs alone are a prior"
    assert sum(choose(mine, seed).id == "calm" for seed in range(100)) == 0


def test_a_chance_of_two_arms_is_exact():
    for first, second in (((7, 3), (3, 7)), ((0, 0), (0, 0)), ((40, 60), (45, 55)), ((0, 9), (9, 0))):
        arms = (
            Arm(id="first", value="", successes=first[0], failures=first[1]),
            Arm(id="second", value="", successes=second[0], failures=second[1]),
        )
        assert probability_above(first, second) == pytest.approx(probability_best(arms)["first"], abs=1e-4)


def test_a_report_tells_what_is_believed():
    (told, _other) = standings(
        (Arm(id="a", value="a", successes=8, failures=2), Arm(id="b", value="b", successes=1, failures=9))
    )
    assert told.mean == pytest.approx(9 / 12)
    assert told.low < 0.6 < told.mean < 0.9 < told.high
    assert told.probability_best > 0.99


def test_an_experiment_ends_where_its_arms_hardly_differ():
    def even(tries: int) -> tuple[Arm, ...]:
        return tuple(
            Arm(id=name, value=name, successes=tries // 2, failures=tries // 2) for name in ("old", "new")
        )

    assert outlook(even(10)).verdict == "go_on"
    assert outlook(even(10)).text.startswith("goes on: old leads with probability 0.50 and 0.95 decides")
    assert "after at least 6 songs more" in outlook(even(4)).text
    assert outlook(even(150)).verdict == "go_on"
    assert outlook(even(210)).verdict == "no_difference"
    loved = tuple(Arm(id=name, value=name, successes=25) for name in ("old", "new"))
    assert outlook(loved).verdict == "no_difference", "the surer the rates, the fewer songs"


def test_a_lead_that_is_not_proven_yet_is_no_equality():
    arms = (
        Arm(id="old", value="old", successes=15, failures=15),
        Arm(id="new", value="new", successes=18, failures=12),
    )
    assert expected_loss(arms, arms[1]) < NEGLIGIBLE
    assert outlook(arms).verdict == "go_on"


def test_a_third_variant_that_is_plainly_worse_does_not_keep_two_equals_running():
    equals = (
        Arm(id="a", value="a", successes=120, failures=120),
        Arm(id="b", value="b", successes=120, failures=120),
    )
    assert outlook((*equals, Arm(id="c", value="c", failures=6))).verdict == "no_difference"
    assert outlook((*equals, Arm(id="c", value="c"))).verdict == "go_on", "it may still be the best"


def test_the_expected_loss_agrees_with_drawing():
    arms = (
        Arm(id="a", value="", successes=3, failures=7),
        Arm(id="b", value="", successes=7, failures=3),
        Arm(id="c", value="", successes=12, failures=8),
    )
    luck, draws = random.Random(1), 20_000
    lost = 0.0
    for _ in range(draws):
        rates = [luck.betavariate(*arm.belief) for arm in arms]
        lost += (max(rates) - rates[1]) / draws
    assert expected_loss(arms, arms[1]) == pytest.approx(lost, abs=0.003)


def test_equal_variants_end_within_what_a_label_makes_and_different_ones_are_not_called_equal():
    def verdict(rates: tuple[float, float], seed: int) -> str:
        luck, arms = random.Random(seed), tuple(Arm(id=name, value=name) for name in ("old", "new"))
        for song in range(1000):
            arm = assign(Experiment(id="e", parameter="p", arms=arms, split="even"), sub_seed(seed, song))
            arms = update(arms, arm.id, approved=luck.random() < rates[arm.id == "new"])
            if song % 50 == 49 and (said := outlook(arms)).verdict != "go_on":
                return said.verdict
        return "go_on"

    assert "go_on" not in {verdict((0.85, 0.85), seed) for seed in range(6)}
    assert {verdict((0.5, 0.7), seed) for seed in range(6)} == {"winner"}
