"""Script: marks stay on their letters, and a word is of one typeface."""

import numpy as np
import pytest

from agents.visuals.lettering import measure, set_block
from agents.visuals.script import clean_text, clusters, runs
from agents.visuals.typefaces import FALLBACK_FAMILY, Typeface, display_face

ANTON = display_face("Anton")
INTER = Typeface(FALLBACK_FAMILY, ANTON.weight)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Zoe", ["Z", "o", "e"]),
        ("Z\u0303o\u030a\u0332 x", ["Z\u0303", "o\u030a\u0332", " ", "x"]),
        ("\u2606\ufe0fa", ["\u2606\ufe0f", "a"]),
        ("\U0001f469\u200d\U0001f680\U0001f44d\U0001f3fd", ["\U0001f469\u200d\U0001f680", "\U0001f44d\U0001f3fd"]),
        (" \u0303", [" ", "\u0303"]),
        ("", []),
    ],
)  # fmt: skip
def test_what_belongs_together_is_one_piece(text: str, pieces: list[str]):
    assert clusters(text) == pieces


def test_letters_keep_their_marks_where_they_are_spaced():
    """`Z̃o̊ë` in spaced letters was printed as `Z ˜O °Ë`."""
    name, bare = "Z\u0303O\u030aE\u0303", "ZOE"
    assert measure(name, INTER, 100, 0.4) == pytest.approx(measure(bare, INTER, 100, 0.4), abs=1)
    marked, plain = (
        set_block(text, INTER, width_px=600, height_px=300, size_px=100, tracking_em=0.4).mask
        for text in (name, bare)
    )
    assert marked.shape[1] == pytest.approx(plain.shape[1], abs=2)
    above = np.flatnonzero(marked[: len(marked) - len(plain)].any(axis=0))
    for left, right in ((0, 0.25), (0.35, 0.65), (0.75, 1)):
        wide = plain.shape[1]
        assert ((above > left * wide) & (above < right * wide)).any()


def test_a_mark_goes_with_its_letter_where_that_cannot_be_drawn():
    assert clean_text("a漢\u0301b", "Anton") == ("ab", "漢\u0301")
    assert clean_text("x\u2606\ufe0f", "Anton") == ("x\u2606", "")
    assert clean_text("a\u0310 b", "Syne") == ("a b", "\u0310")


@pytest.mark.parametrize("text", ["Άσπρη μέρα", "Ελένη Ωδή", "Ночь"])
def test_a_word_that_the_face_has_in_part_is_set_in_the_other_one(text: str):
    """Anton has π and Ω, and no other Greek letter."""
    assert runs(text, ANTON) == [(INTER, text)]


def test_words_that_the_face_has_stay_in_it_and_signs_come_alone():
    assert runs("Run Ночь now", ANTON) == [(ANTON, "Run "), (INTER, "Ночь "), (ANTON, "now")]
    assert runs("Run\u2606 on", ANTON) == [(ANTON, "Run"), (INTER, "\u2606 "), (ANTON, "on")]
    assert "".join(run for _, run in runs("a  Ж b ", ANTON)) == "a  Ж b "


def test_of_words_without_their_letters_nothing_is_left():
    """Of a line in Hindi a film showed the comma, for as long as it was sung."""
    assert clean_text("कोई बात नहीं, हम", "Archivo")[0] == ""
    assert clean_text("静かな海 \u2606", "Anton") == ("", "静かな海")
    assert clean_text("静かな Sea, 2", "Anton")[0] == "Sea, 2"
    assert clean_text("…", "Anton") == ("…", "")


@pytest.mark.parametrize("family", ["Anton", "Bebas Neue", "DM Serif Display", "Syne"])
def test_headlines_in_another_script_are_as_heavy_as_headlines(family: str):
    """A Cyrillic title of an artist whose face has one weight stood there in the weight of a letter."""
    block = set_block("Слова", display_face(family), width_px=2000, height_px=200, size_px=150)
    plain = set_block("Слова", Typeface("Inter", 400), width_px=2000, height_px=200, size_px=150)
    assert block.mask.mean() > 1.3 * plain.mask.mean()
