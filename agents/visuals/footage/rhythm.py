"""Where a film is cut: on a song's bars, faster in its heights, and never too fast to see."""

from dataclasses import dataclass
from itertools import pairwise

from storage.types import PlannedSection, SongPlan

LIVELY = ("chorus", "drop", "hook")
LIVELY_ENERGY = 0.7
CALM_ENERGY = 0.45
SHORTEST_S = 1.2
LONGEST_S = 6.5
DISSOLVE_S = 0.6
DIP_S = 0.5
NEEDED = 4
"""Clips with which a film may be cut; with fewer it would show the same pictures over and over."""
WANTED = 12
LEAD_IN_S = 0.5
"""Left out at a clip's beginning, where cameras are still being steadied."""
SLACK_S = 0.3


@dataclass(frozen=True)
class Cut:
    """One shot to be filled: how long, how it enters, and whether it belongs to a height of the song."""

    frames: int
    enters: str
    entry_frames: int
    is_lively: bool
    section: int
    """Index of the section in the plan; -1 before the first."""


def clips_wanted(plan: SongPlan) -> int:
    """How many different clips a song's film should have."""
    return max(NEEDED, min(WANTED, len(cuts(plan, 0.0, plan.duration_s, 30))))


def shortest_clip_s(plan: SongPlan) -> float:
    """How long a clip must be to fill the longest shot of the song."""
    longest = max(cut.frames + cut.entry_frames for cut in cuts(plan, 0.0, plan.duration_s, 30)) / 30
    return longest + LEAD_IN_S + SLACK_S + 0.7


def cuts(plan: SongPlan, start_s: float, end_s: float, fps: int) -> tuple[Cut, ...]:
    """The shots of a span: every bar in choruses and drops, every second bar elsewhere (4 and 8 beats).

    Bars that are very short are taken together, very long ones are halved at a beat. Together the shots are
    exactly as many frames as the span.
    """
    edges = [start_s, *_edges(plan, start_s, end_s), end_s]
    frames = sorted({round((edge - start_s) * fps) for edge in edges})
    kept = [frames[0]]
    for frame in frames[1:-1]:
        if frame - kept[-1] >= SHORTEST_S * fps and frames[-1] - frame >= SHORTEST_S * fps:
            kept.append(frame)
    kept.append(frames[-1])
    made: list[Cut] = []
    for first, last in pairwise(kept):
        number, section = _section_at(plan, start_s + first / fps + 0.02)
        energy = section.energy if section else 0.5
        is_new = bool(made) and made[-1].section != number
        enters, entry_s = "cut", 0.0
        if not made:
            enters, entry_s = "dip", DIP_S
        elif energy < CALM_ENERGY or (is_new and section is not None and section.name == "outro"):
            enters, entry_s = "dissolve", DISSOLVE_S
        entry = min(round(entry_s * fps), (last - first) // 2)
        made.append(
            Cut(
                frames=last - first,
                enters=enters if entry else "cut",
                entry_frames=entry,
                is_lively=_is_lively(section),
                section=number,
            )
        )
    return tuple(made)


def _edges(plan: SongPlan, start_s: float, end_s: float) -> list[float]:
    """Times of cuts inside the span, in song time; sections always begin with one."""
    found: list[float] = []
    for section in plan.sections:
        bars = [bar for bar in plan.bars_s if section.start_s - 0.02 <= bar < section.end_s - 0.02]
        each = 1 if _is_lively(section) else 2
        bar_s = 240.0 / plan.tempo_bpm
        while each * bar_s < SHORTEST_S:
            each *= 2
        found.append(section.start_s)
        found += bars[::each]
        if each * bar_s > LONGEST_S:
            found += _halves(plan, bars[::each], each * bar_s)
    return sorted(edge for edge in found if start_s < edge < end_s)


def _halves(plan: SongPlan, starts: list[float], length_s: float) -> list[float]:
    """The beat nearest the middle of each long shot."""
    middles = [start + length_s / 2 for start in starts]
    return [min(plan.beats_s, key=lambda beat: abs(beat - middle), default=middle) for middle in middles]


def _is_lively(section: PlannedSection | None) -> bool:
    return section is not None and (section.name in LIVELY or section.energy >= LIVELY_ENERGY)


def _section_at(plan: SongPlan, time_s: float) -> tuple[int, PlannedSection | None]:
    for number, section in enumerate(plan.sections):
        if section.start_s <= time_s < section.end_s:
            return number, section
    return -1, None
