"""Anti-aliased drawing on an ink plane (uint8, full resolution) with fractions of a pixel.

A picture has some dozens of short arrays: what is worked out, is so for all lines of a scene together.

Nothing given is looked at before it is drawn. All numbers are finite; tones and radii are 0 or more; an ink
plane is C-contiguous, for stamps are laid through a view of its memory; and lines have at least two points.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import islice
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.uint8]
Points = NDArray[np.floating]
Spokes = NDArray[np.complexfloating]
"""Directions, as unit vectors x + iy: times another, they are turned by it."""
_SHIFT = 4
_LUMA = 0.83
"""Luma of a full tone: lines of paper's white would outshine the light that they shed."""
_THICK_PX = 1.5
"""From here on a line is more than one strand wide."""
_MANY_POINTS = 20
"""Thick lines of fewer have corners, which OpenCV rounds with a joint at each; others are drawn as strands."""
_STROKE_PX = 3.0
"""Lines of two points have no corners, but from here on ends to be rounded."""
_SEEN_PX = 0.4
"""By how much the strands of a line stand inside its edges: each is seen for a good pixel."""
_APART_PX = 1.15
"""Most between two strands: more, and slanted lines look ribbed."""
_CORNERS = np.stack([np.cos(np.arange(12) * np.pi / 6), np.sin(np.arange(12) * np.pi / 6)], axis=1)
"""Of a disc that is larger than the stamps; OpenCV's own circle has more of them, and costs half as much again."""
_STAMPED_PX = (3, 8)
"""The largest radius of each size of stamp."""
_EDGE_PX = 0.9
"""How far beyond its edge a shape fades out, as OpenCV's own do."""
_STEPS = 4
"""How finely stamps are cut, and placed: steps to the pixel."""


def polyline(ink: Ink, points: Points, tone: float, width_px: float, *, closed: bool = False) -> None:
    """A line through (n, 2) x, y points; `tone` 0–255; widths below a pixel become fainter instead."""
    polylines(ink, points[None], tone, width_px, closed=closed)


def polylines(ink: Ink, lines: Points, tone: float, width_px: float, *, closed: bool = False) -> None:
    """Several lines of one tone and width: (lines, n, 2)."""
    shade = _shade(tone, width_px)
    if shade > 0:
        offsets, thickness = _strands(width_px, lines.shape[1])
        which = np.repeat(np.arange(len(lines)), len(offsets))
        drawn = _abreast(
            lines, which, np.tile(np.array(offsets, dtype=np.float32), len(lines)), closed=closed
        )
        cv2.polylines(ink, list(drawn), closed, shade, thickness, cv2.LINE_AA, _SHIFT)


def curves(
    ink: Ink,
    lines: Points,
    tones: Sequence[float],
    widths_px: Sequence[float],
    *,
    closed: bool = False,
    fills: Points | None = None,
    fill_tones: Sequence[float] = (),
) -> None:
    """Lines of (lines, n, 2) points, each of its own tone and width, over one another and each over a filled shape.

    A shape's edge is smooth only where its line runs along it.
    """
    counts, thicknesses, which, offsets = _bundle(tuple(widths_px), lines.shape[1])
    drawn = iter(_abreast(lines, which, offsets, closed=closed))
    shapes = () if fills is None else _fix(fills)
    for number, (count, thickness) in enumerate(zip(counts, thicknesses, strict=True)):
        if fills is not None:
            cv2.fillPoly(ink, [shapes[number]], _shade(fill_tones[number]), cv2.LINE_8, _SHIFT)
        mine, shade = list(islice(drawn, count)), _shade(tones[number], widths_px[number])
        if shade > 0:
            cv2.polylines(ink, mine, closed, shade, thickness, cv2.LINE_AA, _SHIFT)


def floor(ink: Ink, top: int, heights: Points, tones: Points, widths_px: Points) -> None:
    """Black from the row `top` down, with level lines over the whole width at (n,) heights from above."""
    away = np.abs(np.arange(top, len(ink)) - heights[:, None])
    cover = np.clip(np.maximum(widths_px, 1)[:, None] / 2 + _EDGE_PX - away, 0, 1)
    shades = _LUMA * np.clip(tones, 0, 255) * np.clip(widths_px, 0.3, 1)
    ink[top:] = (shades[:, None] * cover).max(axis=0).astype(np.uint8)[:, None]


def dot(ink: Ink, x: float, y: float, radius_px: float, tone: float, width_px: float = -1) -> None:
    """A disc, or with a width a circle; discs below a pixel become fainter instead."""
    shade = _shade(tone, radius_px)
    if shade <= 0 or abs(x) > 30_000 or abs(y) > 30_000 or radius_px > 30_000:
        return
    scale = 1 << _SHIFT
    centre = (int(x * scale), int(y * scale))
    thickness = -1 if width_px < 0 else max(1, round(width_px))
    cv2.circle(ink, centre, max(scale // 2, int(radius_px * scale)), shade, thickness, cv2.LINE_AA, _SHIFT)


def dots(
    ink: Ink,
    places: Points,
    radii_px: NDArray[np.floating],
    tones: NDArray[np.floating],
    turns: NDArray[np.integer] | int = 0,
) -> None:
    """Many discs at (n, 2) places. Of one turn, a disc may cut off what lies within a few pixels of its edge."""
    height, width = ink.shape
    shades = (_LUMA * np.minimum(tones, 255) * np.minimum(radii_px, 1.0)).astype(np.uint16)
    # How far inside the frame the nearest edge is.
    depth = (np.array((width, height)) / 2 - np.abs(places - np.array((width, height)) / 2)).min(axis=1)
    size = np.searchsorted(_STAMPED_PX, radii_px)
    size[depth < np.array([*_STAMPED_PX, 0])[size] + 2] = len(_STAMPED_PX)
    size[depth < -radii_px] = -1
    cells = np.rint(places * _STEPS).astype(np.intp)
    (x, y), (across, down) = cells.T // _STEPS, cells.T % _STEPS
    cut = np.rint(radii_px * _STEPS).astype(np.intp)
    for number, reach_px in enumerate(_STAMPED_PX):
        stamps = _stamps(reach_px)
        side = stamps.shape[-1]
        windows = _windows(ink, side)
        for turn in range(int(np.max(turns)) + 1):
            (mine,) = np.nonzero((size == number) & (turns == turn))
            discs = stamps[cut[mine], down[mine], across[mine]] * shades[mine, None, None]
            at = y[mine] - side // 2, x[mine] - side // 2
            # One gathering and one scattering of small squares: a call of OpenCV for each disc would cost more.
            windows[at] = np.maximum(windows[at], (discs >> 8).astype(np.uint8))
    (rest,) = np.nonzero(size == len(_STAMPED_PX))
    rims = _fix(places[rest][:, None] + radii_px[rest][:, None, None] * _CORNERS)
    for rim, shade in zip(rims, shades[rest].tolist(), strict=True):
        cv2.fillConvexPoly(ink, rim, shade, cv2.LINE_AA, _SHIFT)


class Stars:
    """Discs that stay where they are: as `dots`, but all that does not change is worked out once.

    `places` are (n, 2); what does not lie inside the frame of (height, width) with a few pixels to spare is left out.
    """

    def __init__(self, frame: tuple[int, int], places: Points, radius_px: float) -> None:
        reach_px = _STAMPED_PX[int(np.searchsorted(_STAMPED_PX[:-1], radius_px))]
        stamps = _stamps(reach_px)
        cells = np.rint(places * _STEPS).astype(np.intp)
        corners = cells // _STEPS - stamps.shape[-1] // 2
        inside = ((corners >= 0) & (corners <= np.array(frame[::-1]) - stamps.shape[-1])).all(axis=1)
        (self._left, self._top), (across, down) = corners[inside].T, cells[inside].T % _STEPS
        self._discs = stamps[min(reach_px * _STEPS, round(radius_px * _STEPS)), down, across]
        self._share = _LUMA * min(radius_px, 1.0)
        self.count = len(self._discs)

    def draw(self, ink: Ink, tones: NDArray[np.floating]) -> None:
        """Each in its tone, 0–255: (count,)."""
        shades = (self._share * tones).astype(np.uint16)
        windows, at = _windows(ink, self._discs.shape[-1]), (self._top, self._left)
        windows[at] = np.maximum(windows[at], ((self._discs * shades[:, None, None]) >> 8).astype(np.uint8))


def _windows(ink: Ink, side: int) -> NDArray[np.uint8]:
    """Every square of the plane that a stamp may cover, by its upper left corner: a view (rows, columns, side, side)."""
    height, width = ink.shape
    return np.ndarray((height - side + 1, width - side + 1, side, side), np.uint8, ink, 0, ink.strides * 2)


@cache
def _stamps(reach_px: int) -> NDArray[np.uint16]:
    """Discs of 0–256 by radius, row and column of the middle in steps: (radii, 4, 4, side, side)."""
    side = 2 * reach_px + 3
    places, radii = np.arange(side) - side // 2, np.arange(reach_px * _STEPS + 1) / _STEPS
    away = (places - np.arange(_STEPS)[:, None] / _STEPS) ** 2
    far = np.sqrt(away[:, None, :, None] + away[:, None])
    cover = np.clip(np.maximum(radii, 0.5)[:, None, None, None, None] + _EDGE_PX - far, 0, 1)
    return np.rint(cover * 256).astype(np.uint16)


def around(centre: tuple[float, float], radii: NDArray[np.floating] | float, spokes: Spokes) -> Points:
    """Points at `radii` along spokes from a centre: float32 (…, 2) of (…) spokes."""
    return _points(radii * spokes + complex(*centre))


def spokes(angles: NDArray[np.floating]) -> Spokes:
    """The directions of angles in radians, clockwise on screen."""
    return np.exp(1j * angles).astype(np.complex64)


def _shade(tone: float, width_px: float = 1.0) -> int:
    """The luma of a tone, of something so wide."""
    return int(_LUMA * min(255, max(0, tone)) * min(1.0, max(width_px, 0.3)))


def _strands(width_px: float, points: int) -> tuple[list[float], int]:
    """Where the strands of a line of so many points run beside its middle, and how thick OpenCV draws each."""
    if width_px < _THICK_PX:
        return [0.0], 1
    if points < _MANY_POINTS and (points > 2 or width_px >= _STROKE_PX):
        return [0.0], round(width_px)
    span = width_px - _SEEN_PX
    gaps = ceil(span / _APART_PX)
    return [(strand / gaps - 0.5) * span for strand in range(gaps + 1)], 1


@lru_cache(maxsize=32)
def _bundle(
    widths_px: tuple[float, ...], points: int
) -> tuple[list[int], list[int], NDArray[np.intp], NDArray[np.float32]]:
    """Of lines of so many points: how many strands each has, how thick; of each strand, whose it is and its offset."""
    strands = [_strands(width_px, points) for width_px in widths_px]
    counts = [len(offsets) for offsets, _ in strands]
    together = np.array([offset for offsets, _ in strands for offset in offsets], dtype=np.float32)
    return (
        counts,
        [thickness for _, thickness in strands],
        np.repeat(np.arange(len(counts)), counts),
        together,
    )


def _abreast(
    lines: Points, which: NDArray[np.intp], offsets: NDArray[np.float32], *, closed: bool
) -> NDArray[np.int32]:
    """Of (lines, n, 2), those numbered `which`, each moved aside by its offset; ready to be drawn: (strands, n, 2)."""
    if not offsets.any():
        return _fix(lines)
    middle = np.ascontiguousarray(lines, dtype=np.float32).view(np.complex64)[..., 0]
    along = np.empty_like(middle)
    np.subtract(middle[:, 2:], middle[:, :-2], out=along[:, 1:-1])
    along[:, 0] = middle[:, 1] - middle[:, -1 if closed else 0]
    along[:, -1] = middle[:, 0 if closed else -1] - middle[:, -2]
    along *= 1j / (np.abs(along) + np.float32(1e-9))
    return _fix(_points(middle[which] + offsets[:, None] * along[which]))


def _points(places: Spokes) -> Points:
    """x + iy as pairs: float32 (…, 2)."""
    return places[..., None].astype(np.complex64, copy=False).view(np.float32)


def _fix(points: Points) -> NDArray[np.int32]:
    scaled = points * (1 << _SHIFT)
    # Two plain ufuncs: np.clip takes five times as long for so few points.
    np.maximum(scaled, -30_000 << _SHIFT, out=scaled)
    np.minimum(scaled, 30_000 << _SHIFT, out=scaled)
    return np.rint(scaled, out=scaled).astype(np.int32)
