"""Songs of other artists are found by shared marks, through an index."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine, event

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


def test_a_copy_of_one_kind_is_not_hidden_by_songs_that_share_a_little_of_another(stage: Stage):
    for number in range(resemblances.LIKEST + 2):
        note(stage, f"Artist {uuid4().hex[:6]} {number}", "m0:a", "w0:c", "w1:d")
    note(stage, "Tin Pier", "m0:a", "m1:b")
    note(stage, "Kilo Wren", "s0:1")
    likest = found(stage, "art_other", "m0:a", "m1:b", "w0:c", "w1:d", "s0:1")
    assert likest[0] == "Tin Pier: of Tin Pier"
    assert likest[-1] == "Kilo Wren: of Kilo Wren"
    assert len(likest) == len(set(likest))


def test_no_more_than_a_few_of_a_kind_are_compared(stage: Stage):
    for number in range(resemblances.LIKEST + 2):
        note(stage, f"Artist {uuid4().hex[:6]} {number}", "m0:a")
    assert len(found(stage, "art_other", "m0:a")) == resemblances.LIKEST


def test_marks_are_neither_found_nor_replaced_by_reading_all(stage: Stage, engine: Engine):
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by size, and reads a table of a page as a whole")
    said: list[tuple[str, object]] = []

    def listen(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "song_marks" in statement and not statement.startswith("INSERT"):
            said.append((statement, parameters))

    song = note(stage, "Nova Rain", "m0:a")
    event.listen(engine, "before_cursor_execute", listen)
    note(stage, "Nova Rain", "m0:z", song=song)
    found(stage, "art_other", "m0:a", "w0:c", "s0:1")
    event.remove(engine, "before_cursor_execute", listen)
    assert [statement.split()[0] for statement, _ in said] == ["DELETE", "SELECT", "SELECT", "SELECT"]
    with engine.connect() as connection:
        for statement, parameters in said:
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())  # type: ignore[arg-type]
            assert "SEARCH song_marks" in plan
            assert "SCAN song_marks" not in plan
