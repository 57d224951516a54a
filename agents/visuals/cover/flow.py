"""Flow: some two thousand strokes that follow one wind, parted by the emblem."""

import numpy as np

from agents.visuals.cover.artboard import Artboard, Ink
from agents.visuals.cover.type_area import SAFE, Layout, TypeArea

STROKES, STEPS = 2200, 70


def paint(board: Artboard) -> Layout:
    back: Ink = "ground" if board.is_dark else "paper"
    board.fill(board.rgb(back))
    angle, shade = _wind(board)
    table = board.table(
        ("deep", "body", "glow", "accent") if board.is_dark else ("glow", "accent", "body", "deep")
    )
    place = board.stream.uniform([-0.05, -0.05], [1.05, 0.74], (STROKES, 2))
    path = np.empty((STEPS, STROKES, 2))
    for step in range(STEPS):
        path[step] = place
        here = np.clip((place * len(angle)).astype(int), 0, len(angle) - 1)
        heading = angle[here[:, 1], here[:, 0]]
        place = place + 0.0042 * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    start = np.clip((path[0] * len(shade)).astype(int), 0, len(shade) - 1)
    hues = np.clip(shade[start[:, 1], start[:, 0]] + board.stream.normal(0, 0.10, STROKES), 0, 1)
    widths = board.stream.choice([0.0011, 0.0019, 0.0032, 0.0052], STROKES, p=[0.4, 0.3, 0.2, 0.1])
    lengths = board.stream.integers(STEPS // 3, STEPS, STROKES)
    for stroke in range(STROKES):
        red, green, blue = (int(value) for value in table[int(hues[stroke] * 255)])
        board.line(path[: lengths[stroke], stroke], (red, green, blue), float(widths[stroke]))
    _, y = board.soft_grid()
    calm = np.repeat(np.clip((y - 0.62) / 0.16, 0, 1), y.shape[0], axis=1)
    board.lay(board.rgb(back), (board.colour_by(calm, _grey())[..., 0]))
    emblem = board.emblem_at(0.5, 0.36, 0.115)
    for outline in emblem:  # what the emblem leaves open is one calm colour, not a whirl of stroke ends
        board.polygon(outline, board.rgb("body"))
    board.polygons(emblem, board.rgb(back))
    board.grain(2.0)
    inks: tuple[Ink, ...] = ("paper", "glow") if board.is_dark else ("ground", "deep")
    return Layout(
        title=TypeArea(
            (SAFE, 0.725, 1 - SAFE, 0.875), 0.105, "left", "bottom", lines=2, leading=1.0, inks=inks
        ),
        artist=TypeArea((SAFE, 0.889, 1 - SAFE, 1 - SAFE), 0.038, "left", "bottom", lines=1, inks=inks),
    )


def _wind(board: Artboard) -> tuple[np.ndarray, np.ndarray]:
    """Heading in radians and shade 0–1 over the board; the wind parts around the emblem."""
    bend = board.soft(2, "wind", octaves=2, fall=0.4)
    turn = float(board.stream.uniform(0, 2 * np.pi))
    x, y = board.soft_grid()
    heading = turn + (bend - 0.5) * (2.2 + 2.6 * board.energy) * np.pi
    out_x, out_y = x - 0.5, y - 0.36
    near = np.exp(-((np.hypot(out_x, out_y) / 0.24) ** 4))
    aside = np.arctan2(out_y, out_x) + np.pi / 2
    heading = np.arctan2(
        np.sin(heading) * (1 - near) + np.sin(aside) * near,
        np.cos(heading) * (1 - near) + np.cos(aside) * near,
    )
    return heading, np.clip(board.soft(2, "shade", octaves=2) * 1.2 - 0.1, 0, 1)


def _grey() -> np.ndarray:
    return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
