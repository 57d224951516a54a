"""A song's film from footage: which clip fills which shot, under the artist's own colours and letters."""

import random
from dataclasses import dataclass, field
from pathlib import Path

from agents.visuals.footage.rhythm import LEAD_IN_S, SLACK_S, Cut, cuts
from agents.visuals.footage.titles import Titles
from agents.visuals.timeline import Shot, Soundtrack, Timeline, Veil
from agents.visuals.visualizer.stage import Stage
from storage.clock import sub_seed
from storage.errors import RenderError
from storage.types import FootageClip, SongPlan, VisualIdentity


@dataclass(frozen=True)
class Clip:
    """A file of footage with what was measured on it."""

    path: Path
    duration_s: float
    is_lively: bool
    credit: str
    """Who is to be named for it."""

    @classmethod
    def of(cls, clip: FootageClip, path: Path) -> "Clip":
        """The clip as its asset has it on record."""
        facts = clip.asset.facts
        credit = f"{facts['author']} ({clip.asset.provider.capitalize()})"
        return cls(path, float(facts["duration_s"]), clip.is_lively, credit)


def cut_film(
    plan: SongPlan,
    audio: Path,
    visual: VisualIdentity,
    clips: tuple[Clip, ...],
    *,
    width: int,
    height: int,
    fps: int,
    seed: int,
    start_s: float,
    end_s: float,
    captions: bool,
) -> Timeline:
    """The timeline of a span of the song. Raises RenderError where no clip is long enough."""
    shots = cuts(plan, start_s, end_s, fps)
    pool = _Pool(clips, seed)
    titles = Titles(plan, visual, Stage(width, height), start_s, end_s)
    tails = [*(shot.entry_frames if shot.enters == "dissolve" else 0 for shot in shots[1:]), 0]
    return Timeline(
        width=width,
        height=height,
        fps=fps,
        shots=tuple(pool.fill(cut, tail, fps) for cut, tail in zip(shots, tails, strict=True)),
        overlays=titles.cards(clip.credit for clip in clips),
        captions=titles.captions() if captions else (),
        veils=(Veil(colour=titles.ground, centre=0.08, edge=0.6), *titles.calm()),
        soundtrack=Soundtrack(audio=audio, start_s=start_s),
    )


@dataclass
class _Pool:
    """The clips in turn: lively ones for the heights, none twice in a row, each going on where it was left."""

    clips: tuple[Clip, ...]
    seed: int
    _used: dict[Path, int] = field(default_factory=dict)
    _at_s: dict[Path, float] = field(default_factory=dict)
    _lately: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        order = list(self.clips)
        random.Random(sub_seed(self.seed, "cut")).shuffle(order)
        self.clips = tuple(order)

    def fill(self, cut: Cut, tail_frames: int, fps: int) -> Shot:
        """The next shot."""
        needs_s = (cut.frames + tail_frames) / fps + SLACK_S
        fitting = [clip for clip in self.clips if clip.duration_s >= needs_s]
        if not fitting:
            raise RenderError(f"no footage lasts {needs_s:.1f} s: the visualizer draws this song")
        fresh = [clip for clip in fitting if clip.path not in self._lately] or fitting
        suited = [clip for clip in fresh if clip.is_lively == cut.is_lively]
        clip = min(suited or fresh, key=lambda clip: (self._used.get(clip.path, 0), self.clips.index(clip)))
        in_s = self._at_s.get(clip.path, min(LEAD_IN_S, clip.duration_s - needs_s))
        if in_s + needs_s > clip.duration_s:
            in_s = 0.0
        self._used[clip.path] = self._used.get(clip.path, 0) + 1
        self._at_s[clip.path] = in_s + needs_s
        self._lately = [*self._lately, clip.path][-min(3, len(self.clips) - 1) :]
        return Shot.model_validate(
            {
                "clip": clip.path,
                "in_s": in_s,
                "frames": cut.frames,
                "enters": cut.enters,
                "entry_frames": cut.entry_frames,
            }
        )
