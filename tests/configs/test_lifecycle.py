"""The lifecycle profiles: names of the settings, sound numbers, operators' overrides."""

import pytest
from pydantic import ValidationError

from configs.lifecycle import THRESHOLDS, load_profile, load_profiles
from configs.settings import Settings, SettingsError


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


@pytest.mark.parametrize(
    ("contradiction", "told"),
    [
        ({"pause_approval_rate_threshold": 0.5}, "PAUSE_APPROVAL_RATE_THRESHOLD, .* must rise"),
        ({"min_runs_for_evaluation": 21}, "WINDOW_DECISIONS is 20 and MIN_RUNS_FOR_EVALUATION 21"),
        (
            {"retirement_window_decisions": 15},
            "RETIREMENT_WINDOW_DECISIONS is 15: a career must not be shorter",
        ),
        (
            {"lifecycle_profile": "original", "audience_weight": 0.2},
            "AUDIENCE_WEIGHT is 0.2 and the profile is original",
        ),
        ({"return_after_days": 90}, "RETURN_AFTER_DAYS is 90 and RETIREMENT_PAUSED_DAYS 90"),
    ],
)
def test_thresholds_that_contradict_each_other_are_refused_in_one_line(home, contradiction, told):
    thresholds = {name: value for name, value in contradiction.items() if name in THRESHOLDS}
    with pytest.raises(ValidationError, match=told):
        load_profile(contradiction.get("lifecycle_profile", "label"), **thresholds)
    with pytest.raises(SettingsError, match=told) as refused:
        Settings.load(home, **contradiction)
    assert len(refused.value.lines) == 1


def test_retirement_is_switched_on_by_a_setting_alone(home):
    assert Settings.load(home).lifecycle.retirement == "proposed"
    assert Settings.load(home, auto_retire=True).lifecycle.retirement == "automatic"
    assert Settings.load(home, lifecycle_profile="original").lifecycle.retirement == "automatic"
    assert (
        Settings.load(home, lifecycle_profile="original", auto_retire=False).lifecycle.retirement
        == "proposed"
    )


def test_an_unknown_profile_is_named_with_the_known():
    with pytest.raises(ValueError, match="no lifecycle profile 'strict': there are label, original"):
        load_profile("strict")
