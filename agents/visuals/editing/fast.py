"""The fast path: clips decoded by ffmpeg, blended and written over in YUV, encoded by ffmpeg."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import cv2

from agents.visuals.editing.delivery import deliver, part_file, require_apart
from agents.visuals.editing.layers import Layers
from agents.visuals.editing.source import Pictures, Source
from agents.visuals.encode import FILMED, Encoder, Reel
from agents.visuals.facts import VideoFacts
from agents.visuals.threads import one_thread
from agents.visuals.timeline import Timeline
from agents.visuals.visualizer.flashes import FlashMeter
from agents.visuals.visualizer.frame import Frame


def render(
    timeline: Timeline,
    out: Path,
    *,
    preset: str = "superfast",
    progress: Callable[[float], None] | None = None,
    drawn: Mapping[Path, Pictures] | None = None,
) -> VideoFacts:
    """Make the file. `progress` is told the finished share, 0–1, about once per second of film.

    Shots whose clip is named in `drawn` take their pictures from there; each name is of one shot.
    Raises UsageError where `out` is one of its clips or its sound, RenderError for a clip that cannot be shown and
    DiskFullError; `out` is not touched then.
    """
    require_apart(out, *timeline.sources)
    reel = Reel(timeline.width, timeline.height, timeline.fps, timeline.frames, timeline.soundtrack.start_s)
    layers = Layers(timeline.layers, width=reel.width, height=reel.height, fps=reel.fps, frames=reel.frames)
    meter = FlashMeter(timeline.fps)
    with part_file(out) as part, one_thread():
        with Encoder(reel, timeline.soundtrack.audio, part, preset, FILMED) as encoder:
            for number, frame in enumerate(_cut(timeline, drawn or {}), start=1):
                layers.lay(frame, number - 1)
                meter.see(frame.y)
                encoder.write(frame.buffer.data)
                if progress and (number % timeline.fps == 0 or number == timeline.frames):
                    progress(number / timeline.frames)
        facts = deliver(part, out)
    return replace(facts, flashes_per_s=meter.per_second(), notes=layers.notes)


def _cut(timeline: Timeline, drawn: Mapping[Path, Pictures]) -> Iterator[Frame]:
    """The clips alone. While one shows, the next one's process is already decoding."""

    def opened(number: int) -> Pictures:
        return drawn.get(timeline.shots[number].clip) or Source(timeline, number)

    canvas = Frame(timeline.width, timeline.height)
    sources = {0: opened(0)}
    try:
        for number, shot in enumerate(timeline.shots):
            if number + 1 < len(timeline.shots):
                sources[number + 1] = opened(number + 1)
            exit_frames = timeline.exit_frames(number)
            for index in range(shot.frames):
                sources[number].read()
                canvas.buffer[:] = sources[number].frame.buffer
                share = index / shot.entry_frames if index < shot.entry_frames else 1.0
                if share < 1 and shot.enters == "dissolve":
                    sources[number - 1].read()
                    under = sources[number - 1].frame.buffer
                    cv2.addWeighted(canvas.buffer, share, under, 1 - share, 0, dst=canvas.buffer)
                elif number - 1 in sources:
                    sources.pop(number - 1).close()
                if shot.enters == "dip":
                    canvas.fade(share)
                if shot.frames - index <= exit_frames:
                    canvas.fade((shot.frames - index) / exit_frames)
                yield canvas
    finally:
        for source in sources.values():
            source.close()
