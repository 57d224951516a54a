"""What a brief asks for is what sounds: tempo, key and mode, length, form, density and energy."""

import numpy as np
import pytest

from agents.music.analysis import analyse_samples
from agents.music.review.obedience import key_fit, scale_fit
from agents.producer import render_master
from tests.agents.music.songs import RATE_HZ, brief_of, form_of, written


def heard(brief):
    score, plan = written(brief)
    return plan, analyse_samples(render_master(brief, score, plan, sample_rate_hz=RATE_HZ).audio, RATE_HZ)


@pytest.mark.parametrize("tempo_bpm", [61.7, 97.25, 152.0])
def test_tempo_and_length(tempo_bpm):
    brief = brief_of("synthwave", form=form_of("verse4 chorus4"), tempo_bpm=tempo_bpm)
    plan, facts = heard(brief)
    assert plan.tempo_bpm == tempo_bpm
    assert any(found == pytest.approx(tempo_bpm, abs=0.3) for found in facts.tempo_candidates_bpm)
    assert facts.duration_s == pytest.approx(8 * 240 / tempo_bpm + 2.5, abs=0.01)
    # The grid itself: beats found in the sound against those of the plan, without drift.
    beats_s = np.array(facts.beats_s)
    pairs = [(at_s, beats_s[np.argmin(np.abs(beats_s - at_s))]) for at_s in plan.beats_s]
    planned, found = np.array([pair for pair in pairs if abs(pair[0] - pair[1]) < 0.06]).T
    assert len(planned) > 16
    assert np.polyfit(planned, found, 1)[0] == pytest.approx(1, abs=0.002)


@pytest.mark.parametrize(
    ("key", "mode"), [("C", "major"), ("F#", "minor"), ("D#", "dorian"), ("A", "lydian"), ("G#", "phrygian")]
)
def test_key_and_mode(key, mode):
    brief = brief_of("folk", form=form_of("verse4 chorus4"), key=key, mode=mode)
    _, facts = heard(brief)
    assert scale_fit(key, mode, facts.pitch_classes) > 0.97
    assert key_fit(key, mode, facts.pitch_classes) > 0.9


def test_form():
    form = form_of("chorus2 bridge3 verse1 pre2 drop4 break2")
    plan, facts = heard(brief_of("house", form=form))
    assert [(section.name, section.bars) for section in plan.sections] == [(s.name, s.bars) for s in form]
    bar_s = 240 / plan.tempo_bpm
    assert [section.start_s / bar_s for section in plan.sections] == pytest.approx([0, 2, 5, 6, 8, 12])
    assert facts.duration_s == pytest.approx(14 * bar_s + 2.5, abs=0.01)


@pytest.mark.parametrize("genre", ["trap", "indie", "ambient"])
def test_density_is_notes_and_energy_is_loud_verses(genre):
    form = form_of("verse4 chorus4")
    counts = [
        sum(map(len, score.parts.values())) + len(score.drums)
        for density in (0.1, 0.5, 0.9)
        for score, _ in [written(brief_of(genre, form=form, density=density))]
    ]
    assert counts[0] < counts[1] < counts[2]
    verses = []
    for energy in (0.1, 0.9):
        plan, facts = heard(brief_of(genre, form=form, energy=energy))
        turn = int(plan.sections[1].start_s / facts.energy_hop_s)
        curve = facts.energy_curve_lufs
        verses.append(np.mean(curve[1 : turn - 1]) - np.mean(curve[turn + 1 : 2 * turn - 1]))
    assert verses[1] > verses[0] + 0.5
