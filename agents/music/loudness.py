"""Loudness and true peak after ITU-R BS.1770-5, in single precision and with little memory."""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from agents.music.transforms import filter_sections, lowpass_kernel, response_at

Audio = NDArray[np.float32]
HOP_S = 0.1
SILENCE_LUFS = -70.0
OVERSAMPLING = 4
REACH = 5
"""Samples to either side that the oversampling looks at: with the sample itself 11, one fewer than BS.1770's own filter."""
FINE_REACH = 24
NEAR_THE_TOP = 0.9
GAP_BLOCKS = 8
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


def estimated_energies(audio: Audio, sample_rate_hz: int, one_in: int = 1) -> NDArray[np.float64]:
    """What `hop_energies` measures, in half the time: each hop is weighted by itself, as if it went round in a circle.

    Single hops stray by some per cent, the loudness of a song by hundredths of a decibel, and of a bass alone, whose
    cycles do not close the circle, by tenths: for what is set by ear or measured again. Of every `one_in` hops it looks
    at one, drawn by lot, because beats fall into step with any pattern.
    """
    hop = int(HOP_S * sample_rate_hz)
    count = audio.shape[1] // hop
    one_in = max(1, min(one_in, count))
    looked_at = np.arange(0, count - one_in + 1, one_in)
    looked_at += np.random.default_rng(one_in).integers(0, one_in, len(looked_at))
    weights = _power_weights(sample_rate_hz)
    energies = np.zeros(len(looked_at))
    for channel in audio:
        frames = channel[: count * hop].reshape(count, hop)
        for first in range(0, len(looked_at), HOPS_A_TURN):
            some = frames[looked_at[first : first + HOPS_A_TURN]]
            # Scaled by the length on the way: see to_spectrum.
            spectrum = np.fft.rfft(some, norm="forward").view(np.float32)
            np.square(spectrum, out=spectrum)
            energies[first : first + HOPS_A_TURN] += np.einsum("ij,j->i", spectrum, weights)
    return energies


@cache
def _power_weights(sample_rate_hz: int) -> NDArray[np.float32]:
    """By what the squares of a hop's real and imaginary parts, in turn, go into its mean square."""
    hop = int(HOP_S * sample_rate_hz)
    gains = np.abs(response_at(k_weighting(sample_rate_hz).astype(np.float64), np.arange(hop // 2 + 1) / hop))
    return np.repeat(2 * gains**2, 2).astype(np.float32)


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


def peak_envelope(audio: Audio, block: int, above: float = 0.0) -> NDArray[np.float32]:
    """The largest 4× oversampled magnitude of both channels in every block of samples, a power of two from 8 on.

    It is exact from `above` on; of a block that cannot reach that its largest sample is told, at a third of the cost.
    """
    blocks = -(-audio.shape[1] // block)
    envelope = np.zeros(blocks, np.float32)
    blocks_a_turn = max(1, CHUNK // block)
    for first in range(0, blocks, blocks_a_turn):
        part = envelope[first : first + blocks_a_turn]
        low, high = first * block - REACH, (first + len(part)) * block + REACH
        for channel in audio:
            # Outside the recording there is silence.
            heard = np.pad(channel[max(0, low) : high], (max(0, -low), max(0, high - max(len(channel), low))))
            samples = _highest(np.abs(heard[REACH:-REACH]), block)
            np.maximum(part, samples, out=part)
            reaching = np.flatnonzero(_with_neighbours(heard, samples, block) * _overshoot() >= above)
            if not len(reaching):
                continue
            rows = np.lib.stride_tricks.sliding_window_view(heard, block + 2 * REACH)[::block][reaching]
            fine = _magnitudes(rows.reshape(-1)).reshape(rows.shape)[:, REACH:-REACH]
            part[reaching] = np.maximum(part[reaching], _highest(fine.reshape(-1), block))
    return envelope


def _highest(magnitudes: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    """The highest of each block: halving runs over whole arrays, a maximum by rows of sixteen takes six times as long."""
    # The bits of magnitudes, read as whole numbers, stand in the same order, and are compared faster.
    bits = magnitudes.view(np.uint32)
    for _ in range(block.bit_length() - 1):
        bits = np.maximum(bits[0::2], bits[1::2])
    return bits.view(np.float32)


def _with_neighbours(heard: Audio, samples: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    """The largest sample that the oversampling of each block sees."""
    largest = samples.copy()
    np.maximum(largest[1:], samples[:-1], out=largest[1:])
    np.maximum(largest[:-1], samples[1:], out=largest[:-1])
    largest[0] = max(largest[0], np.abs(heard[:REACH]).max())
    largest[-1] = max(largest[-1], np.abs(heard[-REACH:]).max())
    return largest


def largest_peak(audio: Audio, envelope: NDArray[np.floating], block: int) -> float:
    """The largest magnitude between the samples of float32 (2, samples), finely oversampled near the top of its envelope.

    A short kernel reads sounds of much treble up to 1.4 dB too low: enough to limit by, not to promise a peak by.
    """
    high = np.flatnonzero(envelope >= NEAR_THE_TOP * envelope.max(initial=0.0))
    if not len(high) or not envelope.max():
        return 0.0
    breaks = np.flatnonzero(np.diff(high) > GAP_BLOCKS)
    largest = 0.0
    for first, last in zip(
        high[np.append(0, breaks + 1)], high[np.append(breaks, len(high) - 1)], strict=True
    ):
        start, end = int(first) * block, min(audio.shape[1], (int(last) + 1) * block)
        low, high_edge = max(0, start - FINE_REACH), min(audio.shape[1], end + FINE_REACH)
        for channel in audio:
            heard = np.pad(channel[low:high_edge], FINE_REACH)  # as long as the kernel, at the least
            fine = _magnitudes(heard, FINE_REACH)[FINE_REACH:-FINE_REACH]
            largest = max(largest, float(fine[start - low : end - low].max(initial=0.0)))
    return largest


def _magnitudes(samples: NDArray[np.float32], reach: int = REACH) -> NDArray[np.float32]:
    """The largest magnitude at each sample and at the three quarters beside it."""
    largest = np.abs(samples)
    for taps in _quarters(reach):
        # Kernels of up to 11 taps have a path of their own in NumPy, which is no BLAS.
        between = np.correlate(samples, taps, "same")[: len(samples)]
        np.maximum(largest, np.abs(between, out=between), out=largest)
    return largest


@cache
def _quarters(reach: int = REACH) -> tuple[NDArray[np.float32], ...]:
    """What interpolates a quarter before, a quarter after and half after a sample from the 2 × reach + 1 around it."""
    middle = OVERSAMPLING * (reach + 1) - 3
    # Over the samples themselves this kernel is a unit impulse, so they need no taps.
    kernel = np.pad(
        lowpass_kernel(2 * middle + 1, 1 / OVERSAMPLING) * np.float32(OVERSAMPLING), (0, OVERSAMPLING)
    )
    at = middle - OVERSAMPLING * np.arange(-reach, reach + 1)
    return tuple(np.ascontiguousarray(kernel[at + quarter]) for quarter in (-1, 1, 2))


@cache
def _overshoot() -> float:
    """How far the oversampling can go beyond the largest sample it sees, as a factor: 1.8."""
    return max(float(np.abs(taps).sum()) for taps in _quarters())


def true_peak_dbtp(audio: Audio) -> float:
    """The true peak of float32 (2, samples) in dB over full scale; −120 for silence."""
    # It is no lower than the largest sample.
    sampled = max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))
    envelope = peak_envelope(audio, 64, NEAR_THE_TOP * sampled)
    return 20 * math.log10(max(1e-6, largest_peak(audio, envelope, 64)))
