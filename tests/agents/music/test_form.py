"""Forms and tempos: the right length, in the genre's band, with a shape."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.music.form import TAIL_S, fit_form
from configs.genres import load_genres
from storage.errors import UsageError

GENRES = load_genres()


def length_s(form, tempo_bpm):
    return sum(section.bars for section in form) * 240 / tempo_bpm + TAIL_S


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(GENRES)), st.floats(20, 600), st.floats(-1, 1), st.integers(0, 10**9))
def test_length_is_within_three_per_cent_and_tempo_in_band(name, seconds, bias, seed):
    form, tempo_bpm = fit_form(GENRES[name], seconds, bias, seed)
    slow, fast = GENRES[name].tempo_bpm
    assert abs(length_s(form, tempo_bpm) / seconds - 1) <= 0.03
    assert slow <= tempo_bpm <= fast
    assert round(tempo_bpm, 1) == tempo_bpm


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(GENRES)), st.floats(10, 20), st.integers(0, 10**9))
def test_shortest_songs_still_have_their_length(name, seconds, seed):
    form, tempo_bpm = fit_form(GENRES[name], seconds, 0.0, seed)
    slow, fast = GENRES[name].tempo_bpm
    assert abs(length_s(form, tempo_bpm) / seconds - 1) <= 0.03
    assert 0.8 * slow <= tempo_bpm <= 1.2 * fast


@pytest.mark.parametrize("name", GENRES)
def test_song_of_normal_length_has_contrast_and_ends_with_its_frame(name):
    form, _ = fit_form(GENRES[name], 90, 0.0, 5)
    names = [section.name for section in form]
    assert "verse" in names
    assert {"chorus", "drop"} & set(names)
    assert names[-1] == "outro"
    assert all(section.bars <= 16 for section in form)


def test_bias_moves_the_tempo():
    slow = [fit_form(GENRES["indie"], 100, -1.0, seed)[1] for seed in range(8)]
    fast = [fit_form(GENRES["indie"], 100, 1.0, seed)[1] for seed in range(8)]
    assert max(slow) < min(fast)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(GENRES)), st.floats(10, 600), st.floats(40, 220), st.integers(0, 10**9))
def test_given_tempo_is_kept_to_the_last_digit_and_the_length_to_half_a_bar(name, seconds, tempo_bpm, seed):
    form, kept_bpm = fit_form(GENRES[name], seconds, 0.0, seed, tempo_bpm=tempo_bpm)
    assert kept_bpm == tempo_bpm
    assert abs(length_s(form, tempo_bpm) - seconds) <= 120 / tempo_bpm + 1e-6


def test_seeds_give_different_forms_and_the_same_seed_the_same():
    forms = {fit_form(GENRES["synthwave"], 100, 0.0, seed)[0] for seed in range(12)}
    assert len(forms) > 1
    assert fit_form(GENRES["trap"], 75, 0.2, 9) == fit_form(GENRES["trap"], 75, 0.2, 9)


@pytest.mark.parametrize(
    ("seconds", "tempo_bpm"),
    [(9.9, None), (601, None), (60, 300.0), (60, 39.9), (float("nan"), None), (60, float("nan"))],
)
def test_out_of_reach_is_a_usage_error(seconds, tempo_bpm):
    with pytest.raises(UsageError, match="ask for"):
        fit_form(GENRES["house"], seconds, 0.0, 1, tempo_bpm)
