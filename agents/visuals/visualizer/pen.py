"""Anti-aliased drawing on an ink plane (uint8, full resolution) with fractions of a pixel."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.uint8]
Points = NDArray[np.floating]
_SHIFT = 4
_LUMA = 0.83
"""Luma of a full tone: lines of paper's white would outshine the light that they shed."""
_MANY_POINTS = 20
"""From here on a thick line is drawn as strands: OpenCV puts a round joint at each point of one."""
_APART_PX = 1.2
"""Most between two strands: each is seen for a good pixel."""
_CORNERS = np.stack([np.cos(np.arange(12) * np.pi / 6), np.sin(np.arange(12) * np.pi / 6)], axis=1)
"""Of a small disc; OpenCV's own circle has more of them, and costs half as much again."""


def polyline(ink: Ink, points: Points, tone: float, width_px: float, *, closed: bool = False) -> None:
    """A line through (n, 2) x, y points; `tone` 0–255; widths below a pixel become fainter instead."""
    polylines(ink, points[None], tone, width_px, closed=closed)


def polylines(
    ink: Ink, lines: Iterable[Points], tone: float, width_px: float, *, closed: bool = False
) -> None:
    """Several lines of one tone and width."""
    shade = int(_LUMA * min(255, tone) * min(1.0, max(width_px, 0.3)))
    if shade <= 0:
        return
    thickness = max(1, round(width_px))
    if isinstance(lines, np.ndarray) and (thickness == 1 or lines.shape[1] < _MANY_POINTS):
        cv2.polylines(ink, list(_fix(lines)), closed, shade, thickness, cv2.LINE_AA, _SHIFT)
    elif thickness == 1:
        cv2.polylines(ink, [_fix(points) for points in lines], closed, shade, 1, cv2.LINE_AA, _SHIFT)
    else:
        strands = [line for points in lines for line in _strands(points, width_px, closed=closed)]
        cv2.polylines(ink, strands, closed, shade, 1, cv2.LINE_AA, _SHIFT)


def _strands(points: Points, width_px: float, *, closed: bool) -> NDArray[np.int32]:
    """Lines side by side that together are as wide, ready to be drawn: (strands, n, 2)."""
    before, after = np.empty_like(points), np.empty_like(points)
    before[1:], after[:-1] = points[:-1], points[1:]
    before[0], after[-1] = (points[-1], points[0]) if closed else (points[0], points[-1])
    along = after - before
    normal = along[:, ::-1] * (-1, 1) / (np.hypot(along[:, 0], along[:, 1])[:, None] + 1e-9)
    gaps = int(np.ceil(width_px / _APART_PX))
    offsets = (np.arange(gaps + 1) / gaps - 0.5) * width_px
    return _fix(points + offsets[:, None, None] * normal)


def polygon(ink: Ink, points: Points, tone: float) -> None:
    """A filled shape; its edge is smooth only where a line is drawn along it."""
    cv2.fillPoly(ink, [_fix(points)], int(_LUMA * min(255, max(0, tone))), cv2.LINE_8, _SHIFT)


def dot(ink: Ink, x: float, y: float, radius_px: float, tone: float, width_px: float = -1) -> None:
    """A disc, or with a width a circle; discs below a pixel become fainter instead."""
    shade = int(_LUMA * min(255, max(0, tone)) * min(1.0, max(radius_px, 0.2)))
    if shade <= 0 or abs(x) > 30_000 or abs(y) > 30_000 or radius_px > 30_000:
        return
    scale = 1 << _SHIFT
    centre = (int(x * scale), int(y * scale))
    thickness = -1 if width_px < 0 else max(1, round(width_px))
    cv2.circle(ink, centre, max(scale // 2, int(radius_px * scale)), shade, thickness, cv2.LINE_AA, _SHIFT)


def dots(ink: Ink, places: Points, radii_px: NDArray[np.floating], tones: NDArray[np.floating]) -> None:
    """Many small discs at (n, 2) places at once: all but the drawing itself is done for all together."""
    shades = (_LUMA * np.clip(tones, 0, 255) * np.clip(radii_px, 0.2, 1.0)).astype(int)
    rims = _fix(places[:, None] + np.maximum(radii_px, 0.5)[:, None, None] * _CORNERS)
    for rim, shade in zip(rims, shades.tolist(), strict=True):
        if shade > 0:
            cv2.fillConvexPoly(ink, rim, shade, cv2.LINE_AA, _SHIFT)


def around(centre: tuple[float, float], radii: NDArray[np.floating] | float, angles: Points) -> Points:
    """Points at `radii` and `angles` (radians, clockwise on screen) about a centre: (n, 2)."""
    return np.stack([centre[0] + radii * np.cos(angles), centre[1] + radii * np.sin(angles)], axis=1)


def _fix(points: Points) -> NDArray[np.int32]:
    # Two plain ufuncs: np.clip takes five times as long for so few points.
    return np.rint(np.minimum(np.maximum(points, -30_000), 30_000) * (1 << _SHIFT)).astype(np.int32)
