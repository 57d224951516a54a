"""Rosters as files: ours and the original's, and what is neither."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import UsageError
from storage.roster_files import read_roster

COLUMNS = (
    "artist_id TEXT, name TEXT, genre TEXT, style_notes TEXT, llm_config TEXT, created_at TEXT, status TEXT"
)


def original(path: Path, *rows: tuple, columns: str = COLUMNS) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE artists ({columns})")
        connection.executemany(
            f"INSERT INTO artists VALUES ({','.join('?' * len(columns.split(',')))})", rows
        )
        connection.commit()
    return path


def yaml(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_yaml_roster_says_what_is_fixed(tmp_path: Path):
    first, second = read_roster(
        yaml(
            tmp_path / "roster.yaml",
            "artists:\n- name: Harbour Static\n  genre: ambient\n  themes: [salt, tide tables]\n"
            "  cadence: {days_per_song: 14}\n  style_notes: no drums\n- genre: house\n",
        )
    )
    assert (first.wish.name, first.genre, first.style_notes) == ("Harbour Static", "ambient", "no drums")
    assert first.wish.themes == ("salt", "tide tables")
    assert first.wish.cadence is not None
    assert first.wish.cadence.days_per_song == 14
    assert (second.wish.name, second.genre) == (None, "house")


def test_the_originals_artists_come_over_but_for_the_retired(tmp_path: Path):
    path = original(
        tmp_path / "artists.db",
        (
            "1",
            "Synthwave Dreamer",
            "synthwave",
            "dreamy melodies",
            '{"temperature": 0.7}',
            "2025-01-01",
            "Active",
        ),
        ("2", "Gone", "lofi", "", "{}", "2025-01-02", "Retired"),
        ("3", "Generated Artist 0a1b", "electronic", None, "no json", "2025-01-03", "Candidate"),
    )
    before = path.read_bytes()
    dreamer, generated = read_roster(path)
    assert (dreamer.wish.name, dreamer.genre, dreamer.style_notes, dreamer.adventurousness) == (
        "Synthwave Dreamer",
        "synthwave",
        "dreamy melodies",
        0.7,
    )
    assert (generated.genre, generated.adventurousness) == ("techno", None)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["artists.db"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("artists: 5", "write a list"),
        ("- [1, 2]", "write a list"),
        ("artists: [{nmae: X}]", "no field 'nmae'"),
        ("artists: [{name: X}]", "name: "),
        ("artists: [{name: Harbour, themes: salt}]", "themes: write a list, as"),
        ("artists: [{name: Harbour, cadence: {days_per_song: 0}}]", "days_per_song"),
        ("a: [", "no YAML, line"),
        ("artists: []", "has no artists"),
        ("!!python/object/apply:os.system ['true']", "no YAML"),
    ],
)
def test_what_is_no_roster_is_one_clear_line(tmp_path: Path, text: str, said: str):
    with pytest.raises(UsageError, match=said) as told:
        read_roster(yaml(tmp_path / "roster.yaml", text))
    assert len(str(told.value).splitlines()) == 1


def test_another_database_and_no_file(tmp_path: Path):
    with pytest.raises(UsageError, match=r"no column artists\.genre"):
        read_roster(original(tmp_path / "x.db", ("a", "b"), columns="artist_id TEXT, name TEXT"))
    (tmp_path / "torn.db").write_bytes(b"SQLite format 3\0" + b"x" * 200)
    with pytest.raises(UsageError, match="no database"):
        read_roster(tmp_path / "torn.db")
    with pytest.raises(UsageError, match="cannot be read"):
        read_roster(tmp_path / "nothing.yaml")
