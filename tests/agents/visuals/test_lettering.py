"""Type: it fits its box, breaks evenly, falls back, and never fails on odd text."""

import numpy as np
import pytest
from PIL import Image

from agents.visuals.identity import TYPE_PAIRS
from agents.visuals.lettering import capitals, measure, set_block, wrap
from agents.visuals.script import clean_text
from agents.visuals.typefaces import Typeface, display_face, load_font
from storage.errors import UsageError

ANTON = display_face("Anton")
TITLES = (
    "Run",
    "Glass Horizon",
    "Everything We Never Said to the Sea Before the Long Winter Came Back for Us",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
    "x" * 300,
    "Ночь / Νύχτα / ñandú",
    "a\x00b\n\tc\u202ed",
    "夜に駆ける",
    "",
    "   ",
)


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("family", sorted({display for display, _, _ in TYPE_PAIRS}))
def test_every_title_stays_in_its_box(title, family):
    block = set_block(title, display_face(family), width_px=300, height_px=120, size_px=90, max_lines=3)
    assert block.mask.shape[0] <= 120
    assert block.mask.shape[1] <= 300
    assert block.mask.any() == bool(clean_text(title, family)[0])


def test_short_titles_are_large_and_long_ones_break_into_even_lines():
    short = set_block("Run", ANTON, width_px=600, height_px=300, size_px=200, max_lines=3)
    assert short.size_px == 200
    lines = wrap("the light we kept inside the wire of the city", ANTON, 3)
    widths = [measure(line, ANTON, 100) for line in lines]
    assert len(lines) == 3
    assert max(widths) < 1.6 * min(widths)


def test_a_character_the_face_lacks_comes_from_inter_and_one_nobody_has_is_reported():
    assert clean_text("Ж", "Anton") == ("Ж", "")
    assert clean_text("a漢b\u0007", "Anton") == ("ab", "漢\u0007")
    cyrillic = set_block("Ж", ANTON, width_px=200, height_px=100, size_px=60)
    inter = set_block("Ж", Typeface("Inter", ANTON.weight), width_px=200, height_px=100, size_px=60)
    assert (cyrillic.mask == inter.mask).all()


def test_tracking_widens_and_alignment_moves():
    assert measure("NOVA", ANTON, 100, 0.2) == pytest.approx(measure("NOVA", ANTON, 100) + 60)
    sides = {}
    for align in ("left", "right"):
        mask = set_block(
            "Mountain air", ANTON, width_px=100, height_px=120, size_px=90, max_lines=2, align=align
        ).mask
        sides[align] = mask[mask.shape[0] * 2 // 3 :].any(axis=0).argmax()
    assert sides["left"] < sides["right"]


def test_weights_of_variable_faces_differ():
    thin, heavy = (load_font(Typeface("Inter", weight), 60).getlength("mmmm") for weight in (200, 900))
    assert heavy > thin * 1.1


def test_unknown_face_is_a_usage_error():
    with pytest.raises(UsageError, match="Comic"):
        load_font(Typeface("Comic Sans"), 20)


def test_small_letters_keep_the_distances_of_large_ones():
    """Set on whole pixels, `the night has` was read as two words."""
    text, face = "We're not lost, the night has a feel", Typeface("Archivo", 650)
    small, large = (
        set_block(text, face, width_px=4000, height_px=400, size_px=size).mask for size in (17, 170)
    )
    shrunk = np.asarray(Image.fromarray(large).resize(small.shape[::-1], Image.Resampling.BOX), dtype=float)
    assert small.shape[1] == pytest.approx(large.shape[1] / 10, abs=2)
    assert np.corrcoef(shrunk.sum(axis=0), small.sum(axis=0))[0, 1] > 0.95


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("μοναξιά", "ΜΟΝΑΞΙΑ"),
        ("άυλος", "ΑΫΛΟΣ"),
        ("προϊόν, ταΐζω", "ΠΡΟΪΟΝ, ΤΑΪΖΩ"),
        ("déjà vu", "DÉJÀ VU"),
        ("чёрный край", "ЧЁРНЫЙ КРАЙ"),
        ("größe", "GRÖSSE"),
    ],
)
def test_capitals_are_those_of_the_script(text: str, written: str):
    assert capitals(text) == written
