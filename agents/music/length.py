"""How long a song lasts: whole bars at a tempo, and the ring-out after the last of them."""

import math

from storage.errors import UsageError
from storage.types import TAIL_S

SHORTEST_S, LONGEST_S = 10, 600
SLOWEST_BPM, FASTEST_BPM = 40, 220
SHORTEST_TAIL_S = 1.2
"""A last chord needs so long to die away."""


def bar_s(tempo_bpm: float) -> float:
    """Length of one 4/4 bar."""
    return 240 / tempo_bpm


def longest_tail_s(tempo_bpm: float) -> float:
    """So long a last chord may ring on: with it and the shortest ring-out, whole bars reach every length."""
    return max(TAIL_S + bar_s(tempo_bpm) / 2, SHORTEST_TAIL_S + bar_s(tempo_bpm))


def tail_after(bars: int, tempo_bpm: float, seconds: float) -> float | None:
    """The ring-out with which that many bars last exactly `seconds`; None where it would be too short or too long."""
    tail_s = seconds - bars * bar_s(tempo_bpm)
    return tail_s if SHORTEST_TAIL_S <= tail_s <= longest_tail_s(tempo_bpm) else None


def whole_bars(seconds: float, tempo_bpm: float) -> int:
    """The bars after which the ring-out is nearest to the usual one, and never too short."""
    bars = max(1, round((seconds - TAIL_S) / bar_s(tempo_bpm)))
    return bars - 1 if bars > 1 and seconds - bars * bar_s(tempo_bpm) < SHORTEST_TAIL_S else bars


def require_length(bars: int, tempo_bpm: float | None, seconds: float | None) -> None:
    """Raise UsageError where a form of that many bars cannot last as asked, or no song can be so long or short."""
    what = f"a form of {bars} bar{'s' if bars > 1 else ''}{'' if tempo_bpm is None else f' at {tempo_bpm:g} BPM'}"
    if tempo_bpm is None:
        least_s, most_s = (bars * bar_s(tempo) + TAIL_S for tempo in (FASTEST_BPM, SLOWEST_BPM))
    elif seconds is None:
        least_s = most_s = bars * bar_s(tempo_bpm) + TAIL_S
    else:
        least_s, most_s = (
            bars * bar_s(tempo_bpm) + tail_s for tail_s in (SHORTEST_TAIL_S, longest_tail_s(tempo_bpm))
        )
    if least_s > LONGEST_S or most_s < SHORTEST_S:
        raise UsageError(
            f"{what} lasts {least_s if least_s > LONGEST_S else most_s:.1f} s: "
            f"a song has {SHORTEST_S} to {LONGEST_S}"
        )
    if seconds is not None and not least_s <= seconds <= most_s:
        low, high = (
            max(SHORTEST_S, math.ceil(10 * least_s) / 10),
            min(LONGEST_S, math.floor(10 * most_s) / 10),
        )
        raise UsageError(
            f"{what} does not last {seconds:g} s: give {low:g} to {high:g} seconds, or no seconds"
        )
