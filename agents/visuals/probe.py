"""What a finished video file really is, asked of the file itself."""

from pathlib import Path

import av
import av.error

from agents.visuals.facts import VideoFacts
from storage.errors import RenderError


def probe_video(path: Path, *, called: str | None = None, needs_sound: bool = True) -> VideoFacts:
    """Size, rate and lengths as PyAV reads them; raises RenderError for a file without picture, or without sound it needs.

    `called` is the name that people know it by, where its own is not for them.
    """
    name = called or path.name
    try:
        with av.open(str(path)) as container:
            sounds = container.streams.audio
            if not container.streams.video or (needs_sound and not sounds):
                raise RenderError(f"{name} lacks a picture or a sound stream: render it again")
            picture = container.streams.video[0]
            return VideoFacts(
                width=picture.width,
                height=picture.height,
                fps=float(picture.average_rate or 0),
                duration_s=float((picture.duration or 0) * (picture.time_base or 0)),
                audio_duration_s=float((sounds[0].duration or 0) * (sounds[0].time_base or 0))
                if sounds
                else 0.0,
                size_bytes=path.stat().st_size,
            )
    except av.error.FFmpegError as error:
        raise RenderError(f"{name} cannot be read back as a video: {error}") from error
