"""The label's typefaces: which file, which weight, and which characters each can draw."""

from dataclasses import dataclass
from functools import cache, lru_cache

import fontpkg
from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from storage.errors import UsageError

FALLBACK_FAMILY = "Inter"

HEAVY = {
    "Archivo": 850,
    "Inter": 800,
    "Playfair Display": 800,
    "Space Grotesk": 700,
    "Syne": 800,
    "Unbounded": 800,
}
"""Weights at which the variable faces work as display type; faces not named here have one weight."""
STAND_IN_WEIGHT = 800
"""Of the fallback in headlines, where it draws the scripts that a face of one weight lacks."""


@dataclass(frozen=True)
class Typeface:
    """One family at one weight (100–900; ignored where the family has only one)."""

    family: str
    weight: int = 500


def display_face(family: str) -> Typeface:
    """The family at the weight it has in headlines."""
    return Typeface(family, HEAVY.get(family, STAND_IN_WEIGHT))


@lru_cache(maxsize=128)
def load_font(typeface: Typeface, size_px: int) -> FreeTypeFont:
    """The font at a size; raises UsageError for a family that is not installed."""
    try:
        file = fontpkg.family(typeface.family).files[0].path
    except fontpkg.FamilyNotInstalled as error:
        raise UsageError(f"unknown typeface {typeface.family!r}: install its fontpkg package") from error
    font = ImageFont.truetype(str(file), size_px)
    axes = [] if _is_static(typeface.family) else font.get_variation_axes()
    settings = []
    for axis in axes:
        wanted = {b"Weight": typeface.weight, b"Optical size": size_px}.get(
            axis["name"] or b"", axis["default"]
        )
        settings.append(min(max(wanted or 0, axis["minimum"] or 0), axis["maximum"] or 0))
    if settings:
        font.set_variation_by_axes(settings)
    return font


@cache
def cap_height(typeface: Typeface) -> float:
    """Of a capital without curves, in em."""
    return -load_font(typeface, 200).getbbox("H", anchor="ls")[1] / 200


@lru_cache(maxsize=4096)
def can_draw(family: str, character: str) -> bool:
    """Whether the family has a glyph of its own for the character."""
    if character.isspace():
        return True
    if not character.isprintable():
        return False
    return _glyph(family, character) != _missing_glyph(family)


@cache
def _missing_glyph(family: str) -> bytes:
    """How the family draws a character that no font has (a noncharacter of Unicode)."""
    return _glyph(family, "\uffff")


def _glyph(family: str, character: str) -> bytes:
    canvas = Image.new("L", (80, 80))
    ImageDraw.Draw(canvas).text(
        (10, 60), character, font=load_font(Typeface(family), 40), fill=255, anchor="ls"
    )
    return canvas.tobytes()


@cache
def _is_static(family: str) -> bool:

    return "[" not in str(fontpkg.family(family).files[0].path)
