"""Where the beats fall: the path through the onsets that keeps its tempo best (after D. Ellis, 2007)."""

import numpy as np
from numpy.typing import NDArray

TIGHTNESS = 200.0
"""How much a step away from the tempo costs beside the onsets it would meet."""


def track_beats(onsets: NDArray[np.float64], frames_a_beat: float) -> NDArray[np.int64]:
    """The frames on which beats fall, from the first to the last onset; `onsets` is float64 (frames,)."""
    deviation = float(onsets.std())
    if deviation == 0 or frames_a_beat < 4:
        return np.zeros(0, np.int64)
    strength = onsets / deviation
    nearest, farthest = round(frames_a_beat / 2), round(2 * frames_a_beat)
    steps = np.arange(farthest, nearest - 1, -1)
    cost = -TIGHTNESS * np.log(steps / frames_a_beat) ** 2
    # Room before the start, so that the first beats have somewhere to come from.
    best = np.zeros(len(onsets) + farthest)
    came_from = np.full(len(onsets), -1)
    for frame in range(len(onsets)):
        # Element k of the slice lies farthest − k frames back: the farthest first.
        rated = best[frame : frame + len(steps)] + cost
        choice = int(np.argmax(rated))
        best[frame + farthest] = strength[frame] + rated[choice]
        came_from[frame] = frame - int(steps[choice])
    last_beats = best[farthest:][-farthest:]
    frame = len(onsets) - len(last_beats) + int(np.argmax(last_beats))
    beats: list[int] = []
    while frame >= 0:
        beats.append(frame)
        frame = int(came_from[frame])
    found = np.array(beats[::-1], np.int64)
    # Silence before and after the music has no beats.
    heard = np.flatnonzero(strength > 0.5)
    return (
        found[(found >= heard[0] - nearest / 2) & (found <= heard[-1] + nearest / 2)]
        if len(heard)
        else found[:0]
    )
