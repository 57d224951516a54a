"""Pads and choirs from the inverse transform of a blurred spectrum."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from agents.music.local.envelopes import sustain
from agents.music.local.filters import Equaliser
from agents.music.local.oscillators import frequency_hz, harmonic_amplitudes
from agents.music.local.voices import Sound
from agents.music.transforms import to_samples


@dataclass(frozen=True)
class Spectral:
    """A long loop from one inverse transform of blurred harmonics, left and right independent: pads and choirs.

    After PADsynth (P. Nasca, 2005).
    """

    shape: str = "saw"
    blur_cents: float = 24
    """Width of the first harmonic; higher ones are a little narrower in proportion."""
    rolloff: float = 1.1
    formants_hz: tuple[float, ...] = ()
    octave: float = 0.0
    """Share of a copy an octave above."""
    attack_s: float = 0.25
    release_s: float = 0.35
    level: float = 0.85

    def tone(
        self, pitch: int, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        count = int((held_s + 3 * self.release_s) * sample_rate_hz)
        loop = self._loop(pitch, brightness, equaliser, sample_rate_hz)
        repeats = -(-count // loop.shape[1])
        return np.tile(loop, (1, repeats))[:, :count]

    def note(
        self, tone: Sound, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        count = min(tone.shape[1], int((held_s + 3 * self.release_s) * sample_rate_hz))
        attack_s = min(self.attack_s, held_s * 0.5)
        return tone[:, :count] * sustain(
            count, sample_rate_hz, held_s, attack_s, 1.5, self.level, self.release_s
        )

    def _loop(self, pitch: int, brightness: float, equaliser: Equaliser, sample_rate_hz: int) -> Sound:
        pitch_hz = frequency_hz(pitch)
        size = 2 ** math.ceil(math.log2(2.2 * sample_rate_hz))
        bin_hz = sample_rate_hz / size
        magnitudes = np.zeros(size // 2 + 1, np.float32)
        highest = int(min(12_000, 0.45 * sample_rate_hz) / pitch_hz)
        if not highest:
            return np.zeros((2, size), np.float32)
        amplitudes = harmonic_amplitudes(self.shape, min(48, highest))
        first_width_hz = pitch_hz * (2 ** (self.blur_cents / 1200) - 1)
        tilt = self.rolloff * (1.25 - 0.5 * brightness)
        equalised = equaliser.gain_at(pitch_hz * np.arange(1, len(amplitudes) + 1))
        power = 0.0
        for h, amplitude in enumerate(amplitudes, start=1):
            centre_hz = pitch_hz * h
            gain = amplitude / h ** (tilt - 0.6) * self._vowel(centre_hz)
            gain *= 1 + self.octave if h % 2 == 0 else 1
            width = max(1.0, first_width_hz * h**0.8 / bin_hz)
            first = max(1, int(centre_hz / bin_hz - 3 * width))
            bins = np.arange(first, min(size // 2, first + int(6 * width) + 2))
            bell = np.exp(-(((bins * bin_hz - centre_hz) / (width * bin_hz)) ** 2))
            bell *= gain / math.sqrt(width)
            power += float(np.square(bell).sum())
            magnitudes[bins] += bell * equalised[h - 1]
        # Every pitch is equally loud before the equaliser: rms 0.25, by the energy of its spectrum.
        magnitudes *= np.float32(0.25 * size / math.sqrt(2 * power))
        return to_samples(magnitudes * _random_phases(size), size)

    def _vowel(self, frequency: float) -> float:
        if not self.formants_hz:
            return 1.0
        return 0.12 + sum(math.exp(-(((frequency - f) / (0.16 * f + 60)) ** 2)) for f in self.formants_hz)


@lru_cache(maxsize=4)
def _random_phases(size: int) -> NDArray[np.complex64]:
    """Unit vectors of random angle for left and right; one draw serves every pitch."""
    rng = np.random.default_rng(20051)
    angles = rng.random((2, size // 2 + 1), np.float32) * np.float32(2 * math.pi)
    return np.exp(1j * angles).astype(np.complex64)
