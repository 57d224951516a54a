"""NumPy's transforms beside SciPy's recursions, which the engine does without."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import ndimage, signal

from agents.music.local.filters import bandpass, bell, high_shelf, highpass
from agents.music.local.limiter import Limiter
from agents.music.local.oscillators import frequency_hz, steady_loop
from agents.music.loudness import k_weighting, peak_envelope
from agents.music.transforms import decimate, fast_size, filter_sections, lowpass_kernel

RATE_HZ = 44_100
CHAINS = {
    "low cut": highpass(28, RATE_HZ),
    "loudness": k_weighting(RATE_HZ),
    "strip": np.concatenate(
        [highpass(160, RATE_HZ), bell(350, -2, RATE_HZ, 0.8), high_shelf(7000, 1, RATE_HZ)]
    ),
    "band": bandpass(7000, RATE_HZ, 0.8),
}


@pytest.mark.parametrize("count", [1, 100, 5_000, 40_000, 200_000])
@pytest.mark.parametrize("chain", CHAINS)
def test_filters_are_the_recursions_they_stand_for(chain, count):
    sound = np.random.default_rng(count).standard_normal((2, count)).astype(np.float32)
    wanted = signal.sosfilt(CHAINS[chain].astype(np.float64), sound.astype(np.float64), axis=-1)
    found = filter_sections(CHAINS[chain], sound)
    assert found.dtype == np.float32
    assert np.abs(found - wanted).max() < 1e-6 * np.abs(wanted).max()


def test_a_filter_that_never_forgets_is_refused():
    with pytest.raises(ValueError, match="rest"):
        filter_sections(highpass(2, RATE_HZ), np.ones(100, np.float32))


@pytest.mark.parametrize("factor", [2, 3, 4])
@pytest.mark.parametrize("count", [10, 10_001])
def test_lower_rates(factor, count):
    sound = np.random.default_rng(1).standard_normal(count).astype(np.float32)
    kernel = lowpass_kernel(16 * factor + 1, 0.9 / factor)
    np.testing.assert_allclose(kernel, signal.firwin(16 * factor + 1, 0.9 / factor), atol=1e-7)
    np.testing.assert_allclose(
        decimate(kernel, sound, factor), signal.upfirdn(kernel, sound, down=factor), atol=1e-5
    )


def test_fast_sizes_are_even_long_enough_and_hardly_longer():
    for count in (1, 5, 1_000, 70_001, 131_073):
        size = fast_size(count)
        assert size % 2 == 0
        assert count <= size <= 1.16 * count + 1


def test_the_limiters_gains_are_those_of_the_recursion():
    """Hold the lowest, let go by one pole, take the mean: beside SciPy's filters for each."""
    audio = (np.random.default_rng(3).standard_normal((2, RATE_HZ)) * 0.3).astype(np.float32)
    limiter = Limiter(audio, RATE_HZ, -3.0)
    reach, kept = 8, float(np.exp(-16 / (0.09 * RATE_HZ)))
    held = np.minimum(1, 10 ** (-3 / 20) / np.maximum(peak_envelope(audio, 16) * 2.0, 1e-9))
    held = ndimage.minimum_filter1d(held, 2 * reach + 3)
    slow, _ = signal.lfilter([1 - kept], [1, -kept], held, zi=[kept * held[0]])
    wanted = 2.0 * ndimage.uniform_filter1d(np.minimum(held, slow), 2 * reach + 1)
    found = limiter.gains(2.0)
    np.testing.assert_allclose(found[reach:-reach], wanted[reach:-reach], atol=1e-5)


def test_loops_are_in_tune():
    for pitch in (tenth / 10 for tenth in range(280, 1000)):
        hz = frequency_hz(pitch)
        size = len(steady_loop(hz, np.array([1]), np.array([1.0 + 0j]), RATE_HZ))
        found_hz = round(hz * size / RATE_HZ) * RATE_HZ / size
        assert abs(1200 * np.log2(found_hz / hz)) < (0.6 if pitch.is_integer() else 1.1), pitch


def test_both_sides_of_a_bass_stay_apart():
    """Each side's loop was once rounded for itself, and some basses lost all of their width."""
    for pitch in range(28, 60):
        cents = [
            1200 * np.log2(round(hz * len(loop) / RATE_HZ) * RATE_HZ / len(loop) / frequency_hz(pitch))
            for hz in (frequency_hz(pitch) * 0.9995, frequency_hz(pitch) * 1.0005)
            for loop in [steady_loop(hz, np.array([1]), np.array([1.0 + 0j]), RATE_HZ)]
        ]
        assert 1.0 < cents[1] - cents[0] < 2.5, pitch


@pytest.mark.parametrize("pitch", [28, 33.3, 45, 57.5, 69, 93])
def test_a_loop_repeats_without_a_seam(pitch):
    hz, numbers = frequency_hz(pitch), np.array([1, 3])
    loop = steady_loop(hz, numbers, np.array([1.0, 0.5j]), RATE_HZ)
    cycles = round(hz * len(loop) / RATE_HZ)
    found_hz = cycles * RATE_HZ / len(loop)
    turn = 2 * np.pi * found_hz * np.arange(2 * len(loop)) / RATE_HZ
    np.testing.assert_allclose(np.tile(loop, 2), np.cos(turn) - 0.5 * np.sin(3 * turn), atol=1e-4)


def test_the_engine_starts_without_scipy():
    """Importing it took a fifth of a whole song's time."""
    code = (
        "import sys; from agents import composer, producer; "
        "import agents.music.local.master, agents.music.local.mix, agents.music.local.encode; "
        "print([name for name in ('scipy', 'av') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
