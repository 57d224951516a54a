"""SciPy's filters and Fourier transforms, single precision, with types that say so."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

Samples = NDArray[np.float32]
Spectrum = NDArray[np.complex64]


def lowpass_kernel(taps: int, cutoff: float) -> Samples:
    """A linear-phase low-pass with unit gain; the cutoff is a share of half the sample rate."""
    return np.asarray(signal.firwin(taps, cutoff), np.float32)


def convolve(kernel: Samples, samples: Samples, *, up: int = 1, down: int = 1) -> Samples:
    """The samples at `up`/`down` times their rate through a kernel, its tail included."""
    return np.asarray(signal.upfirdn(kernel, samples, up=up, down=down), np.float32)


def filter_sections(sections: NDArray[np.floating], samples: Samples) -> Samples:
    """Second-order sections along the last axis."""
    return np.asarray(signal.sosfilt(np.asarray(sections, np.float32), samples, axis=-1), np.float32)


def to_spectrum(samples: Samples, size: int | None = None) -> Spectrum:
    """The spectrum along the last axis, zero-padded to `size`."""
    spectrum = fft.rfft(samples, axis=-1) if size is None else fft.rfft(samples, size, axis=-1)
    return np.asarray(spectrum, np.complex64)


def to_samples(spectrum: Spectrum, size: int) -> Samples:
    """The inverse of `to_spectrum` along the last axis."""
    return np.asarray(fft.irfft(spectrum, size, axis=-1), np.float32)


def fast_size(count: int) -> int:
    """The next length that transforms quickly."""
    length = fft.next_fast_len(count, real=True)
    assert isinstance(length, int)
    return length
