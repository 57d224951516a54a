"""What was measured on finished pictures."""

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
    title_contrast: float
    """WCAG contrast of the title on the pixels behind its glyphs; at least 4.5."""
    artist_contrast: float
    dropped_characters: str = ""
    """Characters that no typeface here can draw."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be left out, a line each."""
        return (undrawable(self.dropped_characters),) if self.dropped_characters else ()


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
    shown = characters if len(characters) <= 12 else f"{characters[:12]}…"
    return f"left out, because no typeface here can draw it: {shown}"
