"""Frequency modulation."""

import math
from dataclasses import dataclass

import numpy as np

from agents.music.local.envelopes import decay, seconds, sustain
from agents.music.local.filters import Equaliser
from agents.music.local.oscillators import frequency_hz, ramp, sine
from agents.music.local.voices import Sound


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

    def tone(
        self, pitch: int, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        pitch_hz = frequency_hz(pitch)
        count = int((held_s + 4 * self.release_s) * sample_rate_hz)
        # Sidebands reach about (index + 1)·ratio harmonics up: keep them under the Nyquist frequency.
        room = max(0.0, 0.42 * sample_rate_hz / (pitch_hz * self.ratio) - 1 / self.ratio)
        index = min(self.index * (0.5 + brightness), room)
        bend = np.float32(index) * (
            decay(count, sample_rate_hz, self.index_s) * np.float32(1 - self.floor) + np.float32(self.floor)
        )
        modulator = sine(ramp(count, pitch_hz * self.ratio, sample_rate_hz))
        carrier = ramp(count, pitch_hz, sample_rate_hz)
        tone = sine(carrier, bend * modulator)
        if self.partial and pitch_hz * self.partial_ratio < 0.45 * sample_rate_hz:
            ping = sine(ramp(count, pitch_hz * self.partial_ratio, sample_rate_hz))
            tone += np.float32(self.partial) * ping * decay(count, sample_rate_hz, self.ring_s * 0.4)
        sides = tone[None]
        if self.tremolo:
            turn = seconds(count, sample_rate_hz) * np.float32(2 * math.pi * 4.6)
            sway = tone * np.sin(turn, out=turn)
            sway *= np.float32(self.tremolo)
            sides = np.stack([tone - sway, tone + sway])
        return sides if self.drive else equaliser.apply(sides)

    def note(
        self, tone: Sound, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        count = min(tone.shape[1], int((held_s + 4 * self.release_s) * sample_rate_hz))
        envelope = sustain(
            count, sample_rate_hz, held_s, self.attack_s, self.ring_s, self.level, self.release_s
        )
        envelope *= np.float32(0.5)
        note = tone[:, :count] * envelope
        if self.drive:
            np.tanh(note * np.float32(1 + 4 * self.drive), out=note)
            note = equaliser.apply(note * np.float32(0.7))
        return note
