"""Forms and tempos: the right length, in the genre's band, with a shape."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.music.form import fit_form
from agents.music.length import SHORTEST_TAIL_S
from configs.genres import load_genres
from storage.errors import UsageError
from storage.types import TAIL_S
from tests.agents.music.songs import form_of

GENRES = load_genres()


def length_s(fit):
    return sum(section.bars for section in fit.form) * 240 / fit.tempo_bpm + fit.tail_s


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(GENRES)), st.floats(20, 600), st.floats(-1, 1), st.integers(0, 10**9))
def test_a_length_nobody_asked_for_is_within_three_per_cent_and_the_tempo_in_band(name, seconds, bias, seed):
    fit = fit_form(GENRES[name], seconds, bias, seed)
    slow, fast = GENRES[name].tempo_bpm
    assert abs(length_s(fit) / seconds - 1) <= 0.03
    assert slow <= fit.tempo_bpm <= fast
    assert round(fit.tempo_bpm, 1) == fit.tempo_bpm
    assert fit.tail_s == TAIL_S


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(GENRES)), st.floats(10, 20), st.booleans(), st.integers(0, 10**9))
def test_shortest_songs_still_have_their_length(name, seconds, is_exact, seed):
    fit = fit_form(GENRES[name], seconds, 0.0, seed, is_exact=is_exact)
    slow, fast = GENRES[name].tempo_bpm
    assert abs(length_s(fit) / seconds - 1) <= (1e-6 if is_exact else 0.03)
    assert 0.8 * slow <= fit.tempo_bpm <= 1.2 * fast


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(GENRES)), st.floats(10, 600), st.floats(-1, 1), st.integers(0, 10**9))
def test_a_length_that_was_asked_for_is_exact(name, seconds, bias, seed):
    fit = fit_form(GENRES[name], seconds, bias, seed, is_exact=True)
    slow, fast = GENRES[name].tempo_bpm
    assert length_s(fit) == pytest.approx(seconds, abs=0.001)
    if seconds >= 20:
        assert slow <= fit.tempo_bpm <= fast
    # The tempo takes it up: what is left to the ring-out is seldom more than a beat.
    assert SHORTEST_TAIL_S <= fit.tail_s <= TAIL_S + 120 / fit.tempo_bpm


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(GENRES)), st.floats(10, 600), st.floats(40, 220), st.integers(0, 10**9))
def test_with_a_given_tempo_the_ring_out_makes_the_length_exact(name, seconds, tempo_bpm, seed):
    fit = fit_form(GENRES[name], seconds, 0.0, seed, tempo_bpm=tempo_bpm, is_exact=True)
    assert fit.tempo_bpm == tempo_bpm
    assert length_s(fit) == pytest.approx(seconds, abs=0.001)
    bar_s = 240 / tempo_bpm
    assert SHORTEST_TAIL_S <= fit.tail_s <= max(TAIL_S + bar_s / 2, SHORTEST_TAIL_S + bar_s) + 1e-6


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(GENRES)), st.floats(10, 600), st.floats(40, 220), st.integers(0, 10**9))
def test_a_given_tempo_has_the_nearest_whole_bar_where_no_length_was_asked_for(
    name, seconds, tempo_bpm, seed
):
    fit = fit_form(GENRES[name], seconds, 0.0, seed, tempo_bpm=tempo_bpm)
    assert fit.tempo_bpm == tempo_bpm
    assert abs(length_s(fit) - seconds) <= 120 / tempo_bpm + 1e-6


@pytest.mark.parametrize("name", GENRES)
def test_song_of_normal_length_has_contrast_and_ends_with_its_frame(name):
    form = fit_form(GENRES[name], 90, 0.0, 5, is_exact=True).form
    names = [section.name for section in form]
    assert "verse" in names
    assert {"chorus", "drop"} & set(names)
    assert names[-1] == "outro"
    assert all(section.bars <= 16 for section in form)


def test_bias_moves_the_tempo():
    slow = [fit_form(GENRES["indie"], 100, -1.0, seed).tempo_bpm for seed in range(8)]
    fast = [fit_form(GENRES["indie"], 100, 1.0, seed).tempo_bpm for seed in range(8)]
    assert max(slow) < min(fast)


def test_seeds_give_different_forms_and_the_same_seed_the_same():
    forms = {fit_form(GENRES["synthwave"], 100, 0.0, seed).form for seed in range(12)}
    assert len(forms) > 1
    assert fit_form(GENRES["trap"], 75, 0.2, 9) == fit_form(GENRES["trap"], 75, 0.2, 9)


FORM = form_of("verse8 chorus8 verse8 chorus8")


@pytest.mark.parametrize("tempo_bpm", [None, 91.7])
def test_a_given_form_is_kept_and_lasts_what_its_bars_do(tempo_bpm):
    fit = fit_form(GENRES["indie"], 300.0, 0.0, 1, form=FORM, tempo_bpm=tempo_bpm)
    slow, fast = GENRES["indie"].tempo_bpm
    assert (fit.form, fit.tail_s) == (FORM, TAIL_S)
    assert fit.tempo_bpm == tempo_bpm if tempo_bpm else slow <= fit.tempo_bpm <= fast


def test_a_given_form_of_a_given_length_has_its_tempo():
    fit = fit_form(GENRES["indie"], 70.0, 0.0, 1, form=FORM, is_exact=True)
    assert fit.form == FORM
    assert fit.tempo_bpm == pytest.approx(240 * 32 / 67.5, abs=0.05)
    assert length_s(fit) == pytest.approx(70)
    both = fit_form(GENRES["indie"], 66.0, 0.0, 1, form=FORM, tempo_bpm=120.0, is_exact=True)
    assert (both.form, both.tempo_bpm, both.tail_s) == (FORM, 120.0, pytest.approx(2.0))


@pytest.mark.parametrize(
    ("seconds", "tempo_bpm"),
    [(9.9, None), (601, None), (60, 300.0), (60, 39.9), (float("nan"), None), (60, float("nan"))],
)
def test_out_of_reach_is_a_usage_error(seconds, tempo_bpm):
    with pytest.raises(UsageError, match="ask for"):
        fit_form(GENRES["house"], seconds, 0.0, 1, tempo_bpm=tempo_bpm)


@pytest.mark.parametrize(
    ("form", "seconds", "tempo_bpm", "said"),
    [
        ("verse8 chorus8", 200, None, "a form of 16 bars does not last 200 s: give 20 to 98.5 seconds"),
        ("verse8 chorus8", 60, 120.0, "16 bars at 120 BPM does not last 60 s: give 33.2 to 35.5 seconds"),
        ("verse1", None, 120.0, "a form of 1 bar at 120 BPM lasts 4.5 s: a song has 10 to 600"),
        ("verse1", None, None, "lasts 8.5 s"),
        ("verse32 " * 18, None, None, "lasts 630.9 s"),
    ],
)
def test_a_form_that_cannot_last_as_asked_is_refused_with_what_it_can(form, seconds, tempo_bpm, said):
    with pytest.raises(UsageError) as refused:
        fit_form(
            GENRES["house"],
            seconds or 60,
            0.0,
            1,
            form=form_of(form),
            tempo_bpm=tempo_bpm,
            is_exact=bool(seconds),
        )
    assert said in str(refused.value)
