"""Keys, degrees and chord names against what a textbook says."""

import pytest

from agents.music.genre import find_genre
from agents.music.theory import chord_symbol, degree_pitch, pitch_class, scale_of
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


def test_unknown_names_say_what_is_known():
    with pytest.raises(UsageError, match="C, F# or A"):
        pitch_class("H")
    with pytest.raises(UsageError, match="dorian"):
        scale_of("locrian")
    with pytest.raises(UsageError, match="synthwave"):
        find_genre("polka")
