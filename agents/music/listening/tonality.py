"""Key and mode by how well each key's profile fits the pitch classes that sound (after C. Krumhansl)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.music.listening.spectrogram import lower_rate, magnitudes
from agents.music.theory import PITCH_NAMES, SCALES

Samples = NDArray[np.float32]
FRAME, HOP = 8192, 4096
LOWEST_HZ, HIGHEST_HZ = 55.0, 1600.0
BASS_HZ = 220.0
DEGREE_WEIGHTS = (1.0, 0.42, 0.62, 0.5, 0.72, 0.42, 0.45)
"""How much each degree of a scale tends to sound, tonic first."""


@dataclass(frozen=True)
class Tonality:
    """A measured key."""

    key: str
    mode: str
    confidence: float
    """How far the best key is ahead of the best with another tonic."""
    candidates: tuple[str, ...]
    """The best keys, such as `A minor`, likeliest first."""
    pitch_classes: tuple[float, ...]
    """Share of each pitch class from C on; they sum to 1, or all are 0 in silence."""


def measure_tonality(mono: Samples, sample_rate_hz: int) -> Tonality:
    """The key of a recording tuned to A4 = 440 Hz."""
    low, rate_hz = lower_rate(mono, sample_rate_hz, 8_000)
    pitch_classes = _pitch_classes(low, rate_hz)
    total = float(pitch_classes.sum())
    if total <= 0:
        return Tonality("", "", 0.0, (), (0.0,) * 12)
    ranked = sorted(
        (
            (profile_fit(pitch_classes, tonic, mode), PITCH_NAMES[tonic], mode)
            for tonic in range(12)
            for mode in SCALES
        ),
        reverse=True,
    )
    best_fit, key, mode = ranked[0]
    rival_fit = next(fit for fit, name, _ in ranked if name != key)
    return Tonality(
        key=key,
        mode=mode,
        confidence=round(min(1.0, 5 * (best_fit - rival_fit)), 3),
        candidates=tuple(f"{name} {mode}" for _, name, mode in ranked[:6]),
        pitch_classes=tuple(round(float(share), 4) for share in pitch_classes / total),
    )


def profile_fit(pitch_classes: Sequence[float] | NDArray[np.float64], tonic: int, mode: str) -> float:
    """Correlation of what sounds with a key's profile, −1 to 1; 0 where nothing sounds."""
    if max(pitch_classes) == min(pitch_classes):
        return 0.0
    profile = np.zeros(12)
    for step, weight in zip(SCALES[mode], DEGREE_WEIGHTS, strict=True):
        profile[(tonic + step) % 12] = weight
    return float(np.corrcoef(profile, pitch_classes)[0, 1])


def _pitch_classes(mono: Samples, rate_hz: int) -> NDArray[np.float64]:
    """Spectral peaks folded into one octave, every frame counting the same."""
    hz = np.arange(FRAME // 2 + 1) * rate_hz / FRAME
    pitches = np.full(len(hz), -1)
    inside = (hz > LOWEST_HZ) & (hz < HIGHEST_HZ)
    exact = 69 + 12 * np.log2(np.maximum(hz, 1) / 440)
    inside &= np.abs(exact - np.round(exact)) < 0.32
    pitches[inside] = np.round(exact[inside]).astype(int) % 12
    # Roots lie in the bass; overtones, which are not of the chord, lie high.
    weight = np.where(hz < BASS_HZ, 1.3, 1.0) / (1 + hz / 900)
    sums = np.zeros(12)
    for chunk in magnitudes(mono, FRAME, HOP):
        peaks = np.zeros_like(chunk)
        middle = chunk[:, 1:-1]
        peaks[:, 1:-1] = np.where((middle > chunk[:, :-2]) & (middle >= chunk[:, 2:]), middle, 0)
        folded = np.zeros((len(chunk), 12))
        for pitch_class in range(12):
            columns = pitches == pitch_class
            folded[:, pitch_class] = (np.sqrt(peaks[:, columns]) * weight[columns]).sum(axis=1)
        loudness = folded.sum(axis=1)
        heard = loudness > 1e-3
        sums += (folded[heard] / loudness[heard, None]).sum(axis=0)
    return sums
