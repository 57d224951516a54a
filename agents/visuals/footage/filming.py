"""A film of footage made: shots that it has no clip for are drawn where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agents.visuals.editing import fast
from agents.visuals.facts import VideoFacts
from agents.visuals.footage.cutting import Clip, Cutting, cut_film
from agents.visuals.footage.drawn import Drawn
from agents.visuals.footage.rhythm import NEEDED
from agents.visuals.titles import are_captions_wanted
from agents.visuals.visualizer.admission import admit, admit_recording, admit_span
from agents.visuals.visualizer.projector import Projector
from agents.visuals.visualizer.sound import audio_length_s, listen
from agents.visuals.visualizer.stage import Stage
from configs.knobs import Captions
from storage.types import FootageClip, SongPlan, VisualIdentity


@dataclass(frozen=True)
class FootageFilm:
    """The film, the clips that it shows, and how much of it is drawn."""

    facts: VideoFacts
    clips: tuple[FootageClip, ...]
    note: str


def film_footage(
    plan: SongPlan,
    audio: Path,
    visual: VisualIdentity,
    out: Path,
    *,
    clips: Sequence[tuple[FootageClip, Path]],
    width: int,
    height: int,
    fps: int,
    seed: int,
    start_s: float,
    end_s: float | None,
    preset: str,
    captions: Captions,
) -> FootageFilm:
    """Raises RenderError where footage fills no shot or a clip cannot be shown, and as `agents.painter.film` does."""
    length_s = audio_length_s(audio)
    admit(plan, length_s)
    reel = admit_span(length_s, Stage(width, height), fps=fps, start_s=start_s, end_s=end_s, preset=preset)
    admit_recording(plan, audio)
    cutting = cut_film(
        plan,
        audio,
        visual,
        tuple(Clip.of(clip, path) for clip, path in clips),
        width=width,
        height=height,
        fps=fps,
        seed=seed,
        start_s=start_s,
        end_s=start_s + reel.duration_s,
        captions=are_captions_wanted(plan, captions),
    )
    drawn: dict[Path, Drawn] = {}
    if cutting.drawings:
        # The whole span is heard, whatever is drawn of it: what is loud is so beside the rest of the film.
        sound = listen(audio, start_s, reel.frames, fps)
        projector = Projector(plan, sound, visual, reel, None, seed)
        drawn = {drawing.path: Drawn(projector, drawing) for drawing in cutting.drawings}
    facts = fast.render(cutting.timeline, out, preset=preset, drawn=drawn)
    facts = replace(facts, notes=(*cutting.notes, *facts.notes))
    shown = {shot.clip for shot in cutting.timeline.shots}
    return FootageFilm(
        facts, tuple(clip for clip, path in clips if path in shown), _told(cutting, len(clips))
    )


def _told(cutting: Cutting, clips: int) -> str:
    if not cutting.drawings:
        return ""
    timeline, drawn = cutting.timeline, {drawing.path for drawing in cutting.drawings}
    frames = sum(shot.frames for shot in timeline.shots if shot.clip in drawn)
    why = f"{clips} clips of {NEEDED}" if clips < NEEDED else "no clip is long enough for every shot"
    return f"{why}; {frames / timeline.fps:.0f} of {timeline.duration_s:.0f} s are drawn"
