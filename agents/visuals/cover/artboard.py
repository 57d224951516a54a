"""A square to paint on: pixels, the artist's colours, a random stream and a few brushes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from agents.visuals.colour import Rgb, mix, ramp, srgb
from agents.visuals.emblem import emblem_outlines
from agents.visuals.noise import smooth_noise
from configs.palettes import Oklch, Palette
from storage.clock import sub_seed

Pixels = NDArray[np.uint8]
Scalar = NDArray[np.float32]
Ink = Literal["ground", "deep", "body", "glow", "paper", "accent"]
_SHIFT = 4
SOFT_SIDE_PX = 1500
"""Soft surfaces are computed at most this large and enlarged."""


@dataclass
class Artboard:
    """Pixels are uint8 (side, side, 3) sRGB; places and lengths in brushes are shares of the side."""

    side: int
    palette: Palette
    emblem: str
    seed: int
    is_dark: bool
    """Whether the mood asks for a dark picture, where a composition has the choice."""
    energy: float
    """0 calm, 1 restless."""
    grain_share: float = 0.5
    """The artist's own: 0 nearly clean, 0.5 as the composition has it, 1 about twice as much."""
    title: str = ""
    pixels: Pixels = field(init=False)

    def __post_init__(self) -> None:
        self.pixels = np.zeros((self.side, self.side, 3), dtype=np.uint8)
        self.stream = np.random.default_rng(sub_seed(self.seed, "composition"))

    def oklch(self, ink: Ink) -> Oklch:
        return getattr(self.palette, ink)

    def rgb(self, ink: Ink) -> Rgb:
        return srgb(self.oklch(ink))

    def blend(self, first: Ink, second: Ink, share: float) -> Rgb:
        return mix(self.oklch(first), self.oklch(second), share)

    def table(self, inks: Sequence[Ink], stops: Sequence[float] | None = None) -> Pixels:
        """A gradient of 256 colours through the inks."""
        return ramp([self.oklch(ink) for ink in inks], 256, stops)

    def fill(self, colour: Rgb) -> None:
        self.pixels[:] = colour

    def soft(self, cells: int, name: str, *, octaves: int = 3, fall: float = 0.5) -> Scalar:
        """Noise at the working size of soft surfaces, 0–1."""
        side = min(self.side, SOFT_SIDE_PX)
        return smooth_noise(side, side, cells, sub_seed(self.seed, name), octaves=octaves, fall=fall)

    def soft_grid(self) -> tuple[Scalar, Scalar]:
        """x and y of a soft surface, 0–1, broadcastable."""
        along = np.linspace(0, 1, min(self.side, SOFT_SIDE_PX), dtype=np.float32)
        return along[None, :], along[:, None]

    def colour_by(self, tone: NDArray[np.floating], table: Pixels) -> Pixels:
        """A tone surface 0–1 of any size as full-size pixels."""
        full = cv2.resize(tone.astype(np.float32), (self.side, self.side), interpolation=cv2.INTER_CUBIC)
        index = np.asarray(cv2.convertScaleAbs(np.clip(full, 0, 1), alpha=255), dtype=np.uint8)
        return np.take(table, index, axis=0)

    def polygon(self, outline: NDArray[np.floating], colour: Rgb) -> None:
        self.polygons([outline], colour)

    def polygons(self, outlines: Sequence[NDArray[np.floating]], colour: Rgb) -> None:
        """Filled shapes; where they overlap each other there are holes."""
        cv2.fillPoly(self.pixels, [self._fix(outline) for outline in outlines], colour, cv2.LINE_AA, _SHIFT)

    def disc(self, x: float, y: float, radius: float, colour: Rgb) -> None:
        place = (round(x * self.side * 16), round(y * self.side * 16))
        cv2.circle(self.pixels, place, round(radius * self.side * 16), colour, -1, cv2.LINE_AA, _SHIFT)

    def line(self, points: NDArray[np.floating], colour: Rgb, width: float, *, closed: bool = False) -> None:
        thick = max(1, round(width * self.side))
        cv2.polylines(self.pixels, [self._fix(points)], closed, colour, thick, cv2.LINE_AA, _SHIFT)

    def emblem_at(self, x: float, y: float, radius: float) -> list[NDArray[np.floating]]:
        """The emblem's outlines, placed."""
        return [outline * radius + np.array([x, y]) for outline in emblem_outlines(self.emblem)]

    def stencil(self, outlines: Sequence[NDArray[np.floating]], *, blur: float = 0.0) -> Pixels:
        """The shapes as a coverage mask: uint8 (side, side)."""
        mask = np.zeros((self.side, self.side), dtype=np.uint8)
        cv2.fillPoly(mask, [self._fix(outline) for outline in outlines], 255, cv2.LINE_AA, _SHIFT)
        if not blur:
            return mask
        # A blur is smooth: an eighth of the size shows the same, in a sixtieth of the time.
        small_side = max(64, self.side // 8)
        small = cv2.resize(mask, (small_side, small_side), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), max(0.6, blur * small_side))
        return np.asarray(cv2.resize(small, (self.side, self.side)), dtype=np.uint8)

    def lay(self, layer: Pixels | Rgb, mask: MatLike, strength: float = 1.0) -> None:
        """Pixels or one colour over the board, through a mask."""
        top = np.full_like(self.pixels, layer) if isinstance(layer, tuple) else layer
        cover = cv2.convertScaleAbs(mask, alpha=strength)
        cover = cv2.merge([cover, cover, cover])
        shown = cv2.multiply(top, cover, scale=1 / 255)
        rest = cv2.multiply(self.pixels, cv2.bitwise_not(cover), scale=1 / 255)
        cv2.add(shown, rest, dst=self.pixels)

    def grain(self, amount: float) -> None:
        """Film grain, the same on all channels; `amount` is its usual standard deviation in 8-bit steps."""
        amount *= 0.2 + 1.6 * self.grain_share
        stream = np.random.default_rng(sub_seed(self.seed, "grain"))
        tile = stream.normal(0, amount, (min(1024, self.side), 1024))
        copies = -(-self.side // 1024)
        for sign, brush in ((1, cv2.add), (-1, cv2.subtract)):
            part = np.tile(np.clip(np.rint(tile * sign), 0, 255).astype(np.uint8), (copies, copies))
            part = part[: self.side, : self.side]
            brush(self.pixels, cv2.merge([part, part, part]), dst=self.pixels)

    def _fix(self, points: NDArray[np.floating]) -> NDArray[np.int32]:
        return np.rint(np.clip(points, -4, 4) * self.side * (1 << _SHIFT)).astype(np.int32)
