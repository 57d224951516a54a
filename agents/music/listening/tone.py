"""Spectral balance and a fingerprint of timbre."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.music.analysis import BANDS_HZ
from agents.music.listening.spectrogram import magnitudes

Samples = NDArray[np.float32]
FRAME, HOP = 2048, 8192
MEL_BANDS = 24
COEFFICIENTS = 13


@dataclass(frozen=True)
class Tone:
    """How a recording's energy lies over frequency."""

    balance_db: dict[str, float]
    """Each band's share of the whole energy, in dB."""
    centroid_hz: float
    timbre: tuple[float, ...]
    """Means and deviations of cepstral coefficients: near vectors sound alike."""


def measure_tone(mono: Samples, sample_rate_hz: int) -> Tone:
    """Balance and timbre of a recording."""
    hz = np.arange(FRAME // 2 + 1) * sample_rate_hz / FRAME
    power = np.zeros(len(hz))
    logs: list[NDArray[np.float64]] = []
    edges = _mel_edges(sample_rate_hz)
    for chunk in magnitudes(mono, FRAME, HOP):
        squares = np.square(chunk, dtype=np.float64)
        power += squares.sum(axis=0)
        logs.append(np.log(np.add.reduceat(squares, edges, axis=1) + 1e-9))
    total = max(float(power.sum()), 1e-12)
    balance_db = {
        name: round(10 * float(np.log10(max(power[(hz >= low) & (hz < high)].sum() / total, 1e-9))), 2)
        for name, (low, high) in BANDS_HZ.items()
    }
    cepstra = np.concatenate(logs) @ cosine_basis()
    timbre = np.concatenate([cepstra.mean(axis=0), cepstra.std(axis=0)])
    return Tone(
        balance_db=balance_db,
        centroid_hz=round(float((hz * power).sum() / total), 1),
        timbre=tuple(round(float(value), 3) for value in timbre),
    )


def _mel_edges(sample_rate_hz: int) -> NDArray[np.int64]:
    """First bins of bands of equal width in mel; low bands are at least a bin wide."""
    top_mel = 2595 * np.log10(1 + min(16_000, sample_rate_hz / 2) / 700)
    hz = 700 * (10 ** (np.linspace(0, top_mel, MEL_BANDS + 1)[:-1] / 2595) - 1)
    edges = np.round(hz * FRAME / sample_rate_hz).astype(np.int64)
    return np.maximum(edges, np.arange(1, MEL_BANDS + 1))


def cosine_basis() -> NDArray[np.float64]:
    """The orthonormal DCT-II's first vectors but for the constant one: float64 (MEL_BANDS, COEFFICIENTS).

    Two dozen numbers a column: scipy.fft, which has the transform too, takes longer to load than a song to measure.
    """
    order, band = np.arange(1, COEFFICIENTS + 1), np.arange(MEL_BANDS)[:, None]
    return np.sqrt(2 / MEL_BANDS) * np.cos(np.pi * order * (2 * band + 1) / (2 * MEL_BANDS))


def timbre_distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Euclidean distance of two fingerprints; under about 5 they sound alike."""
    return float(np.sqrt(np.sum(np.square(np.subtract(one, other)))))
