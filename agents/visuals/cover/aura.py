"""Aura: soft light of several colours, grain, and one fine line."""

import cv2
import numpy as np

from agents.visuals.colour import ramp
from agents.visuals.cover.artboard import Artboard, Ink
from agents.visuals.cover.type_area import SAFE, Layout, TypeArea

BLOBS = 7


def paint(board: Artboard) -> Layout:
    inks: tuple[Ink, ...] = (
        ("ground", "deep", "body", "accent", "glow")
        if board.is_dark
        else ("paper", "glow", "body", "accent", "deep")
    )
    side = 240
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    bend = cv2.resize(board.soft(2, "bend", octaves=2), (side, side)) - 0.5
    # Where the words stand the ground colour rules, so that they need no scrim.
    calm_y = y + 0.18 * bend
    low, high = np.clip((calm_y - 0.62) / 0.3, 0, 1), np.clip((0.26 - calm_y) / 0.26, 0, 1)
    weights = (0.22 + 3.2 * low**2 + 3.2 * high**1.5).astype(np.float32)
    base = ramp([board.oklch(inks[0])], 2)[0].astype(np.float32)
    total = weights[..., None] * base
    for blob in range(BLOBS):
        centre = board.stream.uniform([0.05, 0.0], [0.95, 0.85])
        size = float(board.stream.uniform(0.16, 0.36))
        far2 = (x - centre[0] + 0.34 * bend) ** 2 + (y - centre[1] - 0.28 * bend) ** 2
        weight = np.exp(-far2 / size**2) * (1.6 if blob < 2 else 1.0)
        total += weight[..., None] * np.array(board.rgb(inks[1 + blob % (len(inks) - 1)]), dtype=np.float32)
        weights += weight
    blend = np.rint(total / weights[..., None]).astype(np.uint8)
    board.pixels[:] = cv2.resize(blend, (board.side, board.side), interpolation=cv2.INTER_CUBIC)
    line: Ink = "paper" if board.is_dark else "ground"
    for outline in board.emblem_at(0.5, 0.45, 0.27):
        board.line(outline, board.rgb(line), 0.0022, closed=True)
    board.grain(7.0)
    strong: tuple[Ink, ...] = ("paper", "ground") if board.is_dark else ("ground", "paper")
    return Layout(
        title=TypeArea((SAFE, 0.80, 0.72, 1 - SAFE), 0.085, "left", "bottom", lines=2, inks=strong),
        artist=TypeArea((SAFE, SAFE, 0.9, SAFE + 0.045), 0.038, "left", "top", lines=1, inks=strong),
    )
