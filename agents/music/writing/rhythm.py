"""Where the syllables of a line fall: stressed ones on the beats, the tune's own onsets where they serve."""

from functools import lru_cache
from math import inf

BREATH = 3
"""Sixteenths a line leaves free before the next one."""
_BEAT = 4
_STRESSED = {0: 0.0, 2: 1.1}
_UNSTRESSED = {0: 0.7, 2: 0.0}
_OFF_EIGHTHS = {"1": 2.0, "0": 0.5}
_OWN_ONSET = -0.75
"""What it is worth to sing on an onset that the tune has."""
_UNEVEN = 0.55
"""What it costs when a gap strays from the mean by as much as the mean."""
_CRAMPED = 0.6


@lru_cache(maxsize=4_000)
def place_syllables(
    stresses: str, room: int, onsets: tuple[int, ...], shortest_gap: int = 2
) -> tuple[int, ...]:
    """One step for each syllable, rising, by the least cost over all placements.

    Args:
        stresses: `1` or `0` for each syllable, as `stress_pattern` gives them.
        room: sixteenths from the line's first step to the next line's; step 0 is on a beat.
        onsets: the tune's own steps within that room.
        shortest_gap: sixteenths between two syllables; 1 where even that many do not fit.

    Returns:
        As many steps as there are syllables, or `room` of them where there are more syllables than sixteenths.
    """
    stresses = _fitting(stresses, room)
    count = len(stresses)
    if not count:
        return ()
    breath = min(BREATH, max(0, room - (count - 1) * shortest_gap - 1))
    if (count - 1) * shortest_gap >= room - breath:
        shortest_gap = 1
    last = room - 1 - breath if (count - 1) * shortest_gap < room - breath else room - 1
    mean_gap = (last + 1) / count
    longest_gap = max(shortest_gap + 3, round(2.2 * mean_gap))
    own = frozenset(onsets)
    cost = {
        stress: [_cost(stress, step) + (_OWN_ONSET if step in own else 0.0) for step in range(last + 1)]
        for stress in set(stresses)
    }
    gaps = [
        (gap, _UNEVEN * abs(gap - mean_gap) / mean_gap + (_CRAMPED if gap == 1 else 0.0))
        for gap in range(shortest_gap, longest_gap + 1)
    ]
    latest_start = max(_BEAT, round(mean_gap))
    row = [cost[stresses[0]][step] + 0.08 * step if step <= latest_start else inf for step in range(last + 1)]
    came_from: list[list[int]] = []
    for stress in stresses[1:]:
        following, origins = [inf] * (last + 1), [0] * (last + 1)
        for step in range(last + 1):
            for gap, strain in gaps:
                if gap > step:
                    break
                total = row[step - gap] + strain
                if total < following[step]:
                    following[step], origins[step] = total, step - gap
            following[step] += cost[stress][step]
        row = following
        came_from.append(origins)
    step = min(range(last + 1), key=row.__getitem__)
    steps = [step]
    for origins in reversed(came_from):
        step = origins[step]
        steps.append(step)
    return tuple(reversed(steps))


def _fitting(stresses: str, room: int) -> str:
    """The stresses, or an even share of them where the room has fewer sixteenths."""
    if len(stresses) <= room:
        return stresses
    return "".join(stresses[at * len(stresses) // room] for at in range(room))


def _cost(stress: str, step: int) -> float:
    if step % 2:
        return _OFF_EIGHTHS[stress]
    weights = _STRESSED if stress == "1" else _UNSTRESSED
    return weights[step % _BEAT] - (0.1 if stress == "1" and step % 8 == 0 else 0.0)
