"""Which scene plays when: one scene per kind of section, so that a returning chorus looks like itself."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from agents.visuals.visualizer.scenes import SCENES
from storage.clock import sub_seed
from storage.errors import UsageError
from storage.types import PlannedSection, SongPlan, VisualIdentity

Transition = Literal["melt", "iris", "sweep"]
TRANSITIONS: tuple[Transition, ...] = ("melt", "iris", "sweep")
LONGEST_CUE_S = 17.0


@dataclass(frozen=True)
class Cue:
    """From `start_s` on, a scene with its own seed; `hue` 0–1 leans the palette toward its accent."""

    start_s: float
    scene: str
    hue: float
    seed: int


def plan_scenes(plan: SongPlan, visual: VisualIdentity, seed: int) -> tuple[Cue, ...]:
    """The cues of a whole song, first at 0; raises UsageError for a scene nobody knows."""
    unknown = [name for name in visual.scenes if name not in SCENES]
    if unknown or not visual.scenes:
        raise UsageError(f"unknown scenes {unknown}: choose from {', '.join(SCENES)}")
    cast = _cast(plan, visual.scenes)
    cues: list[Cue] = []
    for start_s, section in _spans(plan):
        names = [name for name in (cast[section.name], *visual.scenes) if not cues or name != cues[-1].scene]
        if not names:
            continue  # an artist of a single scene stays in it
        cues.append(
            Cue(
                start_s=start_s if cues else 0.0,
                scene=names[0],
                hue=0.15 + 0.45 * section.energy + 0.2 * (sub_seed(seed, "hue", section.name) % 100) / 100,
                seed=sub_seed(seed, "scene", cast[section.name]),
            )
        )
    return tuple(cues)


def _cast(plan: SongPlan, scenes: tuple[str, ...]) -> dict[str, str]:
    """Kinds of section to scenes: the most energetic kind gets the artist's first scene."""
    energy: dict[str, float] = {}
    for section in plan.sections:
        energy[section.name] = max(energy.get(section.name, 0.0), section.energy)
    ranked = sorted(energy, key=lambda name: -energy[name])
    return {name: scenes[rank % len(scenes)] for rank, name in enumerate(ranked or [""])}


def _spans(plan: SongPlan) -> list[tuple[float, PlannedSection]]:
    """Section starts, and for long sections also the bar nearest each equal share of them."""
    if not plan.sections:
        return [(0.0, PlannedSection(name="", start_s=0, end_s=plan.duration_s, bars=1, energy=0.5))]
    spans: list[tuple[float, PlannedSection]] = []
    for section in plan.sections:
        parts = max(1, round((section.end_s - section.start_s) / LONGEST_CUE_S))
        for part in range(parts):
            ideal_s = section.start_s + (section.end_s - section.start_s) * part / parts
            bars = [bar for bar in plan.bars_s if section.start_s <= bar < section.end_s]
            spans.append(
                (min(bars, key=lambda bar: abs(bar - ideal_s)) if bars and part else ideal_s, section)
            )
    return [
        span for span, following in pairwise([*spans, (float("inf"), spans[-1][1])]) if following[0] > span[0]
    ]
