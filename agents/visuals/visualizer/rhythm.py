"""The plan's beat grid as per-frame pulses, never faster than three a second."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.types import SongPlan

Floats = NDArray[np.float32]
MIN_GAP_S = 0.345
"""Pulses closer than this are dropped, so that no picture flashes more than three times a second."""
KICK_FALL_S = 0.15
BAR_FALL_S = 0.45


@dataclass(frozen=True)
class Rhythm:
    """Pulses in [0, 1] and counts, one value per video frame.

    kick jumps to its strength on a kick (or beat, where the plan has no kicks) and falls in about 150 ms;
    bar does so on each bar, more slowly; beats counts beats with the fraction between two.
    """

    kick: Floats
    bar: Floats
    beats: Floats
    energy: Floats
    strokes_s: tuple[float, ...]
    """When the kick pulse jumps, in song time."""


def follow(plan: SongPlan, start_s: float, frames: int, fps: int) -> Rhythm:
    """The rhythm of `frames` video frames from `start_s` of the song on."""
    times = start_s + np.arange(frames) / fps
    energy = _energy(plan, times)
    strokes = thin(_strokes(plan))
    return Rhythm(
        kick=(_pulse(times, strokes, KICK_FALL_S) * (0.45 + 0.55 * energy)).astype(np.float32),
        bar=_pulse(times, plan.bars_s, BAR_FALL_S),
        beats=_count(plan, times),
        energy=energy,
        strokes_s=strokes,
    )


def _strokes(plan: SongPlan) -> list[float]:
    """The kicks, and the downbeat of every bar without one; the beats of a song that has no kicks at all."""
    if not plan.kicks_s:
        return list(plan.beats_s)
    kicks = sorted(plan.kicks_s)
    ends = [*plan.bars_s[1:], plan.duration_s]
    empty = [
        bar
        for bar, end in zip(plan.bars_s, ends, strict=False)
        if bisect_left(kicks, bar - 0.03) == bisect_left(kicks, end - 0.03)
    ]
    return [*kicks, *empty]


def thin(times_s: Sequence[float]) -> tuple[float, ...]:
    """The times that keep their distance from the last one kept."""
    kept: list[float] = []
    for time_s in sorted(times_s):
        if not kept or time_s - kept[-1] >= MIN_GAP_S:
            kept.append(time_s)
    return tuple(kept)


def _pulse(times: NDArray[np.float64], strokes_s: Sequence[float], fall_s: float) -> Floats:
    if not strokes_s:
        return np.zeros(len(times), dtype=np.float32)
    strokes = np.asarray(strokes_s)
    # Half a millisecond of grace: a stroke that falls on a frame belongs to that frame.
    last = np.searchsorted(strokes, times + 5e-4, side="right") - 1
    since = np.where(last >= 0, times - strokes[np.maximum(last, 0)], np.inf)
    return np.exp(-np.maximum(since, 0) / fall_s).astype(np.float32)


def _count(plan: SongPlan, times: NDArray[np.float64]) -> Floats:
    beat_s = 60.0 / plan.tempo_bpm
    if len(plan.beats_s) < 2:
        return (times / beat_s).astype(np.float32)
    beats = np.asarray(plan.beats_s)
    inside = np.interp(times, beats, np.arange(len(beats)))
    past = np.maximum(times - beats[-1], 0) / beat_s + np.minimum(times - beats[0], 0) / beat_s
    return (inside + past).astype(np.float32)


def _energy(plan: SongPlan, times: NDArray[np.float64]) -> Floats:
    """Section energy, gliding over half a second at each edge."""
    if not plan.sections:
        return np.full(len(times), 0.5, dtype=np.float32)
    starts = [section.start_s for section in plan.sections]
    levels = [section.energy for section in plan.sections]
    rise = np.array([levels[max(0, bisect_right(starts, time) - 1)] for time in times])
    span = max(1, round(0.5 / (times[1] - times[0]))) if len(times) > 1 else 1
    padded = np.pad(rise, (span, 0), mode="edge")
    total = np.cumsum(padded)
    return ((total[span:] - total[:-span]) / span).astype(np.float32)
