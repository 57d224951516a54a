"""Poster: nothing but the title, edge to edge, rising out of its own shadows."""

import cv2
import numpy as np

from agents.visuals.cover.artboard import Artboard, Ink
from agents.visuals.cover.type_area import SAFE, Layout, TypeArea
from agents.visuals.lettering import capitals, set_block
from agents.visuals.typefaces import display_face

BOX = (SAFE, 0.42, 1 - SAFE, 0.865)
SIZE, LINES, LEADING = 0.46, 4, 0.92


def paint(board: Artboard, family: str) -> Layout:
    back: Ink = "ground" if board.is_dark else ("glow" if board.stream.random() < 0.6 else "paper")
    board.fill(board.rgb(back))
    _rise(board, family, back)
    board.grain(2.4)
    inks: tuple[Ink, ...] = ("paper", "glow") if board.is_dark else ("ground", "deep")
    return Layout(
        title=TypeArea(BOX, SIZE, "left", "bottom", lines=LINES, leading=LEADING, upper=True, inks=inks),
        artist=TypeArea((SAFE, 0.89, 1 - SAFE, 1 - SAFE), 0.036, "left", "bottom", lines=1, inks=inks),
    )


def _rise(board: Artboard, family: str, back: Ink) -> None:
    """Copies of the set title above it, row over row, each nearer to the ground's colour, up off the board."""
    side = board.side
    left, top, right, bottom = (round(share * side) for share in BOX)
    letters = set_block(
        capitals(board.title),
        display_face(family),
        width_px=right - left,
        height_px=bottom - top,
        size_px=round(SIZE * side),
        max_lines=LINES,
        leading=LEADING,
        align="left",
    ).mask
    tall, wide = letters.shape
    rows = int(bottom / tall) + 1
    style = int(board.stream.integers(3)) if tall < 0.3 * wide else 1
    first: Ink = "body" if board.stream.random() < 0.7 else "accent"
    for row in range(rows, 0, -1):
        # Overlapping rows read as a fan, separate rows as a column, and slanted rows as a flag.
        rise = round(tall * (0.34, 1.08, 0.62)[style]) * row
        slant = round(side * (0.0, 0.0, 0.035)[style]) * row
        mask = np.zeros((side, side), dtype=np.uint8)
        y0, y1 = max(0, bottom - tall - rise), max(0, bottom - rise)
        if y1 > y0:
            mask[y0:y1, left : left + wide] = letters[tall - (y1 - y0) :]
        colour = board.blend(first, back, min(0.94, 0.08 + 0.86 * row / (rows + 1)))
        mask[:, slant:] = mask[:, : side - slant].copy()
        mask[:, :slant] = 0
        board.lay(board.rgb(back), _thick(mask, board))
        board.lay(colour, mask)
    mask = np.zeros((side, side), dtype=np.uint8)
    mask[bottom - tall : bottom, left : left + wide] = letters
    board.lay(board.rgb(back), _thick(mask, board))


def _thick(mask: np.ndarray, board: Artboard) -> np.ndarray:
    """The letters with a margin around them, so that rows stay apart."""
    grow = max(2, round(board.side * 0.006))
    return cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1)))
