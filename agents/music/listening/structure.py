"""Where a recording turns into something else: novelty along its self-similarity (after J. Foote, 2000)."""

import numpy as np
from numpy.typing import NDArray

from agents.music.listening.spectrogram import lower_rate, magnitudes

Samples = NDArray[np.float32]
FRAME, HOP = 2048, 1024
BANDS = 20
BLOCK_S = 0.5
REACH_S = 8.0
"""How much before and after a moment is compared."""
SHORTEST_S = 5.0
"""Sections are at least so long."""
DEPTH = 3.0
"""Of log energy, about 13 dB: what lies deeper under a band's loud moments is silence."""
LEAST_SPREAD = 0.5
"""Of log energy, about 2 dB: what strays less is chance."""
CLEAR, LEAST_NOVELTY = 0.2, 0.1
"""Novelty from which a turn counts: as a share of the clearest one's, and in any case."""


def find_boundaries(mono: Samples, sample_rate_hz: int) -> tuple[float, ...]:
    """Start times of sections in seconds, the first 0; only that for a recording under 16 s or without a turn.

    On songs of the embedded engine four in five planned sections are found within 1.5 s, and two in three of what is
    found are sections; the others are turns within one.
    """
    low, rate_hz = lower_rate(mono, sample_rate_hz, 11_025)
    if len(low) < 2 * REACH_S * rate_hz:
        return (0.0,)
    block = max(1, round(BLOCK_S * rate_hz / HOP))
    features = _features(low, block)
    reach = round(REACH_S * rate_hz / (block * HOP))
    novelty = _novelty(features, reach)
    spacing = max(1, round(SHORTEST_S * rate_hz / (block * HOP)))
    # Beyond the ends nothing is known, so that what is heard near them is no turn.
    inner = novelty[spacing // 2 : len(novelty) - spacing // 2]
    clear = max(CLEAR * float(inner.max(initial=0.0)), LEAST_NOVELTY)
    turns = [at + spacing // 2 for at in peaks(inner, clear, spacing)]
    return (0.0, *(round(float(at * block * HOP / rate_hz), 2) for at in turns))


def peaks(curve: NDArray[np.float64], least: float, apart: int) -> list[int]:
    """Where a curve is higher than on both sides and at least `least`; of two less than `apart` apart, the higher.

    What `scipy.signal.find_peaks` finds in a curve without equal neighbours, as measured ones are, without the second of
    CPU that its package takes to load.
    """
    rises = (curve[1:-1] > curve[:-2]) & (curve[1:-1] > curve[2:]) & (curve[1:-1] >= least)
    kept: list[int] = []
    for at in sorted((np.flatnonzero(rises) + 1).tolist(), key=lambda at: -curve[at]):
        if all(abs(at - other) >= apart for other in kept):
            kept.append(at)
    return sorted(kept)


def _features(mono: Samples, block: int) -> NDArray[np.float64]:
    """Mean log energies of bands and how much they move in each block, at unit spread: float64 (blocks, 2 × BANDS)."""
    edges = np.unique(np.geomspace(2, FRAME // 2, BANDS + 1).astype(int)[:-1])
    logs = np.concatenate(
        [
            np.log(np.add.reduceat(np.square(chunk), edges, axis=1) + 1e-6)
            for chunk in magnitudes(mono, FRAME, HOP)
        ]
    )
    # A tail that dies away is no contrast beside which all others are small.
    logs = np.maximum(logs, np.percentile(logs, 95, axis=0) - DEPTH)
    count = len(logs) // block
    shaped = logs[: count * block].reshape(count, block, -1).astype(np.float64)
    features = np.concatenate([shaped.mean(axis=1), shaped.std(axis=1)], axis=1)
    spread = features.std(axis=0)
    return (features - features.mean(axis=0)) / np.maximum(spread, LEAST_SPREAD)


def _novelty(features: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """How little the blocks before each moment are like those after it, −1 to 1; float64 (blocks,)."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    # What hardly strays from the mean is like all else.
    unit = features / np.maximum(lengths, 0.7 * np.sqrt(features.shape[1]))
    offsets = np.arange(-reach, reach) + 0.5
    taper = np.exp(-2 * (offsets / reach) ** 2)
    kernel = np.outer(taper * np.sign(offsets), taper * np.sign(offsets))
    padded = np.concatenate([np.repeat(unit[:1], reach, axis=0), unit, np.repeat(unit[-1:], reach, axis=0)])
    novelty = np.zeros(len(unit))
    for place in range(len(unit)):
        near = padded[place : place + 2 * reach]
        novelty[place] = np.sum(kernel * (near @ near.T))
    return novelty / np.sum(np.abs(kernel))
