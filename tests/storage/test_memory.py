"""Memory: searched by what a song is, and lessons whose evidence is counted and fades."""

import pytest

from storage import artists, evolutions, learning, lessons, memory
from storage.types import DrawnLesson, GeneEdit, Genes
from tests.storage.stage import Stage
from tests.storage.test_learning import decided, learn, piece

LOUD = DrawnLesson(key="energy/up", about="music", text="“A” taught energy +0.10: it sagged", step=0.1)
WORDS = DrawnLesson(key="words/rhyme_share", about="words", text="“A” taught: 20% rhyme")


def made(stage: Stage, name: str, *drawn: DrawnLesson, **changes):
    """A song that its artist remembers, undecided."""
    fence, cycle = stage.song(name)
    known = piece(outcome=memory.UNDECIDED).model_copy(update=changes)
    stage.write(learning.note, fence=fence, cycle_id=cycle.id, piece=known, lessons=drawn)
    return fence, cycle


def another(stage: Stage, fence, seed: int, *drawn: DrawnLesson):
    artist = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    cycle = stage.cycle(artist, seed=seed)
    stage.write(learning.note, fence=fence, cycle_id=cycle.id, piece=piece(), lessons=drawn)
    return cycle


def another_piece(stage: Stage, fence, seed: int, **changes):
    artist = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    cycle = stage.cycle(artist, seed=seed)
    known = piece().model_copy(update=changes)
    stage.write(learning.note, fence=fence, cycle_id=cycle.id, piece=known, lessons=())
    return fence, cycle


def titles(stage: Stage, **wanted) -> list[str]:
    return [found.piece.title for found in stage.read(memory.search_memory, **wanted)]


@pytest.fixture
def songs(stage: Stage) -> Stage:
    made(stage, "One", title="Slow Rain", theme="city rain", key="F#", tempo_bpm=80, score=0.7)
    made(stage, "Two", title="100% Neon", theme="night drive", key="F", tempo_bpm=118, score=0.9,
         lines=("Headlights in the Rain", "über alles"), hook="Drive_on")  # fmt: skip
    return stage


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "rain"}, ["100% Neon", "Slow Rain"]),
        ({"text": "HEADLIGHTS rain"}, ["100% Neon"]),
        ({"text": "über"}, ["100% Neon"]),
        ({"text": "100%"}, ["100% Neon"]),
        ({"text": "drive_on"}, ["100% Neon"]),
        ({"text": "driveXon"}, []),
        ({"key": "F"}, ["100% Neon"]),
        ({"key": "F# minor"}, ["Slow Rain"]),
        ({"key": "F# dorian"}, []),
        ({"tempo_bpm": (100, 120)}, ["100% Neon"]),
        ({"theme": "RAIN"}, ["Slow Rain"]),
        ({"score_min": 0.8}, ["100% Neon"]),
        ({"outcome": "approved"}, []),
        ({"text": "rain", "limit": 1}, ["100% Neon"]),
    ],
)
def test_songs_are_found_by_what_they_are(songs: Stage, wanted, found):
    assert titles(songs, **wanted) == found


def test_an_undecided_song_is_known_at_once_and_what_becomes_of_it_takes_its_place(stage: Stage):
    fence, cycle = made(stage, "One")
    assert [each.outcome for each in stage.read(memory.memory_of, artist_id=fence.artist_id, limit=9)] == [
        "undecided"
    ]
    assert stage.read(memory.memory_of, artist_id=fence.artist_id, limit=9, besides=cycle.id) == ()
    learn(stage, fence, cycle, decided(stage, fence, cycle))
    assert titles(stage, outcome="undecided") == []
    assert titles(stage, outcome="approved") == ["Slow Rain"]


def test_all_that_an_artist_ever_sang_is_known(stage: Stage):
    fence, first = made(stage, "One", lines=("Rain on the roof", "ÜBER alles"), hook="Drive on")
    _, second = another_piece(stage, fence, 2, lines=("A second line",))
    made(stage, "Two", lines=("Another artist's line",))
    sung = stage.read(memory.sung_by, artist_id=fence.artist_id)
    assert {"rain on the roof", "über alles", "drive on", "a second line"} <= sung
    assert "another artist's line" not in sung
    assert "a second line" not in stage.read(memory.sung_by, artist_id=fence.artist_id, besides=second.id)
    assert stage.read(memory.sung_by, artist_id="art_nobody") == frozenset()
    assert first.id != second.id


def test_the_oldest_lines_of_a_very_long_life_are_let_go(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "SUNG_SONGS", 2)
    fence, _ = made(stage, "One", lines=("The first line",))
    for seed in (2, 3):
        stage.clock.advance(days=1)
        another_piece(stage, fence, seed, lines=(f"Line {seed}",))
    sung = stage.read(memory.sung_by, artist_id=fence.artist_id)
    assert {"line 2", "line 3"} <= sung
    assert "the first line" not in sung


def test_evidence_is_counted_a_song_once_and_fades(stage: Stage):
    fence, cycle = made(stage, "One", LOUD, WORDS)
    stage.write(learning.note, fence=fence, cycle_id=cycle.id, piece=piece(), lessons=(LOUD,))
    stage.clock.advance(days=60)
    second = another(stage, fence, 2, LOUD)
    loud, words = stage.read(lessons.lessons_of, artist_id=fence.artist_id)
    assert (loud.key, loud.songs, loud.evidence) == ("energy/up", 2, 1.5)
    assert (words.key, words.songs, words.evidence) == ("words/rhyme_share", 1, 0.5)
    (alone, _) = stage.read(lessons.lessons_of, artist_id=fence.artist_id, besides=second.id)
    assert (alone.songs, alone.evidence) == (1, 0.5)
    stage.clock.advance(days=150)
    assert [each.key for each in stage.read(lessons.lessons_of, artist_id=fence.artist_id)] == ["energy/up"]
    stage.clock.advance(days=400)
    assert stage.read(lessons.lessons_of, artist_id=fence.artist_id) == ()


def test_a_lesson_that_has_become_a_gene_is_marked_and_what_is_pinned_stays(stage: Stage):
    fence, _ = made(stage, "One", LOUD, WORDS)
    artist = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    stage.write(
        artists.change_persona, artist_id=artist.id, version=1, trigger="edited", evidence=None, who="ann",
        persona=artist.persona.model_copy(update={"pinned": ("brightness", "style_notes")}),
    )  # fmt: skip
    edits = tuple(GeneEdit(gene=gene, delta=0.1, because="it sagged") for gene in ("energy", "brightness"))
    trial = stage.write(
        evolutions.open_evolution, artist_id=artist.id, version=2, parent_version=2, kind="refine", edits=edits,
        style_note="louder", genes=Genes(energy=0.6, brightness=0.6), style_notes="louder", who="ann",
    )  # fmt: skip
    after = stage.read(artists.artist_by_id, artist_id=artist.id)
    assert (after.genes.energy, after.genes.brightness, after.style_notes) == (0.6, 0.5, "")
    assert [edit.gene for edit in trial.edits] == ["energy"]
    known = stage.read(lessons.lessons_of, artist_id=fence.artist_id)
    assert {lesson.key: lesson.is_absorbed for lesson in known} == {
        "energy/up": True,
        "words/rhyme_share": False,
    }


def test_lessons_are_the_artists_own_and_a_clock_set_back_harms_none(stage: Stage):
    fence, _ = made(stage, "One", LOUD)
    other, _ = made(stage, "Two")
    assert stage.read(lessons.lessons_of, artist_id=other.artist_id) == ()
    stage.clock.advance(days=-1)
    (known,) = stage.read(lessons.lessons_of, artist_id=fence.artist_id)
    assert known.evidence == 1.0


def test_what_was_planned_while_a_song_waited_knew_no_verdict_of_it(stage: Stage):
    fence, cycle = made(stage, "Nova Rain", score=0.6)
    stage.clock.advance(hours=1)
    meanwhile = stage.clock.now()
    stage.clock.advance(hours=1)
    final = piece(outcome="approved").model_copy(update={"hook": "slow rain", "lesson": "less is more"})
    learn(stage, fence, cycle, decided(stage, fence, cycle), piece=final)
    stage.clock.advance(hours=1)
    later = stage.clock.now()

    def known(**when):
        return stage.read(memory.memory_of, artist_id=fence.artist_id, limit=9, **when)

    (then,) = known(before=meanwhile)
    assert (then.outcome, then.hook, then.lesson, then.score) == (memory.UNDECIDED, "", "", 0.6)
    assert known(before=later) == known() == (final,)
