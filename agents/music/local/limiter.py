"""A true-peak limiter that measures each recording once, where it is loud: later passes only scale what was measured."""

import numpy as np
from numpy.typing import NDArray

from agents.music.loudness import NEAR_THE_TOP, largest_peak, peak_envelope
from agents.music.transforms import filter_sections

Stereo = NDArray[np.float32]
BLOCK = 16
BLOCKS_A_CHUNK = 1 << 13
LOOK_AHEAD_S = 0.003
RELEASE_S = 0.09
FARTHER = 0.85
"""How much lower peaks are measured than was asked for: the next gain is often a little higher."""


class Limiter:
    """The peaks of one recording, and the gains that keep them under a ceiling."""

    def __init__(self, audio: Stereo, sample_rate_hz: int, ceiling_dbtp: float) -> None:
        self._audio = audio
        self._ceiling = 10 ** (ceiling_dbtp / 20)
        self._peaks = np.zeros(0, np.float32)
        self._exact_from = np.inf
        self._gain, self._gains = 0.0, self._peaks
        self._largest_sample = max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))
        self._reach = max(2, int(LOOK_AHEAD_S * sample_rate_hz / BLOCK))
        kept = float(np.exp(-BLOCK / (RELEASE_S * sample_rate_hz)))
        self._release = np.array([[1 - kept, 0, 0, 1, -kept, 0]])

    def lower(self, by_db: float) -> None:
        """Bring the ceiling down."""
        self._ceiling *= 10 ** (-by_db / 20)
        self._gain = 0.0

    def _look_for(self, peak: float) -> None:
        """Measure the recording so that its peaks from this one on are exact."""
        if peak < self._exact_from:
            self._exact_from = FARTHER * min(peak, self._largest_sample)
            self._peaks = peak_envelope(self._audio, BLOCK, self._exact_from)

    def gains(self, gain: float) -> NDArray[np.float32]:
        """The gain of every block when the recording is made louder by `gain`."""
        if gain != self._gain:
            self._look_for(self._ceiling / gain)
            self._gain, self._gains = gain, self._found(gain)
        return self._gains

    def _found(self, gain: float) -> NDArray[np.float32]:
        held = np.minimum(1.0, self._ceiling / np.maximum(self._peaks * gain, 1e-9)).astype(np.float32)
        held = _lowest(held, self._reach + 1)
        # The release begins at rest on what is held first.
        slow = held[0] + filter_sections(self._release, held - held[0])
        return _mean(np.minimum(held, slow), self._reach) * np.float32(gain)

    def apply(self, gain: float, out: Stereo) -> None:
        """Write the recording, made louder by `gain` and limited, into `out`."""
        gains = self.gains(gain)
        following = np.append(gains[1:], gains[-1])
        slope = np.linspace(0, 1, BLOCK, endpoint=False, dtype=np.float32)
        total = self._audio.shape[1]
        # Between block starts the gain moves in a straight line; the look-ahead's reach covers that.
        for first in range(0, len(gains), BLOCKS_A_CHUNK):
            near = gains[first : first + BLOCKS_A_CHUNK, None]
            curve = (near + (following[first : first + BLOCKS_A_CHUNK, None] - near) * slope).reshape(-1)
            low, high = first * BLOCK, min(total, first * BLOCK + len(curve))
            np.multiply(self._audio[:, low:high], curve[: high - low], out=out[:, low:high])

    def true_peak(self, gain: float, limited: Stereo) -> float:
        """The true peak of what `apply` wrote, linear: it is looked for only where the measured peaks foretell it."""
        gains = self.gains(gain)
        foretold = self._peaks * gains
        if self._exact_from * gain > NEAR_THE_TOP * foretold.max(initial=0.0):
            # What the limiter left is lower than it looked: what was not measured may be the highest now.
            foretold = peak_envelope(limited, BLOCK)
        return largest_peak(limited, foretold, BLOCK)


def _lowest(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """The lowest of each value and its neighbours on either side, `reach` of them; the spans looked at double."""
    lowest, span, width = np.pad(values, reach, mode="edge"), 1, 2 * reach + 1
    while span < width:
        step = min(span, width - span)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        span += step
    return lowest


def _mean(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """The mean of each value and its neighbours on either side, `reach` of them."""
    sums = np.cumsum(np.pad(values, (reach + 1, reach), mode="edge"), dtype=np.float64)
    return ((sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)).astype(np.float32)
