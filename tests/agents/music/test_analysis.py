"""Measurements on sounds whose truth is known."""

import numpy as np
import pytest
import soundfile

from agents.music.analysis import analyse, analyse_samples
from agents.music.listening.structure import find_boundaries, peaks
from agents.music.listening.tempo import measure_tempo
from agents.music.listening.tonality import measure_tonality
from agents.music.listening.tone import COEFFICIENTS, MEL_BANDS, cosine_basis
from agents.music.local.filters import apply, lowpass
from agents.music.review.obedience import key_fit, scale_fit
from agents.music.similarity import jaccard, melody_grams
from agents.music.theory import PITCH_NAMES, SCALES
from agents.producer import render_master
from storage.errors import UsageError
from storage.types import Note, Score
from tests.agents.music.songs import RATE_HZ, brief_of, form_of, rendered, written

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


@pytest.mark.parametrize("tempo_bpm", [72.0, 96.5, 120.0, 141.3])
def test_beats_fall_on_the_clicks(tempo_bpm):
    """Also where the music starts late, and none in the silence around it."""
    silence = np.zeros(3 * RATE, np.float32)
    beats_s = np.array(measure_tempo(np.concatenate([silence, clicks(tempo_bpm), silence]), RATE).beats_s)
    true_s = 3 + np.arange(0, 19.8, 60 / tempo_bpm)
    gaps_s = np.abs(true_s[:, None] - beats_s).min(axis=1)
    assert gaps_s.max() < 0.02
    assert np.abs(beats_s[:, None] - true_s).min(axis=1).max() < 0.02


def test_beats_follow_a_tempo_that_drifts():
    """Six per cent faster over forty seconds: a rigid grid would be a beat off by the end."""
    periods_s = np.linspace(0.5, 0.47, 80)
    true_s = np.cumsum(periods_s)
    audio = np.zeros(int(42 * RATE), np.float32)
    hit = np.random.default_rng(1).standard_normal(400) * np.exp(-np.arange(400) / 60)
    for at_s in true_s:
        audio[int(at_s * RATE) : int(at_s * RATE) + 400] += hit.astype(np.float32)
    beats_s = np.array(measure_tempo(audio, RATE).beats_s)
    assert np.mean(np.abs(true_s[:, None] - beats_s).min(axis=1) < 0.03) > 0.95


@pytest.mark.parametrize("genre", ["synthwave", "folk", "rnb"])
def test_beats_of_a_song_are_those_of_its_plan(genre):
    _, plan, audio = rendered(genre)
    beats_s = np.array(analyse_samples(audio, RATE_HZ).beats_s)
    gaps_s = np.abs(np.array(plan.beats_s)[:, None] - beats_s).min(axis=1)
    assert np.mean(gaps_s < 0.05) > 0.85


def test_sections_begin_where_the_sound_turns():
    """Noise under another filter, at another pace, and the first again."""
    rng = np.random.default_rng(2)
    noise = rng.standard_normal((3, 12 * RATE)).astype(np.float32)
    dull = apply(noise[0], lowpass(600, RATE))
    pulsing = noise[1] * np.float32(0.3) * (np.arange(12 * RATE) // 2_000 % 2)
    again = apply(noise[2], lowpass(600, RATE))
    assert find_boundaries(np.concatenate([dull, pulsing, again]).astype(np.float32), RATE) == (
        0.0,
        pytest.approx(12, abs=0.6),
        pytest.approx(24, abs=0.6),
    )


def test_turns_of_a_curve_are_those_that_scipy_finds():
    from scipy.signal import find_peaks

    rng = np.random.default_rng(5)
    for _ in range(50):
        curve = np.convolve(rng.standard_normal(rng.integers(10, 200)), np.ones(rng.integers(1, 9)), "same")
        least, apart = float(rng.uniform(0, 2)), int(rng.integers(1, 30))
        assert peaks(curve, least, apart) == find_peaks(curve, height=least, distance=apart)[0].tolist()


def test_cepstra_are_those_of_scipy():
    from scipy.fft import dct

    logs = np.random.default_rng(6).standard_normal((4, MEL_BANDS))
    assert logs @ cosine_basis() == pytest.approx(dct(logs, axis=1, norm="ortho")[:, 1 : COEFFICIENTS + 1])


def test_what_never_turns_is_one_section():
    noise = np.random.default_rng(3).standard_normal(40 * RATE).astype(np.float32)
    for same in (noise, np.zeros(40 * RATE, np.float32), noise[: 3 * RATE], noise[:100]):
        assert find_boundaries(same, RATE) == (0.0,)


def test_the_sections_of_a_song_are_found():
    brief = brief_of("synthwave", seed=2, form=form_of("intro4 verse8 chorus8 bridge4 chorus8"))
    score, plan = written(brief)
    facts = analyse_samples(render_master(brief, score, plan, sample_rate_hz=RATE_HZ).audio, RATE_HZ)
    assert facts.sections_s[0] == 0
    found = np.array(facts.sections_s)
    hits = [float(np.abs(found - section.start_s).min()) < 1.5 for section in plan.sections]
    assert sum(hits) >= 4
    assert len(found) <= 2 * len(plan.sections)


def test_no_pulse_in_silence_or_a_held_tone():
    assert measure_tempo(np.zeros(RATE * 8, np.float32), RATE).bpm == 0
    tone = np.sin(np.arange(RATE * 8) * 0.1).astype(np.float32)
    assert measure_tempo(tone, RATE).confidence < 0.5
    assert not measure_tempo(np.zeros(RATE * 8, np.float32), RATE).beats_s


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
