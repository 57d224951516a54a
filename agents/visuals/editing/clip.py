"""What a clip is, and how it fills a frame; asked once, and the same for every backend."""

from dataclasses import dataclass
from pathlib import Path

import av
import av.error

from storage.errors import RenderError


@dataclass(frozen=True)
class ClipFacts:
    """A clip's picture, as PyAV reads it."""

    width: int
    height: int
    fps: float
    duration_s: float
    codec: str


@dataclass(frozen=True)
class Fit:
    """A clip scaled to `width` × `height`, of which the frame shows the part from (`left`, `top`) on."""

    width: int
    height: int
    left: int
    top: int


def probe_clip(path: Path) -> ClipFacts:
    """Size, rate and length of a clip's picture; raises RenderError for what is none."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise RenderError(f"{path.name} has no picture")
            picture = container.streams.video[0]
            length_s = float((picture.duration or 0) * (picture.time_base or 0))
            if not length_s and container.duration:  # of the whole file, in microseconds
                length_s = container.duration / 1e6
            facts = ClipFacts(
                width=picture.width,
                height=picture.height,
                fps=float(picture.average_rate or 0),
                duration_s=length_s,
                codec=picture.codec_context.name,
            )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise RenderError(f"{path.name} cannot be read as a video: {error}") from error
    if min(facts.width, facts.height) < 2 or not 1 <= facts.fps <= 240 or facts.duration_s <= 0:
        raise RenderError(f"{path.name} does not say its size, rate and length")
    return facts


def fit(clip: ClipFacts, width: int, height: int, focus_x: float = 0.5) -> Fit:
    """The smallest size, in even pixels, at which the clip covers the frame without being stretched."""
    scale = max(width / clip.width, height / clip.height)
    # Rounded up, so that no line of the frame stays uncovered.
    scaled = (
        max(width, 2 * -(-round(clip.width * scale) // 2)),
        max(height, 2 * -(-round(clip.height * scale) // 2)),
    )
    left = round((scaled[0] - width) * focus_x) // 2 * 2
    return Fit(*scaled, left, (scaled[1] - height) // 4 * 2)


def first_frame(clip: ClipFacts, in_s: float) -> int:
    """Which frame of the clip is showing at `in_s`."""
    return int(clip.fps * in_s + 1e-5)
