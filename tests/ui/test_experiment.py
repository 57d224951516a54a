"""Experiments and rehearsals on the command line."""

import pytest

from tests.ui.conftest import Call

pytestmark = pytest.mark.usefixtures("made_home")


def test_an_experiment_is_begun_told_promoted_and_withdrawn(call: Call):
    made = call("experiment", "create", "hook_density", "--variant", "control", "--variant", "+0.2", "--json")
    assert made.code == 0, made.err
    assert "AB_TESTING_ENABLED" in made.line
    id_ = made.data["experiment"]["id"]
    (row,) = call("experiment", "list", "--json").data["experiments"]
    assert (row["id"], row["variants"], row["decided"]) == (id_, ["control", "+0.2"], 0)
    told = call("experiment", "report", id_[:12])
    assert "Thompson" in told.out
    assert "after at least 10 songs more" in told.out
    assert call("experiment", "promote", id_, "--variant", "+9").line.endswith("control, +0.2")
    promoted = call("experiment", "promote", id_, "--variant", "+0.2", "--as", "ann")
    assert promoted.out == "hook_density is +0.2 in every song from now on\n"
    assert "promoted +0.2" in call("experiment", "list").out
    assert "experiment withdraw" in call("experiment", "stop", id_).line
    assert call("experiment", "withdraw", id_).out == "hook_density is the artists' own again\n"


def test_what_cannot_be_tried_is_refused_in_one_line(call: Call):
    for args, told in (
        (["energy"], "at least two different values"),
        (["energy", "--variant", "0.5"], "at least two different values"),
        (["charisma", "--variant", "1", "--variant", "2"], "no parameter 'charisma'"),
        (["energy", "--variant", "loud", "--variant", "control"], "is no value of energy"),
        (["music_prompt_prefix", "--variant", "control", "--variant", "x"], "MUSIC_PROVIDERS names none"),
    ):
        refused = call("experiment", "create", *args)
        assert (refused.code, told in refused.line) == (2, True), refused.err
    assert call("experiment", "list").out.startswith("Nothing is being tried")
    assert "No experiments begin with 'exp_9'" in call("experiment", "report", "exp_9").line


def test_a_rehearsal_is_told_and_drawn(call: Call, tmp_path):
    picture = tmp_path / "plots" / "roster.png"
    args = ("simulate", "--artists", "4", "--cycles", "15", "--seed", "3")
    made = call(*args, "--picture", picture, "--json")
    assert made.code == 0, made.err
    assert picture.read_bytes()[:4] == b"\x89PNG"
    report = made.data["report"]
    assert (report["profile"], [each["slots"] for each in report["generations"]]) == ("label", [10, 15])
    assert call(*args, "--shards", "1", "--json").data["report"] == report
    assert "an even split would have lost" in call(*args, "--profile", "original").out
    assert call("simulate", "--artists", "0").code == 2
