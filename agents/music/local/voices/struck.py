"""Strings and bars that are struck or plucked and die away."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from agents.music.local.envelopes import decay, sustain
from agents.music.local.oscillators import CYCLE, frequency_hz, ramp, read

Stereo = NDArray[np.float32]


@dataclass(frozen=True)
class Struck:
    """Harmonics in bands that die away the faster the higher they are: plucks, guitars, pianos, mallets."""

    ring_s: float = 1.2
    damping: float = 0.7
    """How much faster each higher octave of harmonics dies."""
    hardness: float = 0.6
    position: float = 0.18
    """Where it is struck, as a share of the string: harmonics with a node there are missing."""
    detune: float = 0.0015
    stretch: float = 0.0
    """Inharmonicity of the upper partials, as of a bar or bell."""
    attack_s: float = 0.002
    release_s: float = 0.08

    def sound(self, pitch: int, held_s: float, brightness: float, sample_rate_hz: int) -> Stereo:
        pitch_hz = frequency_hz(pitch)
        ring_s = self.ring_s * (220 / pitch_hz) ** 0.35
        count = int(min(held_s + 4 * self.release_s, 4.5 * ring_s) * sample_rate_hz)
        limit = min(14_000, 0.45 * sample_rate_hz)
        left = np.zeros(count, np.float32)
        right = np.zeros(count, np.float32)
        for band, (low, high) in enumerate(((1, 1), (2, 2), (3, 4), (5, 8), (9, 16), (17, 40))):
            if low * pitch_hz > limit:
                break
            cycle = _struck_cycle(self.hardness, self.position, brightness, low, high, int(limit / pitch_hz))
            fall = decay(count, sample_rate_hz, ring_s * 2 ** (-self.damping * band))
            partial_hz = pitch_hz * (1 + self.stretch * band)
            left += (
                read(cycle, ramp(count, partial_hz * (1 - self.detune / 2), sample_rate_hz, 0.07 * band))
                * fall
            )
            right += (
                read(cycle, ramp(count, partial_hz * (1 + self.detune / 2), sample_rate_hz, 0.07 * band))
                * fall
            )
        envelope = sustain(count, sample_rate_hz, held_s, self.attack_s, 1.0, 1.0, self.release_s)
        return np.stack([left, right]) * envelope


@lru_cache(maxsize=1024)
def _struck_cycle(
    hardness: float, position: float, brightness: float, low: int, high: int, highest: int
) -> NDArray[np.float32]:
    h = np.arange(low, max(low, min(high, highest)) + 1)
    slope = 2.4 - 1.6 * (0.6 * hardness + 0.4 * brightness)
    amplitudes = np.abs(np.sin(np.pi * position * h)) / np.sin(np.pi * position) / h**slope
    spectrum = np.zeros(CYCLE // 2 + 1, np.complex128)
    spectrum[h] = amplitudes * np.exp(0.6j * h * h)
    cycle = (np.fft.irfft(spectrum, CYCLE) * (CYCLE * 0.3)).astype(np.float32)
    return np.append(cycle, cycle[0])
