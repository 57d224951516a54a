"""Second-order filters after the Audio EQ Cookbook (R. Bristow-Johnson), as SciPy sections."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.music.transforms import filter_sections, response_at

Audio = NDArray[np.float32]
Sections = NDArray[np.float64]


def _angle(frequency_hz: float, sample_rate_hz: int) -> float:
    # Low sample rates have no room for high corners: keep them under the Nyquist frequency.
    return 2 * math.pi * min(frequency_hz, 0.45 * sample_rate_hz) / sample_rate_hz


def highpass(frequency_hz: float, sample_rate_hz: int, quality: float = 0.7071) -> Sections:
    """Cut lows by 12 dB an octave; −3 dB at the corner for the usual quality."""
    w = _angle(frequency_hz, sample_rate_hz)
    alpha, cos = math.sin(w) / (2 * quality), math.cos(w)
    return _section((1 + cos) / 2, -(1 + cos), (1 + cos) / 2, 1 + alpha, -2 * cos, 1 - alpha)


def lowpass(frequency_hz: float, sample_rate_hz: int, quality: float = 0.7071) -> Sections:
    """Cut highs by 12 dB an octave; −3 dB at the corner for the usual quality."""
    w = _angle(frequency_hz, sample_rate_hz)
    alpha, cos = math.sin(w) / (2 * quality), math.cos(w)
    return _section((1 - cos) / 2, 1 - cos, (1 - cos) / 2, 1 + alpha, -2 * cos, 1 - alpha)


def bandpass(frequency_hz: float, sample_rate_hz: int, quality: float = 1.0) -> Sections:
    """Keep a band at its level; a higher quality is a narrower band."""
    w = _angle(frequency_hz, sample_rate_hz)
    alpha, cos = math.sin(w) / (2 * quality), math.cos(w)
    return _section(alpha, 0.0, -alpha, 1 + alpha, -2 * cos, 1 - alpha)


def bell(frequency_hz: float, gain_db: float, sample_rate_hz: int, quality: float = 1.0) -> Sections:
    """Lift or cut around a frequency."""
    w = _angle(frequency_hz, sample_rate_hz)
    a = 10 ** (gain_db / 40)
    alpha, cos = math.sin(w) / (2 * quality), math.cos(w)
    return _section(1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a)


def high_shelf(frequency_hz: float, gain_db: float, sample_rate_hz: int) -> Sections:
    """Lift or cut all above a frequency."""
    return _shelf(frequency_hz, gain_db, sample_rate_hz, side=1.0)


def low_shelf(frequency_hz: float, gain_db: float, sample_rate_hz: int) -> Sections:
    """Lift or cut all below a frequency."""
    return _shelf(frequency_hz, gain_db, sample_rate_hz, side=-1.0)


def _shelf(frequency_hz: float, gain_db: float, sample_rate_hz: int, side: float) -> Sections:
    w = _angle(frequency_hz, sample_rate_hz)
    a = 10 ** (gain_db / 40)
    alpha, cos = math.sin(w) / math.sqrt(2), math.cos(w)
    slope = 2 * math.sqrt(a) * alpha
    up, down = a + 1, a - 1
    return _section(
        a * (up + side * down * cos + slope),
        -2 * side * a * (down + side * up * cos),
        a * (up + side * down * cos - slope),
        up - side * down * cos + slope,
        2 * side * (down - side * up * cos),
        up - side * down * cos - slope,
    )


def _section(b0: float, b1: float, b2: float, a0: float, a1: float, a2: float) -> Sections:
    return np.array([[b0 / a0, b1 / a0, b2 / a0, 1.0, a1 / a0, a2 / a0]])


def apply(audio: NDArray[np.floating], *sections: Sections) -> Audio:
    """Filter along the last axis in single precision; no sections, no change."""
    if not sections:
        return np.asarray(audio, np.float32)
    return filter_sections(np.concatenate(sections), audio)


@dataclass(frozen=True)
class Equaliser:
    """A channel's filters, to be had as a gain over frequency too: what is made from a spectrum is filtered there."""

    sections: tuple[Sections, ...]
    sample_rate_hz: int

    def gain_at(self, hz: NDArray[np.floating]) -> NDArray[np.float64]:
        """The gain of a steady tone at each frequency, 1 without filters."""
        if not self.sections:
            return np.ones(len(hz))
        return np.abs(response_at(np.concatenate(self.sections), hz / self.sample_rate_hz))

    def apply(self, audio: NDArray[np.floating]) -> Audio:
        """Filter along the last axis."""
        return apply(audio, *self.sections)
