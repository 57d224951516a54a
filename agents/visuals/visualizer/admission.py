"""What a film needs of its plan, looked at before anything is drawn: a wrong one is a line, not a crash in minute two."""

from math import isfinite

from storage.errors import UsageError
from storage.types import SongPlan

SLACK_S = 0.5
"""A plan is of a recording if their lengths differ by no more: encoders pad, songs differ by seconds."""
SLOWEST_BPM, FASTEST_BPM = 20.0, 400.0
MOST_MARKS = 50_000
"""Beats, lines or sections of a plan; a quarter of an hour at the fastest has 6,000 beats."""


def admit(plan: SongPlan, length_s: float) -> None:
    """Raises UsageError for the plan of another song, and for one whose times are no times."""
    if not SLOWEST_BPM <= plan.tempo_bpm <= FASTEST_BPM:
        raise UsageError(
            f"the plan says {plan.tempo_bpm:g} beats a minute: use {SLOWEST_BPM:g} to {FASTEST_BPM:g}"
        )
    if not isfinite(plan.duration_s) or abs(plan.duration_s - length_s) > SLACK_S:
        raise UsageError(
            f"this is the plan of another song: it lasts {plan.duration_s:.1f} s and the recording "
            f"{length_s:.1f} s; give the recording's own plan, or none and it is measured"
        )
    spans = [*plan.sections, *plan.lyric_lines]
    times = [*plan.beats_s, *plan.bars_s, *plan.kicks_s]
    times += [time_s for span in spans for time_s in (span.start_s, span.end_s)]
    if len(times) > MOST_MARKS:
        raise UsageError(f"the plan has {len(times)} times in it: at most {MOST_MARKS}")
    if any(not isfinite(time_s) or time_s < 0 for time_s in times):
        raise UsageError("the plan has times that are none: give the plan.json of this song")
    starts = [section.start_s for section in plan.sections]
    if starts != sorted(starts):
        raise UsageError("the plan's sections are not in their order: give the plan.json of this song")
