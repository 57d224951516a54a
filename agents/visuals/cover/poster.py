"""Poster: nothing but the title, as large as it goes, with its own echoes behind it."""

import cv2
import numpy as np

from agents.visuals.cover.artboard import Artboard, Ink
from agents.visuals.cover.type_area import SAFE, Layout, TypeArea
from agents.visuals.lettering import set_block
from agents.visuals.typefaces import display_face

ECHOES = 9


def paint(board: Artboard, family: str) -> Layout:
    back: Ink = "ground" if board.is_dark else ("glow" if board.stream.random() < 0.6 else "paper")
    board.fill(board.rgb(back))
    box = (SAFE, 0.19, 1 - SAFE, 1 - SAFE)
    _echo(board, family, box, back)
    board.grain(2.4)
    inks: tuple[Ink, ...] = ("paper", "glow") if board.is_dark else ("ground", "deep")
    return Layout(
        title=TypeArea(box, 0.46, "left", "bottom", lines=5, leading=0.94, upper=True, inks=inks),
        artist=TypeArea(
            (SAFE, SAFE, 1 - SAFE, SAFE + 0.06),
            0.042,
            "left",
            "top",
            lines=1,
            upper=True,
            tracking_em=0.04,
            inks=inks,
        ),
    )


def _echo(board: Artboard, family: str, box: tuple[float, float, float, float], back: Ink) -> None:
    """Copies of the set title behind it, farther and paler, then a gap of the ground around the title itself."""
    side = board.side
    left, top, right, bottom = (round(share * side) for share in box)
    letters = set_block(
        board.title.upper(),
        display_face(family),
        width_px=right - left,
        height_px=bottom - top,
        size_px=round(0.46 * side),
        max_lines=5,
        leading=0.94,
        align="left",
    ).mask
    tall, wide = letters.shape
    mask = np.zeros((side, side), dtype=np.uint8)
    mask[bottom - tall : bottom, left : left + wide] = letters
    lean = np.array([float(board.stream.choice([-1.0, 1.0])) * 0.45, -1.0])
    step = float(board.stream.uniform(0.016, 0.024)) * side
    inks: tuple[Ink, Ink, Ink] = (
        ("accent", "body", "deep") if back != "ground" else ("body", "deep", "accent")
    )
    edge = max(1, round(side * 0.0022))
    ring = cv2.subtract(
        cv2.dilate(mask, np.ones((2 * edge + 1, 2 * edge + 1), np.uint8)),
        cv2.erode(mask, np.ones((3, 3), np.uint8)),
    )
    for echo in range(ECHOES, 0, -1):
        dx, dy = (round(value) for value in lean * step * echo)
        move = np.array([[1, 0, dx], [0, 1, dy]], dtype=np.float32)
        shape = mask if echo % 3 == 0 else ring
        board.lay(board.rgb(inks[(echo // 3) % 3]), cv2.warpAffine(shape, move, (side, side)))
    gap = max(2, round(side * 0.005))
    board.lay(
        board.rgb(back),
        cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * gap + 1, 2 * gap + 1))),
    )
