"""Rendering a film to a file: analysed, projected, encoded, probed, and only then put in place."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from agents.visuals.editing.delivery import deliver, part_file
from agents.visuals.encode import Encoder
from agents.visuals.facts import VideoFacts
from agents.visuals.threads import one_thread
from agents.visuals.visualizer.admission import admit, admit_recording, admit_span
from agents.visuals.visualizer.flashes import FlashMeter
from agents.visuals.visualizer.frame import Frame
from agents.visuals.visualizer.projector import Projector
from agents.visuals.visualizer.sound import audio_length_s, listen
from agents.visuals.visualizer.stage import Stage
from agents.visuals.visualizer.words import Words
from configs.knobs import Captions
from storage.types import SongPlan, VisualIdentity

AT_ONCE, AT_ONCE_PX = 16, 16_000_000
"""How many pictures are drawn before they are handed on, and of how many pixels together: with each wait for the encoder
the processor's caches become the encoder's. A minute of 720p took 4.7 CPU seconds of our own drawn one by one, 3.9 by
twelve and 3.5 by 24 (means of four films each, in turn); sixteen hold a third less memory than those."""
SILENT = "the sound is silent: the picture keeps the plan's beat alone"


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
    captions: Captions,
    progress: Callable[[float], None] | None,
) -> VideoFacts:
    """See `agents.painter.film`."""
    length_s = audio_length_s(audio)
    admit(plan, length_s)
    reel = admit_span(length_s, stage, fps=fps, start_s=start_s, end_s=end_s, preset=preset)
    admit_recording(plan, audio)
    words = Words(plan, visual, reel, captions=captions)
    sound = listen(audio, start_s, reel.frames, fps)
    projector = Projector(plan, sound, visual, reel, words, seed)
    meter = FlashMeter(fps)
    with part_file(out) as part, one_thread():
        with Encoder(reel, audio, part, preset) as encoder:
            at_once = max(1, min(AT_ONCE, AT_ONCE_PX // (stage.width * stage.height)))
            # One buffer more, for the last picture handed on is still being read while the next is drawn.
            drawn: list[Frame] = []
            for number, frame in enumerate(projector.frames(buffers=at_once + 1), start=1):
                meter.see(frame.y)
                drawn.append(frame)
                if len(drawn) == at_once or number == reel.frames:
                    for each in drawn:
                        encoder.lend(each.buffer.data)
                    drawn.clear()
                    if progress:
                        progress(number / reel.frames)
        facts = deliver(part, out)
    notes = (*words.notes, *((SILENT,) if sound.is_silent else ()))
    return replace(facts, flashes_per_s=meter.per_second(), notes=notes)
