"""Wavetables: one cycle of a wave at eight brightness levels, with no harmonic above half the sample rate."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from agents.music.local.filters import Equaliser
from agents.music.transforms import to_samples, to_spectrum

Samples = NDArray[np.float32]
Harmonics = NDArray[np.float64]
CYCLE = 2048
IN_TUNE = 2 ** (0.25 / 1200) - 1
"""A quarter of a cent, which nobody hears, even beating."""
LEVELS = 8

SHAPES: dict[str, Callable[[Harmonics], Harmonics]] = {
    "sine": lambda h: np.where(h == 1, 1.0, 0.0),
    "saw": lambda h: 1 / h,
    "square": lambda h: np.where(h % 2 == 1, 1 / h, 0.0),
    "triangle": lambda h: np.where(h % 2 == 1, 1 / h**2, 0.0),
    # A quarter-wide pulse: nasal, every fourth harmonic missing.
    "pulse": lambda h: np.abs(np.sin(np.pi * h / 4)) / h,
    # Drawbars at 8', 4', 2⅔' and 2'.
    "organ": lambda h: np.where(np.isin(h, (1, 2, 3, 4, 6, 8)), 1 / h**0.6, 0.0),
    # A clarinet's odd harmonics with a bright bump.
    "reed": lambda h: np.where(h % 2 == 1, 1.0, 0.25) / h * (1 + 1.5 * np.exp(-((h - 5) ** 2) / 6)),
    "string": lambda h: 1 / h * (0.7 + 0.5 * np.cos(h * 1.7)),
}
"""Each wave's amplitudes over its harmonics' numbers."""


def frequency_hz(pitch: float) -> float:
    """The frequency of a MIDI pitch, A4 = 440 Hz."""
    return 440.0 * 2.0 ** ((pitch - 69) / 12)


def harmonic_amplitudes(shape: str, count: int) -> Harmonics:
    """Amplitudes of harmonics 1 to `count` of a named wave."""
    return SHAPES[shape](np.arange(1, count + 1, dtype=np.float64))


@lru_cache(maxsize=512)
def _levels(shape: str, half_octave: int, sample_rate_hz: int) -> Samples:
    highest_hz = 20.0 * 2 ** ((half_octave + 1) / 2)
    count = max(1, min(CYCLE // 4, int(min(16_000, 0.45 * sample_rate_hz) / highest_hz)))
    amplitudes = harmonic_amplitudes(shape, count)
    h = np.arange(1, count + 1)
    tables = np.zeros((LEVELS, CYCLE + 1), np.float32)
    for level in range(LEVELS):
        cutoff = 1.3 * 2.0 ** (level * 0.95)
        spectrum = np.zeros(CYCLE // 2 + 1, np.complex128)
        # Phases that grow as h² spread the cycle's energy: lower peaks for the same loudness.
        spectrum[1 : count + 1] = amplitudes / np.sqrt(1 + (h / cutoff) ** 4) * np.exp(0.35j * h * h)
        cycle = np.fft.irfft(spectrum, CYCLE)
        tables[level, :CYCLE] = cycle * (0.3 / np.sqrt(np.mean(cycle**2)))
        tables[level, CYCLE] = tables[level, 0]
    return tables


def cycle_at(shape: str, pitch_hz: float, brightness: float, sample_rate_hz: int) -> Samples:
    """One cycle with its guard sample, float32 (2049,), rms 0.3; brightness 0 to 1."""
    tables = _levels(shape, max(0, math.floor(2 * math.log2(pitch_hz / 20.0))), sample_rate_hz)
    place = max(0.0, min(1.0, brightness)) * (LEVELS - 1)
    low = min(int(place), LEVELS - 2)
    share = np.float32(place - low)
    return np.asarray(tables[low] * (1 - share) + tables[low + 1] * share, np.float32)


def equalised_cycle(cycle: Samples, pitch_hz: float, equaliser: Equaliser) -> Samples:
    """A cycle with its guard sample as it sounds at a pitch behind an equaliser that has come to rest."""
    if not equaliser.sections:
        return cycle
    spectrum = to_spectrum(cycle[:CYCLE])
    # What little lies above half the sample rate is rounding, and no filter has a gain for it.
    audible = int(0.5 * equaliser.sample_rate_hz / pitch_hz)
    spectrum[audible + 1 :] = 0
    spectrum[: audible + 1] *= equaliser.gain_at(pitch_hz * np.arange(len(spectrum[: audible + 1])))
    filtered = to_samples(spectrum, CYCLE)
    return np.append(filtered, filtered[0])


def ramp(count: int, pitch_hz: float, sample_rate_hz: int, start: float = 0.0) -> NDArray[np.float64]:
    """A steady phase in cycles, float64 (count,)."""
    phase = np.arange(count, dtype=np.float64)
    phase *= pitch_hz / sample_rate_hz
    phase += start
    return phase


def vibrato(count: int, sample_rate_hz: int, pitch_hz: float, rate_hz: float, depth: float) -> Samples:
    """The phase a vibrato adds, in cycles; it fades in over a quarter of a second. Depth is a share of the pitch."""
    angle = np.arange(count, dtype=np.float32)
    angle *= np.float32(2 * math.pi * rate_hz / sample_rate_hz)
    sway = np.sin(angle, out=angle)
    sway *= np.float32(pitch_hz * depth / (2 * math.pi * rate_hz))
    rise = min(count, sample_rate_hz // 4)
    sway[:rise] *= np.linspace(0, 4 * rise / sample_rate_hz, rise, endpoint=False, dtype=np.float32)
    return sway


@dataclass(frozen=True)
class Places:
    """Where in a cycle a tone is at each sample: several cycles read at the same places share the work of finding them."""

    index: NDArray[np.int32]
    """The cycle's sample before it."""
    share: Samples
    """How far it is from there to the next."""

    @classmethod
    def of(cls, phase: NDArray[np.float64]) -> "Places":
        """Of phases in cycles, none negative."""
        position = phase * CYCLE
        # In 32 bits this takes a fifth of the time, and no note is a million cycles long.
        index = position.astype(np.int32)
        position -= index
        index &= CYCLE - 1
        return cls(index, position.astype(np.float32))

    def read(self, cycle: Samples, count: int | None = None) -> Samples:
        """The cycle at the first `count` places, between its samples by straight lines."""
        index = self.index[:count]
        out = np.diff(cycle).take(index, mode="clip")
        out *= self.share[:count]
        out += cycle.take(index, mode="clip")
        return out


def read(cycle: Samples, phase: NDArray[np.float64]) -> Samples:
    """Read one cycle at phases in cycles, none negative."""
    return Places.of(phase).read(cycle)


@cache
def _loop_sizes() -> NDArray[np.int64]:
    """Lengths of loops, in samples: even, and of no prime over 13, so that they transform quickly."""
    sizes = np.arange(4096, 32_768, 2)
    rest = sizes.copy()
    for prime in (2, 3, 5, 7, 11, 13):
        for _ in range(14):
            rest = np.where(rest % prime == 0, rest // prime, rest)
    return sizes[rest == 1]


def steady_loop(
    pitch_hz: float,
    numbers: NDArray[np.int64],
    harmonics: NDArray[np.complex128],
    sample_rate_hz: int,
) -> Samples:
    """Whole cycles of a wave, to be repeated for as long as it sounds; float32, fewer than 32,768 samples.

    `numbers` are those of the harmonics, all of them under half the sample rate; `harmonics` their amplitudes and
    phases. Where the wave need not sway this takes a fifth of the time that reading cycles takes. At 44.1 kHz the pitch
    is right within 1.1 cents, for notes of the scale 0.6, from a bass guitar's lowest string (41 Hz) on: sides stay apart.
    """
    # The shortest length into which whole cycles fit, or that into which they fit best.
    sizes = _loop_sizes()
    cycles = np.rint(sizes * (pitch_hz / sample_rate_hz)).astype(np.int64)
    off = np.abs(cycles * (sample_rate_hz / pitch_hz) / sizes - 1)
    best = int(np.argmax(off < IN_TUNE) if off.min() < IN_TUNE else np.argmin(off))
    size = int(sizes[best])
    spectrum = np.zeros(size // 2 + 1, np.complex64)
    spectrum[cycles[best] * numbers] = harmonics * (size / 2)
    return to_samples(spectrum, size)


def sine(phase: NDArray[np.float64], bend: Samples | None = None) -> Samples:
    """The sine of a phase in cycles, with a bend in radians."""
    turn = np.floor(phase)
    np.subtract(phase, turn, out=turn)
    turn *= 2 * math.pi
    angle = turn.astype(np.float32)
    if bend is not None:
        angle += bend
    return np.sin(angle, out=angle)
