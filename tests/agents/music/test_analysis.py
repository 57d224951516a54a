"""Measurements on sounds whose truth is known."""

import numpy as np
import pytest
import soundfile

from agents.music.analysis import analyse, analyse_samples
from agents.music.listening.tempo import measure_tempo
from agents.music.listening.tonality import measure_tonality
from agents.music.review.obedience import key_fit, scale_fit
from agents.music.similarity import jaccard, melody_grams
from agents.music.theory import PITCH_NAMES, SCALES
from storage.errors import UsageError
from storage.types import Note, Score
from tests.agents.music.songs import RATE_HZ, rendered

RATE = 11_025


def clicks(tempo_bpm, seconds=20.0):
    audio = np.zeros(int(seconds * RATE), np.float32)
    hit = np.random.default_rng(1).standard_normal(400).astype(np.float32) * np.exp(-np.arange(400) / 60)
    for beat in np.arange(0, seconds - 0.2, 60 / tempo_bpm):
        at = int(beat * RATE)
        audio[at : at + 400] += hit.astype(np.float32)
    return audio


def arpeggio(tonic, mode):
    """A scale with its triad stressed, in sines."""
    steps = SCALES[mode]
    order = [0, 2, 4, 0, 1, 2, 3, 4, 5, 6, 4, 2, 0, 4, 0]
    t = np.arange(int(0.5 * RATE)) / RATE
    fall = np.exp(-t * 3)
    notes = [np.sin(2 * np.pi * 440 * 2 ** ((tonic - 9 + steps[d]) / 12) * t) * fall for d in order]
    return np.concatenate(notes * 2).astype(np.float32)


@pytest.mark.parametrize("tempo_bpm", [72.0, 96.5, 120.0, 141.3])
def test_tempo_of_clicks(tempo_bpm):
    tempo = measure_tempo(clicks(tempo_bpm), RATE)
    assert any(found == pytest.approx(tempo_bpm, rel=0.01) for found in tempo.candidates_bpm)
    assert tempo.confidence > 0.5


def test_no_pulse_in_silence_or_a_held_tone():
    assert measure_tempo(np.zeros(RATE * 8, np.float32), RATE).bpm == 0
    tone = np.sin(np.arange(RATE * 8) * 0.1).astype(np.float32)
    assert measure_tempo(tone, RATE).confidence < 0.5


@pytest.mark.parametrize("tonic", [0, 3, 6, 9])
@pytest.mark.parametrize("mode", ["major", "minor", "dorian"])
def test_key_of_a_stressed_scale(tonic, mode):
    tonality = measure_tonality(arpeggio(tonic, mode), RATE)
    assert f"{PITCH_NAMES[tonic]} {mode}" in tonality.candidates[:2]


@pytest.mark.parametrize("genre", ["synthwave", "drum_and_bass", "rnb", "folk"])
def test_songs_measure_as_they_were_briefed(genre):
    brief, plan, audio = rendered(genre)
    facts = analyse_samples(audio, RATE_HZ)
    assert any(bpm == pytest.approx(brief.tempo_bpm, rel=0.01) for bpm in facts.tempo_candidates_bpm)
    assert key_fit(brief.key, brief.mode, facts.pitch_classes) > 0.9
    assert scale_fit(brief.key, brief.mode, facts.pitch_classes) > 0.95
    assert facts.duration_s == pytest.approx(plan.duration_s, abs=0.01)


def test_flaws_are_found():
    rng = np.random.default_rng(0)
    audio = (0.1 * rng.standard_normal((2, 8 * RATE))).astype(np.float32)
    audio[1] = -audio[0]
    audio[:, 3 * RATE : 5 * RATE] = 0
    audio[:, RATE : RATE + 100] = 1.0
    audio += np.float32(0.05) * (audio != 0)
    facts = analyse_samples(audio, RATE)
    assert facts.longest_silence_s == pytest.approx(2.0, abs=0.1)
    assert facts.clipped_samples >= 200
    assert facts.correlation < 0
    assert facts.side_mid > 1
    assert facts.dc_offset > 0.02


def test_silence_is_all_zeros_and_no_error():
    facts = analyse_samples(np.zeros((2, 3 * RATE), np.float32), RATE)
    assert facts.silent_share == 1.0
    assert facts.loudness_lufs == -70
    assert facts.key == ""


def test_balance_follows_the_spectrum():
    t = np.arange(4 * 44_100) / 44_100
    for hz, band in (
        (40, "sub"),
        (150, "bass"),
        (500, "low_mid"),
        (1500, "mid"),
        (4000, "presence"),
        (9000, "air"),
    ):
        tone = np.sin(2 * np.pi * hz * t).astype(np.float32) * np.float32(0.3)
        facts = analyse_samples(np.stack([tone, tone]), 44_100)
        assert max(facts.balance_db, key=lambda name: facts.balance_db[name]) == band


def test_files_of_any_kind_and_bad_ones(tmp_path):
    mono = clicks(120, 5) * np.float32(0.3)
    soundfile.write(tmp_path / "a.ogg", mono, RATE)
    assert analyse(tmp_path / "a.ogg").side_mid < 1e-3
    (tmp_path / "b.wav").write_bytes(b"not audio")
    for name in ("b.wav", "missing.wav"):
        with pytest.raises(UsageError, match="read as audio"):
            analyse(tmp_path / name)
    soundfile.write(tmp_path / "c.wav", np.zeros(0, np.float32), RATE)
    with pytest.raises(UsageError, match="no sound"):
        analyse(tmp_path / "c.wav")


def score_of(pitches):
    notes = tuple(Note(start_s=i * 0.5, duration_s=0.4, pitch=p, velocity=0.8) for i, p in enumerate(pitches))
    return Score(parts={"melody": notes}, drums=())


def test_melody_grams_ignore_the_key_and_notice_the_tune():
    tune = [60, 62, 64, 65, 67, 64, 60, 62, 59]
    moved = melody_grams(score_of([p + 5 for p in tune]))
    assert melody_grams(score_of(tune)) == moved
    assert "+2+2+1+2" in moved
    assert jaccard(moved, melody_grams(score_of([60, 67, 59, 66, 58, 65, 70, 61, 60]))) == 0
    assert jaccard(moved, moved) == 1
    assert melody_grams(score_of([60, 62])) == ()
    assert jaccard((), ()) == 0
