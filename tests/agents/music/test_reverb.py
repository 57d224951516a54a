"""The reverb, block by block, beside one convolution of the whole."""

import numpy as np
import pytest
from scipy import signal

from agents.music.local.space import add_reverb, impulse_response


@pytest.mark.parametrize(
    ("sample_rate_hz", "decay_s", "seconds"), [(44_100, 0.6, 9.7), (44_100, 2.4, 6), (16_000, 1.1, 5)]
)
def test_blocks_join_to_the_convolution_of_the_whole(sample_rate_hz, decay_s, seconds):
    rng = np.random.default_rng(5)
    count = int(seconds * sample_rate_hz)
    send = rng.standard_normal(count).astype(np.float32)
    mix = rng.standard_normal((2, count)).astype(np.float32)
    wet = mix.copy()
    add_reverb(wet, send, decay_s, 3, sample_rate_hz)
    factor = 2 if sample_rate_hz == 44_100 else 1
    heard = np.pad(send, (0, -count % factor))
    if factor == 2:
        # The room knows nothing over a quarter of the rate: take it away, and keep every other sample.
        spectrum = np.fft.rfft(heard)
        spectrum[len(spectrum) // 2 :] = 0
        heard = np.fft.irfft(spectrum, len(heard))[::2]
    room = impulse_response(decay_s, 3, sample_rate_hz // factor)
    for dry, found, response in zip(mix, wet, room, strict=True):
        wanted = signal.fftconvolve(heard, response)[: len(heard)]
        added = (found - dry)[::factor]
        # The room's soft upper edge is not in the reference: compare what lies well below it.
        below = signal.butter(6, 0.6, output="sos")
        wanted, added = (signal.sosfiltfilt(below, sound) for sound in (wanted, added))
        inside = slice(1000, len(heard) - 1000)
        assert np.abs(wanted - added)[inside].max() < 0.01 * np.abs(wanted).max()


def test_a_short_or_silent_send_is_no_trouble():
    for count in (1, 7, 1000):
        mix = np.ones((2, count), np.float32)
        add_reverb(mix, np.zeros(count, np.float32), 1.0, 1, 44_100)
        np.testing.assert_array_equal(mix, 1)
