"""The feedback field: one plane of light that drifts, fades and is fed with ink, coloured by a palette table.

The field is a scalar with some 180 rows, half the resolution of colour in video; lines are drawn on top at full
resolution. That is what makes it cheap.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agents.visuals.colour import ramp, shift_hue
from agents.visuals.noise import smooth_noise
from agents.visuals.visualizer.enlarge import PACKED, Enlarger
from agents.visuals.visualizer.frame import Frame, Plane, to_yuv
from agents.visuals.visualizer.stage import Stage
from configs.palettes import Oklch, Palette
from storage.clock import sub_seed

FIELD_SIDE_PX = 180
"""About as many rows, or columns of an upright frame, has the field."""
_TONES, _HUES, _DRIFT_PX, _CELL_PX = 256, 128, 144, 8
_SOFTEN_PX, _SPREAD_PX, _GAIN = 0.42, 0.9, 2.25
"""Blur of the light in a thirtieth of a second, blur of the ink that it is fed with, and what a line loses as it is made small."""
_SCREENED = 0.7
"""How much of what is behind a full light it hides."""
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
        self.light = np.zeros((height, width), dtype=np.float32)
        """float32 (rows, columns), 0–255."""
        self._way = _Way(self._size, self._focus, seed)
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        out_x, out_y = xs - np.float32(self._focus[0]), ys - np.float32(self._focus[1])
        self._shade = 1 - 0.5 * np.clip(
            (out_x / (width * 0.62)) ** 2 + (out_y / (height * 0.70)) ** 2, 0, 1.25
        )
        span = (height + _DRIFT_PX, width + _DRIFT_PX)
        self._cloud = smooth_noise(*span, 3, sub_seed(seed, "cloud"), octaves=4, fall=0.55) ** np.float32(1.7)
        self._table = np.ascontiguousarray(colour_table(palette)[..., PACKED])
        stream = np.random.default_rng(sub_seed(seed, "grain"))
        strength = 3 + round(5 * grain)
        self._grain = stream.integers(0, strength, (stage.height + 64, stage.width + 64), dtype=np.uint8)
        # Planes to work on, the same for every picture: memory that was just used is near.
        self._tone, self._lean, self._moved, self._glow = (np.empty_like(xs) for _ in range(4))
        self._small = np.empty((height, width), dtype=np.uint8)
        # Halving is fast, what is left of the way is short.
        self._halves = [
            np.empty((stage.height >> halved, stage.width >> halved), dtype=np.uint8)
            for halved in range(1, self._scale.bit_length())
        ]
        self._enlarger = Enlarger(self._size, (stage.width, stage.height))
        self._ground = Frame(stage.width, stage.height)

    def advance(self, ink: Plane, flow: Flow, step: float, time_s: float) -> None:
        """Moves the light by `step` (in thirtieths of a second) and feeds it with the ink."""
        way = self._way.back(flow, step, time_s, flow.warp * self._unit * 4 * step)
        # The types know no single map that holds both places.
        cv2.remap(self.light, way, None, cv2.INTER_LINEAR, dst=self._moved)  # pyright: ignore[reportCallIssue, reportArgumentType]
        # Trails that soften as they age look like light, and cost the encoder a tenth less than crisp ones.
        cv2.GaussianBlur(self._moved, (3, 3), _SOFTEN_PX * step**0.5, dst=self.light)
        self.light *= np.float32(flow.keep**step)
        gain = flow.feed * (_GAIN if self._scale > 1 else 1.0)
        # Lines thinner than a place of the field would lie in it as beads.
        cv2.GaussianBlur(self._shrink(ink), (3, 3), _SPREAD_PX, dst=self._small)
        cv2.convertScaleAbs(self._small, dst=self._small, alpha=gain)
        np.maximum(self.light, self._small, out=self.light)

    def develop(self, flow: Flow, *, hue: float, time_s: float, number: int) -> None:
        """Makes the pictures' ground of the light as it is now, with the grain of picture `number`.

        `hue` 0–1 leans from the main colours to the accent.
        """
        lean, tone = self._lean, self._tone
        np.multiply(window(self._cloud, self._size, 300 - time_s * 7), np.float32(0.8 * _HUES), out=lean)
        lean += np.float32((hue - 0.4) * _HUES)
        np.multiply(window(self._cloud, self._size, time_s * 5), np.float32(250 * flow.lift), out=tone)
        tone += self._bloom()
        # Nearly screened: summed, a bright cloud behind a wide light would burn out to flat white.
        np.minimum(tone, np.float32(255), out=tone)
        rest = np.multiply(self.light, np.float32(-_SCREENED / 255), out=self._glow)
        rest += np.float32(1)
        tone *= rest
        tone += self.light
        tone *= self._shade
        # The table as a picture: a look-up that stays inside it by itself.
        nearest, edge = cv2.INTER_NEAREST, cv2.BORDER_REPLICATE
        cv2.remap(self._table, tone, lean, nearest, dst=self._enlarger.small, borderMode=edge)
        ground, top, left = self._ground, number * 29 % 64, number * 47 % 64
        # What swscale gives is new memory: kept from picture to picture, it broke up the heap by up to 200 MB.
        luma, ground.u[:], ground.v[:] = self._enlarger.enlarge()
        height, width = luma.shape
        cv2.add(luma, self._grain[top : top + height, left : left + width], dst=ground.y)

    def paint(self, frame: Frame, ink: Plane) -> None:
        """The developed ground with this frame's ink on it."""
        frame.u[:], frame.v[:] = self._ground.u, self._ground.v
        cv2.max(self._ground.y, ink, dst=frame.y)

    def _shrink(self, ink: Plane) -> Plane:
        """The ink at the field's size."""
        for half in self._halves:
            cv2.resize(ink, half.shape[::-1], dst=half, interpolation=cv2.INTER_AREA)
            ink = half
        if ink.shape != self._small.shape:
            cv2.resize(ink, self._size, dst=self._small, interpolation=cv2.INTER_LINEAR)
            ink = self._small
        return ink

    def _bloom(self) -> NDArray[np.float32]:
        """The light, spread wide and thin."""
        width, height = self._size
        small = self.light
        for share in (2, 4):  # halves are quick to make, an eighth at once is not
            small = cv2.resize(small, (width // share, height // share), interpolation=cv2.INTER_AREA)
        small = cv2.resize(small, (max(8, width // 8), max(8, height // 8)), interpolation=cv2.INTER_LINEAR)
        small = cv2.GaussianBlur(small, (0, 0), 2.6 * FIELD_SIDE_PX / 240) * np.float32(0.5)
        cv2.resize(small, self._size, dst=self._glow, interpolation=cv2.INTER_LINEAR)
        return self._glow


class _Way:
    """Where the light of each place came from, worked out at every eighth place: between them it is smooth."""

    def __init__(self, size: tuple[int, int], focus: tuple[float, float], seed: int) -> None:
        self._size, self._focus = size, np.array(focus, dtype=np.float32)
        self._columns, self._rows = (-(-side // _CELL_PX) + 2 for side in size)
        ys, xs = np.mgrid[0 : self._rows, 0 : self._columns].astype(np.float32)
        places = np.stack([xs, ys], axis=2) * np.float32(_CELL_PX) - np.float32(_CELL_PX / 2 + 0.5)
        self._out = places - self._focus
        self._across = self._out[..., ::-1] * np.array([-1, 1], dtype=np.float32)
        radius2 = (self._out**2).sum(axis=2, keepdims=True) / np.float32(max(focus) ** 2)
        self._curl = self._across * radius2
        span = (self._rows * _CELL_PX + _DRIFT_PX, self._columns * _CELL_PX + _DRIFT_PX)
        axes = [smooth_noise(*span, 7, sub_seed(seed, "drift", axis)) - np.float32(0.5) for axis in "xy"]
        self._drift = np.stack(axes, axis=2)
        self._fine = np.empty((self._rows * _CELL_PX, self._columns * _CELL_PX, 2), dtype=np.float32)

    def back(self, flow: Flow, step: float, time_s: float, carry_px: float) -> NDArray[np.float32]:
        """Source places: float32 (height, width, 2), x and y."""
        turn, zoom = -flow.turn * step, flow.zoom**-step
        cos, sin = np.float32(np.cos(turn) * zoom), np.float32(np.sin(turn) * zoom)
        extent = (self._columns * _CELL_PX, self._rows * _CELL_PX)
        drift = window(self._drift, extent, time_s * 9)[::_CELL_PX, ::_CELL_PX]
        # No matrix product: for so small a one, BLAS wakes threads that then spin.
        source = self._out * cos + self._across * sin + self._focus
        source += drift * np.float32(carry_px)
        source -= self._curl * np.float32(flow.swirl * step)
        cv2.resize(source, extent, dst=self._fine, interpolation=cv2.INTER_LINEAR)
        width, height = self._size
        return self._fine[_CELL_PX : _CELL_PX + height, _CELL_PX : _CELL_PX + width]


def window(tile: NDArray[np.float32], size: tuple[int, int], shift: float) -> NDArray[np.float32]:
    """A view of (width, height) on a larger tile that wanders slowly inside it."""
    width, height = size
    left = int((_DRIFT_PX - 1) * (0.5 + 0.5 * np.sin(shift / _DRIFT_PX * 2)))
    top = int((_DRIFT_PX - 1) * (0.5 + 0.5 * np.cos(shift / _DRIFT_PX * 1.4)))
    return tile[top : top + height, left : left + width]


def _sink(colour: Oklch, share: float) -> Oklch:
    """Darker: a screen is brighter than paper, and light needs a night to shine in."""
    lightness, chroma, hue = colour
    return lightness * share, chroma * share**0.5, hue


def colour_table(palette: Palette) -> NDArray[np.uint8]:
    """Tones by hues: uint8 (128, 256, 3) YUV; rows lean from a cooler turn of the palette to its accent."""
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
