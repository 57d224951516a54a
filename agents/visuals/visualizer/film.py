"""Rendering a film to a file: analysed, projected, encoded, probed, and only then put in place."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2

from agents.visuals.encode import PRESETS, Encoder, Reel
from agents.visuals.facts import VideoFacts
from agents.visuals.probe import probe_video
from agents.visuals.visualizer.flashes import FlashMeter
from agents.visuals.visualizer.projector import Projector
from agents.visuals.visualizer.sound import audio_length_s, listen
from agents.visuals.visualizer.stage import Stage
from agents.visuals.visualizer.words import Words
from storage.errors import RenderError, UsageError
from storage.types import SongPlan, VisualIdentity

MAX_DRIFT_S = 0.040
"""Picture and sound may differ in length by this much."""


def render_film(
    plan: SongPlan,
    audio: Path,
    visual: VisualIdentity,
    out: Path,
    *,
    stage: Stage,
    fps: int,
    seed: int,
    start_s: float,
    end_s: float | None,
    preset: str,
    captions: bool,
    progress: Callable[[float], None] | None,
) -> VideoFacts:
    """See `agents.painter.film`."""
    reel = _cut(audio, stage, fps=fps, start_s=start_s, end_s=end_s, preset=preset)
    words = Words(plan, visual, stage, (start_s, start_s + reel.duration_s), captions=captions)
    projector = Projector(plan, listen(audio, start_s, reel.frames, fps), visual, reel, words, seed)
    meter = FlashMeter(fps)
    with _part_file(out) as part, _one_thread():
        with Encoder(reel, audio, part, preset) as encoder:
            for number, frame in enumerate(projector.frames(), start=1):
                meter.see(frame.y)
                encoder.write(frame.buffer.data)
                if progress and (number % fps == 0 or number == reel.frames):
                    progress(number / reel.frames)
        facts = probe_video(part)
        if abs(facts.duration_s - facts.audio_duration_s) > MAX_DRIFT_S:
            raise RenderError(
                f"{out.name}: picture lasts {facts.duration_s:.3f} s and sound {facts.audio_duration_s:.3f} s"
            )
        part.replace(out)
    return replace(facts, flashes_per_s=meter.per_second(), dropped_characters=words.dropped_characters)


def _cut(audio: Path, stage: Stage, *, fps: int, start_s: float, end_s: float | None, preset: str) -> Reel:
    if not 1 <= fps <= 60:
        raise UsageError(f"{fps} frames a second cannot be made: use 1 to 60")
    if preset not in PRESETS:
        raise UsageError(f"unknown preset {preset!r}: choose one of {', '.join(PRESETS)}")
    length_s = audio_length_s(audio)
    end_s = length_s if end_s is None else min(end_s, length_s)
    frames = round((end_s - start_s) * fps)
    if start_s < 0 or frames < 2:
        raise UsageError(
            f"nothing to show from {start_s:.2f} s to {end_s:.2f} s of a {length_s:.2f} s recording"
        )
    return Reel(stage.width, stage.height, fps, frames, start_s)


@contextlib.contextmanager
def _part_file(out: Path) -> Iterator[Path]:
    """A file of its own beside `out`, so that two renders never share one; gone if it was not put in place."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        prefix=f".{out.name}.", suffix=".part", dir=out.parent, delete=False
    ) as file:
        part = Path(file.name)
    try:
        part.chmod(0o644)
        yield part
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """OpenCV on this thread alone while rendering: workers are counted by cores."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
