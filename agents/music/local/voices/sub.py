"""The bottom of the mix: a driven sine, with or without a growl."""

from dataclasses import dataclass

import numpy as np

from agents.music.local.envelopes import close, decay, sustain
from agents.music.local.filters import Equaliser
from agents.music.local.oscillators import cycle_at, frequency_hz, ramp, read, sine
from agents.music.local.voices import Sound


@dataclass(frozen=True)
class Sub:
    """A sine that drops onto its pitch and is driven: the 808 and its kin."""

    drop: float = 1.2
    drop_s: float = 0.022
    drive: float = 1.5
    growl: float = 0.0
    """Amount of a beating sawtooth above it."""
    attack_s: float = 0.003
    ring_s: float = 1.4
    release_s: float = 0.09

    def tone(
        self, pitch: int, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        pitch_hz = frequency_hz(pitch)
        count = int((held_s + 4 * self.release_s) * sample_rate_hz)
        # The phase of an exponentially falling pitch, integrated in closed form.
        fallen = 1 - decay(count, sample_rate_hz, self.drop_s).astype(np.float64)
        phase = ramp(count, pitch_hz, sample_rate_hz) + pitch_hz * self.drop * self.drop_s * fallen
        tone = 0.8 * sine(phase)
        if not self.growl:
            return tone[None]
        cycle = cycle_at("saw", 2 * pitch_hz, 0.25 + 0.5 * brightness, sample_rate_hz)
        cycle *= np.float32(self.growl)
        return np.stack(
            [
                tone
                + read(cycle, ramp(count, 2 * pitch_hz * (1 + side * 0.006), sample_rate_hz, 0.1))
                + read(cycle, ramp(count, 2 * pitch_hz * (1 - side * 0.011), sample_rate_hz, 0.6))
                for side in (-1, 1)
            ]
        )

    def note(
        self, tone: Sound, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        count = min(tone.shape[1], int((held_s + 4 * self.release_s) * sample_rate_hz))
        note = tone[:, :count] * sustain(
            count, sample_rate_hz, held_s, self.attack_s, self.ring_s, 0.5, self.release_s
        )
        np.tanh(note * np.float32(self.drive * (0.7 + 0.6 * brightness)), out=note)
        note *= np.float32(0.7)
        return equaliser.apply(close(note, sample_rate_hz))
