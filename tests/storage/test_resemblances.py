"""Songs of other artists are found by shared marks, through an index."""

from uuid import uuid4

from sqlalchemy import Engine, text

from storage import learning, resemblances
from storage.types import MadePiece, Outcome
from tests.storage.stage import Stage


def piece(title: str, outcome: str = "undecided") -> MadePiece:
    return MadePiece(
        title=title, theme="rain", mood="calm", tempo_bpm=90, key="C", mode="minor", outcome=outcome, lines=("la",)
    )  # fmt: skip


def note(stage: Stage, name: str, *marks: str, song=None):
    """A song of an artist, known by its marks."""
    fence, cycle = song or stage.song(name)
    stage.write(
        learning.note, fence=fence, cycle_id=cycle.id, piece=piece(f"of {name}"), lessons=(), marks=marks
    )
    return fence, cycle


def found(stage: Stage, besides: str, *marks: str) -> list[str]:
    songs = stage.read(resemblances.songs_like, marks=marks, besides=besides)
    return [f"{song.artist}: {song.piece.title}" for song in songs]


def test_the_likest_come_first_and_ones_own_are_left_out(stage: Stage):
    own, _ = note(stage, "Nova Rain", "m0:a", "m1:b", "w0:c")
    note(stage, "Kilo Wren", "m0:a", "w0:c")
    note(stage, "Tin Pier", "w0:c", "s0:1")
    assert found(stage, own.artist_id, "m0:a", "m1:b", "w0:c") == [
        "Kilo Wren: of Kilo Wren",
        "Tin Pier: of Tin Pier",
    ]
    assert found(stage, own.artist_id, "s0:0") == []
    assert found(stage, own.artist_id) == []


def test_another_draft_takes_the_marks_of_the_first_and_what_was_turned_down_is_free(stage: Stage):
    song = note(stage, "Nova Rain", "m0:a")
    note(stage, "Nova Rain", "m0:z", song=song)
    assert found(stage, "art_other", "m0:a") == []
    assert found(stage, "art_other", "m0:z") == ["Nova Rain: of Nova Rain"]
    fence, cycle = song
    stage.write(
        learning.learn,
        fence=fence,
        cycle_id=cycle.id,
        piece=piece("of Nova Rain", Outcome.REJECTED),
        verdict=None,
    )
    assert found(stage, "art_other", "m0:z") == []
    (known,) = stage.read(resemblances.songs_of_cycles, cycle_ids=(cycle.id,), before=cycle.created_at)
    assert known.piece.outcome == "undecided"


def test_no_more_than_a_few_are_compared_and_none_is_looked_for_by_reading_all(stage: Stage, engine: Engine):
    for number in range(resemblances.LIKEST + 2):
        note(stage, f"Artist {uuid4().hex[:6]} {number}", "m0:a")
    assert len(found(stage, "art_other", "m0:a")) == resemblances.LIKEST
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            plan = connection.execute(
                text("EXPLAIN QUERY PLAN SELECT cycle_id FROM song_marks WHERE mark IN ('a', 'b')")
            ).all()
        assert "SEARCH song_marks" in str(plan)
