"""Wavetables that hold as long as the note does: leads, brass, organs, basses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.music.local.envelopes import decay, sustain
from agents.music.local.oscillators import Places, cycle_at, frequency_hz, ramp, vibrato

Stereo = NDArray[np.float32]


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
        bend = (
            vibrato(count, sample_rate_hz, pitch_hz, 5.2, self.vibrato_depth) if self.vibrato_depth else 0.0
        )
        sides: list[NDArray[np.float32]] = []
        for side, start in ((-1, 0.0), (1, 0.31)):
            if side == 1 and self.detune == 0 and self.second is None:
                sides.append(sides[0])
                break
            phase = ramp(count, pitch_hz * (1 + side * self.detune / 2), sample_rate_hz, start) + bend
            tone = self._tone(self.shape, pitch_hz, phase, closing, shift, sample_rate_hz)
            if self.second:
                octave = 2.0**self.second_octave
                mate = (
                    ramp(count, octave * pitch_hz * (1 - side * self.detune), sample_rate_hz, 0.2)
                    + octave * bend
                )
                tone += 0.6 * self._tone(self.second, octave * pitch_hz, mate, closing, shift, sample_rate_hz)
            sides.append(tone)
        envelope = sustain(
            count, sample_rate_hz, held_s, self.attack_s, self.decay_s, self.level, self.release_s
        )
        note = np.stack(sides) * envelope
        if self.drive:
            note = np.tanh(note * np.float32(1 + 4 * self.drive)) * np.float32(0.8)
        return note.astype(np.float32, copy=False)

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
        places = Places.of(phase)
        tone = places.read(bright - dark)
        tone *= closing
        tone += places.read(dark)
        return tone
