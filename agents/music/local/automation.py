"""What moves while a song plays: side-chain, section faders, brightness, the last fade."""

from bisect import bisect_right
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from agents.music.loudness import HOP_S, estimated_energies
from storage.types import Brief, SongPlan

Stereo = NDArray[np.float32]
DUCK_S = 0.3
DUCK_ATTACK_S = 0.004
FADE_AFTER_S = 0.2
"""So long after the last bar the fade begins, under a chord that rings on; it ends with the file."""
GLIDE_S = 0.12
ENERGY_RANGE_DB = 7.0
"""How far a section of no energy lies under one of full energy."""
LARGEST_CUT_DB, LARGEST_LIFT_DB = -8.0, 5.0
HOPS_A_LOOK = 2
"""Of so many hops one tells how loud a section is: of eight seconds, within a fifth of a decibel."""


class BrightnessCurve:
    """The brightness of the moment: the brief's own, moved by the section's energy."""

    def __init__(self, brief: Brief, plan: SongPlan) -> None:
        self._starts_s = [section.start_s for section in plan.sections]
        self._values = [
            max(0.0, min(1.0, brief.brightness + 0.4 * (section.energy - 0.65))) for section in plan.sections
        ]

    def __call__(self, at_s: float) -> float:
        return self._values[max(0, bisect_right(self._starts_s, at_s) - 1)]


def duck(stem: Stereo, kicks_s: tuple[float, ...], depth: float, sample_rate_hz: int) -> None:
    """Dip a stem, in place, at each kick; it comes back before long."""
    length = int(DUCK_S * sample_rate_hz)
    recovery = 1 - np.linspace(0, 1, length, dtype=np.float32) ** 0.6
    attack = np.minimum(1, np.arange(length, dtype=np.float32) / np.float32(DUCK_ATTACK_S * sample_rate_hz))
    dip = 1 - np.float32(depth) * recovery * attack
    starts = [int(kick_s * sample_rate_hz) for kick_s in kicks_s]
    previous = -length
    for start, following in zip(starts, [*starts[1:], stem.shape[1]], strict=True):
        gain = dip[: max(0, min(length, following - start, stem.shape[1] - start))].copy()
        # The dip before may not be over yet: the deeper of the two holds, so that nothing jumps.
        rest = dip[start - previous :][: len(gain)]
        np.minimum(gain[: len(rest)], rest, out=gain[: len(rest)])
        stem[:, start : start + len(gain)] *= gain
        previous = start


def ride_faders(mix: Stereo, plan: SongPlan, sample_rate_hz: int) -> None:
    """Bring each section of a mix, in place, to the level its energy asks for beside the loudest."""
    edges = [int(section.start_s * sample_rate_hz) for section in plan.sections] + [mix.shape[1]]
    levels_db = _levels_db(mix, plan, sample_rate_hz)
    wanted_db = np.array([ENERGY_RANGE_DB * (section.energy - 1) for section in plan.sections])
    loudest = int(np.argmax(wanted_db + 1e-3 * levels_db))
    gains_db = wanted_db - wanted_db[loudest] - (levels_db - levels_db[loudest])
    gains = 10 ** (np.clip(gains_db, LARGEST_CUT_DB, LARGEST_LIFT_DB) / 20)
    glide = int(GLIDE_S * sample_rate_hz)
    previous = gains[0]
    for (low, high), gain in zip(pairwise(edges), gains, strict=True):
        # The glide ends at the bar line, so that a louder section begins at its full level.
        start = max(0, low - glide)
        mix[:, start:low] *= np.linspace(1, gain / previous, low - start, dtype=np.float32)
        mix[:, low:high] *= np.float32(gain)
        previous = gain


def _levels_db(mix: Stereo, plan: SongPlan, sample_rate_hz: int) -> NDArray[np.float64]:
    """How loud each section is to the ear: by plain power, a verse of kick and bass would count as loud."""
    energies = estimated_energies(mix, sample_rate_hz, one_in=HOPS_A_LOOK)
    look_s = HOPS_A_LOOK * HOP_S
    levels_db: list[float] = []
    for section in plan.sections:
        first = min(round(section.start_s / look_s), len(energies) - 1)
        stretch = energies[first : max(first + 1, round(section.end_s / look_s))]
        levels_db.append(10 * float(np.log10(stretch.mean() + 1e-12)))
    return np.array(levels_db)


def fade_out(mix: Stereo, plan: SongPlan, sample_rate_hz: int) -> None:
    """Bring what rings on after the last bar to silence, in place."""
    fade_s = plan.duration_s - plan.sections[-1].end_s - FADE_AFTER_S
    count = min(mix.shape[1], round(fade_s * sample_rate_hz))
    mix[:, -count:] *= np.linspace(1, 0, count, dtype=np.float32) ** 2
