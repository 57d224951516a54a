"""The fast path: clips decoded by ffmpeg, blended and written over in YUV, encoded by ffmpeg."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import cv2

from agents.visuals.editing.delivery import deliver, part_file
from agents.visuals.editing.raster import rasterise
from agents.visuals.editing.source import Pictures, Source
from agents.visuals.encode import FILMED, Encoder, Reel
from agents.visuals.facts import VideoFacts, undrawable
from agents.visuals.threads import one_thread
from agents.visuals.timeline import Emblem, Overlay, Timeline, Veil
from agents.visuals.visualizer.flashes import FlashMeter
from agents.visuals.visualizer.frame import Frame
from agents.visuals.visualizer.sprite import Sprite, sprite_of


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
    Raises RenderError for a clip that cannot be shown and DiskFullError; `out` is not touched then.
    """
    reel = Reel(timeline.width, timeline.height, timeline.fps, timeline.frames, timeline.soundtrack.start_s)
    layers = [_Laid(timeline, layer) for layer in timeline.layers]
    meter = FlashMeter(timeline.fps)
    with part_file(out) as part, one_thread():
        with Encoder(reel, timeline.soundtrack.audio, part, preset, FILMED) as encoder:
            for number, frame in enumerate(_frames(timeline, layers, drawn or {}), start=1):
                meter.see(frame.y)
                encoder.write(frame.buffer.data)
                if progress and (number % timeline.fps == 0 or number == timeline.frames):
                    progress(number / timeline.frames)
        facts = deliver(part, out)
    dropped = "".join(dict.fromkeys("".join(layer.dropped for layer in layers)))
    notes = (undrawable(dropped),) if dropped else ()
    return replace(facts, flashes_per_s=meter.per_second(), notes=notes)


def _frames(timeline: Timeline, layers: "list[_Laid]", drawn: Mapping[Path, Pictures]) -> Iterator[Frame]:
    """Every picture of the film, in one buffer."""
    for time, frame in enumerate(_cut(timeline, drawn)):
        for layer in layers:
            layer.lay(frame, time)
        yield frame


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


class _Laid:
    """A layer as it comes and goes; it is drawn when it is first needed, and forgotten after."""

    def __init__(self, timeline: Timeline, layer: Veil | Overlay | Emblem) -> None:
        self._size = (timeline.width, timeline.height)
        self._layer = layer
        self._first, self._last, self._fade = timeline.span(layer)
        self._sprite: Sprite | None = None
        self.dropped = ""

    def lay(self, frame: Frame, time: int) -> None:
        if not self._first <= time < self._last:
            self._sprite = None
            return
        if self._sprite is None:
            raster = rasterise(self._layer, *self._size)
            self.dropped = raster.dropped
            self._sprite = sprite_of(raster)
        step = min(time - self._first, self._last - time)
        opacity = min(1.0, step / self._fade) if self._fade else 1.0
        if opacity > 0:
            self._sprite.lay(frame, opacity)
