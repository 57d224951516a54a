"""Niches: distance, diversity, and work that is kept off a neighbour's."""

import random

import pytest

from agents import creator, niches
from agents.niches import CROWDED, Niche
from storage.types import GeneEdit, Genes


def niche(name: str, genre: str = "lofi", **genes: float) -> Niche:
    return Niche(name=name, genre=genre, genes=Genes(**genes))


def step(gene: str, delta: float) -> GeneEdit:
    return GeneEdit(gene=gene, delta=delta, because="asked for")


def test_style_is_a_distance():
    here, there = niche("a"), niche("b", energy=0.9, tempo_bias=1.0)
    assert niches.distance(here, here) == 0
    assert niches.distance(here, there) == niches.distance(there, here) > CROWDED
    assert niches.distance(here, niche("c", "techno")) == niches.GENRE_APART


def test_diversity_is_the_mean_distance_to_the_nearest():
    rng = random.Random(1)
    roster = [
        Niche(name=str(n), genre=rng.choice(("lofi", "techno")), genes=creator.draw_genes(n))
        for n in range(60)
    ]
    by_hand = [niches.nearest(one, [other for other in roster if other is not one])[1] for one in roster]
    assert niches.diversity(roster) == pytest.approx(sum(by_hand) / len(by_hand))
    assert niches.diversity(roster[:1]) == niches.diversity([]) == 0
    assert niches.diversity([niche("a"), niche("b")]) == 0


def test_a_step_into_a_neighbours_niche_is_not_made():
    own, neighbour = niche("own", energy=0.2), niche("nova", energy=0.6)
    steps = (step("energy", 0.2), step("swing", 0.02))
    assert niches.steered_apart(own, steps, [neighbour]) == (step("swing", 0.02),)
    assert niches.steered_apart(own, steps, [niche("nova", "techno", energy=0.6)]) == steps
    assert niches.steered_apart(own, steps, []) == steps


def test_who_stands_in_a_neighbours_niche_is_led_out_of_it():
    own, neighbour = niche("own", energy=0.52), niche("nova")
    away = niches.steered_apart(own, (), [neighbour])
    assert [(edit.gene, edit.delta) for edit in away] == [("energy", 0.1)]
    assert "away from nova" in away[0].because
    after = own.model_copy(update={"genes": niches.moved(own.genes, away)})
    assert niches.distance(after, neighbour) > niches.distance(own, neighbour)


def test_a_crowd_at_the_end_of_every_gene_finds_room():
    ends = dict.fromkeys(niches.AXES, 1.0)
    away = niches.steered_apart(niche("own", **ends), (), [niche("nova", **ends)])
    assert [edit.delta for edit in away] == [-0.1]
