"""Poster: nothing but the title, edge to edge, rising out of its own shadows."""

import cv2
import numpy as np

from agents.visuals.colour import Rgb
from agents.visuals.cover.artboard import Artboard, Ink, Pixels
from agents.visuals.cover.type_area import CAPITALS, SAFE, Layout, TypeArea
from agents.visuals.lettering import capitals, set_block
from agents.visuals.typefaces import display_face

BOX = (SAFE, 0.42, 1 - SAFE, 0.865)
SIZE, LINES, LEADING = 0.46, 4, 0.92
ROWS = 24
"""At most: what rises out of a low title, more rows would only make a texture of."""
LOWEST = 0.02
"""Share of the side under which a title has nothing that could rise out of it."""


def paint(board: Artboard, family: str) -> Layout:
    back: Ink = "ground" if board.is_dark else ("glow" if board.stream.random() < 0.6 else "paper")
    inks: tuple[Ink, ...] = ("paper", "glow") if board.is_dark else ("ground", "deep")
    board.fill(board.rgb(back))
    left, top, right, bottom = (round(share * board.side) for share in BOX)
    block = set_block(
        capitals(board.title),
        display_face(family),
        width_px=right - left,
        height_px=bottom - top,
        size_px=round(SIZE * board.side),
        max_lines=LINES,
        leading=LEADING,
        align="left",
        least_caps_px=CAPITALS * board.side,
    )
    if block.mask.any():
        _rise(board, block.mask, back, may_overlap=len(block.lines) == 1)
    else:  # no typeface has the title: the artist's sign stands for it, or there would be an empty board
        sign = _sign(board)
        _rise(board, sign, back, may_overlap=False)
        _stamp(board, board.rgb(inks[0]), sign, left, bottom - len(sign))
    board.grain(2.4)
    return Layout(
        title=TypeArea(BOX, SIZE, "left", "bottom", lines=LINES, leading=LEADING, upper=True, inks=inks),
        artist=TypeArea((SAFE, 0.89, 1 - SAFE, 1 - SAFE), 0.040, "left", "bottom", lines=1, inks=inks),
    )


def _sign(board: Artboard) -> Pixels:
    """The emblem as a mask, cut to its ink."""
    mask = board.stencil(board.emblem_at(0.5, 0.5, 0.21))
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _rise(board: Artboard, letters: Pixels, back: Ink, *, may_overlap: bool) -> None:
    """Copies of the set title above it, row over row, each nearer to the ground's colour, up off the board.

    Where they overlap, a title of several lines would lie over itself and be a texture of half letters.
    """
    side = board.side
    left, bottom = round(BOX[0] * side), round(BOX[3] * side)
    tall = len(letters)
    if tall < LOWEST * side:
        return
    rows = min(ROWS, int(bottom / tall) + 1)
    style = int(board.stream.integers(3)) if may_overlap and tall < 0.3 * letters.shape[1] else 1
    first: Ink = "body" if board.stream.random() < 0.7 else "accent"
    grow = max(2, round(side * 0.006))
    margin = _thick(letters, grow)
    for row in range(rows, 0, -1):
        # Overlapping rows read as a fan, separate rows as a column, and slanted rows as a flag.
        rise = round(tall * (0.34, 1.08, 0.62)[style]) * row
        x, y = left + round(side * (0.0, 0.0, 0.035)[style]) * row, bottom - tall - rise
        colour = board.blend(first, back, min(0.94, 0.08 + 0.86 * row / (rows + 1)))
        _stamp(board, board.rgb(back), margin, x - grow, y - grow)
        _stamp(board, colour, letters, x, y)
    _stamp(board, board.rgb(back), margin, left - grow, bottom - tall - grow)


def _thick(letters: Pixels, grow: int) -> Pixels:
    """The letters with a margin around them, so that rows stay apart."""
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1))
    return np.asarray(cv2.dilate(np.pad(letters, grow), pen), dtype=np.uint8)


def _stamp(board: Artboard, colour: Rgb, mask: Pixels, x: int, y: int) -> None:
    """The colour through a mask whose corner is at (x, y), as much of it as is on the board.

    Rows are many and low: each laid over the whole board, a low title took twenty seconds.
    """
    area = board.pixels[max(0, y) : max(0, y + mask.shape[0]), max(0, x) : max(0, x + mask.shape[1])]
    if not area.size:
        return
    shown = mask[max(0, -y) :, max(0, -x) :][: area.shape[0], : area.shape[1]]
    cover = cv2.merge([shown, shown, shown])
    over = cv2.multiply(np.full_like(area, colour), cover, scale=1 / 255)
    area[:] = cv2.add(over, cv2.multiply(area, cv2.bitwise_not(cover), scale=1 / 255))
