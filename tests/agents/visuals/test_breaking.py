"""Breaking: whole words where they go, even parts where they must be cut, and letters of a size to be read."""

import pytest

from agents.visuals.breaking import broken
from agents.visuals.lettering import Lettering, set_block
from agents.visuals.typefaces import cap_height, display_face

ANTON = display_face("Anton")
LONG = " ".join(["Rindfleischetikettierungsueberwachungsaufgabe"] * 4)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("abcdefgh", 8, ["abcdefgh"]),
        ("abcdefghi", 8, ["abcde-", "fghi"]),
        ("on abcdefghijkl me", 8, ["on", "abcdef-", "ghijkl", "me"]),
        ("12345678", 4, ["1234", "5678"]),
        ("ab", 0.5, None),
    ],
)
def test_lines_go_into_their_room(text: str, room: float, lines: list[str] | None):
    assert broken(text, room, len, cuts=True) == lines


def test_a_word_is_cut_only_where_it_may_be():
    assert broken("abcdefghi", 8, len, cuts=False) is None
    assert broken("abc defghi", 8, len, cuts=False) == ["abc", "defghi"]


def test_no_mark_is_cut_off_its_letter():
    lines = broken("e\u0301" * 6, 8, len, cuts=True)
    assert lines
    assert all(line.startswith("e") for line in lines)


def in_two_lines(text: str, least_caps_px: float = 0.0) -> Lettering:
    return set_block(
        text, ANTON, width_px=550, height_px=142, size_px=109, max_lines=2, least_caps_px=least_caps_px
    )


def test_letters_are_as_high_as_asked_where_there_is_room():
    """Four words of 45 letters in two lines had capitals of six pixels."""
    low = in_two_lines(LONG)
    high = in_two_lines(LONG, 13)
    assert low.size_px * cap_height(ANTON) < 13 <= high.size_px * cap_height(ANTON)
    assert not high.is_low
    assert high.lines == tuple(LONG.split())
    assert in_two_lines("Glass Horizon", 13).lines == ("Glass Horizon",)


def test_an_endless_word_is_cut_and_told_where_even_that_is_small():
    cut = in_two_lines("W" * 190, 13)
    assert len(cut.lines) > 2
    assert not cut.is_low
    assert in_two_lines("W" * 190, 40).is_low
    assert not in_two_lines("W" * 190).is_low


def test_lines_of_whole_words_are_even():
    text = "Everything We Never Said to the Sea Before the Long Winter Came Back for Us and Then Some"
    lines = set_block(text, ANTON, width_px=400, height_px=300, size_px=40, least_caps_px=25).lines
    assert len(lines) > 2
    assert min(map(len, lines)) > 0.6 * max(map(len, lines))
