"""Where bars begin: chords and bass turn at bar lines more than at any other beat (after M. Goto, 2001)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.music.listening.spectrogram import lower_rate
from agents.music.transforms import to_spectrum

Samples = NDArray[np.float32]
RATE_HZ = 4_000
FRAME = 2048
SILENT = 0.01
"""Of the loudest beat's root magnitude, 80 dB under it in power: what is so quiet has no harmony."""
LOWEST_PITCH, HIGHEST_PITCH = 28, 84
"""MIDI notes: from the bass's E to two octaves over middle C."""


def harmonic_turns(mono: Samples, sample_rate_hz: int, beats_s: Sequence[float]) -> NDArray[np.float64]:
    """How unlike the pitches after each beat are to those before it, 0 to 1; float64 (beats,).

    NaN where nothing can be compared: at the first beat, and where either side is silent.
    """
    low, rate_hz = lower_rate(mono, sample_rate_hz, RATE_HZ)
    edges = np.round(np.array([*beats_s, len(low) / rate_hz]) * rate_hz).astype(int)
    frames = np.zeros((len(beats_s), FRAME), np.float32)
    for frame, start, end in zip(frames, edges[:-1], edges[1:], strict=True):
        stretch = low[start : min(end, start + FRAME)]
        frame[: len(stretch)] = stretch * np.hanning(len(stretch))
    pitches = _pitches(frames, rate_hz)
    lengths = np.linalg.norm(pitches, axis=1)
    lengths[lengths <= SILENT * lengths.max(initial=0.0)] = np.nan
    likeness = np.sum(pitches[1:] * pitches[:-1], axis=1) / (lengths[1:] * lengths[:-1])
    return np.concatenate([[np.nan], 1 - likeness])


def _pitches(frames: NDArray[np.float32], rate_hz: int) -> NDArray[np.float64]:
    """How loud each semitone is, as a root so that the quieter ones count; float64 (frames, semitones)."""
    hz = np.arange(FRAME // 2 + 1) * rate_hz / FRAME
    semitone = np.round(69 + 12 * np.log2(np.maximum(hz, 1) / 440)).astype(int)
    loud = np.sqrt(np.abs(to_spectrum(frames)))
    return np.stack(
        [loud[:, semitone == pitch].sum(axis=1) for pitch in range(LOWEST_PITCH, HIGHEST_PITCH + 1)], axis=1
    ).astype(np.float64)
