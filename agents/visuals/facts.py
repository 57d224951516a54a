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


@dataclass(frozen=True)
class VideoFacts:
    """A video file, as read back."""

    width: int
    height: int
    fps: float
    duration_s: float
    """Of the picture stream."""
    audio_duration_s: float
    size_bytes: int
    flashes_per_s: float = 0.0
    """The most flashes in any one second, as `visualizer/flashes.py` counts them; 3 is the limit."""
    dropped_characters: str = ""
    """Characters of title, name or lyrics that no typeface here can draw."""
