"""The mastering engineer's tone control: bands are led to where their genre has them, solved on the spectrum."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from agents.music.analysis import BALANCE_DB, BANDS_HZ
from agents.music.listening.spectrogram import magnitudes
from agents.music.local.filters import Sections, bell, high_shelf, low_shelf
from agents.music.transforms import response_at

LARGEST_CUT_DB, LARGEST_LIFT_DB = -6.0, 4.5
"""More would no longer be mastering: what is wrong by more was arranged or mixed so."""
NOT_WORTH_DB = 0.3
LEEWAY_DB = 1.0
"""How far a band may lie from its genre's share: songs of one genre need not be alike."""
PASSES = 4
FRAME, HOP = 2048, 8192


def balancing_filters(
    mid: NDArray[np.float32],
    sample_rate_hz: int,
    genre_db: Mapping[str, float] | None = None,
    *,
    behind: Sequence[Sections] = (),
) -> list[Sections]:
    """Filters that bring each stray band of a mix to the edge of its range; none for a balanced mix.

    `genre_db` is the share of the whole energy that bands should have, in dB; a band it does not name keeps the
    range of balanced mixes. `behind` is what the mix will have passed before it comes to them.
    """
    hz = np.arange(FRAME // 2 + 1) * sample_rate_hz / FRAME
    power = np.zeros(len(hz))
    for chunk in magnitudes(mid, FRAME, HOP):
        power += np.square(chunk, dtype=np.float64).sum(axis=0)
    power *= _response(behind, hz, sample_rate_hz)
    wanted_db = genre_db or {}
    ranges = {
        name: (
            max(low, wanted_db.get(name, low) - LEEWAY_DB),
            min(high, wanted_db.get(name, high) + LEEWAY_DB),
        )
        for name, (low, high) in BALANCE_DB.items()
        if BANDS_HZ[name][0] < 0.4 * sample_rate_hz
    }
    gains_db = dict.fromkeys(ranges, 0.0)
    # Neighbouring filters overlap and shares add up to one: each pass mends what the one before left.
    for _ in range(PASSES):
        shaped = power * _response(_filters(gains_db, sample_rate_hz), hz, sample_rate_hz)
        for name, (low, high) in ranges.items():
            inside = (hz >= BANDS_HZ[name][0]) & (hz < BANDS_HZ[name][1])
            level = 10 * float(np.log10(max(shaped[inside].sum() / max(shaped.sum(), 1e-12), 1e-9)))
            stray_db = min(high - level, 0.0) or max(low - level, 0.0)
            gains_db[name] = min(LARGEST_LIFT_DB, max(LARGEST_CUT_DB, gains_db[name] + stray_db))
    return _filters(gains_db, sample_rate_hz)


def _filters(gains_db: Mapping[str, float], sample_rate_hz: int) -> list[Sections]:
    return [
        _filter(name, gain_db, sample_rate_hz)
        for name, gain_db in gains_db.items()
        if abs(gain_db) > NOT_WORTH_DB
    ]


def _filter(band: str, gain_db: float, sample_rate_hz: int) -> Sections:
    low_hz, high_hz = BANDS_HZ[band]
    if band == "sub":
        return low_shelf(high_hz, gain_db, sample_rate_hz)
    if band == "air":
        return high_shelf(low_hz, gain_db, sample_rate_hz)
    return bell((low_hz * high_hz) ** 0.5, gain_db, sample_rate_hz, 0.8)


def _response(
    filters: Sequence[Sections], hz: NDArray[np.float64], sample_rate_hz: int
) -> NDArray[np.float64]:
    """Power gain of a chain of filters at each frequency."""
    if not filters:
        return np.ones(len(hz))
    return np.abs(response_at(np.concatenate(filters), hz / sample_rate_hz)) ** 2
