"""Tempo by the autocorrelation of onsets, and the beats on it. It cannot tell a tempo from its double: it names both."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.music.listening.beats import track_beats
from agents.music.listening.spectrogram import lower_rate, magnitudes
from agents.music.transforms import fast_size, to_samples, to_spectrum

Samples = NDArray[np.float32]
FRAME, HOP = 512, 128
SLOWEST_BPM, FASTEST_BPM = 50.0, 210.0
LIKELIEST_BPM = 115.0
BAR_WEIGHT = 2.0
"""Of every fourth beat: most music repeats by the bar, so a dotted beat is not taken for the beat."""
TREND_FRAMES = 87
"""How many frames an onset is compared with the mean of."""
CLEAR_RISE = 0.5
"""The onset strength of a recording that has a pulse at all."""
NO_PULSE_BELOW = 0.2
"""The confidence of a recording in which no beat can be followed."""
ONSET_FRAMES = 3.5
"""How far into its frame, counted in hops, a sound lies that makes the frame louder."""
PULSES = 16
"""How many beats apart onsets are compared: the more, the finer the tempo."""


@dataclass(frozen=True)
class Tempo:
    """A measured tempo with its octaves."""

    bpm: float
    confidence: float
    """0 to 1: how far the best tempo stands out."""
    candidates_bpm: tuple[float, ...]
    """The tempo, its half and its double, likeliest first."""
    beats_s: tuple[float, ...]
    """At the tempo itself; none without a pulse."""


def measure_tempo(mono: Samples, sample_rate_hz: int) -> Tempo:
    """The tempo of a recording of at least a few seconds."""
    low, rate_hz = lower_rate(mono, sample_rate_hz, 11_025)
    onsets = _onsets(low)
    frame_rate_hz = rate_hz / HOP
    if len(onsets) < 4 * frame_rate_hz or not np.any(onsets):
        return Tempo(0.0, 0.0, (), ())
    likeness = _autocorrelate(onsets)
    tempos_bpm = np.arange(SLOWEST_BPM, FASTEST_BPM, 0.1)
    lags = 60 * frame_rate_hz / tempos_bpm
    score = np.zeros(len(tempos_bpm))
    weight = np.zeros(len(tempos_bpm))
    positions = np.arange(len(likeness))
    for pulse in range(1, PULSES + 1):
        reach = lags * pulse < len(likeness) * 0.8
        share = BAR_WEIGHT if pulse % 4 == 0 else 1.0
        score += share * np.where(reach, np.interp(lags * pulse, positions, likeness), 0.0)
        weight += share * reach
    score /= np.maximum(weight, 1)
    prior = np.exp(-0.5 * (np.log2(tempos_bpm / LIKELIEST_BPM) / 1.3) ** 2)
    weighted = np.maximum(score, 0) * prior
    best = int(np.argmax(weighted))
    bpm = float(tempos_bpm[best])
    octaves = [b for b in (bpm, bpm * 2, bpm / 2) if 40 <= b <= 230]
    octaves.sort(key=lambda b: -float(np.interp(b, tempos_bpm, weighted)))
    salience = min(1.0, float(np.percentile(onsets, 99)) / CLEAR_RISE)
    confidence = float(np.clip(score[best] * 2.5, 0, 1)) * salience
    # A frame's onset is what its second half holds and the frame before did not.
    frames = track_beats(onsets, 60 * frame_rate_hz / bpm) if confidence >= NO_PULSE_BELOW else ()
    beats_s = tuple(round(float(frame + ONSET_FRAMES) / frame_rate_hz, 3) for frame in frames)
    return Tempo(round(bpm, 1), round(confidence, 3), tuple(round(b, 1) for b in octaves), beats_s)


def _onsets(mono: Samples) -> NDArray[np.float64]:
    """How much louder each frame's bands are than the frame's before, with the slow trend taken out."""
    rises: list[NDArray[np.float64]] = []
    before = None
    for chunk in magnitudes(mono, FRAME, HOP):
        bands = np.log1p(200 * np.add.reduceat(chunk, (1, 3, 6, 11, 20, 36, 66, 120, 200), axis=1) / FRAME)
        joined = bands if before is None else np.vstack([before, bands])
        rises.append(np.maximum(np.diff(joined, axis=0), 0).sum(axis=1))
        before = bands[-1:]
    onsets = np.concatenate(rises)
    width = min(TREND_FRAMES, len(onsets))
    trend = np.convolve(onsets, np.ones(width) / width, mode="same")
    return np.maximum(onsets - trend, 0)


def _autocorrelate(onsets: NDArray[np.float64]) -> NDArray[np.float64]:
    count = len(onsets)
    centred = (onsets - onsets.mean()).astype(np.float32)
    size = fast_size(2 * count)
    spectrum = to_spectrum(centred, size)
    likeness = to_samples(spectrum * spectrum.conj(), size)[:count].astype(np.float64)
    return likeness / np.arange(count, 0, -1) * (count / max(float(likeness[0]), 1e-12))
