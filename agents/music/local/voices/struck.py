"""Strings and bars that are struck or plucked and die away."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from agents.music.local.envelopes import decay, sustain
from agents.music.local.oscillators import CYCLE, Places, frequency_hz, ramp

Stereo = NDArray[np.float32]
BANDS = ((1, 1), (2, 2), (3, 4), (5, 8), (9, 16), (17, 40))
"""Harmonics that die away together, first and last."""
FALLEN = 11.5
"""Falls by 1/e after which nothing is heard of a band: 100 dB."""


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
        note = np.zeros((2, count), np.float32)
        sides: list[Places] = []
        for band, (low, high) in enumerate(BANDS):
            if low * pitch_hz > limit:
                break
            cycle = _struck_cycle(
                self.hardness, self.position, brightness, low, high, int(limit / pitch_hz), 0.07 * band
            )
            fall_s = ring_s * 2 ** (-self.damping * band)
            heard = min(count, int(FALLEN * fall_s * sample_rate_hz))
            fall = decay(heard, sample_rate_hz, fall_s)
            if self.stretch or not sides:
                partial_hz = pitch_hz * (1 + self.stretch * band)
                sides = [
                    Places.of(ramp(heard, partial_hz * (1 + side * self.detune / 2), sample_rate_hz))
                    for side in (-1, 1)
                ]
            for tone, places in zip(note, sides, strict=True):
                tone[:heard] += places.read(cycle, heard) * fall
        note *= sustain(count, sample_rate_hz, held_s, self.attack_s, 1.0, 1.0, self.release_s)
        return note


@lru_cache(maxsize=1024)
def _struck_cycle(
    hardness: float, position: float, brightness: float, low: int, high: int, highest: int, start: float
) -> NDArray[np.float32]:
    """One cycle of a band of harmonics with its guard sample, begun at `start` cycles."""
    h = np.arange(low, max(low, min(high, highest)) + 1)
    slope = 2.4 - 1.6 * (0.6 * hardness + 0.4 * brightness)
    amplitudes = np.abs(np.sin(np.pi * position * h)) / np.sin(np.pi * position) / h**slope
    spectrum = np.zeros(CYCLE // 2 + 1, np.complex128)
    spectrum[h] = amplitudes * np.exp(0.6j * h * h + 2j * np.pi * start * h)
    cycle = (np.fft.irfft(spectrum, CYCLE) * (CYCLE * 0.3)).astype(np.float32)
    return np.append(cycle, cycle[0])
