"""Loudness beside pyloudnorm, and true peaks whose size is known."""

import numpy as np
import pytest
from scipy import signal

from agents.music.local.limiter import Limiter
from agents.music.local.master import to_loudness
from agents.music.loudness import (
    estimated_energies,
    gated_loudness,
    integrated_loudness,
    peak_envelope,
    true_peak_dbtp,
)
from tests.agents.music.songs import RATE_HZ, rendered


def noise(seconds, rate_hz, seed=0):
    rng = np.random.default_rng(seed)
    swell = np.linspace(0.02, 0.4, int(seconds * rate_hz))
    return (rng.standard_normal((2, len(swell))) * swell * 0.5).astype(np.float32)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
@pytest.mark.parametrize("seed", [0, 1])
def test_agrees_with_pyloudnorm_on_noise(rate_hz, seed):
    import pyloudnorm  # brings a second's worth of scipy along, which each process that lists the tests would load

    audio = noise(4, rate_hz, seed)
    oracle = pyloudnorm.Meter(rate_hz).integrated_loudness(audio.T.astype(np.float64))
    assert integrated_loudness(audio, rate_hz) == pytest.approx(oracle, abs=0.1)


def test_reference_tone_of_the_standard():
    """A 997 Hz sine at full scale in one channel reads −3.01 LUFS (BS.1770-5, annex 1)."""
    t = np.arange(48_000 * 3) / 48_000
    audio = np.stack([np.sin(2 * np.pi * 997 * t), np.zeros_like(t)]).astype(np.float32)
    assert integrated_loudness(audio, 48_000) == pytest.approx(-3.01, abs=0.03)


def test_silence_and_gating():
    silence = np.zeros((2, 44_100), np.float32)
    assert integrated_loudness(silence, 44_100) == -70
    audio = noise(3, 44_100)
    padded = np.concatenate([audio, np.zeros((2, 5 * 44_100), np.float32)], axis=1)
    assert integrated_loudness(padded, 44_100) == pytest.approx(integrated_loudness(audio, 44_100), abs=0.3)


def test_true_peak_finds_what_lies_between_samples():
    """A quarter-rate sine sampled 45° off its crests peaks 3 dB above its samples."""
    n = np.arange(4096)
    wave = (0.5 * np.sin(np.pi / 2 * n + np.pi / 4)).astype(np.float32)
    assert np.abs(wave).max() == pytest.approx(0.3536, abs=1e-3)
    assert true_peak_dbtp(np.stack([wave, wave])) == pytest.approx(-6.02, abs=0.35)


def test_limiter_holds_its_ceiling_and_leaves_quiet_sound_alone():
    _, _, audio = rendered("techno")
    out = np.empty_like(audio)
    limiter = Limiter(audio, RATE_HZ, -3.0)
    limiter.apply(4.0, out)
    # It limits by a short kernel, which reads treble too low: for that its ceiling comes down.
    limiter.lower(true_peak_dbtp(out) + 3.0)
    limiter.apply(4.0, out)
    assert true_peak_dbtp(out) <= -2.8
    quiet = audio * np.float32(0.1)
    Limiter(quiet, RATE_HZ, -3.0).apply(1.0, out)
    np.testing.assert_allclose(out, quiet, atol=1e-6)


@pytest.mark.parametrize("gain_db", [-3.0, 4.0, 12.0])
def test_the_limiter_knows_its_own_true_peak(gain_db):
    """It looks only where it foretells a peak, and finds the same as a look at everything."""
    rng = np.random.default_rng(7)
    swells = (0.2 + np.abs(np.sin(np.arange(2 * 44_100) * 2e-4))) * (np.arange(2 * 44_100) % 9_000 < 3_000)
    audio = (0.25 * swells * rng.standard_normal((2, 2 * 44_100))).astype(np.float32)
    limiter, gain, limited = Limiter(audio, 44_100, -1.7), 10 ** (gain_db / 20), np.empty_like(audio)
    limiter.apply(gain, limited)
    assert 20 * np.log10(limiter.true_peak(gain, limited)) == pytest.approx(true_peak_dbtp(limited), abs=1e-4)
    assert true_peak_dbtp(limited) < -0.5


def hits(kind):
    """Ten seconds of what leaves a limiter little to work with: hits with next to nothing between them."""
    t = np.arange(10 * 44_100) / 44_100
    rng = np.random.default_rng(1)
    hit = (
        rng.standard_normal((2, len(t)))
        if kind in ("hats", "claps")
        else np.sin(2 * np.pi * 55 * t) * np.ones((2, 1))
    )
    every_s, fall = {"hats": (0.125, 60), "claps": (0.5, 60), "kicks": (0.5, 40)}[kind]
    return (0.5 * hit * np.exp(-(t % every_s) * fall) + 0.003 * rng.standard_normal((2, len(t)))).astype(
        np.float32
    )


@pytest.mark.parametrize("kind", ["hats", "claps", "kicks"])
def test_hits_alone_come_to_their_loudness_under_their_peak(kind):
    """Kicks once stayed a decibel too quiet, and hats left at −0.7 dBTP where −1.7 was told."""
    master = to_loudness(hits(kind), -14.0, 44_100)
    assert integrated_loudness(master.audio, 44_100) == pytest.approx(-14, abs=0.08)
    fine = np.abs(signal.resample_poly(master.audio, 8, 1, axis=1, window=("kaiser", 9.0))).max()
    assert 20 * np.log10(fine) < -1.1
    assert master.true_peak_dbtp > 20 * np.log10(fine) - 0.15


def test_silence_has_no_peak_to_limit():
    audio = np.zeros((2, 44_100), np.float32)
    assert Limiter(audio, 44_100, -1.7).true_peak(1.0, audio) == 0


@pytest.mark.parametrize("hz", [35, 45, 65])
def test_the_quick_estimate_of_a_bass_alone_is_near_enough_to_set_a_fader_by(hz):
    bass = np.sin(2 * np.pi * hz * np.arange(4 * 44_100) / 44_100) * np.ones((2, 1))
    audio = (0.3 * bass).astype(np.float32)
    estimate = gated_loudness(estimated_energies(audio, 44_100))
    assert estimate == pytest.approx(integrated_loudness(audio, 44_100), abs=0.5)


@pytest.mark.parametrize("name", ["techno", "ambient"])
def test_the_quick_estimate_is_the_loudness_within_a_twentieth(name):
    _, _, audio = rendered(name)
    estimate = gated_loudness(estimated_energies(audio, RATE_HZ))
    assert estimate == pytest.approx(integrated_loudness(audio, RATE_HZ), abs=0.05)


@pytest.mark.parametrize("count", [1, 15, 192, (1 << 16) + 1, (1 << 17) + 7])
def test_peaks_are_exact_from_where_they_are_wanted(count):
    """A lone last sample once had its peak from a kernel that hung over the end."""
    audio = np.random.default_rng(count).standard_normal((2, count)).astype(np.float32)
    everything = peak_envelope(audio, 16)
    around = np.pad(audio, ((0, 0), (64, 64)))
    fine = np.abs(signal.resample_poly(around, 4, 1, axis=1, window=("kaiser", 9.0)))[:, 4 * 64 : -4 * 64]
    assert everything.max() == pytest.approx(fine.max(), rel=0.12)
    sampled = np.pad(np.abs(audio).max(axis=0), (0, -count % 16)).reshape(-1, 16).max(axis=1)
    wanted = float(np.quantile(everything, 0.7))
    found = peak_envelope(audio, 16, wanted)
    np.testing.assert_allclose(found[everything >= wanted], everything[everything >= wanted], rtol=1e-6)
    assert (found >= sampled).all()
    assert (found <= everything * (1 + 1e-6)).all()


@pytest.mark.parametrize("name", ["techno", "ambient"])
def test_one_hop_in_three_is_enough_to_set_a_level_by(name):
    _, _, audio = rendered(name)
    estimate = gated_loudness(estimated_energies(audio, RATE_HZ, one_in=3))
    assert estimate == pytest.approx(integrated_loudness(audio, RATE_HZ), abs=0.4)


@pytest.mark.parametrize("lufs", [-20.0, -14.0, -12.0, -10.0])
@pytest.mark.parametrize("name", ["techno", "ambient"])
def test_what_a_master_says_of_its_loudness_is_measured_on_it(name, lufs):
    """Foretold where hardly anything is limited, measured where much is: either way it is what a meter reads."""
    _, _, audio = rendered(name)
    master = to_loudness(audio.copy(), lufs, RATE_HZ)
    read = integrated_loudness(master.audio, RATE_HZ)
    assert master.loudness_lufs == pytest.approx(read, abs=0.04)
    assert read == pytest.approx(lufs, abs=0.08)
    assert true_peak_dbtp(master.audio) == pytest.approx(master.true_peak_dbtp, abs=1e-3)
    assert master.true_peak_dbtp <= -1.5
