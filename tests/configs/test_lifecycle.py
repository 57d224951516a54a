"""The lifecycle profiles: names of the settings, sound numbers, operators' overrides."""

import pytest
from pydantic import ValidationError

from configs.lifecycle import THRESHOLDS, load_profile, load_profiles
from configs.settings import Settings


def test_there_are_two_profiles_and_the_default_is_the_labels():
    assert set(load_profiles()) == {"label", "original"}
    assert load_profile() == load_profiles()["label"]


def test_the_thresholds_bear_the_names_of_the_settings_and_unset_ones_change_nothing():
    unset = {name: Settings.model_fields[name].default for name in THRESHOLDS}
    assert load_profile("label", **unset) == load_profile("label")
    assert load_profile("original", **unset) == load_profile("original")


def test_an_operators_thresholds_take_the_place_of_the_profiles():
    profile = load_profile("label", pause_inactivity_days=60, retirement_paused_days=None)
    assert profile.pause_inactivity_days == 60
    assert profile.retirement_paused_days == 90


def test_rates_that_do_not_rise_are_refused():
    with pytest.raises(ValidationError, match="must rise"):
        load_profile("label", pause_approval_rate_threshold=0.5)


def test_a_window_too_small_to_be_judged_is_refused():
    with pytest.raises(ValidationError, match="window_decisions"):
        load_profile("label", min_runs_for_evaluation=21)


def test_an_unknown_profile_is_named_with_the_known():
    with pytest.raises(ValueError, match="no lifecycle profile 'strict': there are label, original"):
        load_profile("strict")
