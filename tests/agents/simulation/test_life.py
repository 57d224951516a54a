"""Simulated lives: decided by the product's own rules, the same for the same seed."""

import pytest

from agents.evolver import Kind, Record, Tried
from agents.lifecycle import Trigger
from agents.simulation import listeners
from agents.simulation.life import Life
from agents.simulation.picture import round_top
from configs.lifecycle import load_profile
from runtime.simulation import simulate
from storage.types import Cause, Genes, LifecycleState

LABEL, ORIGINAL = load_profile("label"), load_profile("original")


def life(rate: float | None, seed: int = 1, **more) -> Life:
    return Life(name="nova", genre="lofi", genes=Genes(), seed=seed, rate=rate, evolves=False, **more)


def live(artist: Life, slots: int, profile=LABEL) -> list[str]:
    artist.live(slots, profile, others=(), roster=())
    return [decision.trigger for _slot, decision in artist.moves]


def test_a_loved_artist_is_promoted_and_left_alone():
    assert live(life(1.0), 60) == ["promote"]
    assert live(life(1.0), 60, ORIGINAL) == [], "a song a week never makes ten in thirty days"
    assert live(life(1.0, every_days=2), 60, ORIGINAL) == ["promote"]


def test_an_unloved_one_is_paused_tried_again_and_proposed():
    artist = life(0.0)
    moves = live(artist, 200)
    assert moves[:3] == ["pause", "return", "evolution_failed"]
    assert moves[-1] == "retire"
    assert artist.moves[-1][1].is_proposal
    assert artist.state is LifecycleState.RETIRED
    assert len(artist.songs) <= 30
    slots = [slot for slot, _decision in artist.moves]
    assert slots[1] - slots[0] == 5, "35 days are the first that are more than 30"


def test_the_original_rules_retire_it_at_once():
    artist = life(0.0)
    assert live(artist, 200, ORIGINAL) == ["retire"]
    assert (len(artist.songs), artist.moves[0][1].cause) == (5, Cause.REJECTIONS)
    assert not artist.moves[0][1].is_proposal


def test_what_is_on_trial_is_taken_back_where_it_fails():
    artist = Life(name="nova", genre="lofi", genes=Genes(), seed=3, rate=0.0)
    artist.live(5, LABEL, others=(), roster=())
    assert artist.state is LifecycleState.PAUSED
    before = artist.genes
    artist.live(5, LABEL, others=(), roster=())
    assert (artist.state, artist.trial is None) == (LifecycleState.EVOLVING, False)
    assert artist.genes != before
    artist.live(5, LABEL, others=(), roster=())
    assert artist.moves[-1][1].trigger is Trigger.EVOLUTION_FAILED
    assert (artist.genes, artist.rolled_back) == (before, 1)


def test_a_change_is_compared_with_its_parent_and_not_with_what_was_taken_back():
    artist = Life(name="nova", genre="lofi", genes=Genes(), seed=3, state=LifecycleState.ACTIVE)

    def songs(*verdicts: bool) -> None:
        for approved in verdicts:
            artist._learn(Tried(numbers={}, approved=approved), (), 1)

    songs(True, True, True, True)
    artist._try(Kind.EXPLORE, (), 1)
    songs(False, False, False)
    artist._settle("roll_back")
    artist._try(Kind.EXPLORE, (), 2)
    assert artist.trial is not None
    assert artist.trial.before == Record(approved=4, decided=4)
    songs(True, False)
    artist._settle("keep")
    artist._try(Kind.EXPLORE, (), 3)
    assert artist.trial.before == Record(approved=1, decided=2)


def test_listeners_like_what_is_near_to_them():
    audience = listeners.audiences("lofi", 1)[0]
    best = Genes(**{name: 2 * at - 1 if name == "tempo_bias" else at for name, at in audience.best})
    assert audience.liking(best) == pytest.approx(1)
    off = best.model_copy(update={audience.best[1][0]: 0.0})
    assert audience.liking(off) < 0.9
    charms = [listeners.charm(f"artist-{number}", 1) for number in range(300)]
    assert 0.08 < sum(charm < 0.3 for charm in charms) / 300 < 0.25


def test_a_roster_learns_and_stays_diverse():
    made = simulate(artists=28, cycles=150, seed=4, profile=LABEL, shards=1)
    first, last = made.report.generations[0], made.report.generations[-1]
    assert last.listener_score > first.listener_score
    assert last.diversity > 0.9 * first.diversity
    assert made.report.regret.thompson < 0.7 * made.report.regret.even_split
    assert made.report.false_retirements == 0
    assert sum(made.report.states.values()) == 28


def test_the_report_is_the_same_for_any_number_of_shards():
    one, three = (
        simulate(artists=14, cycles=25, seed=5, profile=LABEL, shards=shards).report for shards in (1, 3)
    )
    assert one == three
    assert one != simulate(artists=14, cycles=25, seed=6, profile=LABEL, shards=1).report
    assert [each.slots for each in one.generations] == [10, 20, 25]


@pytest.mark.parametrize(
    ("largest", "least", "top"),
    [(0, 1, 4), (3.9, 1, 4), (4, 1, 8), (12, 1, 20), (55, 1, 80), (0.667, 0.05, 1.0)],
)
def test_a_plots_marks_are_round_numbers(largest: float, least: float, top: float):
    assert round_top(largest, least) == pytest.approx(top)
