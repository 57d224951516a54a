"""Wavetables that hold as long as the note does: leads, brass, organs, basses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.music.local.envelopes import FALLEN, decay, sustain
from agents.music.local.filters import Equaliser
from agents.music.local.oscillators import Places, cycle_at, equalised_cycle, frequency_hz, ramp, vibrato
from agents.music.local.voices import Sound

Waves = tuple[NDArray[np.float32], NDArray[np.float32]]
"""A cycle as it sounds when the filter has closed, and what is added while it is open."""


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

    def tone(
        self, pitch: int, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        pitch_hz = frequency_hz(pitch)
        count = int((held_s + 4 * self.release_s) * sample_rate_hz)
        octave = 2.0**self.second_octave
        closing = decay(
            min(count, int(FALLEN * self.closing_s * sample_rate_hz)), sample_rate_hz, self.closing_s
        )
        bend = (
            vibrato(count, sample_rate_hz, pitch_hz, 5.2, self.vibrato_depth) if self.vibrato_depth else 0.0
        )
        # Behind a drive the equaliser has the note; else it has the waves before they are read.
        curve = Equaliser((), sample_rate_hz) if self.drive else equaliser
        waves = self._waves(self.shape, pitch_hz, brightness - 0.5, curve)
        mates = self._waves(self.second, octave * pitch_hz, brightness - 0.5, curve) if self.second else None
        tones: list[NDArray[np.float32]] = []
        for side, start in ((-1, 0.0), (1, 0.31)):
            phase = ramp(count, pitch_hz * (1 + side * self.detune / 2), sample_rate_hz, start) + bend
            tone = _closing(waves, phase, closing)
            if mates:
                mate_hz = octave * pitch_hz * (1 - side * self.detune)
                mate = ramp(count, mate_hz, sample_rate_hz, 0.2) + octave * bend
                tone += 0.6 * _closing(mates, mate, closing)
            tones.append(tone)
            if self.detune == 0 and mates is None:
                break
        return np.stack(tones)

    def note(
        self, tone: Sound, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        count = min(tone.shape[1], int((held_s + 4 * self.release_s) * sample_rate_hz))
        note = tone[:, :count] * sustain(
            count, sample_rate_hz, held_s, self.attack_s, self.decay_s, self.level, self.release_s
        )
        if self.drive:
            np.tanh(note * np.float32(1 + 4 * self.drive), out=note)
            note = equaliser.apply(note * np.float32(0.8))
        return note

    def _waves(self, shape: str, pitch_hz: float, shift: float, equaliser: Equaliser) -> Waves:
        dark, bright = (
            equalised_cycle(
                cycle_at(shape, pitch_hz, place + shift * 0.6, equaliser.sample_rate_hz), pitch_hz, equaliser
            )
            for place in (self.dark, self.bright)
        )
        return dark, bright - dark


def _closing(waves: Waves, phase: NDArray[np.float64], closing: NDArray[np.float32]) -> NDArray[np.float32]:
    """The dark wave, and over it what the filter lets through until it has closed."""
    dark, opening = waves
    places = Places.of(phase)
    tone = places.read(dark)
    tone[: len(closing)] += places.read(opening, len(closing)) * closing
    return tone
