"""Every instrument and drum: in tune, alive, quiet at the end, and free of what lies above half the rate."""

import numpy as np
import pytest

from agents.music.dna import draw_dna
from agents.music.local.filters import Equaliser, apply, bell, high_shelf, highpass, low_shelf, lowpass
from agents.music.local.instruments import INSTRUMENTS
from agents.music.local.oscillators import frequency_hz
from agents.music.local.palette import palette_of
from agents.music.local.percussion import KITS, DrumKit
from agents.music.local.stems import play_notes
from configs.genres import load_genres
from storage.errors import ConfigurationError, RenderError

RATE_HZ = 22_050
BELLS = {"glass_bell", "metal_bell", "music_box", "cowbell_lead"}
"""Inharmonic on purpose: their strongest partial need not be the pitch."""


def played(name, pitch, held_s, brightness, rate_hz, *sections):
    [note] = play_notes(INSTRUMENTS[name], pitch, [held_s], brightness, Equaliser(sections, rate_hz), rate_hz)
    return note


def spectrum(sound):
    mono = sound.mean(axis=0)
    return np.abs(np.fft.rfft(mono * np.hanning(len(mono)), 1 << 16))


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_note_is_sound_and_ends_in_silence(name):
    note = played(name, 57, 0.5, 0.5, RATE_HZ)
    assert note.dtype == np.float32
    assert note.shape[0] in (1, 2)
    assert np.isfinite(note).all()
    assert 0.03 < np.abs(note).max() < 3
    assert np.abs(note[:, -1]).max() < 0.01
    assert np.sqrt(np.mean(note**2)) > 0.005


@pytest.mark.parametrize("name", sorted(set(INSTRUMENTS) - BELLS))
def test_note_is_in_tune(name):
    """A harmonic of the pitch is the strongest partial; a pad's is as wide as its blur."""
    pitch = 57
    found = np.argmax(spectrum(played(name, pitch, 0.8, 0.5, RATE_HZ))) * RATE_HZ / (1 << 16)
    ratio = found / frequency_hz(pitch)
    nearest = max(0.5, round(2 * ratio) / 2)
    assert abs(12 * np.log2(ratio / nearest)) < (0.45 if name.endswith("_pad") else 0.15)


@pytest.mark.parametrize("name", ["saw_lead", "steel_guitar", "string_pad", "electric_piano"])
def test_brightness_brightens(name):
    def centroid(brightness):
        power = spectrum(played(name, 57, 0.5, brightness, RATE_HZ)) ** 2
        return (np.arange(len(power)) * power).sum() / power.sum()

    assert centroid(0.9) > 1.1 * centroid(0.1)


@pytest.mark.parametrize("name", ["saw_lead", "clean_guitar", "choir_pad", "glass_bell"])
def test_high_notes_at_a_low_rate_do_not_fold_back(name):
    """Nothing but noise-floor may lie under the pitch: aliases would."""
    pitch, rate_hz = 84, 8_000
    note = played(name, pitch, 0.6, 1.0, rate_hz)
    mono = note.mean(axis=0) * np.hanning(note.shape[1])
    power = np.abs(np.fft.rfft(mono)) ** 2
    hz = np.fft.rfftfreq(len(mono), 1 / rate_hz)
    assert power[hz < 0.8 * frequency_hz(pitch)].sum() < 0.01 * power.sum()


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_what_lies_beyond_a_rate_is_silence_at_worst(name):
    assert np.isfinite(played(name, 119, 0.2, 1.0, 8_000)).all()


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_a_note_does_not_depend_on_the_longer_ones_cut_from_its_tone(name):
    equaliser = Equaliser((highpass(200, RATE_HZ),), RATE_HZ)
    short, _ = play_notes(INSTRUMENTS[name], 50, [0.3, 1.5], 0.5, equaliser, RATE_HZ)
    [alone] = play_notes(INSTRUMENTS[name], 50, [0.3], 0.5, equaliser, RATE_HZ)
    np.testing.assert_allclose(short, alone, atol=2e-5 * np.abs(alone).max())


@pytest.mark.parametrize("name", ["saw_lead", "felt_piano", "string_pad", "electric_piano", "driven_808"])
def test_the_equaliser_acts_alike_on_every_kind_of_voice(name):
    """A channel's filters change a note's spectrum as they would change the finished note."""
    chain = [highpass(190, RATE_HZ), bell(400, -6, RATE_HZ)]
    wanted = spectrum(apply(played(name, 57, 0.8, 0.5, RATE_HZ), *chain))
    found = spectrum(played(name, 57, 0.8, 0.5, RATE_HZ, *chain))
    hz = np.arange(len(wanted)) * RATE_HZ / (1 << 16)
    for low_hz, high_hz in ((100, 300), (300, 550), (550, 1000), (1000, 3000)):
        band = (hz >= low_hz) & (hz < high_hz)
        change_db = 10 * np.log10((found[band] ** 2).sum() / (wanted[band] ** 2).sum())
        assert abs(change_db) < 1.0, (low_hz, change_db)


@pytest.mark.parametrize("kit", KITS)
@pytest.mark.parametrize("rate_hz", [8_000, RATE_HZ])
def test_every_drum_of_every_kit_sounds_and_ends(kit, rate_hz):
    drums = DrumKit(kit, 3, rate_hz, 2.0)
    for sound in (
        "kick",
        "snare",
        "clap",
        "hat",
        "open_hat",
        "shaker",
        "tom",
        "crash",
        "rim",
        "cowbell",
        "impact",
        "riser",
    ):
        hit = drums.sound(sound, 0)
        assert np.isfinite(hit).all()
        assert 0.02 < np.abs(hit).max() < 6, sound
        assert abs(hit[-1]) < 0.01


def test_drum_takes_differ_and_unknown_drums_are_named():
    drums = DrumKit("acoustic", 1, 8_000, 2.0)
    assert not np.array_equal(drums.sound("snare", 0), drums.sound("snare", 1))
    with pytest.raises(RenderError, match="kick"):
        drums.sound("gong", 0)


def test_signatures_own_different_palettes():
    genre = load_genres()["synthwave"]
    palettes = {tuple(sorted(draw_dna(genre, seed).instruments.items())) for seed in range(20)}
    assert len(palettes) >= 8
    assert draw_dna(genre, 5) == draw_dna(genre, 5)


def test_stock_that_does_not_exist_is_a_configuration_error():
    genre = load_genres()["house"]
    stock = genre.stock.model_copy(update={"bass": ("tuba",)})
    with pytest.raises(ConfigurationError, match="tuba"):
        palette_of(draw_dna(genre.model_copy(update={"stock": stock}), 1))


@pytest.mark.parametrize(
    ("section", "hz", "gain_db"),
    [
        (highpass(200, 44_100), 200, -3.0),
        (highpass(200, 44_100), 50, -24.1),
        (lowpass(1000, 44_100), 1000, -3.0),
        (lowpass(1000, 44_100), 100, 0.0),
        (bell(1000, 6, 44_100), 1000, 6.0),
        (high_shelf(3000, 4, 44_100), 15_000, 4.0),
        (low_shelf(300, -4, 44_100), 30, -4.0),
    ],
)
def test_filters_have_their_textbook_gain(section, hz, gain_db):
    t = np.arange(22_050) / 44_100
    tone = np.sin(2 * np.pi * hz * t).astype(np.float32)
    out = apply(tone, section)[11_025:]
    assert 20 * np.log10(np.sqrt(np.mean(out**2)) * np.sqrt(2)) == pytest.approx(gain_db, abs=0.3)


def test_the_slow_sub_bass_begins_and_ends_without_a_thump():
    """Under pads nothing covers an onset: above the third harmonic there is nothing to be heard of one."""
    pitch = 36
    note = played("sub_bass", pitch, 1.5, 0.5, 44_100)
    above = apply(note, *[highpass(5 * frequency_hz(pitch), 44_100)] * 3)
    assert np.abs(above).max() < 0.006 * np.abs(note).max()
