"""Horizon: a low sun behind ranges that fade with distance."""

import numpy as np

from agents.visuals.cover.artboard import Artboard, Ink
from agents.visuals.cover.type_area import SAFE, Layout, TypeArea
from agents.visuals.noise import smooth_noise
from storage.clock import sub_seed

RANGES = 6
TITLE_BOTTOM = 0.24


def paint(board: Artboard) -> Layout:
    sky: tuple[Ink, ...] = (
        ("ground", "deep", "body", "glow") if board.is_dark else ("deep", "body", "glow", "paper")
    )
    _, y = board.soft_grid()
    haze = board.soft(2, "haze", octaves=2)
    # A light sky stays deep down to where its title ends: under a cloud behind the letters it looked soiled.
    stops = None if board.is_dark else (0.36, 0.58, 0.80, 1.0)
    tone = np.clip(y / 0.72 + (haze - 0.5) * 0.16, 0, 1)
    board.pixels[:] = board.colour_by(tone, board.table(sky, stops))
    x = float(board.stream.choice([0.5, 0.34, 0.66]))
    radius = float(board.stream.uniform(0.17, 0.25))
    sun_y = max(TITLE_BOTTOM + 0.03 + radius, 0.60 - radius * float(board.stream.uniform(0.35, 0.9)))
    _sun(board, x, sun_y, radius)
    _ranges(board)
    board.grain(3.2)
    return Layout(
        title=TypeArea(
            (SAFE, SAFE, 1 - SAFE, sun_y - radius - 0.03),
            0.15,
            "centre",
            "top",
            lines=2,
            leading=1.0,
        ),
        artist=TypeArea(
            (SAFE, 0.889, 1 - SAFE, 1 - SAFE), 0.038, "centre", lines=1, tracking_em=0.36, upper=True
        ),
    )


def _sun(board: Artboard, x: float, y: float, radius: float) -> None:
    """A glow around it, a gradient in it and, for restless moods, slits across it."""
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    disc = np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)
    board.lay(board.rgb("glow"), board.stencil([disc], blur=radius * 0.42), 0.62)
    _, rows = board.soft_grid()
    down = np.repeat(np.clip((rows - y + radius) / (2 * radius), 0, 1), rows.shape[0], axis=1)
    fill = board.colour_by(down, board.table(("paper", "glow", "accent" if board.is_dark else "body")))
    mask = board.stencil([disc])
    if board.energy > 0.5:
        top = y
        for slit in range(7):
            tall = radius * (0.018 + 0.014 * slit)
            first = round((top + radius * (0.02 + 0.145 * slit)) * board.side)
            mask[first : first + round(tall * board.side)] = 0
    board.lay(fill, mask)


def _ranges(board: Artboard) -> None:
    """Ridges from the far haze to the near dark, each rougher and lower than the last."""
    across = np.linspace(-0.02, 1.02, 900)
    for rank in range(RANGES):
        near = (rank + 1) / RANGES
        noise = smooth_noise(4, 900, 3 + 2 * rank, sub_seed(board.seed, "range", rank), octaves=5, fall=0.48)[
            1
        ]
        crest = 0.575 + 0.30 * near**1.25 - (0.05 + 0.10 * near) * noise
        outline = np.concatenate([np.stack([across, crest], axis=1), [[1.02, 1.05], [-0.02, 1.05]]])
        colour = (
            board.blend("body", "deep", min(1.0, near * 1.7))
            if near < 0.55
            else board.blend("deep", "ground", (near - 0.5) * 2)
        )
        board.polygon(outline, colour)
        if rank < RANGES - 2:
            mist = np.array(
                [
                    [-0.02, crest.max()],
                    [1.02, crest.max()],
                    [1.02, crest.max() + 0.05],
                    [-0.02, crest.max() + 0.05],
                ]
            )
            board.lay(board.rgb("glow"), board.stencil([mist], blur=0.03), 0.16)
