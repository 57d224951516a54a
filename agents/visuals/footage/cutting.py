"""A song's film from footage: which clip fills which shot, under the artist's own colours and letters.

Where there are too few clips, or none lasts long enough, the visualizer draws the shot, cut in like any clip.
"""

import random
from dataclasses import dataclass, field, replace
from pathlib import Path

from agents.visuals.footage.rhythm import LEAD_IN_S, NEEDED, SLACK_S, Cut, cuts
from agents.visuals.timeline import Shot, Soundtrack, Timeline, Veil
from agents.visuals.titles import Titles
from agents.visuals.visualizer.stage import Stage
from storage.clock import sub_seed
from storage.errors import RenderError
from storage.types import FootageClip, SongPlan, VisualIdentity

DRAWN = Path("drawn")
"""No folder: what stands before the names of shots that are drawn, where others have a clip's path."""


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


@dataclass(frozen=True)
class Drawing:
    """A shot that the visualizer is to draw."""

    path: Path
    """Its name in the timeline."""
    first_frame: int
    """In the film."""
    frames: int


@dataclass(frozen=True)
class Cutting:
    """A film as it is to be made."""

    timeline: Timeline
    drawings: tuple[Drawing, ...]
    """None where there is footage for every shot."""
    notes: tuple[str, ...] = ()
    """What had to be left out of its words."""


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
) -> Cutting:
    """The timeline of a span of the song. Raises RenderError where no clip is long enough for any shot."""
    wanted = cuts(plan, start_s, end_s, fps)
    shots, drawings = _fill(wanted, _Pool(clips, seed), fps)
    if len(drawings) == len(shots):
        shortest_s = min(cut.frames for cut in wanted) / fps
        raise RenderError(f"no footage lasts {shortest_s:.1f} s: the visualizer draws this song")
    titles = Titles(plan, visual, Stage(width, height), start_s, end_s)
    shown = {shot.clip for shot in shots}
    timeline = Timeline(
        width=width,
        height=height,
        fps=fps,
        shots=shots,
        overlays=titles.cards(clip.credit for clip in clips if clip.path in shown),
        captions=titles.captions() if captions else (),
        veils=(Veil(colour=titles.ground, centre=0.08, edge=0.6), *titles.calm()),
        soundtrack=Soundtrack(audio=audio, start_s=start_s),
    )
    return Cutting(timeline, drawings, titles.missed() if captions else ())


def _fill(wanted: tuple[Cut, ...], pool: "_Pool", fps: int) -> tuple[tuple[Shot, ...], tuple[Drawing, ...]]:
    """Every shot with its clip; drawn ones that follow one another are one."""
    tails = [*(cut.entry_frames if cut.enters == "dissolve" else 0 for cut in wanted[1:]), 0]
    shots: list[Shot] = []
    drawings: list[Drawing] = []
    at = 0
    for number, (cut, tail) in enumerate(zip(wanted, tails, strict=True)):
        shot = pool.fill(cut, tail, fps) if _is_filmed(number, len(pool.clips)) else None
        goes_on = bool(drawings) and shots[-1].clip == drawings[-1].path
        if shot is None and goes_on:
            before, drawing = shots.pop(), drawings.pop()
            shot = before.model_copy(update={"frames": before.frames + cut.frames})
            drawings.append(replace(drawing, frames=shot.frames + tail))
        elif shot is None:
            drawings.append(Drawing(DRAWN / str(number), at, cut.frames + tail))
            shot = _shot(cut, drawings[-1].path, 0.0)
        shots.append(shot)
        at += cut.frames
    return tuple(shots), tuple(drawings)


def _is_filmed(number: int, clips: int) -> bool:
    """Of as many shots as clips are needed, as many as there are clips, spread evenly; the first always."""
    return clips >= NEEDED or number * clips % NEEDED < clips


def _shot(cut: Cut, clip: Path, in_s: float) -> Shot:
    return Shot.model_validate(
        {
            "clip": clip,
            "in_s": in_s,
            "frames": cut.frames,
            "enters": cut.enters,
            "entry_frames": cut.entry_frames,
        }
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

    def fill(self, cut: Cut, tail_frames: int, fps: int) -> Shot | None:
        """The next shot; None if no clip lasts long enough."""
        needs_s = (cut.frames + tail_frames) / fps + SLACK_S
        fitting = [clip for clip in self.clips if clip.duration_s >= needs_s]
        if not fitting:
            return None
        fresh = [clip for clip in fitting if clip.path not in self._lately] or fitting
        suited = [clip for clip in fresh if clip.is_lively == cut.is_lively]
        clip = min(suited or fresh, key=lambda clip: (self._used.get(clip.path, 0), self.clips.index(clip)))
        in_s = self._at_s.get(clip.path, min(LEAD_IN_S, clip.duration_s - needs_s))
        if in_s + needs_s > clip.duration_s:
            in_s = 0.0
        self._used[clip.path] = self._used.get(clip.path, 0) + 1
        self._at_s[clip.path] = in_s + needs_s
        self._lately = [*self._lately, clip.path][-min(3, len(self.clips) - 1) :]
        return _shot(cut, clip.path, in_s)
