"""One reverb for the whole desk: decaying noise, darker as it fades, at half the sample rate."""

import numpy as np
from numpy.typing import NDArray

from agents.music.local.filters import apply, highpass, lowpass
from agents.music.transforms import AT_ONCE, fast_size, to_samples, to_spectrum
from storage.clock import sub_seed

Samples = NDArray[np.float32]
PRE_DELAY_S = 0.018
BLOCK_IN_ROOMS = 2
"""About how many times as long as the room's response a block of new sound is: longer ones leave the processor's cache."""


def add_reverb(
    mix: NDArray[np.float32], send: Samples, decay_s: float, seed: int, sample_rate_hz: int
) -> None:
    """Add the wet sound of a mono send to a mix, float32 (2, samples), in place, a few blocks at a time.

    `decay_s` is the time to fall by 60 dB. By the overlap-save method, as in `filter_sections`.
    """
    factor = 2 if sample_rate_hz >= 32_000 else 1
    room = impulse_response(decay_s, seed, sample_rate_hz // factor)
    memory = room.shape[1]
    count = -(-len(send) // factor)
    turns = -(-count // (AT_ONCE * BLOCK_IN_ROOMS * memory))
    size = fast_size(memory + -(-count // (AT_ONCE * turns)))
    step = size - memory
    blocks = -(-count // step)
    # A transform that divides by its length is the quick one; here the response makes up for it.
    responses = to_spectrum(room, size) * (_roll_off(size // 2 + 1) * np.float32(size * factor))
    padded = np.zeros((memory + blocks * step) * factor, np.float32)
    padded[memory * factor : memory * factor + len(send)] = send
    windows = np.lib.stride_tricks.sliding_window_view(padded, size * factor)[:: step * factor]
    filtered = np.zeros((AT_ONCE, size * factor // 2 + 1), np.complex64)
    for first in range(0, blocks, AT_ONCE):
        # The bins that the room lacks are left away on the way in and stay silent on the way out.
        spectra = np.fft.rfft(windows[first : first + AT_ONCE], norm="forward")[:, : size // 2 + 1]
        for channel, response in zip(mix, responses, strict=True):
            np.multiply(spectra, response, out=filtered[: len(spectra), : size // 2 + 1])
            for block, wet in enumerate(to_samples(filtered[: len(spectra)], size * factor), start=first):
                part = channel[block * step * factor : (block + 1) * step * factor]
                part += wet[memory * factor :][: len(part)]


def _roll_off(bins: int) -> Samples:
    """A soft upper edge, float32 (bins,): its ringing is shorter than the pre-delay, so none wraps around."""
    falling = bins // 8
    edge = np.ones(bins, np.float32)
    edge[-falling:] = 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, falling, dtype=np.float32))
    return edge


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
