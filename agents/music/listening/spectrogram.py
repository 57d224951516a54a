"""Short-time spectra in small chunks, so that a long song needs little memory."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from agents.music.transforms import decimate, lowpass_kernel, to_spectrum

Samples = NDArray[np.float32]
FRAMES_A_CHUNK = 256


def lower_rate(mono: Samples, sample_rate_hz: int, wanted_hz: int) -> tuple[Samples, int]:
    """The sound at about `wanted_hz`, by a whole factor, with the rate it got."""
    factor = max(1, sample_rate_hz // wanted_hz)
    if factor == 1:
        return mono, sample_rate_hz
    return decimate(lowpass_kernel(16 * factor + 1, 0.9 / factor), mono, factor), sample_rate_hz // factor


def magnitudes(mono: Samples, size: int, hop: int) -> Iterator[NDArray[np.float32]]:
    """Chunks of magnitude spectra, float32 (frames, size / 2 + 1), Hann window."""
    if len(mono) < size:
        mono = np.pad(mono, (0, size - len(mono)))
    window = np.hanning(size).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(mono, size)[::hop]
    for start in range(0, len(frames), FRAMES_A_CHUNK):
        yield np.abs(to_spectrum(frames[start : start + FRAMES_A_CHUNK] * window))
