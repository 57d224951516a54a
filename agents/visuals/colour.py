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
    red, green, blue = (int(value) for value in _in_gamut(np.array([colour], dtype=np.float64))[0])
    return red, green, blue


def shift_hue(colour: Oklch, degrees: float) -> Oklch:
    """The same lightness and chroma, turned around the hue circle."""
    lightness, chroma, hue = colour
    return lightness, chroma, (hue + degrees) % 360.0


def mix(first: Oklch, second: Oklch, share: float) -> Rgb:
    """8-bit sRGB of a blend through OKLab, `share` 0 giving the first colour and 1 the second."""
    blend = _oklab(np.array(first)) * (1 - share) + _oklab(np.array(second)) * share
    red, green, blue = (int(value) for value in _in_gamut(_oklch(blend[None]))[0])
    return red, green, blue


def ramp(colours: Sequence[Oklch], steps: int, stops: Sequence[float] | None = None) -> NDArray[np.uint8]:
    """A gradient through `colours`: uint8 (steps, 3) sRGB, interpolated in OKLab."""
    where = np.linspace(0, 1, len(colours)) if stops is None else np.asarray(stops)
    labs = _oklab(np.array(colours, dtype=np.float64))
    at = np.linspace(0, 1, steps)
    lab = np.stack([np.interp(at, where, labs[:, axis]) for axis in range(3)], axis=1)
    return _in_gamut(_oklch(lab))


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


def _in_gamut(colours: NDArray[np.float64]) -> NDArray[np.uint8]:
    """8-bit sRGB (n, 3) of OKLCH colours (n, 3); chroma is reduced until a colour is inside the gamut."""
    colours = colours.copy()
    linear = _linear(_oklab(colours))
    while True:
        outside = (linear.min(axis=-1) < -1e-4) | (linear.max(axis=-1) > 1 + 1e-4)
        outside &= colours[:, 1] > 0.001
        if not outside.any():
            return np.rint(_encode(linear) * 255).astype(np.uint8)
        colours[outside, 1] *= 0.97
        linear[outside] = _linear(_oklab(colours[outside]))


def _oklab(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of OKLCH, along the last axis."""
    lightness, chroma, hue = np.moveaxis(colours, -1, 0)
    angle = np.deg2rad(hue)
    return np.stack([lightness, chroma * np.cos(angle), chroma * np.sin(angle)], axis=-1)


def _oklch(labs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of OKLab, along the last axis; hue in degrees."""
    lightness, a, b = np.moveaxis(np.round(labs, 5), -1, 0)
    return np.stack([lightness, np.hypot(a, b), np.rad2deg(np.arctan2(b, a)) % 360.0], axis=-1)


def _linear(labs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear sRGB of OKLab (Björn Ottosson, 2020), along the last axis."""
    lightness, a, b = np.moveaxis(labs, -1, 0)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return np.stack(
        [
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        ],
        axis=-1,
    )


def _encode(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    value = np.clip(linear, 0, 1)
    return np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)
