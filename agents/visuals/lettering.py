"""Setting type: lines and blocks of text as coverage masks, fitted to the room they have."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from agents.visuals.breaking import broken
from agents.visuals.script import clean_text, clusters, runs
from agents.visuals.typefaces import Typeface, cap_height, load_font
from storage.errors import UsageError

Align = Literal["left", "centre", "right"]
Mask = NDArray[np.uint8]
_REFERENCE_PX = 200
_SMALL_PX = 96
LONGEST_WORDS = 200


@dataclass(frozen=True)
class Lettering:
    """Set type: `mask` is its coverage, uint8 (height, width), cut to the ink; `dropped` could not be drawn."""

    mask: Mask
    lines: tuple[str, ...]
    size_px: int
    dropped: str = ""
    is_low: bool = False
    """Its capitals are lower than was asked for: there was no room."""


def require_named(what: str, *, title: str, artist_name: str) -> None:
    """Raises UsageError for a title or a name that is empty, or longer than anybody could read on `what`."""
    for part, words in (("title", title), ("artist's name", artist_name)):
        if not words.strip() or len(words) > LONGEST_WORDS:
            raise UsageError(
                f"a {what} needs its {part}, of at most {LONGEST_WORDS} characters: it has {len(words.strip())}"
            )


def capitals(text: str) -> str:
    """The text in capitals, as its readers write them: Greek ones lose their stress mark (CLDR's el-Upper does
    so; Python keeps it), and a vowel that the mark held apart from the one before keeps apart by a diaeresis."""
    marked = unicodedata.normalize("NFD", text.upper())
    marked = re.sub("([ΑΕΟ])\u0301([ΙΥ])(?![\u0301\u0308])", "\\1\\2\u0308", marked)
    return unicodedata.normalize("NFC", re.sub("(?<=[Α-Ω])(\u0308?)\u0301", "\\1", marked))


def measure(text: str, typeface: Typeface, size_px: float, tracking_em: float = 0.0) -> float:
    """Width of a line in pixels."""
    advance = sum(load_font(face, _REFERENCE_PX).getlength(run) for face, run in runs(text, typeface))
    return advance * size_px / _REFERENCE_PX + tracking_em * size_px * max(0, len(clusters(text)) - 1)


def set_block(
    text: str,
    typeface: Typeface,
    *,
    width_px: int,
    height_px: int,
    size_px: int,
    max_lines: int = 1,
    tracking_em: float = 0.0,
    leading: float = 1.08,
    align: Align = "centre",
    least_caps_px: float = 0.0,
) -> Lettering:
    """Text in at most `max_lines` balanced lines, as large as fits the box and not above `size_px`.

    Where capitals would be lower than `least_caps_px`, there are more lines, and words are cut if they must be.
    """
    flat, dropped = clean_text(text, typeface.family)
    lines, size = _best_fit(flat, typeface, (width_px, height_px), size_px, max_lines, tracking_em, leading)
    least_px = least_caps_px / cap_height(typeface)
    if size < least_px:
        room = (width_px, height_px)
        whole = _broken_up(flat, typeface, room, (least_px, size_px), tracking_em, leading, cuts=False)
        cut = whole or _broken_up(flat, typeface, room, (size, size_px), tracking_em, leading, cuts=True)
        lines, size = cut or (lines, size)
    mask = _stack(lines, typeface, size, tracking_em, leading, align)
    overflow = max(mask.shape[1] / width_px, mask.shape[0] / height_px)
    if overflow > 1:
        size = max(4, int(size / overflow))
        mask = _stack(lines, typeface, size, tracking_em, leading, align)[:height_px, :width_px]
    # A tenth is what whole pixels, and letters that stand out of their lines, may take.
    is_low = bool(mask.any()) and size < 0.9 * least_px
    return Lettering(mask, tuple(lines), size, dropped, is_low)


def wrap(text: str, typeface: Typeface, count: int, tracking_em: float = 0.0) -> list[str]:
    """Words broken into exactly `count` lines (fewer words: fewer lines) whose longest is as short as can be."""
    words = text.split(" ")
    count = min(count, len(words))
    widths = [measure(word, typeface, 100, tracking_em) for word in words]
    low, high = max(widths), sum(widths) + 40 * len(words)
    for _ in range(18):
        middle = (low + high) / 2
        if len(_fill(words, widths, middle)) <= count:
            high = middle
        else:
            low = middle
    return _fill(words, widths, high)


def _fill(words: list[str], widths: list[float], limit: float) -> list[str]:
    lines: list[str] = []
    room = -1.0
    for word, width in zip(words, widths, strict=True):
        if lines and width + 25 <= room:
            lines[-1] += f" {word}"
            room -= width + 25
        else:
            lines.append(word)
            room = limit - width
    return lines


def _best_fit(
    text: str,
    typeface: Typeface,
    box: tuple[int, int],
    size_px: int,
    max_lines: int,
    tracking_em: float,
    leading: float,
) -> tuple[list[str], int]:
    best: tuple[list[str], int] = ([text], 0)
    for count in range(1, max_lines + 1):
        lines = wrap(text, typeface, count, tracking_em)
        widest = max(measure(line, typeface, 100, tracking_em) for line in lines) / 100
        tall = (len(lines) - 1) * leading + 0.95
        size = int(min(size_px, box[0] / max(widest, 1e-6), box[1] / tall))
        # A further line must earn its place: a headline in one line beats a slightly larger one in two.
        if size > best[1] * (1.12 if count > 1 else 1.0):
            best = (lines, size)
    return best[0], max(4, best[1])


def _broken_up(
    text: str,
    typeface: Typeface,
    box: tuple[int, int],
    sizes_px: tuple[float, int],
    tracking_em: float,
    leading: float,
    *,
    cuts: bool,
) -> tuple[list[str], int] | None:
    """In as many lines as it takes, larger than the first of two sizes; None where that cannot be."""

    @cache
    def width_of(line: str) -> float:
        return measure(line, typeface, 1, tracking_em)

    size = sizes_px[1]
    while size > sizes_px[0]:
        lines = broken(text, box[0] / size, width_of, cuts=cuts)
        if lines and ((len(lines) - 1) * leading + 0.95) * size <= box[1]:
            even = wrap(text, typeface, len(lines), tracking_em) if " ".join(lines) == text else lines
            return even if max(map(width_of, even)) <= box[0] / size else lines, size
        size = min(size - 1, int(size * 0.97))
    return None


def _stack(
    lines: list[str], typeface: Typeface, size_px: int, tracking_em: float, leading: float, align: Align
) -> Mask:
    if size_px < _SMALL_PX:
        # Letters stand on whole pixels, and words set small run into one another.
        large = _stack(lines, typeface, size_px * 4, tracking_em, leading, align)
        return np.asarray(Image.fromarray(large).reduce(4), dtype=np.uint8)
    widths = [measure(line, typeface, size_px, tracking_em) for line in lines]
    pad = size_px
    canvas = np.zeros(
        (round(size_px * (leading * len(lines) + 2)), round(max(widths)) + 2 * pad), dtype=np.uint8
    )
    for row, (line, width) in enumerate(zip(lines, widths, strict=True)):
        left = {"left": 0.0, "centre": (max(widths) - width) / 2, "right": max(widths) - width}[align]
        baseline = round(size_px * (1.2 + leading * row))
        _draw_line(canvas, line, typeface, size_px, tracking_em, pad + left, baseline)
    return _crop(canvas)


def _draw_line(
    canvas: Mask, text: str, typeface: Typeface, size_px: int, tracking_em: float, left: float, baseline: int
) -> None:
    image = Image.fromarray(canvas)
    pen = ImageDraw.Draw(image)
    for face, run in runs(text, typeface):
        font = load_font(face, size_px)
        for piece in clusters(run) if tracking_em else [run]:
            pen.text((left, baseline), piece, font=font, fill=255, anchor="ls")
            left += font.getlength(piece) + (tracking_em * size_px if tracking_em else 0.0)
    np.maximum(canvas, np.asarray(image), out=canvas)


def _crop(canvas: Mask) -> Mask:
    rows, columns = np.flatnonzero(canvas.any(axis=1)), np.flatnonzero(canvas.any(axis=0))
    if not len(rows):
        return np.zeros((1, 1), dtype=np.uint8)
    return canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy()
