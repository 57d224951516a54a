"""How a note begins, lasts and ends."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
FALLEN = 11.5
"""Falls by 1/e after which nothing is heard: 100 dB."""


def seconds(count: int, sample_rate_hz: int) -> Samples:
    """The time of each sample."""
    return np.arange(count, dtype=np.float32) / np.float32(sample_rate_hz)


def decay(count: int, sample_rate_hz: int, time_s: float) -> Samples:
    """An exponential fall to 1/e in `time_s`, made by doubling: much cheaper than one exponential a sample."""
    out = np.empty(count, np.float32)
    out[: min(count, 64)] = np.exp(-np.arange(min(count, 64)) / (time_s * sample_rate_hz))
    filled = 64
    while filled < count:
        more = min(filled, count - filled)
        out[filled : filled + more] = out[:more] * np.float32(np.exp(-filled / (time_s * sample_rate_hz)))
        filled += more
    return out


def sustain(
    count: int,
    sample_rate_hz: int,
    held_s: float,
    attack_s: float,
    decay_s: float,
    level: float,
    release_s: float,
) -> Samples:
    """Attack, decay to `level`, release from `held_s` on; it ends at zero.

    `release_s` is the time in which the sound falls by 1/e.
    """
    envelope = decay(count, sample_rate_hz, decay_s) * np.float32(1 - level) + np.float32(level)
    attack = min(count, max(2, int(attack_s * sample_rate_hz)))
    envelope[:attack] *= np.linspace(0, 1, attack, dtype=np.float32)
    held = min(count, int(held_s * sample_rate_hz))
    envelope[held:] *= decay(count - held, sample_rate_hz, release_s)
    return close(envelope, sample_rate_hz)


def close(samples: Samples, sample_rate_hz: int, time_s: float = 0.012) -> Samples:
    """Bring the last few milliseconds to zero, in place, so that nothing clicks."""
    count = min(samples.shape[-1], max(2, int(time_s * sample_rate_hz)))
    samples[..., -count:] *= np.linspace(1, 0, count, dtype=np.float32)
    return samples
