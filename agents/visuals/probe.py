"""What a finished video file really is, asked of the file itself."""

from pathlib import Path

import av
import av.error

from agents.visuals.facts import VideoFacts
from storage.errors import RenderError


def probe_video(path: Path) -> VideoFacts:
    """Size, rate and lengths as PyAV reads them; raises RenderError for a file without picture or sound."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.video or not container.streams.audio:
                raise RenderError(f"{path.name} lacks a picture or a sound stream: render it again")
            picture, sound = container.streams.video[0], container.streams.audio[0]
            return VideoFacts(
                width=picture.width,
                height=picture.height,
                fps=float(picture.average_rate or 0),
                duration_s=float((picture.duration or 0) * (picture.time_base or 0)),
                audio_duration_s=float((sound.duration or 0) * (sound.time_base or 0)),
                size_bytes=path.stat().st_size,
            )
    except av.error.FFmpegError as error:
        raise RenderError(f"{path.name} cannot be read back as a video: {error}") from error
