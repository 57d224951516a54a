"""Strings and bars that are struck or plucked and die away."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.music.local.envelopes import FALLEN, decay, sustain
from agents.music.local.filters import Equaliser
from agents.music.local.oscillators import frequency_hz, steady_loop
from agents.music.local.voices import Sound

BANDS = ((1, 1), (2, 2), (3, 4), (5, 8), (9, 16), (17, 40))
"""Harmonics that die away together, first and last."""


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

    def tone(
        self, pitch: int, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        pitch_hz = frequency_hz(pitch)
        ring_s = self.ring_s * (220 / pitch_hz) ** 0.35
        count = int(min(held_s + 4 * self.release_s, 4.5 * ring_s) * sample_rate_hz)
        limit_hz = min(14_000, 0.45 * sample_rate_hz)
        tone = np.zeros((2, count), np.float32)
        for band, (low, high) in enumerate(BANDS):
            if low * pitch_hz > limit_hz:
                break
            numbers = np.arange(low, max(low, min(high, int(limit_hz / pitch_hz))) + 1)
            harmonics = self._harmonics(numbers, brightness) * equaliser.gain_at(numbers * pitch_hz)
            # Bands begin a little apart, so that their crests do not meet.
            harmonics = harmonics * np.exp(2j * np.pi * 0.07 * band * numbers)
            fall_s = ring_s * 2 ** (-self.damping * band)
            fall = decay(min(count, int(FALLEN * fall_s * sample_rate_hz)), sample_rate_hz, fall_s)
            for side, row in zip((-1, 1), tone, strict=True):
                partial_hz = pitch_hz * (1 + self.stretch * band) * (1 + side * self.detune / 2)
                loop = steady_loop(partial_hz, numbers, harmonics, sample_rate_hz)
                turns = -(-len(fall) // len(loop))
                row[: len(fall)] += np.tile(loop, turns)[: len(fall)] * fall
        return tone

    def note(
        self, tone: Sound, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        count = min(tone.shape[1], int((held_s + 4 * self.release_s) * sample_rate_hz))
        return tone[:, :count] * sustain(
            count, sample_rate_hz, held_s, self.attack_s, 1.0, 1.0, self.release_s
        )

    def _harmonics(self, numbers: NDArray[np.int64], brightness: float) -> NDArray[np.complex128]:
        """Amplitudes and phases."""
        slope = 2.4 - 1.6 * (0.6 * self.hardness + 0.4 * brightness)
        nodes = np.abs(np.sin(np.pi * self.position * numbers)) / np.sin(np.pi * self.position)
        return 0.6 * nodes / numbers**slope * np.exp(0.6j * numbers * numbers)
