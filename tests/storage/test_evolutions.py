"""Change sets in the rows: one at a time, counted on its own songs, kept or taken back whole."""

from datetime import timedelta

import pytest

from storage import artists, evolutions, histories, learning, lessons
from storage.errors import ConflictError
from storage.types import ArtistId, DrawnLesson, GeneEdit, Genes, LifecycleState, Outcome
from tests.storage.stage import Stage
from tests.storage.test_learning import decided, learn, piece

EDIT = GeneEdit(gene="energy", delta=0.1, because="it sagged")


def begin(stage: Stage, artist_id: ArtistId, **changes):
    given = {
        "artist_id": artist_id, "version": 1, "parent_version": 1, "kind": "refine", "edits": (EDIT,),
        "style_note": "louder", "genes": Genes(energy=0.6), "style_notes": "louder", "who": "policy:evolution",
    }  # fmt: skip
    return stage.write(evolutions.open_evolution, **given | changes)


def test_a_change_is_a_version_and_its_parent_can_return(stage: Stage):
    artist = stage.artist()
    trial = begin(stage, artist.id)
    now = stage.read(artists.artist_by_id, artist_id=artist.id)
    assert (now.genes.energy, now.style_notes, now.version, trial.version) == (0.6, "louder", 2, 2)
    with pytest.raises(ConflictError, match="on trial already"):
        begin(stage, artist.id, version=2)
    back = {
        "evolution_id": trial.id,
        "verdict": "roll_back",
        "chance_better": 0.2,
        "why": "worse",
        "who": "p",
    }
    ended = stage.write(evolutions.close_evolution, **back)
    assert (ended.status, ended.chance_better, ended.why) == ("rolled_back", 0.2, "worse")
    now = stage.read(artists.artist_by_id, artist_id=artist.id)
    assert (now.genes, now.style_notes, now.version) == (Genes(), "", 3)
    versions = stage.read(histories.versions_of, artist_id=artist.id)
    assert [each.trigger for each in versions] == ["rolled_back", "evolution", "created"]
    assert versions[0].evidence == {"evolution": trial.id, "back_to": 1, "why": "worse"}
    with pytest.raises(ConflictError, match="rolled back already"):
        stage.write(evolutions.close_evolution, **back)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        begin(stage, artist.id)
    assert [each.id for each in stage.read(evolutions.evolutions_of, artist_id=artist.id)] == [trial.id]


def test_only_songs_that_were_begun_after_it_count_for_a_change(stage: Stage):
    fence, before = stage.song()
    stage.end(fence, before, Outcome.APPROVED)
    verdict = decided(stage, fence, stage.cycle(stage.read(artists.artist_by_id, artist_id=fence.artist_id)))
    stage.clock.advance(hours=1)
    trial = begin(stage, fence.artist_id)
    assert (trial.before_approved, trial.before_decided) == (1, 1)
    learn(stage, fence, before, verdict)
    stage.clock.advance(hours=1)
    artist = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    for cycle in (stage.cycle(artist), stage.cycle(artist)):
        for _again in range(2):
            learn(stage, fence, cycle, verdict)
    found = stage.read(evolutions.evolution_on_trial, artist_id=fence.artist_id)
    assert (found.approved, found.decided) == (2, 2), "each song counts once, and those of before not at all"
    stage.write(
        evolutions.close_evolution, evolution_id=trial.id, verdict="keep", chance_better=0.9, why="", who="p"
    )
    assert stage.read(evolutions.evolution_on_trial, artist_id=fence.artist_id) is None


def test_a_change_of_pinned_genes_alone_is_no_change(stage: Stage):
    artist = stage.artist()
    held = artist.persona.model_copy(update={"pinned": ("energy",)})
    change = {"artist_id": artist.id, "version": 1, "persona": held, "evidence": {}}
    stage.write(artists.change_persona, **change, trigger="edited", who="ann")
    with pytest.raises(ConflictError, match="is pinned"):
        begin(stage, artist.id, version=2)
    assert stage.read(evolutions.evolution_on_trial, artist_id=artist.id) is None


def test_what_was_taught_about_a_gene_is_in_it_until_that_moves_back(stage: Stage):
    fence, cycle = stage.song()
    lesson = DrawnLesson(key="energy/up", about="music", text="Louder.", step=0.1)

    def taught() -> bool:
        (known,) = stage.read(lessons.lessons_of, artist_id=fence.artist_id)
        return known.is_absorbed

    def try_and(verdict: str) -> None:
        stage.clock.advance(hours=1)
        now = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
        trial = begin(stage, fence.artist_id, version=now.version, parent_version=now.version)
        assert taught()
        stage.clock.advance(hours=1)
        given = {"evolution_id": trial.id, "verdict": verdict, "chance_better": 0.5, "why": "", "who": "p"}
        stage.write(evolutions.close_evolution, **given)

    stage.write(learning.note, fence=fence, cycle_id=cycle.id, piece=piece(), lessons=(lesson,))
    assert not taught()
    try_and("roll_back")
    assert not taught(), "it has moved back"
    try_and("keep")
    assert taught()
    try_and("roll_back")
    assert taught(), "the kept change has it"


def test_a_move_without_its_change_is_found_once_it_is_old(stage: Stage):
    artist, minute = stage.artist(), timedelta(minutes=1)
    stage.write(
        artists.set_state, artist_id=artist.id, before=artist.state, after=LifecycleState.EVOLVING,
        trigger="evolve", evidence=None, bound=None, reason="poor", who="policy:label",
    )  # fmt: skip
    assert stage.read(evolutions.half_moved, older_than=minute) == ([], [])
    stage.clock.advance(minutes=2)
    assert stage.read(evolutions.half_moved, older_than=minute) == ([artist.id], [])
    begin(stage, artist.id)
    assert stage.read(evolutions.half_moved, older_than=minute) == ([], [])
    for who, found in (("ann", []), ("policy:label", [artist.id])):
        before = stage.read(artists.artist_by_id, artist_id=artist.id).state
        moves = [LifecycleState.PAUSED] if who == "ann" else [LifecycleState.EVOLVING, LifecycleState.PAUSED]
        for after in moves:
            stage.write(
                artists.set_state, artist_id=artist.id, before=before, after=after,
                trigger="pause", evidence=None, bound=None, reason="rejections", who=who,
            )  # fmt: skip
            before = after
        stage.clock.advance(minutes=2)
        assert stage.read(evolutions.half_moved, older_than=minute) == ([], found)


def test_neighbours_are_of_the_genre_and_another(stage: Stage):
    own, other = stage.artist("Own"), stage.artist("Other")
    found = stage.read(evolutions.neighbours_of, artist_id=own.id, genre="lofi")
    assert [each.slug for each in found] == [other.slug]
    assert stage.read(evolutions.neighbours_of, artist_id=own.id, genre="techno") == []
