"""The end of a song: as long as was asked to, the last chord ringing into silence, at every tempo."""

import numpy as np
import pytest

from agents.music.form import fit_form
from agents.music.length import SHORTEST_TAIL_S, longest_tail_s
from agents.producer import render_master
from configs.genres import load_genres
from tests.agents.music.songs import RATE_HZ, brief_of, form_of, written

GENRES = load_genres()


def sound_of(brief):
    score, plan = written(brief)
    return plan, render_master(brief, score, plan, sample_rate_hz=RATE_HZ).audio


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("tempo_bpm", [None, 40.0, 97.3, 213.3])
def test_a_song_lasts_what_was_asked_to(genre: str, tempo_bpm: float | None):
    for seconds in (10.0, 12.0, 23.7):
        fit = fit_form(GENRES[genre], seconds, 0.3, 5, tempo_bpm=tempo_bpm, is_exact=True)
        plan, audio = sound_of(brief_of(genre, **fit._asdict()))
        assert plan.duration_s == pytest.approx(seconds, abs=0.001)
        assert audio.shape[1] / RATE_HZ == pytest.approx(seconds, abs=0.01)
        assert plan.sections[-1].end_s == pytest.approx(seconds - fit.tail_s)
        assert max(*plan.beats_s, *plan.kicks_s) < plan.sections[-1].end_s + 0.05


@pytest.mark.slow
@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("tail_s", [SHORTEST_TAIL_S, 2.5, longest_tail_s(40)])
def test_the_last_chord_rings_on_and_ends_in_silence(genre: str, tail_s: float):
    brief = brief_of(genre, form=form_of("verse2 chorus2"), tempo_bpm=40.0, tail_s=tail_s)
    plan, audio = sound_of(brief)
    after = audio[:, round(plan.sections[-1].end_s * RATE_HZ) :]
    hop = RATE_HZ // 20
    levels_db = [
        10 * np.log10(np.mean(after[:, start : start + hop] ** 2) + 1e-12)
        for start in range(0, after.shape[1] - hop + 1, hop)
    ]
    assert np.abs(after[:, -hop:]).max() < 0.001
    audible_s = 0.05 * sum(level_db > -60 for level_db in levels_db)
    assert tail_s - audible_s < 1.5  # no dead air
    assert max(np.diff(levels_db)) < 6  # it dies away and never comes back
    assert min(np.diff(levels_db[: int(0.6 * len(levels_db))])) > -9  # and is not cut
