"""The colour families: enough of them, each usable for type, none twice."""

import pytest
from pydantic import ValidationError

from agents.visuals.colour import contrast, srgb
from configs.palettes import Palette, load_palettes


def test_there_are_many_and_no_two_share_a_body_colour():
    bodies = {srgb(palette.body) for palette in load_palettes().values()}
    assert len(bodies) == len(load_palettes()) >= 20


@pytest.mark.parametrize("palette", load_palettes().values(), ids=lambda palette: palette.name)
def test_ramp_rises_and_type_reads_on_the_ground(palette):
    lightness = [colour[0] for colour in palette.ramp]
    assert lightness == sorted(lightness)
    assert contrast(srgb(palette.paper), srgb(palette.ground)) >= 10
    assert palette.suits


def test_a_colour_outside_oklch_is_refused():
    with pytest.raises(ValidationError):
        Palette(**(load_palettes()["ember"].model_dump() | {"body": (1.4, 0.1, 20.0)}))
