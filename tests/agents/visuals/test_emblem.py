"""Emblems drawn as a line: closed outlines that never cross themselves, smooth on the largest cover."""

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.visuals.emblem import emblem_outlines
from agents.visuals.identity import EMBLEMS

LARGEST_RADIUS_PX = 0.27 * 3000
ROUND = ("disc", "eye", "crescent", "petals")


@pytest.mark.parametrize("name", EMBLEMS)
def test_no_outline_crosses_itself(name: str):
    for outline in emblem_outlines(name):
        assert not crossings(outline)


@pytest.mark.parametrize("name", ROUND)
def test_round_outlines_show_no_corners_on_the_largest_cover(name: str):
    for outline in emblem_outlines(name):
        sides = np.diff(outline, axis=0)
        headings = np.unwrap(np.arctan2(sides[:, 1], sides[:, 0]))
        turns = np.abs(np.diff(headings))
        length_px = np.linalg.norm(sides, axis=1)[1:] * LARGEST_RADIUS_PX
        # How far a drawn side leaves the curve it stands for; true points, such as horns, turn by more.
        bulge_px = (length_px * np.tan(turns / 4))[turns < np.pi / 4]
        assert np.quantile(bulge_px, 0.95) < 0.5


def test_the_horns_of_the_crescent_are_the_ends_of_both_arcs():
    (outline,) = emblem_outlines("crescent")
    tips = outline[np.argsort(outline[:, 0])[-2:]]
    assert np.allclose(np.linalg.norm(tips, axis=1), 1)
    assert np.allclose(np.linalg.norm(tips - [0.34, 0], axis=1), 0.86)


def crossings(outline: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pairs of sides that cross in their insides; neighbours and touching ends do not count."""
    start, end = outline, np.roll(outline, -1, axis=0)
    first = np.sign(side_of(start[:, None], end[:, None], start[None])) * np.sign(
        side_of(start[:, None], end[:, None], end[None])
    )
    found = np.argwhere((first < 0) & (first.T < 0))
    return [(int(one), int(other)) for one, other in found if one < other]


def side_of(
    start: NDArray[np.float64], end: NDArray[np.float64], point: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Twice the area of the triangle, rounded so that a touch is 0."""
    along, aside = end - start, point - start
    return np.round(along[..., 0] * aside[..., 1] - along[..., 1] * aside[..., 0], 9)
