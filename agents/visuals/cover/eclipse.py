"""Eclipse: a dark disc, its corona, and fine arcs around it."""

import cv2
import numpy as np

from agents.visuals.cover.artboard import Artboard
from agents.visuals.cover.type_area import SAFE, Layout, TypeArea
from agents.visuals.noise import smooth_noise
from storage.clock import sub_seed

WORDS_Y = 0.745


def paint(board: Artboard) -> Layout:
    x, y = 0.5, 0.405
    radius = float(board.stream.uniform(0.175, 0.24))
    tone = _corona(board, x, y, radius)
    board.pixels[:] = board.colour_by(
        tone, board.table(("ground", "deep", "body", "glow", "paper"), (0, 0.22, 0.50, 0.78, 1))
    )
    _arcs(board, x, y, radius)
    _stars(board)
    _moon(board, x, y, radius)
    board.grain(2.8)
    return Layout(
        title=TypeArea((SAFE, 0.76, 1 - SAFE, 0.872), 0.11, "centre", "bottom", lines=2),
        artist=TypeArea(
            (SAFE, 0.889, 1 - SAFE, 1 - SAFE),
            0.036,
            "centre",
            "bottom",
            lines=1,
            tracking_em=0.42,
            upper=True,
            inks=("glow", "paper"),
        ),
    )


def _moon(board: Artboard, x: float, y: float, radius: float) -> None:
    """Before the sun: wholly, but for a ring or a sickle, or letting the first ray pass. Each song has its moment."""
    moment = int(board.stream.integers(4))
    angle = float(board.stream.uniform(-np.pi, 0))
    night = board.blend("ground", "deep", 0.12)
    towards = np.array([np.cos(angle), np.sin(angle)])
    rim = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    circle = np.stack([np.cos(rim), np.sin(rim)], axis=1)
    bead = np.array([x, y]) + radius * towards
    if moment == 2:
        board.lay(board.rgb("paper"), board.stencil([circle * 0.06 + bead], blur=0.03))
    if moment == 0:
        board.disc(x, y, radius, board.rgb("paper"))
        board.disc(x - 0.025 * radius * towards[0], y - 0.025 * radius * towards[1], radius * 0.94, night)
    elif moment == 1:
        board.disc(x, y, radius, board.rgb("paper"))
        away = 0.3 * radius * towards
        board.disc(x - away[0], y - away[1], radius * 1.02, night)
    else:
        board.disc(x, y, radius * 1.004, night)
        board.line(circle * radius + np.array([x, y]), board.rgb("paper"), 0.0016, closed=True)
    if moment == 2:
        board.disc(bead[0], bead[1], 0.009, board.rgb("paper"))
        ray, thin = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]]), np.array([0.08, 0.0035])
        for spike in (ray * thin, ray * thin[::-1]):
            board.polygon(spike + bead, board.rgb("paper"))


def _corona(board: Artboard, x: float, y: float, radius: float) -> np.ndarray:
    """Light 0–1 that falls off from the rim, longer along some rays than others."""
    across, down = board.soft_grid()
    out_x, out_y = across - x, down - y
    far = np.hypot(out_x, out_y)
    angle = (np.arctan2(out_y, out_x) / (2 * np.pi) + 0.5).astype(np.float32)
    rays = smooth_noise(64, 1024, 34, sub_seed(board.seed, "rays"), octaves=4, fall=0.6)
    # The ends of the strip of rays must meet: towards them it fades into its own middle.
    ends = np.abs(np.linspace(-1, 1, 1024, dtype=np.float32))
    rays = rays * (1 - ends) + np.roll(rays, 512, axis=1) * ends
    rays = np.concatenate([rays, rays[:, :1]], axis=1)
    reach = np.clip((far - radius) * 95, 0, 63).astype(np.float32)
    ray = cv2.remap(rays, angle * 1024, reach, cv2.INTER_LINEAR)
    gap = np.maximum(far - radius, 0)
    light = np.exp(-gap * (3.6 + 9.0 * (1 - ray) ** 1.6)) * (0.62 + 0.38 * ray) + 0.55 * np.exp(-gap * 42)
    smoke = board.soft(2, "smoke", octaves=4) * 0.13
    return np.clip(light * 0.98 + smoke, 0, 1) * np.clip(1.35 - down * 0.95, 0, 1)


def _arcs(board: Artboard, x: float, y: float, radius: float) -> None:
    count = int(5 + 5 * board.energy)
    for rank in range(count):
        far = radius * (1.22 + 0.17 * rank)
        # Wide arcs stay above the words: they run over the top, from where they rise to where they set.
        rise = np.pi - np.arcsin(min(1.0, (WORDS_Y - y) / far))
        start = float(board.stream.uniform(rise, 3 * np.pi - rise - 0.5))
        length = float(board.stream.uniform(0.5, 4.2))
        angles = np.linspace(start, min(start + length, 3 * np.pi - rise), 400)
        arc = np.stack([x + far * np.cos(angles), y + far * np.sin(angles)], axis=1)
        colour = (
            board.rgb("accent" if rank % 3 == 1 else "paper")
            if rank % 2
            else board.blend("deep", "glow", 0.6)
        )
        board.line(arc, colour, 0.0009 + 0.0012 * (rank % 3 == 1))
        board.disc(float(arc[-1, 0]), float(arc[-1, 1]), 0.0035, colour)


def _stars(board: Artboard) -> None:
    for x, y, size in board.stream.uniform([0, 0, 0], [1, 0.74, 1], (140, 3)):
        board.disc(x, y, 0.0004 + 0.0012 * size**4, board.blend("deep", "paper", 0.35 + 0.6 * size))
