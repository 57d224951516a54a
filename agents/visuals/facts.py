"""What was measured on finished pictures."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CoverFiles:
    """A painted cover and its thumbnail, both JPEG in sRGB."""

    cover: Path
    thumbnail: Path
    composition: str
    size_px: int
    thumbnail_size_px: int
    size_bytes: int
    thumbnail_size_bytes: int
    title_contrast: float | None
    """WCAG contrast of the title on the pixels behind its glyphs; at least 4.5. None: nothing of it could be drawn."""
    artist_contrast: float | None
    dropped_characters: str = ""
    """Characters that no typeface here can draw."""
    too_small: tuple[str, ...] = ()
    """Words that had room for small letters only: the title, the name."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be left out, or can hardly be read, a line each."""
        missing = (undrawable(self.dropped_characters),) if self.dropped_characters else ()
        return *missing, *(f"the {words} is too long to be read on a thumbnail" for words in self.too_small)


@dataclass(frozen=True)
class VideoFacts:
    """A video file, as read back."""

    width: int
    height: int
    fps: float
    duration_s: float
    """Of the picture stream."""
    audio_duration_s: float
    """0 for a film that has no sound."""
    size_bytes: int
    flashes_per_s: float = 0.0
    """The most flashes in any one second, as `visualizer/flashes.py` counts them; 3 is the limit."""
    notes: tuple[str, ...] = ()
    """What had to be left out or stood in for, a line each."""


def undrawable(characters: str) -> str:
    """A note of characters that no typeface here has."""
    shown = "".join(_seen(character) for character in characters[:12]) + "…" * (len(characters) > 12)
    return f"left out, because no typeface here can draw it: {shown}"


def _seen(character: str) -> str:
    """A mark on a circle that stands for its letter, and by its number what nobody would see."""
    if unicodedata.category(character).startswith("M"):
        return f"\u25cc{character}"
    return character if character.isprintable() else f"U+{ord(character):04X}"
