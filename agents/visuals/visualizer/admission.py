"""What a film needs of its plan, looked at before anything is drawn: a wrong one is a line, not a crash in minute two."""

from math import isfinite
from pathlib import Path

from agents.music.fingerprint import strangeness
from agents.visuals.encode import PRESETS, Reel
from agents.visuals.lettering import require_named
from agents.visuals.visualizer.stage import Stage
from storage.errors import UsageError
from storage.types import SongPlan

SLACK_S = 0.5
"""A plan is of a recording if their lengths differ by no more: encoders pad, songs differ by seconds."""
STRANGE = 0.25
"""Of what changes in a recording, a lossy format or a trimmed start turns up to 0.12, another song 0.26 and more."""
SLOWEST_BPM, FASTEST_BPM = 20.0, 400.0
LONGEST_S = 900.0
MOST_MARKS = 50_000
"""Beats, lines or sections of a plan; a quarter of an hour at the fastest has 6,000 beats."""


def admit(plan: SongPlan, length_s: float) -> None:
    """Raises UsageError for the plan of another song, for one whose times are no times, and for one without names."""
    require_named("film", title=plan.title, artist_name=plan.artist_name)
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


def admit_recording(plan: SongPlan, audio: Path) -> None:
    """Raises UsageError where the plan knows its recording, and this is certainly not it."""
    if plan.fingerprint and strangeness(plan.fingerprint, audio) > STRANGE:
        raise UsageError(
            f"this is the plan of another song: it is that of “{plan.title}” by {plan.artist_name}, which sounds unlike "
            f"{audio.name}; give the recording's own plan, or none and it is measured"
        )


def admit_span(
    length_s: float, stage: Stage, *, fps: int, start_s: float, end_s: float | None, preset: str
) -> Reel:
    """The film of that span of a recording, to its end without `end_s`. Raises UsageError for what cannot be made."""
    if not 1 <= fps <= 60:
        raise UsageError(f"{fps} frames a second cannot be made: use 1 to 60")
    if preset not in PRESETS:
        raise UsageError(f"unknown preset {preset!r}: choose one of {', '.join(PRESETS)}")
    end_s = length_s if end_s is None else min(end_s, length_s)
    if not isfinite(start_s) or not isfinite(end_s):
        raise UsageError("the span to film begins or ends at what is no number: give seconds")
    frames = round((end_s - start_s) * fps)
    if start_s < 0 or frames < 2:
        raise UsageError(
            f"nothing to show from {start_s:.2f} s to {end_s:.2f} s of a {length_s:.2f} s recording"
        )
    if end_s - start_s > LONGEST_S:
        raise UsageError(
            f"{(end_s - start_s) / 60:.0f} minutes are more than a film holds: choose {LONGEST_S / 60:.0f} of them"
        )
    return Reel(stage.width, stage.height, fps, frames, start_s)
