"""The evolver: what is proposed, how far it goes, and what is kept."""

import pytest

from agents import evolver
from agents.evolver import Kind, Record, Tried
from agents.niches import AXES, Niche, distance, moved
from storage.types import GeneEdit, Genes, Trend

OWN = Niche(name="own", genre="lofi", genes=Genes())


def songs(approved_energy: float, rejected_energy: float, count: int = 5) -> list[Tried]:
    spread = [0.01 * place for place in range(count)]
    return [Tried(numbers={"energy": approved_energy + each}, approved=True) for each in spread] + [
        Tried(numbers={"energy": rejected_energy + each}, approved=False) for each in spread
    ]


def propose(kind: Kind = Kind.REFINE, **given):
    return evolver.propose(OWN, kind, **{"wishes": (), "songs": (), "others": (), "seed": 1} | given)


def wish(gene: str, delta: float) -> GeneEdit:
    return GeneEdit(gene=gene, delta=delta, because="a finding")


def test_nothing_is_changed_without_a_reason():
    assert propose() is None
    assert propose(songs=songs(0.5, 0.5)) is None
    assert propose(songs=songs(0.7, 0.3, count=2)) is None, "two songs of a kind are an accident"


def test_an_artist_goes_where_its_approved_songs_are():
    change = propose(songs=songs(0.6, 0.4))
    assert [(edit.gene, edit.delta) for edit in change.edits] == [("energy", 0.1)]
    assert change.edits[0].because == "people: energy is 0.62 in 5 approved songs, 0.42 in 5 rejected"
    assert propose(songs=songs(0.4, 0.6)).edits[0].delta == -0.1


def test_a_finding_is_a_wish_that_people_come_before():
    change = propose(songs=songs(0.6, 0.4), wishes=(wish("energy", -0.2), wish("swing", 0.2)))
    assert [(edit.gene, edit.delta) for edit in change.edits] == [("energy", 0.1), ("swing", 0.1)]


def test_the_good_are_refined_and_the_poor_explore():
    wishes = tuple(wish(gene, 0.2) for gene in ("energy", "swing", "density", "width"))
    refined, explored = propose(wishes=wishes), propose(Kind.EXPLORE, wishes=wishes)
    assert [edit.delta for edit in refined.edits] == [0.1, 0.1]
    assert [edit.delta for edit in explored.edits] == [0.2, 0.2, 0.2]
    drawn = propose(Kind.EXPLORE)
    assert len(drawn.edits) == 3
    assert all(0.1 <= abs(edit.delta) <= 0.2 and "by chance" in edit.because for edit in drawn.edits)
    assert propose(Kind.EXPLORE, seed=2) != drawn == propose(Kind.EXPLORE)


def test_pinned_genes_take_no_place_in_a_change():
    wishes = tuple(wish(gene, 0.2) for gene in ("energy", "swing", "density"))
    held = ("energy", "tempo_bias")
    assert [edit.gene for edit in propose(wishes=wishes, pinned=held).edits] == ["swing", "density"]
    assert propose(wishes=wishes[:1], songs=songs(0.6, 0.4), pinned=held) is None
    for seed in range(9):
        drawn = propose(Kind.EXPLORE, pinned=held, seed=seed).edits
        assert len(drawn) == 3
        assert not {edit.gene for edit in drawn} & set(held)
    assert propose(Kind.EXPLORE, pinned=AXES) is None
    double = OWN.model_copy(update={"name": "double", "genes": Genes(swing=0.55)})
    assert [edit.gene for edit in propose(wishes=(wish("width", 0.01),), others=[double]).edits][
        -1
    ] == "swing"
    pushed = propose(wishes=(wish("width", 0.01),), others=[double], pinned=("swing",)).edits
    assert pushed[-1].because.startswith("niche:")
    assert "swing" not in [edit.gene for edit in pushed]


def test_no_change_leads_into_a_niche_that_is_taken():
    taken = Niche(name="nova", genre="lofi", genes=Genes(energy=0.95))
    own = OWN.model_copy(update={"genes": Genes(energy=0.55)})
    change = evolver.propose(
        own, Kind.REFINE, wishes=(wish("energy", 0.1), wish("swing", 0.1)), songs=(), others=[taken], seed=1
    )
    after = own.model_copy(update={"genes": moved(own.genes, change.edits)})
    assert "energy" not in [edit.gene for edit in change.edits]
    assert distance(after, taken) >= distance(own, taken)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((10, 20), (3, 4), "go_on"),
        ((4, 20), (5, 5), "keep"),
        ((16, 20), (1, 5), "roll_back"),
        ((10, 20), (3, 5), "go_on"),
        ((10, 20), (6, 10), "keep"),
        ((10, 20), (4, 10), "roll_back"),
        ((0, 0), (5, 10), "keep"),
    ],
)
def test_a_change_is_compared_with_its_parent(before, after, verdict):
    judged = evolver.judge(
        Record(approved=before[0], decided=before[1]), Record(approved=after[0], decided=after[1])
    )
    assert judged.verdict == verdict
    assert f"{after[0]} of {after[1]} approved, {before[0]} of {before[1]} before" in judged.text


def test_equal_records_stay():
    records = [Record(approved=good, decided=songs) for songs in range(21) for good in range(songs + 1)]
    judged = [evolver.judge(same, same, is_over=True) for same in records]
    assert {each.verdict for each in judged} == {"keep"}


def test_a_trial_that_is_over_ends_whatever_its_length():
    nothing = Record(approved=0, decided=0)
    assert evolver.judge(nothing, nothing, is_over=True).verdict == "keep"
    assert evolver.judge(
        Record(approved=5, decided=5), Record(approved=0, decided=2), is_over=True
    ).verdict == ("roll_back")


def test_how_a_model_is_asked_is_tried_only_where_one_writes():
    wishes = (wish("temperature", 0.2),)
    heard = songs(0.5, 0.5)
    assert propose(wishes=wishes, songs=heard) is None
    written = [song.model_copy(update={"numbers": {**song.numbers, "temperature": 0.5}}) for song in heard]
    change = propose(wishes=wishes, songs=written)
    assert [(edit.gene, edit.delta) for edit in change.edits] == [("temperature", 0.1)]
    assert moved(Genes(temperature=0.95), change.edits).temperature == 1.0
    drawn = [propose(Kind.EXPLORE, songs=heard, seed=seed).edits for seed in range(40)]
    assert "temperature" not in {edit.gene for edits in drawn for edit in edits}
    drawn = [propose(Kind.EXPLORE, songs=written, seed=seed).edits for seed in range(40)]
    assert "temperature" in {edit.gene for edits in drawn for edit in edits}
    assert propose(wishes=wishes, songs=written, pinned=("temperature",)) is None
    assert propose(wishes=wishes, songs=[*written, *heard]) is None, "the model of now takes none"


def test_how_a_model_is_asked_is_no_style():
    wild = OWN.model_copy(update={"genes": Genes(temperature=1.0)})
    assert distance(OWN, wild) == 0
    assert "temperature" not in AXES


FAST = Trend(kind="tempo", term="running", score=0.8, sources=("season",), age_h=3.0)


def test_a_trend_rides_along_and_is_no_reason_of_its_own():
    heard = {"trends": (FAST,), "adaptability": 0.5}
    assert propose(**heard) is None
    asked = propose(wishes=(wish("energy", 0.05),), **heard)
    assert [(edit.gene, edit.delta) for edit in asked.edits] == [("energy", 0.05), ("tempo_bias", 0.1)]
    assert asked.edits[1].because == "trend: tempo 'running' at 0.80 (season, 3 h old)"
    full = propose(wishes=(wish("energy", 0.05), wish("swing", 0.05)), **heard)
    assert "tempo_bias" not in [edit.gene for edit in full.edits], (
        "what people and critic ask for comes first"
    )
    own = propose(wishes=(wish("tempo_bias", -0.05),), **heard)
    assert [(edit.gene, edit.delta) for edit in own.edits] == [("tempo_bias", -0.05)]
    explored = propose(Kind.EXPLORE, **heard)
    assert explored.edits[0].gene == "tempo_bias"
    for deaf in ({"adaptability": 0.0}, {"pinned": ("tempo_bias",)}):
        change = propose(wishes=(wish("energy", 0.05),), **heard | deaf)
        assert [edit.gene for edit in change.edits] == ["energy"]
