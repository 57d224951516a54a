"""Where a cover's words go, and putting them there so that they can be read."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from agents.visuals.colour import Rgb, contrast
from agents.visuals.cover.artboard import Artboard, Ink
from agents.visuals.lettering import Align, Lettering, capitals, set_block
from agents.visuals.typefaces import Typeface, cap_height

SAFE = 0.07
"""Share of the side that letters never enter."""
READABLE = 4.5
"""WCAG AA contrast of text."""
_TARGET = 4.8
"""Aimed at: JPEG and grain take a little."""

CAPITALS = 0.02
"""Share of the side under which words get more lines: about thirteen pixels of a thumbnail."""

FEW_LETTERS = 5
"""A title of no more is set larger than others: at their size it would be lost."""


@dataclass(frozen=True)
class TypeArea:
    """A box for words, in shares of the side: left, top, right, bottom."""

    box: tuple[float, float, float, float]
    size: float
    """Largest letter size."""
    align: Align = "left"
    anchor: Literal["top", "middle", "bottom"] = "bottom"
    lines: int = 3
    tracking_em: float = 0.0
    leading: float = 1.02
    upper: bool = False
    inks: tuple[Ink, ...] = ("paper", "ground")
    """Colours of type to try, in order."""


@dataclass(frozen=True)
class Layout:
    """The two areas a composition leaves free for words."""

    title: TypeArea
    artist: TypeArea


@dataclass(frozen=True)
class Set:
    """Words as they were set, and their contrast as measured on the pixels behind the glyphs."""

    lettering: Lettering
    contrast: float | None
    """None where nothing could be drawn."""


def set_words(board: Artboard, text: str, area: TypeArea, typeface: Typeface) -> Set:
    """Letters the text into its area in the first ink that can be read there, over a scrim if none can."""
    side = board.side
    left, top, right, bottom = (round(share * side) for share in area.box)
    # Names are small by design: they may be half as large as they are meant to be.
    least = min(CAPITALS, 0.5 * area.size * cap_height(typeface))
    lettering = set_block(
        capitals(text) if area.upper else text,
        typeface,
        width_px=right - left,
        height_px=bottom - top,
        size_px=max(6, round(area.size * side)),
        max_lines=area.lines,
        tracking_em=area.tracking_em,
        leading=area.leading,
        align=area.align,
        least_caps_px=least * side,
    )
    if not lettering.mask.any():
        return Set(lettering, None)
    tall, wide = lettering.mask.shape
    x = {"left": left, "centre": (left + right - wide) // 2, "right": right - wide}[area.align]
    y = {"top": top, "middle": (top + bottom - tall) // 2, "bottom": bottom - tall}[area.anchor]
    place = (slice(y, y + tall), slice(x, x + wide))
    ink = _choose(board, lettering.mask, place, area.inks)
    if _worst(board.pixels[place], lettering.mask, board.rgb(ink)) < _TARGET:
        _scrim(board, lettering.mask, (x, y), ink)
    measured = _worst(board.pixels[place], lettering.mask, board.rgb(ink))
    _ink(board.pixels[place], lettering.mask, board.rgb(ink))
    return Set(lettering, measured)


def _choose(
    board: Artboard, mask: NDArray[np.uint8], place: tuple[slice, slice], inks: tuple[Ink, ...]
) -> Ink:
    best, best_contrast = inks[0], 0.0
    for ink in inks:
        measured = _worst(board.pixels[place], mask, board.rgb(ink))
        if measured >= _TARGET:
            return ink
        if measured > best_contrast:
            best, best_contrast = ink, measured
    return best


def _worst(behind: NDArray[np.uint8], mask: NDArray[np.uint8], colour: Rgb) -> float:
    """Contrast that all but the worst fiftieth of the pixels behind the glyphs reach."""
    # Of hairlines no pixel is covered by more than a part.
    pixels = behind[mask > min(96, int(mask.max()) // 2)][::3]
    return float(np.percentile(contrast(pixels, np.array(colour)), 2))


def _scrim(board: Artboard, mask: NDArray[np.uint8], place: tuple[int, int], ink: Ink) -> None:
    """A soft cloud of the opposite colour behind the words, just as strong as it must be."""
    x, y = (value / board.side for value in place)
    tall, wide = (value / board.side for value in mask.shape)
    pad = 0.035
    box = np.array(
        [
            [x - pad, y - pad],
            [x + wide + pad, y - pad],
            [x + wide + pad, y + tall + pad],
            [x - pad, y + tall + pad],
        ]
    )
    light = sum(board.rgb(ink)) > 3 * 128
    cloud = board.stencil([box], blur=0.035)
    colour = board.rgb("ground") if light else board.rgb("paper")
    before = board.pixels.copy()
    rows, columns = (slice(place[1], place[1] + mask.shape[0]), slice(place[0], place[0] + mask.shape[1]))
    for strength in (0.35, 0.5, 0.65, 0.8, 0.92, 1.0):
        board.pixels[:] = before
        board.lay(colour, cloud, strength)
        if _worst(board.pixels[rows, columns], mask, board.rgb(ink)) >= _TARGET:
            return


def _ink(behind: NDArray[np.uint8], mask: NDArray[np.uint8], colour: Rgb) -> None:
    cover = mask[..., None].astype(np.float32) / 255
    behind[:] = np.rint(behind * (1 - cover) + np.array(colour, dtype=np.float32) * cover).astype(np.uint8)
