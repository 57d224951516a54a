"""Five ways to make a tone: sustained wave, struck string or bar, frequency modulation, spectral pad, sub-bass.

Every voice is a frozen recipe whose `sound` makes one note: float32 (2, samples) at the given rate, peak about 1.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from agents.music.local.envelopes import close, decay, seconds, sustain
from agents.music.local.oscillators import CYCLE, cycle_at, frequency_hz, harmonic_amplitudes, ramp, read, vibrato

Stereo = NDArray[np.float32]


class Voice(Protocol):
    def sound(self, pitch: int, held_s: float, brightness: float, sample_rate_hz: int) -> Stereo:
        """One note; brightness 0 dark to 1 bright."""
        ...


@dataclass(frozen=True)
class Sustained:
    """Detuned wavetables whose filter closes after the attack: leads, brass, basses, organs."""

    shape: str
    second: str | None = None
    second_octave: int = 0
    detune: float = 0.004
    """Share of the pitch by which left and right are apart."""
    bright: float = 0.6
    dark: float = 0.35
    closing_s: float = 0.25
    attack_s: float = 0.008
    decay_s: float = 0.5
    level: float = 0.7
    release_s: float = 0.1
    vibrato_depth: float = 0.0
    drive: float = 0.0

    def sound(self, pitch: int, held_s: float, brightness: float, sample_rate_hz: int) -> Stereo:
        pitch_hz = frequency_hz(pitch)
        count = int((held_s + 4 * self.release_s) * sample_rate_hz)
        shift = brightness - 0.5
        closing = decay(count, sample_rate_hz, self.closing_s)
        bend = vibrato(count, sample_rate_hz, pitch_hz, 5.2, self.vibrato_depth) if self.vibrato_depth else 0.0
        sides: list[NDArray[np.float32]] = []
        for side, start in ((-1, 0.0), (1, 0.31)):
            if side == 1 and self.detune == 0 and self.second is None:
                sides.append(sides[0])
                break
            phase = ramp(count, pitch_hz * (1 + side * self.detune / 2), sample_rate_hz, start) + bend
            tone = self._tone(self.shape, pitch_hz, phase, closing, shift, sample_rate_hz)
            if self.second:
                octave = 2.0**self.second_octave
                mate = ramp(count, octave * pitch_hz * (1 - side * self.detune), sample_rate_hz, 0.2) + octave * bend
                tone += 0.6 * self._tone(self.second, octave * pitch_hz, mate, closing, shift, sample_rate_hz)
            sides.append(tone)
        envelope = sustain(
            count, sample_rate_hz, held_s, self.attack_s, self.decay_s, self.level, self.release_s
        )
        note = np.stack(sides) * envelope
        if self.drive:
            note = np.tanh(note * np.float32(1 + 4 * self.drive)) * np.float32(0.8)
        return note

    def _tone(
        self,
        shape: str,
        pitch_hz: float,
        phase: NDArray[np.float64],
        closing: NDArray[np.float32],
        shift: float,
        sample_rate_hz: int,
    ) -> NDArray[np.float32]:
        dark = cycle_at(shape, pitch_hz, self.dark + shift * 0.6, sample_rate_hz)
        bright = cycle_at(shape, pitch_hz, self.bright + shift * 0.6, sample_rate_hz)
        return read(dark, phase) + read(bright - dark, phase) * closing


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
            stretch = 1 + self.stretch * band
            for side, channel in ((-1, left), (1, right)):
                phase = ramp(count, pitch_hz * stretch * (1 + side * self.detune / 2), sample_rate_hz, 0.07 * band)
                channel += read(cycle, phase) * fall
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


@dataclass(frozen=True)
class Modulated:
    """One sine bends the phase of another: electric pianos, bells, cowbells, hard basses (J. Chowning, 1973)."""

    ratio: float = 1.0
    index: float = 2.0
    index_s: float = 0.3
    """How soon the modulation dies."""
    floor: float = 0.15
    ring_s: float = 1.2
    level: float = 0.0
    """Level it sustains at."""
    partial: float = 0.0
    """Amount of a second, inharmonic carrier."""
    partial_ratio: float = 2.76
    tremolo: float = 0.0
    """How far left and right sway."""
    attack_s: float = 0.002
    release_s: float = 0.12
    drive: float = 0.0

    def sound(self, pitch: int, held_s: float, brightness: float, sample_rate_hz: int) -> Stereo:
        pitch_hz = frequency_hz(pitch)
        count = int((held_s + 4 * self.release_s) * sample_rate_hz)
        # Sidebands reach about (index + 1)·ratio harmonics up: keep them under the Nyquist frequency.
        room = max(0.0, 0.42 * sample_rate_hz / (pitch_hz * self.ratio) - 1 / self.ratio)
        index = min(self.index * (0.5 + brightness), room)
        bend = np.float32(index) * (
            decay(count, sample_rate_hz, self.index_s) * np.float32(1 - self.floor) + np.float32(self.floor)
        )
        modulator = _sine(ramp(count, pitch_hz * self.ratio, sample_rate_hz))
        carrier = ramp(count, pitch_hz, sample_rate_hz)
        tone = _sine(carrier, bend * modulator)
        if self.partial and pitch_hz * self.partial_ratio < 0.45 * sample_rate_hz:
            ping = _sine(ramp(count, pitch_hz * self.partial_ratio, sample_rate_hz))
            tone += np.float32(self.partial) * ping * decay(count, sample_rate_hz, self.ring_s * 0.4)
        tone *= 0.5 * sustain(
            count, sample_rate_hz, held_s, self.attack_s, self.ring_s, self.level, self.release_s
        )
        if self.drive:
            tone = np.tanh(tone * np.float32(1 + 4 * self.drive)) * np.float32(0.7)
        if not self.tremolo:
            return np.stack([tone, tone])
        sway = np.float32(self.tremolo) * np.sin(seconds(count, sample_rate_hz) * np.float32(2 * math.pi * 4.6))
        return np.stack([tone * (1 - sway), tone * (1 + sway)])


def _sine(phase: NDArray[np.float64], bend: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    """The sine of a phase in cycles, with a bend in radians."""
    angle = ((phase - np.floor(phase)) * (2 * math.pi)).astype(np.float32)
    return np.sin(angle if bend is None else angle + bend)


@dataclass(frozen=True)
class Spectral:
    """A long loop from one inverse transform of blurred harmonics, left and right independent: pads and choirs.

    After PADsynth (P. Nasca, 2005).
    """

    shape: str = "saw"
    blur_hz: float = 2.2
    """Width of the first harmonic; higher ones are wider in proportion."""
    rolloff: float = 1.1
    formants_hz: tuple[float, ...] = ()
    octave: float = 0.0
    """Share of a copy an octave above."""
    attack_s: float = 0.25
    release_s: float = 0.35
    level: float = 0.85

    def sound(self, pitch: int, held_s: float, brightness: float, sample_rate_hz: int) -> Stereo:
        count = int((held_s + 3 * self.release_s) * sample_rate_hz)
        loop = self._loop(pitch, brightness, sample_rate_hz)
        repeats = -(-count // loop.shape[1])
        note = np.tile(loop, (1, repeats))[:, :count]
        attack_s = min(self.attack_s, held_s * 0.5)
        return note * sustain(count, sample_rate_hz, held_s, attack_s, 1.5, self.level, self.release_s)

    def _loop(self, pitch: int, brightness: float, sample_rate_hz: int) -> Stereo:
        pitch_hz = frequency_hz(pitch)
        size = 2 ** math.ceil(math.log2(2.2 * sample_rate_hz))
        bin_hz = sample_rate_hz / size
        magnitudes = np.zeros(size // 2 + 1, np.float32)
        highest = int(min(12_000, 0.45 * sample_rate_hz) / pitch_hz)
        amplitudes = harmonic_amplitudes(self.shape, max(1, min(48, highest)))
        tilt = self.rolloff * (1.25 - 0.5 * brightness)
        for h, amplitude in enumerate(amplitudes, start=1):
            centre_hz = pitch_hz * h
            gain = amplitude / h ** (tilt - 0.6) * self._vowel(centre_hz)
            gain *= 1 + self.octave if h % 2 == 0 else 1
            width = max(1.0, self.blur_hz * h**0.8 / bin_hz)
            first = max(1, int(centre_hz / bin_hz - 3 * width))
            bins = np.arange(first, min(size // 2, first + int(6 * width) + 2))
            bell = np.exp(-(((bins * bin_hz - centre_hz) / (width * bin_hz)) ** 2))
            magnitudes[bins] += gain / math.sqrt(width) * bell
        loop = fft.irfft(magnitudes * _random_phases(size), size, axis=1)
        return (loop * np.float32(0.25 / np.sqrt(np.mean(loop * loop)))).astype(np.float32)

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


@dataclass(frozen=True)
class Sub:
    """A sine that drops onto its pitch and is driven: the 808 and its kin."""

    drop: float = 1.2
    drop_s: float = 0.022
    drive: float = 1.5
    growl: float = 0.0
    """Amount of a beating sawtooth above it."""
    ring_s: float = 1.4
    release_s: float = 0.09

    def sound(self, pitch: int, held_s: float, brightness: float, sample_rate_hz: int) -> Stereo:
        pitch_hz = frequency_hz(pitch)
        count = int((held_s + 4 * self.release_s) * sample_rate_hz)
        # The phase of an exponentially falling pitch, integrated in closed form.
        fallen = 1 - decay(count, sample_rate_hz, self.drop_s).astype(np.float64)
        phase = ramp(count, pitch_hz, sample_rate_hz) + pitch_hz * self.drop * self.drop_s * fallen
        tone = 0.8 * _sine(phase)
        sides = [tone, tone]
        if self.growl:
            cycle = cycle_at("saw", 2 * pitch_hz, 0.25 + 0.5 * brightness, sample_rate_hz) * np.float32(self.growl)
            sides = [
                tone + read(cycle, ramp(count, 2 * pitch_hz * (1 + side * 0.006), sample_rate_hz, 0.1))
                + read(cycle, ramp(count, 2 * pitch_hz * (1 - side * 0.011), sample_rate_hz, 0.6))
                for side in (-1, 1)
            ]
        envelope = sustain(count, sample_rate_hz, held_s, 0.003, self.ring_s, 0.5, self.release_s)
        note = np.stack(sides) * envelope
        return close(np.tanh(note * np.float32(self.drive * (0.7 + 0.6 * brightness))) * np.float32(0.7), sample_rate_hz)
