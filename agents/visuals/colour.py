"""Colour in OKLCH: even steps to the eye, and WCAG contrast to measure what was painted."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from configs.palettes import Oklch, Palette, load_palettes
from storage.errors import UsageError

Rgb = tuple[int, int, int]


def find_palette(name: str) -> Palette:
    """The palette of that name; raises UsageError naming the known ones."""
    palettes = load_palettes()
    if name not in palettes:
        raise UsageError(f"unknown palette {name!r}: choose one of {', '.join(palettes)}")
    return palettes[name]


@cache
def srgb(colour: Oklch) -> Rgb:
    """8-bit sRGB of an OKLCH colour; chroma is reduced until the colour is inside the gamut."""
    lightness, chroma, hue = colour
    linear = _linear(_oklab(colour))
    while (linear.min() < -1e-4 or linear.max() > 1 + 1e-4) and chroma > 0.001:
        chroma *= 0.97
        linear = _linear(_oklab((lightness, chroma, hue)))
    red, green, blue = (int(value) for value in np.rint(_encode(linear) * 255))
    return red, green, blue


def shift_hue(colour: Oklch, degrees: float) -> Oklch:
    """The same lightness and chroma, turned around the hue circle."""
    lightness, chroma, hue = colour
    return lightness, chroma, (hue + degrees) % 360.0


def mix(first: Oklch, second: Oklch, share: float) -> Rgb:
    """8-bit sRGB of a blend through OKLab, `share` 0 giving the first colour and 1 the second."""
    return srgb(_oklch(_oklab(first) * (1 - share) + _oklab(second) * share))


def ramp(colours: Sequence[Oklch], steps: int, stops: Sequence[float] | None = None) -> NDArray[np.uint8]:
    """A gradient through `colours`: uint8 (steps, 3) sRGB, interpolated in OKLab."""
    where = np.linspace(0, 1, len(colours)) if stops is None else np.asarray(stops)
    labs = np.stack([_oklab(colour) for colour in colours])
    at = np.linspace(0, 1, steps)
    lab = np.stack([np.interp(at, where, labs[:, axis]) for axis in range(3)], axis=1)
    return np.array([srgb(_oklch(row)) for row in lab], dtype=np.uint8)


def relative_luminance(rgb: ArrayLike) -> NDArray[np.float32]:
    """WCAG relative luminance 0–1 of 8-bit sRGB values, over the last axis."""
    value = np.asarray(rgb, dtype=np.float32) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    weighted = linear * np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    return weighted.sum(axis=-1).astype(np.float32)


def contrast(first: ArrayLike, second: ArrayLike) -> NDArray[np.floating]:
    """WCAG 2 contrast ratio, 1 to 21, of 8-bit sRGB colours or arrays of them."""
    one, other = relative_luminance(first), relative_luminance(second)
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def _oklab(colour: Oklch) -> NDArray[np.float64]:
    lightness, chroma, hue = colour
    angle = np.deg2rad(hue)
    return np.array([lightness, chroma * np.cos(angle), chroma * np.sin(angle)])


def _oklch(lab: NDArray[np.float64]) -> Oklch:
    lightness, a, b = (round(float(value), 5) for value in lab)
    return lightness, float(np.hypot(a, b)), float(np.rad2deg(np.arctan2(b, a))) % 360.0


def _linear(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear sRGB of OKLab (Björn Ottosson, 2020)."""
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return np.array(
        [
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        ]
    )


def _encode(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    value = np.clip(linear, 0, 1)
    return np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)
