"""The artist's sign: ten simple marks, as closed outlines around (0, 0) within a unit circle."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Outline = NDArray[np.float64]
"""x, y points (n, 2); y points down."""


def emblem_outlines(name: str) -> list[Outline]:
    """The outlines of an emblem; where they overlap, even-odd filling cuts holes."""
    return _MARKS.get(name, _disc)()


def _arc(
    start_deg: float, end_deg: float, radius: float = 1.0, centre: tuple[float, float] = (0, 0)
) -> Outline:
    # A point a degree: coarser, and the corners can be seen on a cover of 3000 px.
    angles = np.deg2rad(np.linspace(start_deg, end_deg, int(abs(end_deg - start_deg)) + 1))
    return np.stack([centre[0] + radius * np.cos(angles), centre[1] + radius * np.sin(angles)], axis=1)


def _box(left: float, top: float, right: float, bottom: float) -> Outline:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _disc() -> list[Outline]:
    return [_arc(0, 360)]


def _arch() -> list[Outline]:
    foot = np.array([[0.72, 1.0], [-0.72, 1.0]])
    return [np.concatenate([_arc(180, 360, 0.72, (0, -0.28)), foot])]


def _bars() -> list[Outline]:
    heights = (0.42, 0.78, 1.0, 0.60, 0.86, 0.36)
    return [_box(-0.9 + 0.31 * i, -tall, -0.9 + 0.31 * i + 0.22, tall) for i, tall in enumerate(heights)]


def _star() -> list[Outline]:
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    radii = np.where(np.arange(16) % 2 == 0, 1.0, 0.40)
    return [np.stack([radii * np.sin(angles), -radii * np.cos(angles)], axis=1)]


def _hexagon() -> list[Outline]:
    corners = np.deg2rad(np.arange(-90, 270, 60))
    return [np.stack([np.cos(corners), np.sin(corners)], axis=1), _arc(0, 360, 0.42)]


def _diamond() -> list[Outline]:
    outer = np.array([[0, -1.0], [0.76, 0], [0, 1.0], [-0.76, 0]])
    return [outer, outer * 0.52]


def _eye() -> list[Outline]:
    lid = _arc(210, 330, 1.16, (0, 0.58))
    return [np.concatenate([lid, -lid]), _arc(0, 360, 0.34)]


def _crescent() -> list[Outline]:
    inner, apart = 0.86, 0.34
    # The tips are where the two circles meet: at any other angle the outline would cross itself there.
    tip_x = (1 - inner**2 + apart**2) / (2 * apart)
    outer_deg = float(np.rad2deg(np.arccos(tip_x)))
    inner_deg = float(np.rad2deg(np.arccos((tip_x - apart) / inner)))
    horns = _arc(360 - inner_deg, inner_deg, inner, (apart, 0))
    return [np.concatenate([_arc(outer_deg, 360 - outer_deg), horns[1:-1]])]


def _petals() -> list[Outline]:
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    radii = 0.34 + 0.66 * np.abs(np.sin(angles * 3)) ** 0.7
    return [np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1), _arc(0, 360, 0.16)]


def _steps() -> list[Outline]:
    stairs = [[-0.85, 0.85]]
    for step in range(4):
        left, top = -0.85 + step * 0.425, 0.85 - (step + 1) * 0.425
        stairs += [[left, top], [left + 0.425, top]]
    return [np.array([*stairs, [0.85, 0.85]])]


_MARKS: dict[str, Callable[[], list[Outline]]] = {
    "disc": _disc,
    "arch": _arch,
    "bars": _bars,
    "star": _star,
    "hexagon": _hexagon,
    "diamond": _diamond,
    "eye": _eye,
    "crescent": _crescent,
    "petals": _petals,
    "steps": _steps,
}
