"""Mastering: tone, width, glue, then loudness by a limiter that is solved for, not guessed."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.music.local.balance import balancing_filters
from agents.music.local.filters import apply, highpass, lowpass
from agents.music.local.limiter import BLOCK, Limiter
from agents.music.loudness import (
    HOP_S,
    estimated_energies,
    gated_loudness,
    hop_energies,
    integrated_loudness,
)
from configs.genres import Genre
from storage.types import Brief

Stereo = NDArray[np.float32]
WORKING_LUFS, LOUD_LUFS = -17.0, -12.0
CEILING_DBTP = -1.7
"""Under the promised −1 by what MP3 encoding was measured to add to peaks (0.5 dB), and a margin."""
MONO_BELOW_HZ = 140
TILT_DB = {"sub": -2.0, "bass": -1.5, "low_mid": 0.0, "mid": 2.5, "presence": 5.0, "air": 7.0}
"""By how much a band's share grows from a song of no brightness to one of full."""
SILENT_END_S = 0.02
WIDTH_REACH = 1.7
"""By what side over mid energy grows from a song as wide as its genre to the widest: every genre stays within 0.08 to 0.6."""
HARDLY_LIMITED_DB = 0.05
"""What the limiter may take of the loudness for it to be foretold: that strays by up to half of what is taken."""
CLOSE_ENOUGH_DB = 0.04
ROUNDS = 8
CEILINGS, CEILING_LEEWAY_DB, HIGHEST_DBTP = 3, 0.15, -1.2
"""How often the ceiling is brought down, from which excess on, and the true peak that nothing leaves with."""
WIDEST, NARROWEST = 2.6, 0.4
"""Limits of the gain given to the sides."""


@dataclass(frozen=True)
class Master:
    """A finished recording and what was measured on it."""

    audio: Stereo
    """float32 (2, samples) in [−1, 1]."""
    loudness_lufs: float
    true_peak_dbtp: float


def master_mix(mix: Stereo, genre: Genre, brief: Brief, loudness_lufs: float, sample_rate_hz: int) -> Master:
    """The finished recording; the mix is used up."""
    audio = _tone_and_width(mix, genre, brief, sample_rate_hz)
    loudness = gated_loudness(estimated_energies(audio, sample_rate_hz, one_in=3))
    # The louder it is to become, the more its peaks are rounded off: a limiter alone has nothing left to take at last.
    working_lufs = WORKING_LUFS + max(0.0, loudness_lufs - LOUD_LUFS)
    audio *= np.float32(10 ** ((working_lufs - loudness) / 20))
    _saturate(audio, genre.drive)
    finished = to_loudness(audio, loudness_lufs, sample_rate_hz)
    # After the fade the filters still ring, far below hearing: end on digital silence.
    finished.audio[:, -int(SILENT_END_S * sample_rate_hz) :] = 0
    return finished


def _tone_and_width(mix: Stereo, genre: Genre, brief: Brief, sample_rate_hz: int) -> Stereo:
    mid = (mix[0] + mix[1]) * np.float32(0.5)
    side = (mix[0] - mix[1]) * np.float32(0.5)
    lowest = highpass(28, sample_rate_hz)
    wanted_db = {
        band: share + TILT_DB[band] * (brief.brightness - 0.5) for band, share in genre.balance_db.items()
    }
    tone = balancing_filters(mid, sample_rate_hz, wanted_db, behind=[lowest])
    if genre.ceiling_hz < 0.45 * sample_rate_hz:
        tone.append(lowpass(genre.ceiling_hz, sample_rate_hz))
    mid = apply(mid, lowest, *tone)
    side = apply(side, highpass(MONO_BELOW_HZ, sample_rate_hz), *tone)
    side_mid = genre.width * WIDTH_REACH ** (2 * brief.width - 1)
    ratio = _power(side) / max(_power(mid), 1e-12)
    side *= np.float32(min(WIDEST, max(NARROWEST, math.sqrt(side_mid / max(ratio, 1e-9)))))
    np.add(mid, side, out=mix[0])
    np.subtract(mid, side, out=mix[1])
    return mix


def _power(channel: NDArray[np.float32]) -> float:
    # In single precision by the block, in double over all.
    rows = channel[: len(channel) // BLOCK * BLOCK].reshape(-1, BLOCK)
    return float(np.einsum("ij,ij->i", rows, rows).sum(dtype=np.float64)) / max(1, rows.size)


def _saturate(audio: Stereo, drive: float) -> None:
    """Round off the peaks, in place: gentle always, harder where the genre drives its mix."""
    amount = np.float32(0.9 + 2.2 * drive)
    audio *= amount
    np.tanh(audio, out=audio)
    audio /= amount


def to_loudness(audio: Stereo, loudness_lufs: float, sample_rate_hz: int) -> Master:
    """Limit at the gain that gives the loudness: solved on the measured hops, confirmed on the sound if much is limited.

    Where treble still peaks over the ceiling, that is brought down by as much and all is limited once more.
    """
    limiter = Limiter(audio, sample_rate_hz, CEILING_DBTP)
    hops = hop_energies(audio, sample_rate_hz)
    limited = np.empty_like(audio)
    measured_lufs, peak_dbtp = loudness_lufs, CEILING_DBTP
    for _ in range(CEILINGS):
        gain, measured_lufs = _limit(limiter, hops, loudness_lufs, limited, sample_rate_hz)
        peak_dbtp = 20 * math.log10(max(1e-6, limiter.true_peak(gain, limited)))
        excess_db = peak_dbtp - CEILING_DBTP
        if excess_db < CEILING_LEEWAY_DB:
            break
        limiter.lower(excess_db)
    excess_db = max(0.0, peak_dbtp - HIGHEST_DBTP)
    if excess_db:
        limited *= np.float32(10 ** (-excess_db / 20))
    return Master(limited, measured_lufs - excess_db, peak_dbtp - excess_db)


def _limit(
    limiter: Limiter, hops: NDArray[np.float64], loudness_lufs: float, limited: Stereo, sample_rate_hz: int
) -> tuple[float, float]:
    """Write what is limited into `limited`; the gain, and the loudness that is foretold or was measured."""
    aim_lufs, slope = loudness_lufs, 1.0
    gain, measured_lufs = _solve_gain(limiter, hops, aim_lufs, sample_rate_hz)
    limiter.apply(gain, limited)
    if gated_loudness(hops * gain * gain) - measured_lufs < HARDLY_LIMITED_DB:
        return gain, measured_lufs
    measured_lufs = integrated_loudness(limited, sample_rate_hz)
    for _ in range(ROUNDS):
        missing_db = loudness_lufs - measured_lufs
        if abs(missing_db) < CLOSE_ENOUGH_DB:
            break
        # The harder it is limited, the less a louder aim helps: by the secant of the last two.
        step_db = min(6.0, max(-6.0, missing_db / slope))
        aim_lufs += step_db
        gain, _ = _solve_gain(limiter, hops, aim_lufs, sample_rate_hz)
        limiter.apply(gain, limited)
        before_lufs, measured_lufs = measured_lufs, integrated_loudness(limited, sample_rate_hz)
        slope = min(1.0, max(0.1, (measured_lufs - before_lufs) / step_db))
    return gain, measured_lufs


def _solve_gain(
    limiter: Limiter, hops: NDArray[np.float64], aim_lufs: float, sample_rate_hz: int
) -> tuple[float, float]:
    """The gain before the limiter for a loudness after it, by false position on gains alone; and the loudness it gives.

    What the limiter takes is reckoned alike for all frequencies, and it takes more of the bass.
    """
    hop = int(HOP_S * sample_rate_hz)
    owner = np.minimum(np.arange(0, len(hops) * hop, BLOCK) // hop, len(hops) - 1)
    weight = np.bincount(owner, minlength=len(hops))
    gain_db = aim_lufs - gated_loudness(hops)
    foretold_lufs = aim_lufs
    for _ in range(6):
        gains = limiter.gains(10 ** (gain_db / 20))[: len(owner)].astype(np.float64)
        power = np.bincount(owner[: len(gains)], gains * gains, minlength=len(hops)) / np.maximum(weight, 1)
        foretold_lufs = gated_loudness(hops * power)
        error = aim_lufs - foretold_lufs
        if abs(error) < 0.01:
            break
        gain_db += min(3.0, max(-3.0, 1.3 * error))
    return 10 ** (gain_db / 20), foretold_lufs
