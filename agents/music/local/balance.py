"""The mastering engineer's tone control: bands that leave the range of balanced mixes are led back, a little."""

import numpy as np
from numpy.typing import NDArray

from agents.music.analysis import BALANCE_DB, BANDS_HZ
from agents.music.listening.tone import measure_tone
from agents.music.local.filters import Sections, bell, high_shelf, low_shelf

LARGEST_CUT_DB, LARGEST_LIFT_DB = -4.0, 3.0
"""More would no longer be mastering: what is wrong by more was arranged or mixed so."""
NOT_WORTH_DB = 0.3


def balancing_filters(mid: NDArray[np.float32], sample_rate_hz: int) -> list[Sections]:
    """Filters that bring each stray band of a mix to the edge of its range; none for a balanced mix."""
    balance_db = measure_tone(mid, sample_rate_hz).balance_db
    filters: list[Sections] = []
    for name, (low, high) in BALANCE_DB.items():
        level = balance_db[name]
        stray_db = min(high - level, 0.0) or max(low - level, 0.0)
        gain_db = min(LARGEST_LIFT_DB, max(LARGEST_CUT_DB, stray_db))
        if abs(gain_db) > NOT_WORTH_DB and BANDS_HZ[name][1] <= 0.5 * sample_rate_hz:
            filters.append(_filter(name, gain_db, sample_rate_hz))
    return filters


def _filter(band: str, gain_db: float, sample_rate_hz: int) -> Sections:
    low_hz, high_hz = BANDS_HZ[band]
    if band == "sub":
        return low_shelf(high_hz, gain_db, sample_rate_hz)
    if band == "air":
        return high_shelf(low_hz, gain_db, sample_rate_hz)
    return bell((low_hz * high_hz) ** 0.5, gain_db, sample_rate_hz, 0.8)
