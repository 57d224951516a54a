"""Keys, degrees and chord names against what a textbook says."""

import pytest

from agents.music.genre import find_genre
from agents.music.theory import chord_symbol, degree_pitch, parse_key, pitch_class, scale_of
from storage.errors import UsageError


@pytest.mark.parametrize(
    ("degree", "key", "mode", "seventh", "symbol"),
    [
        (0, "C", "major", False, "C"),
        (1, "C", "major", True, "Dm7"),
        (3, "C", "major", True, "Fmaj7"),
        (4, "C", "major", True, "G7"),
        (6, "C", "major", False, "Bdim"),
        (5, "A", "minor", False, "F"),
        (1, "E", "phrygian", False, "F"),
        (3, "D", "dorian", False, "G"),
        (1, "F", "lydian", False, "G"),
        (6, "G", "mixolydian", False, "F"),
    ],
)
def test_chord_symbols(degree, key, mode, seventh, symbol):
    assert chord_symbol(degree, pitch_class(key), mode, seventh=seventh) == symbol


def test_degrees_cross_octaves_both_ways():
    assert degree_pitch(7, 60, "minor") == 72
    assert degree_pitch(-1, 60, "minor") == 58
    assert degree_pitch(-1, 60, "major") == 59


def test_flats_are_read():
    assert pitch_class("Bb") == pitch_class("A#")


@pytest.mark.parametrize(
    ("text", "key", "mode"),
    [
        ("F# minor", "F#", "minor"), ("f♯ minor", "F#", "minor"), ("F#m", "F#", "minor"), ("f# MINOR", "F#", "minor"),
        ("Cb", "B", None), ("Fb", "E", None), ("E#", "F", None), ("B#", "C", None), ("gb", "F#", None),
        ("b minor", "B", "minor"), ("bb minor", "A#", "minor"), ("bm", "B", "minor"), ("B♭", "A#", None),
        ("CM", "C", "major"), ("Cmaj", "C", "major"), ("a min", "A", "minor"), (" d  dorian ", "D", "dorian"),
    ],
)  # fmt: skip
def test_a_key_is_read_however_it_is_written(text: str, key: str, mode: str | None):
    assert parse_key(text) == (key, mode)


@pytest.mark.parametrize("text", ["", " ", "H", "h minor", "F##", "major", "C#x", "7"])
def test_what_is_no_key_is_refused(text: str):
    with pytest.raises(UsageError, match="unknown key"):
        parse_key(text)


@pytest.mark.parametrize("text", ["C happy", "C minor minor", "C F#"])
def test_what_is_no_mode_is_refused(text: str):
    with pytest.raises(UsageError, match="unknown mode"):
        parse_key(text)


def test_unknown_names_say_what_is_known():
    with pytest.raises(UsageError, match="C, F# or Bb"):
        pitch_class("H")
    with pytest.raises(UsageError, match="dorian"):
        scale_of("locrian")
    with pytest.raises(UsageError, match="synthwave"):
        find_genre("polka")
