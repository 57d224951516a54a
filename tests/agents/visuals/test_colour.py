"""Colour arithmetic against published values."""

import numpy as np
import pytest

from agents.visuals.colour import contrast, find_palette, ramp, srgb
from storage.errors import UsageError


@pytest.mark.parametrize(
    ("oklch", "rgb"),
    [
        ((1.0, 0.0, 0.0), (255, 255, 255)),
        ((0.62796, 0.25768, 29.234), (255, 0, 0)),
        ((0.45201, 0.31321, 264.05), (0, 0, 255)),
    ],
)
def test_srgb_of_css_reference_colours(oklch, rgb):
    assert np.abs(np.subtract(srgb(oklch), rgb)).max() <= 1


def test_a_colour_outside_the_gamut_keeps_its_lightness():
    wild, tame = srgb((0.5, 0.37, 150.0)), srgb((0.5, 0.05, 150.0))
    assert abs(float(contrast(wild, (0, 0, 0)) - contrast(tame, (0, 0, 0)))) < 0.8


def test_contrast_is_wcag():
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_a_ramp_ends_on_its_colours():
    palette = find_palette("ember")
    table = ramp(palette.ramp, 256)
    assert tuple(table[0]) == srgb(palette.ground)
    assert tuple(table[-1]) == srgb(palette.paper)


def test_unknown_palette_names_the_known():
    with pytest.raises(UsageError, match="neon_dusk"):
        find_palette("beige")
