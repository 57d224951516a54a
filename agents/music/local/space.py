"""One reverb for the whole desk: decaying noise, darker as it fades, at half the sample rate."""

import numpy as np
from numpy.typing import NDArray

from agents.music.local.filters import apply, highpass, lowpass
from agents.music.transforms import convolve, fast_size, lowpass_kernel, to_samples, to_spectrum
from storage.clock import sub_seed

Samples = NDArray[np.float32]
PRE_DELAY_S = 0.018
SEGMENT = 1 << 16


def add_reverb(
    mix: NDArray[np.float32], send: Samples, decay_s: float, seed: int, sample_rate_hz: int
) -> None:
    """Add the wet sound of a mono send to a mix, float32 (2, samples), in place, a segment at a time.

    `decay_s` is the time to fall by 60 dB.
    """
    factor = 2 if sample_rate_hz >= 32_000 else 1
    half_band = lowpass_kernel(31, 0.46) if factor == 2 else np.ones(1, np.float32)
    low = convolve(half_band, send, down=factor)
    room = impulse_response(decay_s, seed, sample_rate_hz // factor)
    size = fast_size(SEGMENT + room.shape[1])
    responses = to_spectrum(room, size)
    for start in range(0, len(low), SEGMENT):
        spectrum = to_spectrum(low[start : start + SEGMENT], size)
        for channel, response in zip(mix, responses, strict=True):
            echo = to_samples(spectrum * response, size)
            # The two filters delay by 15 samples each: less than a millisecond of extra pre-delay.
            wet = convolve(half_band * np.float32(factor), echo, up=factor)
            part = channel[start * factor : start * factor + len(wet)]
            part += wet[: len(part)]


def impulse_response(decay_s: float, seed: int, sample_rate_hz: int) -> NDArray[np.float32]:
    """Two independent tails of noise, float32 (2, samples), with the energy of a unit impulse each."""
    rng = np.random.default_rng(sub_seed(seed, "room"))
    count = int((decay_s + PRE_DELAY_S) * sample_rate_hz)
    delay = int(PRE_DELAY_S * sample_rate_hz)
    noise = rng.standard_normal((2, count), np.float32)
    t = np.arange(count, dtype=np.float32) / np.float32(sample_rate_hz * decay_s)
    bright = apply(noise, highpass(2500, sample_rate_hz)) * np.exp(-6.9 * 1.9 * t)
    dark = apply(noise, lowpass(2500, sample_rate_hz)) * np.exp(-6.9 * t)
    tail = apply(dark + bright, highpass(220, sample_rate_hz), lowpass(9000, sample_rate_hz))
    tail = np.roll(tail, delay, axis=1)
    tail[:, :delay] = 0
    return (tail / np.sqrt(np.sum(tail * tail, axis=1, keepdims=True))).astype(np.float32)
