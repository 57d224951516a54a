"""Texts and veils as pictures: drawn once, laid by every backend at the same pixels."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from agents.visuals.emblem import emblem_outlines
from agents.visuals.lettering import Lettering, set_block
from agents.visuals.timeline import Emblem, Hex, Overlay, Veil
from agents.visuals.typefaces import Typeface

Rgba: TypeAlias = NDArray[np.uint8]
BOX_PADDING_EM = 0.45


@dataclass(frozen=True)
class Raster:
    """`rgba`: uint8 (height, width, 4), straight alpha; its upper left corner at even places of the frame."""

    rgba: Rgba
    left: int
    top: int


@dataclass(frozen=True)
class Setting:
    """A text as it is set for one frame: its letters, and the box that holds them with room for outline or padding."""

    lettering: Lettering
    around: int
    left: int
    top: int
    width: int
    height: int


def typeset(overlay: Overlay, width: int, height: int) -> Setting:
    """Where a text stands in a frame of that size, and how large, in pixels."""
    margin = min(overlay.margin_px, width // 4, height // 4)
    padding = round(overlay.size_px * BOX_PADDING_EM) if overlay.background else 0
    around = max(padding, overlay.stroke_px)
    room = (
        max(8, int(overlay.max_width * (width - 2 * margin)) - 2 * around),
        max(8, int(overlay.max_height * (height - 2 * margin)) - 2 * around),
    )
    lettering = _letters(
        overlay.text,
        Typeface(overlay.family, overlay.weight),
        room,
        overlay.size_px,
        overlay.max_lines,
        overlay.tracking_em,
        _align(overlay),
    )
    box = lettering.mask.shape[1] + 2 * around, lettering.mask.shape[0] + 2 * around
    return Setting(lettering, around, *_place(overlay, box, (width, height), margin), *box)


def is_moved(overlay: Overlay, width: int, height: int) -> bool:
    """Whether a text stands elsewhere than at the pixels that it asks for, which would not all be in the frame."""
    setting = typeset(overlay, width, height)
    stands_at = setting.left, setting.top + (setting.height if overlay.stands else 0)
    return any(
        isinstance(asked, int) and asked != at for asked, at in zip(overlay.position, stands_at, strict=True)
    )


@lru_cache(maxsize=16)
def _letters(
    text: str,
    typeface: Typeface,
    room: tuple[int, int],
    size_px: int,
    max_lines: int,
    tracking_em: float,
    align: Literal["left", "centre", "right"],
) -> Lettering:
    """Set type, wherever it is to stand: a card is measured, placed by what was measured, and then drawn."""
    lettering = set_block(
        text,
        typeface,
        width_px=room[0],
        height_px=room[1],
        size_px=size_px,
        max_lines=max_lines,
        tracking_em=tracking_em,
        leading=1.16,
        align=align,
    )
    lettering.mask.setflags(write=False)
    return lettering


def rasterise(layer: Overlay | Emblem | Veil, width: int, height: int) -> Raster:
    """A layer for a frame of that size."""
    match layer:
        case Overlay():
            return _inked(layer, typeset(layer, width, height), width, height)
        case Emblem():
            return _inked(layer, _sign(layer), width, height)
        case Veil():
            return _veil(layer, width, height)


def _sign(emblem: Emblem) -> Setting:
    """The emblem, set like a letter."""
    size = emblem.size_px
    mask = np.zeros((size, size), dtype=np.uint8)
    marks = [
        np.rint((mark * 0.48 + 0.5) * size * 16).astype(np.int32) for mark in emblem_outlines(emblem.emblem)
    ]
    cv2.fillPoly(mask, marks, 255, cv2.LINE_AA, 4)
    return Setting(Lettering(mask, (), size), 0, *emblem.position, size, size)


def _inked(layer: Overlay | Emblem, setting: Setting, width: int, height: int) -> Raster:
    """Box, shadow, outline and letters, wholly inside the frame."""
    left, top, around, ink = setting.left, setting.top, setting.around, setting.lettering.mask
    box = setting.width, setting.height
    # The shadow reaches beyond the text's own box, and is cut where the frame ends.
    reach = int(3 * layer.shadow_px) + 2 if layer.shadow else 0
    x0, y0 = max(0, left - reach) // 2 * 2, max(0, top - reach) // 2 * 2
    x1 = min(width, -(-(left + box[0] + reach) // 2) * 2)
    y1 = min(height, -(-(top + box[1] + reach) // 2) * 2)
    letters = np.zeros((y1 - y0, x1 - x0), dtype=np.float32)
    row, column = top - y0 + around, left - x0 + around
    cut = ink[: max(0, letters.shape[0] - row), : max(0, letters.shape[1] - column)]
    letters[row : row + cut.shape[0], column : column + cut.shape[1]] = cut / np.float32(255)

    colour = np.zeros((3, *letters.shape), dtype=np.float32)
    opacity = np.zeros_like(letters)
    if isinstance(layer, Overlay) and layer.background:
        inside = np.zeros_like(letters)
        inside[top - y0 : top - y0 + box[1], left - x0 : left - x0 + box[0]] = layer.background_opacity
        _over(colour, opacity, layer.background, inside)
    if layer.shadow:
        wide, tight = _soften(letters, layer.shadow_px), _soften(letters, layer.shadow_px * 0.3)
        _over(colour, opacity, layer.shadow, np.minimum(1, 2.2 * wide + 0.8 * tight) * np.float32(0.8))
    if isinstance(layer, Overlay) and layer.stroke and layer.stroke_px:
        pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * layer.stroke_px + 1,) * 2)
        _over(colour, opacity, layer.stroke, np.asarray(cv2.dilate(letters, pen), dtype=np.float32))
    _over(colour, opacity, layer.colour, letters)
    return Raster(_rgba(colour, opacity), x0, y0)


def _veil(veil: Veil, width: int, height: int) -> Raster:
    """Over the whole frame: its opacity grows with the square of the distance from the middle."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    away = (x * x + y * y) / 2
    opacity = (veil.centre + (veil.edge - veil.centre) * away).astype(np.float32)
    colour = np.empty((3, height, width), dtype=np.float32)
    colour[:] = np.reshape(rgb(veil.colour), (3, 1, 1))
    return Raster(_rgba(colour, opacity), 0, 0)


def _soften(ink: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """A Gaussian blur; a wide one at the size that it leaves anything to be seen of."""
    share = 1 << max(0, int(np.log2(max(1.0, sigma_px / 2))))
    height, width = ink.shape
    small = cv2.resize(ink, (-(-width // share), -(-height // share)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma_px / share))
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def rgb(colour: Hex) -> tuple[int, int, int]:
    """`#rrggbb` as 0–255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _place(overlay: Overlay, box: tuple[int, int], frame: tuple[int, int], margin: int) -> tuple[int, int]:
    """Left and upper edge of the text's box, moved into the frame where it would leave it."""
    places = []
    for at, inner, outer in zip(overlay.position, box, frame, strict=True):
        room = outer - inner
        match at:
            case "left" | "top":
                place = margin
            case "center":
                place = room // 2
            case "right" | "bottom":
                place = room - margin
            case _:
                place = int(at)
        places.append(place)
    if overlay.stands and isinstance(overlay.position[1], int):
        places[1] -= box[1]
    return max(0, min(places[0], frame[0] - box[0])), max(0, min(places[1], frame[1] - box[1]))


def _align(overlay: Overlay) -> Literal["left", "centre", "right"]:
    match overlay.position[0]:
        case "center":
            return "centre"
        case "right":
            return "right"
        case _:
            return "left"


def _over(
    colour: NDArray[np.float32], opacity: NDArray[np.float32], paint: Hex, share: NDArray[np.float32]
) -> None:
    """Lay a paint over what is there (Porter and Duff's *over*, straight alpha); colour is (3, height, width)."""
    # In place, plane by plane: large arrays that are made and dropped cost more than what is counted in them.
    opacity *= 1 - share
    opacity += share
    weight = np.divide(share, opacity, out=np.zeros_like(share), where=opacity > 0)
    rest = 1 - weight
    for plane, value in zip(colour, rgb(paint), strict=True):
        np.multiply(plane, rest, out=plane)
        np.add(plane, np.float32(value) * weight, out=plane)


def _rgba(colour: NDArray[np.float32], opacity: NDArray[np.float32]) -> Rgba:
    rgba = np.empty((*opacity.shape, 4), dtype=np.uint8)
    for channel, plane in enumerate((*colour, opacity * 255)):
        np.copyto(rgba[..., channel], np.rint(plane), casting="unsafe")
    return rgba
