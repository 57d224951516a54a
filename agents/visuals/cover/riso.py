"""Risograph: three spot inks through coarse screens, never quite in register, on tinted paper."""

import cv2
import numpy as np

from agents.visuals.colour import Rgb
from agents.visuals.cover.artboard import Artboard, Ink, Pixels
from agents.visuals.cover.type_area import SAFE, Layout, TypeArea

SCREEN = 1 / 130
"""Pitch of the halftone as a share of the side."""


def paint(board: Artboard) -> Layout:
    board.fill(board.rgb("paper"))
    x, y = board.soft_grid()
    flip = board.stream.random() < 0.5
    slope = np.clip((y - 0.05) / 0.75, 0, 1) * np.ones_like(x)
    tones = (
        np.clip(slope if flip else 0.85 - slope, 0, 1),
        np.clip(1.05 - np.hypot(x - 0.5, y - 0.45) * 1.7, 0, 1),
    )
    big = float(board.stream.uniform(0.225, 0.285))
    centre = (float(board.stream.uniform(0.42, 0.58)), 0.365)
    # Which ink prints which form is the song's: with the same plates, two covers of an artist were as good as one.
    inks: list[Ink] = ["glow", "body", "accent"]
    one, two, three = (board.rgb(inks[i]) for i in board.stream.permutation(3))
    first = board.stencil(board.emblem_at(*centre, big))
    other = board.stencil(_pair(board, centre, big))
    _print(board, one, cut(first, halftone(board, tones[0] * 0.9 + 0.1, 22)))
    _print(board, two, _slip(board, cut(other, halftone(board, tones[1], 52))))
    _print(board, three, _slip(board, cut(first, halftone(board, tones[0][::-1] * 0.55, 78))))
    _print(board, board.rgb("deep"), _slip(board, board.stencil(_rules(board))))
    board.grain(2.4)
    return Layout(
        title=TypeArea(
            (SAFE, 0.725, 1 - SAFE, 0.875),
            0.12,
            "left",
            "bottom",
            lines=2,
            leading=0.98,
            inks=("ground", "deep"),
        ),
        artist=TypeArea((SAFE, 0.889, 1 - SAFE, 1 - SAFE), 0.038, lines=1, inks=("ground", "deep")),
    )


def halftone(board: Artboard, tone: np.ndarray, angle_deg: float) -> Pixels:
    """Dots whose size is the tone 0–1: uint8 (side, side), turned by the angle."""
    at = np.arange(board.side, dtype=np.float32) * np.float32(2 * np.pi / (SCREEN * board.side))
    cos, sin = np.float32(np.cos(np.deg2rad(angle_deg))), np.float32(np.sin(np.deg2rad(angle_deg)))
    # cos(a+b) by sums of outer products: two waves over nine million pixels without nine million cosines.
    across = np.outer(np.cos(sin * at), np.cos(cos * at)) - np.outer(np.sin(sin * at), np.sin(cos * at))
    down = np.outer(np.cos(cos * at), np.cos(sin * at)) + np.outer(np.sin(cos * at), np.sin(sin * at))
    across += down
    full = cv2.resize(tone.astype(np.float32), (board.side, board.side), interpolation=cv2.INTER_LINEAR)
    across *= 0.25
    across += full
    return np.asarray(cv2.convertScaleAbs(np.clip((across - 0.5) * 9 + 0.5, 0, 1), alpha=255), dtype=np.uint8)


def cut(shape: Pixels, screen: Pixels) -> Pixels:
    """The screen inside a shape."""
    return np.asarray(cv2.multiply(shape, screen, scale=1 / 255), dtype=np.uint8)


def _print(board: Artboard, ink: Rgb, cover: Pixels) -> None:
    """One pass: ink darkens what lies under it, as ink does."""
    share = np.arange(256, dtype=np.float32)[:, None] / 255
    table = np.rint(255 - share * (255 - np.array(ink, dtype=np.float32))).astype(np.uint8)
    cv2.multiply(board.pixels, np.take(table, cover, axis=0), dst=board.pixels, scale=1 / 255)


def _slip(board: Artboard, cover: Pixels) -> Pixels:
    """The plate a little out of register."""
    dx, dy = (int(value) for value in np.rint(board.stream.normal(0, 0.0035, 2) * board.side))
    return np.roll(cover, (dy, dx), axis=(0, 1))


def _pair(board: Artboard, centre: tuple[float, float], radius: float) -> list[np.ndarray]:
    """A second form that overlaps the emblem: a ring of discs, bars across it, or a whole or half disc beside it."""
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    unit = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    form = int(board.stream.integers(4))
    side = float(board.stream.choice([-1, 1]))
    if form == 0:
        return [
            unit * radius * 0.86 + np.array([centre[0] + side * radius * 0.55, centre[1] - radius * 0.18])
        ]
    if form == 1:
        half = unit[:91] * np.array([1, side])
        return [half * radius * 1.15 + np.array([centre[0], centre[1] - side * radius * 0.3])]
    if form == 2:
        bar = np.array([[-1.1, -0.09], [1.1, -0.09], [1.1, 0.09], [-1.1, 0.09]]) * radius
        return [bar + np.array([centre[0], centre[1] + k * radius * 0.38]) for k in (-2, -1, 0, 1, 2)]
    turns = np.linspace(0, 2 * np.pi, 6, endpoint=False)
    return [
        unit * radius * 0.26 + np.array(centre) + radius * 0.86 * np.array([np.cos(t), np.sin(t)])
        for t in turns
    ]


def _rules(board: Artboard) -> list[np.ndarray]:
    """Thin rules that tie the picture to the type."""
    y = float(board.stream.uniform(0.675, 0.685))
    return [
        np.array(
            [
                [SAFE, y + k * 0.010],
                [1 - SAFE, y + k * 0.010],
                [1 - SAFE, y + k * 0.010 + w],
                [SAFE, y + k * 0.010 + w],
            ]
        )
        for k, w in ((0, 0.0045), (1, 0.0015))
    ]
