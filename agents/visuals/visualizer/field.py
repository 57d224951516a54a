"""The feedback field: one plane of light that drifts, fades and is fed with ink, coloured by a palette table.

The field is a scalar with some 240 rows, about the resolution of colour in video; lines are drawn on top at full
resolution. That is what makes it cheap.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agents.visuals.colour import ramp, shift_hue
from agents.visuals.noise import smooth_noise
from agents.visuals.visualizer.frame import Frame, Plane, to_yuv
from agents.visuals.visualizer.stage import Stage
from configs.palettes import Oklch, Palette
from storage.clock import sub_seed

FIELD_SIDE_PX = 240
"""About as many rows, or columns of an upright frame, has the field."""
_TONES, _HUES, _DRIFT_PX = 256, 128, 192
_SOFTEN_PX, _GAIN = 0.45, 1.1
"""Blur of the light at each frame, and what a line loses as it is made small."""
_STOPS = (0.0, 0.30, 0.60, 0.84, 1.0)


@dataclass(frozen=True)
class Flow:
    """How the field moves for one frame, as a scene wishes it."""

    zoom: float = 1.0
    """Above 1 the light flies outward, below 1 it falls inward."""
    turn: float = 0.0
    """Radians a frame."""
    swirl: float = 0.0
    """More turn toward the rim."""
    warp: float = 1.0
    """How far the drifting noise carries light, in 720ths of the shorter side."""
    keep: float = 0.9
    """Share of light left after a frame at 30 a second."""
    feed: float = 0.8
    """Share of the ink that becomes light."""
    line: float = 0.9
    """Luma of the ink itself."""
    lift: float = 0.0
    """Ambient light, 0–1."""

    def toward(self, other: "Flow", share: float) -> "Flow":
        """The flow between this one and another."""
        mine, theirs = vars(self), vars(other)
        return Flow(**{name: mine[name] * (1 - share) + theirs[name] * share for name in mine})


class Field:
    """The light of one film; holds its state from frame to frame."""

    def __init__(self, stage: Stage, palette: Palette, seed: int, grain: float) -> None:
        self._scale = max(1, round(min(stage.width, stage.height) / FIELD_SIDE_PX))
        height, width = -(-stage.height // self._scale), -(-stage.width // self._scale)
        self._size = (width, height)
        self._unit = stage.unit_px / self._scale
        self._focus = (stage.focus[0] / self._scale, stage.focus[1] / self._scale)
        self._light = np.zeros((height, width), dtype=np.float32)
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        self._grid = (xs, ys)
        out_x, out_y = xs - np.float32(self._focus[0]), ys - np.float32(self._focus[1])
        radius2 = (out_x**2 + out_y**2) / np.float32(max(self._focus) ** 2)
        self._curl = (-out_y * radius2, out_x * radius2)
        self._shade = 1 - 0.5 * np.clip(
            (out_x / (width * 0.62)) ** 2 + (out_y / (height * 0.70)) ** 2, 0, 1.25
        )
        span = (height + _DRIFT_PX, width + _DRIFT_PX)
        self._drift = [
            smooth_noise(*span, 7, sub_seed(seed, "drift", axis)) - np.float32(0.5) for axis in "xy"
        ]
        self._cloud = smooth_noise(*span, 3, sub_seed(seed, "cloud"), octaves=4, fall=0.55) ** np.float32(1.7)
        self._table = colour_table(palette)
        stream = np.random.default_rng(sub_seed(seed, "grain"))
        strength = 3 + round(5 * grain)
        self._grain = stream.integers(0, strength, (stage.height + 64, stage.width + 64), dtype=np.uint8)
        self._source = (np.empty_like(xs), np.empty_like(xs))
        self._index = (np.empty_like(xs), np.empty_like(xs))
        self._grain_at = (0, 0)

    def advance(self, ink: Plane, flow: Flow, step: float, time_s: float) -> None:
        """Moves the light by `step` (in thirtieths of a second) and feeds it with the ink."""
        turn, zoom = -flow.turn * step, flow.zoom**-step
        cos, sin = float(np.cos(turn) * zoom), float(np.sin(turn) * zoom)
        x, y = self._focus
        rows = ((cos, -sin, x - cos * x + sin * y), (sin, cos, y - sin * x - cos * y))
        carry = flow.warp * self._unit * 4 * step
        for axis, (across, down, shift) in enumerate(rows):
            source = self._source[axis]
            cv2.addWeighted(self._grid[0], across, self._grid[1], down, shift, dst=source)
            cv2.scaleAdd(self._view(self._drift[axis], time_s * 9), carry, source, dst=source)
            if flow.swirl:
                cv2.scaleAdd(self._curl[axis], -flow.swirl * step, source, dst=source)
        moved = cv2.remap(self._light, *self._source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        # Trails that soften as they age look like light, and cost the encoder a tenth less than crisp ones.
        self._light = np.asarray(cv2.GaussianBlur(moved, (3, 3), _SOFTEN_PX), dtype=np.float32)
        self._light *= np.float32(flow.keep**step)
        small = self._shrink(ink).astype(np.float32)
        small *= np.float32(flow.feed * (_GAIN if self._scale > 1 else 1.0))
        np.minimum(small, 255, out=small)
        np.maximum(self._light, small, out=self._light)

    def paint(self, frame: Frame, ink: Plane, flow: Flow, *, hue: float, time_s: float, number: int) -> None:
        """Colours light and ink into the frame; `hue` 0–1 leans from the main colours to the accent."""
        cloud = self._view(self._cloud, time_s * 5)
        tone, lean = self._index
        np.multiply(cloud, np.float32(250 * flow.lift), out=tone)
        tone += self._bloom()
        tone += self._light
        tone *= self._shade
        np.minimum(tone, 255, out=tone)
        np.multiply(self._view(self._cloud, 300 - time_s * 7), np.float32(_HUES * 0.8), out=lean)
        lean += np.float32(_HUES * (hue - 0.4))
        # The nearest entry: between two of so many there is nothing to see, and it takes a quarter of the time.
        coloured = cv2.remap(self._table, tone, lean, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        size = (frame.y.shape[1], frame.y.shape[0])
        cv2.resize(cv2.extractChannel(coloured, 0), size, dst=frame.y, interpolation=cv2.INTER_LINEAR)
        for plane, channel in ((frame.u, 1), (frame.v, 2)):
            chroma = cv2.extractChannel(coloured, channel)
            cv2.resize(chroma, (plane.shape[1], plane.shape[0]), dst=plane, interpolation=cv2.INTER_LINEAR)
        cv2.max(frame.y, cv2.convertScaleAbs(ink, alpha=0.92 * flow.line), dst=frame.y)
        if number % 2 == 0:
            self._grain_at = (number * 29 % 64, number * 47 % 64)
        top, left = self._grain_at
        cv2.add(frame.y, self._grain[top : top + size[1], left : left + size[0]], dst=frame.y)

    def _shrink(self, ink: Plane) -> Plane:
        """The ink at the field's size; halving is fast, what is left of the way is short."""
        height, width = ink.shape
        if self._scale > 1:
            ink = np.asarray(
                cv2.resize(ink, (width // 2, height // 2), interpolation=cv2.INTER_AREA), dtype=np.uint8
            )
        return np.asarray(cv2.resize(ink, self._size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)

    def _bloom(self) -> NDArray[np.float32]:
        """The light, spread wide and thin."""
        width, height = self._size
        small = cv2.resize(
            self._light, (max(8, width // 8), max(8, height // 8)), interpolation=cv2.INTER_AREA
        )
        small = cv2.GaussianBlur(small, (0, 0), 2.6) * np.float32(0.5)
        return np.asarray(cv2.resize(small, self._size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)

    def _view(self, tile: NDArray[np.float32], shift: float) -> NDArray[np.float32]:
        """A window on a larger tile that wanders slowly inside it."""
        width, height = self._size
        left = int((_DRIFT_PX - 1) * (0.5 + 0.5 * np.sin(shift / _DRIFT_PX * 2)))
        top = int((_DRIFT_PX - 1) * (0.5 + 0.5 * np.cos(shift / _DRIFT_PX * 1.4)))
        return tile[top : top + height, left : left + width]


def _sink(colour: Oklch, share: float) -> Oklch:
    """Darker: a screen is brighter than paper, and light needs a night to shine in."""
    lightness, chroma, hue = colour
    return lightness * share, chroma * share**0.5, hue


def colour_table(palette: Palette) -> NDArray[np.uint8]:
    """Tones by hues: uint8 (64, 256, 3) YUV; rows lean from a cooler turn of the palette to its accent."""
    rows = []
    for lean in np.linspace(0, 1, 8):
        turn = 36 * (lean - 0.35)
        deep, body = shift_hue(palette.deep, turn), shift_hue(palette.body, turn * 0.7)
        glow = palette.glow if lean < 0.55 else palette.accent
        colours = (
            _sink(palette.ground, 0.72),
            _sink(deep, 0.82),
            body,
            shift_hue(glow, turn * 0.2),
            palette.paper,
        )
        rows.append(ramp(colours, _TONES, _STOPS).astype(np.float32))
    table = np.stack(rows)
    at = np.linspace(0, len(rows) - 1, _HUES)
    low = np.minimum(at.astype(int), len(rows) - 2)
    share = (at - low)[:, None, None].astype(np.float32)
    return to_yuv(table[low] * (1 - share) + table[low + 1] * share)
