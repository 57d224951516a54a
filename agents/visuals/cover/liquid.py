"""Liquid: folded marble with the light of a low lamp, and the emblem cut out of a second pour."""

import cv2
import numpy as np

from agents.visuals.cover.artboard import Artboard, Pixels, Scalar
from agents.visuals.cover.type_area import SAFE, Layout, TypeArea


def paint(board: Artboard) -> Layout:
    tone, light = _pour(board)
    table = board.table(("ground", "deep", "body", "glow", "paper"), (0, 0.34, 0.62, 0.84, 1.0))
    board.pixels[:] = _lit(board, tone, light, table)
    _set_emblem(board, tone, light, table)
    shade = np.linspace(0, 1, board.side, dtype=np.float32)[:, None]
    fall = np.repeat((np.clip((shade - 0.56) / 0.36, 0, 1) ** 1.2 * 235).astype(np.uint8), board.side, axis=1)
    board.lay(board.rgb("ground"), fall)
    board.grain(3.0)
    return Layout(
        title=TypeArea((SAFE, 0.65, 1 - SAFE, 0.872), 0.17, "centre", lines=2, upper=True),
        artist=TypeArea(
            (SAFE, 0.889, 1 - SAFE, 1 - SAFE),
            0.036,
            "centre",
            lines=1,
            tracking_em=0.34,
            upper=True,
            inks=("glow", "paper"),
        ),
    )


def _pour(board: Artboard) -> tuple[Scalar, Scalar]:
    """Tone 0–1 and light −1–1 of a surface folded by noise."""
    first, second = board.soft(2, "fold x"), board.soft(2, "fold y")
    side = first.shape[0]
    reach = side * float(board.stream.uniform(0.22, 0.42))
    x, y = board.soft_grid()
    folded = cv2.remap(
        board.soft(2, "body", octaves=4),
        np.broadcast_to(x * side, first.shape) + (first - 0.5) * reach * 2,
        np.broadcast_to(y * side, first.shape) + (second - 0.5) * reach * 2,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    veins = np.sin(folded * np.float32(board.stream.uniform(7, 13) * np.pi) + first * 4) * 0.5 + 0.5
    tone = np.clip(folded * 0.80 + veins**3 * 0.26 - 0.04, 0, 1)
    relief = cv2.GaussianBlur(tone, (0, 0), side * 0.0035)
    slope = cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=5) * 0.7 + cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=5)
    light = np.clip(slope * (side / 1500) * 1.1, -1, 1)
    return tone.astype(np.float32), light.astype(np.float32)


def _lit(board: Artboard, tone: Scalar, light: Scalar, table: Pixels) -> Pixels:
    """Colour, then shadow and highlight by the slope; all at full size."""
    colour = board.colour_by(tone, table)
    slope = cv2.resize(light, (board.side, board.side), interpolation=cv2.INTER_LINEAR)
    gain = cv2.convertScaleAbs(1 + 0.40 * slope, alpha=128)
    return np.asarray(cv2.multiply(colour, cv2.merge([gain, gain, gain]), scale=1 / 128), dtype=np.uint8)


def _set_emblem(board: Artboard, tone: Scalar, light: Scalar, table: Pixels) -> None:
    outlines = board.emblem_at(0.5, 0.37, 0.235)
    board.lay(
        (0, 0, 0), board.stencil([outline + np.array([0, 0.012]) for outline in outlines], blur=0.018), 0.55
    )
    turned = tone[::-1, ::-1]
    inside = turned * 0.36 if float(tone.mean()) > 0.42 else 0.52 + turned**1.6 * 0.46
    board.lay(_lit(board, inside, light[::-1, ::-1], table), board.stencil(outlines))
