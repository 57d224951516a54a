"""Loudness and true peak after ITU-R BS.1770-5, in single precision and with little memory."""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from agents.music.transforms import filter_sections, lowpass_kernel, response_at, to_spectrum

Audio = NDArray[np.float32]
HOP_S = 0.1
SILENCE_LUFS = -70.0
OVERSAMPLING = 4
REACH = 5
"""Samples to either side that the oversampling looks at: with the sample itself, 11, as near as BS.1770's own 12."""
CHUNK = 1 << 16
HOPS_A_TURN = 8


def k_weighting(sample_rate_hz: int) -> NDArray[np.float32]:
    """The two filter sections of BS.1770 for any sample rate (after libebur128)."""
    k = math.tan(math.pi * 1681.974450955533 / sample_rate_hz)
    quality, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / quality + k * k
    shelf = [
        (high + band * k / quality + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / quality + k * k) / a0,
        1.0,
        2 * (k * k - 1) / a0,
        (1 - k / quality + k * k) / a0,
    ]
    k, quality = math.tan(math.pi * 38.13547087602444 / sample_rate_hz), 0.5003270373238773
    a0 = 1 + k / quality + k * k
    cut = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0]
    return np.array([shelf, cut], np.float32)


def hop_energies(audio: Audio, sample_rate_hz: int) -> NDArray[np.float64]:
    """K-weighted mean square of each 100 ms, both channels added; audio is float32 (2, samples)."""
    hop = int(HOP_S * sample_rate_hz)
    count = audio.shape[1] // hop
    sections = k_weighting(sample_rate_hz)
    energies = np.zeros(count)
    for channel in audio:
        weighted = filter_sections(sections, channel)[: count * hop].reshape(count, hop)
        energies += np.einsum("ij,ij->i", weighted, weighted) / hop
    return energies


def estimated_energies(audio: Audio, sample_rate_hz: int) -> NDArray[np.float64]:
    """What `hop_energies` measures, in half the time: each hop is weighted by itself, as if it went round in a circle.

    Single hops stray by some per cent, the loudness of a song by hundredths of a decibel, and of a bass alone, whose
    cycles do not close the circle, by tenths: for what is set by ear or measured again.
    """
    hop = int(HOP_S * sample_rate_hz)
    count = audio.shape[1] // hop
    weights = _power_weights(sample_rate_hz)
    energies = np.zeros(count)
    for channel in audio:
        frames = channel[: count * hop].reshape(count, hop)
        for first in range(0, count, HOPS_A_TURN):
            spectrum = to_spectrum(frames[first : first + HOPS_A_TURN]).view(np.float32)
            np.square(spectrum, out=spectrum)
            energies[first : first + HOPS_A_TURN] += np.einsum("ij,j->i", spectrum, weights)
    return energies


@cache
def _power_weights(sample_rate_hz: int) -> NDArray[np.float32]:
    """By what the squares of a hop's real and imaginary parts, in turn, go into its mean square."""
    hop = int(HOP_S * sample_rate_hz)
    gains = np.abs(response_at(k_weighting(sample_rate_hz).astype(np.float64), np.arange(hop // 2 + 1) / hop))
    return np.repeat(2 * gains**2 / hop**2, 2).astype(np.float32)


def window_energies(hops: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean square of each 400 ms window, a hop apart."""
    if len(hops) < 4:
        return hops.mean(keepdims=True) if len(hops) else np.zeros(1)
    return (hops[:-3] + hops[1:-2] + hops[2:-1] + hops[3:]) / 4


def in_lufs(energy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Loudness of mean squares, floored at −120."""
    return -0.691 + 10 * np.log10(np.maximum(energy, 1e-12))


def gated_loudness(hops: NDArray[np.float64]) -> float:
    """Integrated loudness in LUFS with both gates of BS.1770; −70 for silence."""
    windows = window_energies(hops)
    windows = windows[in_lufs(windows) > SILENCE_LUFS]
    if not len(windows):
        return SILENCE_LUFS
    gate = float(in_lufs(windows.mean(keepdims=True))[0]) - 10
    windows = windows[in_lufs(windows) > gate]
    return float(in_lufs(windows.mean(keepdims=True))[0])


def integrated_loudness(audio: Audio, sample_rate_hz: int) -> float:
    """Integrated loudness in LUFS of float32 (2, samples)."""
    return gated_loudness(hop_energies(audio, sample_rate_hz))


def peak_envelope(audio: Audio, block: int) -> NDArray[np.float32]:
    """The largest 4× oversampled magnitude of both channels in every block of samples, a power of two."""
    total = audio.shape[1]
    envelope = np.zeros(-(-total // block), np.float32)
    chunk = max(CHUNK, block)
    for start in range(0, total, chunk):
        low, high = max(0, start - REACH), min(total, start + chunk + REACH)
        for channel in audio:
            fine = _magnitudes(channel[low:high])[start - low :][:chunk]
            peaks = np.pad(fine, (0, -len(fine) % block))
            # Halving runs over whole arrays; a maximum by rows of sixteen takes six times as long.
            for _ in range(block.bit_length() - 1):
                peaks = np.maximum(peaks[0::2], peaks[1::2])
            part = envelope[start // block :][: len(peaks)]
            np.maximum(part, peaks, out=part)
    return envelope


def largest_peak(audio: Audio, bounds: NDArray[np.integer]) -> float:
    """The largest 4× oversampled magnitude between pairs of samples, int (runs, 2); what lies outside is not heard."""
    largest = 0.0
    for first, last in bounds:
        low, high = max(0, first - REACH), min(audio.shape[1], last + REACH)
        for channel in audio:
            fine = _magnitudes(channel[low:high])[first - low :][: last - first]
            largest = max(largest, float(fine.max(initial=0.0)))
    return largest


def _magnitudes(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The largest magnitude at each sample and at the three quarters beside it."""
    largest = np.abs(samples)
    for taps in _quarters():
        # Kernels of up to 11 taps have a path of their own in NumPy, which is no BLAS.
        between = np.correlate(samples, taps, "same")[: len(samples)]
        np.maximum(largest, np.abs(between, out=between), out=largest)
    return largest


@cache
def _quarters() -> tuple[NDArray[np.float32], ...]:
    """What interpolates a quarter before, a quarter after and half after a sample from the 2 × REACH + 1 around it."""
    middle = OVERSAMPLING * (REACH + 1) - 3
    # Over the samples themselves this kernel is a unit impulse, so they need no taps.
    kernel = np.pad(
        lowpass_kernel(2 * middle + 1, 1 / OVERSAMPLING) * np.float32(OVERSAMPLING), (0, OVERSAMPLING)
    )
    at = middle - OVERSAMPLING * np.arange(-REACH, REACH + 1)
    return tuple(np.ascontiguousarray(kernel[at + quarter]) for quarter in (-1, 1, 2))


def true_peak_dbtp(audio: Audio) -> float:
    """The true peak of float32 (2, samples) in dB over full scale; −120 for silence."""
    return 20 * math.log10(max(1e-6, float(peak_envelope(audio, 1024).max(initial=0.0))))
