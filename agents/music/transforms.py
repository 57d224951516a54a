"""Filters and Fourier transforms in single precision, by NumPy alone: importing SciPy's takes as long as playing a song."""

import math
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Spectrum = NDArray[np.complex64]
FORGOTTEN = 1e-6
"""−120 dB: what is left of a filter's response when it counts as over."""
LONGEST_BLOCK = 1 << 16
"""Samples of one transform: a turn of them stays in the processor's cache."""
BLOCK_IN_MEMORIES = 8
"""At least how many times as long as the filter's memory a block is where the sound is longer."""
AT_ONCE = 4
"""NumPy transforms four rows of single precision in the time of two: what can be done in fours is."""
LARGEST_POLE = 0.9985
"""Its response still leaves a block room for sound: a high-pass at 15 Hz, at 44.1 kHz."""


def lowpass_kernel(taps: int, cutoff: float) -> Samples:
    """A linear-phase low-pass with unit gain: a sinc under a Hamming window; the cutoff is a share of half the rate."""
    at = np.arange(taps) - (taps - 1) / 2
    kernel = np.sinc(cutoff * at) * np.hamming(taps)
    return np.asarray(kernel / kernel.sum(), np.float32)


def decimate(kernel: Samples, samples: Samples, factor: int) -> Samples:
    """Every `factor`-th sample of the convolution with a kernel, from the kernel's onset to its tail's end."""
    reach = len(kernel) - 1
    count = -(-(len(samples) + reach) // factor)
    padded = np.pad(samples, (reach, count * factor))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel))[::factor][:count]
    return np.einsum("ij,j->i", windows, kernel[::-1])


def filter_sections(sections: NDArray[np.floating], samples: Samples) -> Samples:
    """Second-order sections (rows of b0 b1 b2 1 a1 a2) along the last axis, from rest; float32 of the same shape.

    By the overlap-save method: a recursion from sample to sample would be slow here, and a stable one forgets.
    """
    count = samples.shape[-1]
    memory = _memory(sections)
    size = fast_size(memory + (-(-count // AT_ONCE) if count > 2 * memory else count))
    size = min(size, LONGEST_BLOCK, max(1 << 14, 1 << (BLOCK_IN_MEMORIES * memory).bit_length()))
    step = size - memory
    blocks = -(-count // step)
    response = _response(np.ascontiguousarray(sections, np.float64).tobytes(), size)
    out = np.empty(samples.shape, np.float32)
    padded = np.zeros(memory + blocks * step, np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[::step]
    for source, target in zip(samples.reshape(-1, count), out.reshape(-1, count), strict=True):
        padded[memory : memory + count] = source
        for first in range(0, blocks, AT_ONCE):
            spectrum = np.fft.rfft(windows[first : first + AT_ONCE], norm="ortho")  # see to_spectrum
            spectrum *= response
            fresh = np.fft.irfft(spectrum, size, norm="ortho")[:, memory:].reshape(-1)
            stretch = target[first * step : first * step + len(fresh)]
            stretch[:] = fresh[: len(stretch)]
    return out


def _memory(sections: NDArray[np.floating]) -> int:
    """How many samples a filter needs to forget: by its slowest pole, twice for poles that lie together."""
    slowest = 0.0
    for _, _, _, _, a1, a2 in np.asarray(sections, np.float64):
        root = np.sqrt(complex(a1 * a1 - 4 * a2))
        slowest = max(slowest, abs(-a1 + root) / 2, abs(-a1 - root) / 2)
    if not slowest < LARGEST_POLE:
        raise ValueError(f"a filter with a pole at {slowest:g} takes too long to come to rest")
    return 64 + math.ceil(1.2 * math.log(FORGOTTEN) / math.log(max(slowest, 0.5)))


@lru_cache(maxsize=256)
def _response(sections: bytes, size: int) -> Spectrum:
    """The gain of a chain of sections at each bin of a transform."""
    cycles = np.arange(size // 2 + 1) / size
    return response_at(np.frombuffer(sections).reshape(-1, 6), cycles).astype(np.complex64)


def response_at(sections: NDArray[np.float64], cycles: NDArray[np.float64]) -> NDArray[np.complex128]:
    """The complex gain of a chain of second-order sections at frequencies in cycles a sample."""
    response = np.ones(len(cycles), np.complex128)
    back = np.exp(-2j * np.pi * cycles)
    for b0, b1, b2, a0, a1, a2 in sections:
        response *= (b0 + back * (b1 + back * b2)) / (a0 + back * (a1 + back * a2))
    return response


def to_spectrum(samples: Samples, size: int | None = None) -> Spectrum:
    """The spectrum along the last axis, zero-padded to `size`."""
    size = size or samples.shape[-1]
    # Without a scale NumPy (2.4) takes single precision through another one and back, at six times the cost.
    spectrum = np.fft.rfft(samples, size, axis=-1, norm="forward")
    spectrum *= np.float32(size)
    return np.asarray(spectrum, np.complex64)


def to_samples(spectrum: Spectrum, size: int) -> Samples:
    """The inverse of `to_spectrum` along the last axis."""
    return np.asarray(np.fft.irfft(spectrum, size, axis=-1), np.float32)


@lru_cache(maxsize=64)
def fast_size(count: int) -> int:
    """The next even length that transforms quickly: small primes alone."""
    most = math.ceil(math.log2(count + 1)) + 1
    powers = ((2**i * 3**j * 5**k) for i, j, k in product(range(1, most + 1), range(4), range(3)))
    return min(size for size in powers if size >= count)
