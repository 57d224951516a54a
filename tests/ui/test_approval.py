"""Deciding on the command line."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import approval_rows
from tests.ui.conftest import Call, behind

pytestmark = pytest.mark.usefixtures("made_home")


def test_what_waits_is_listed_with_its_age(call: Call, waiting):
    (row,) = call("approval", "list", "--json").data["approvals"]
    assert (row["id"], row["artist"], row["title"]) == (waiting["approval"], "nova-rain", "Slow Rain")
    assert row["is_overdue"] is True
    assert 0 <= row["waiting_s"] < 600
    assert "overdue" in call("approval", "list").out
    assert datetime.fromisoformat(row["delivered_at"]) <= datetime.now(UTC)
    assert "delivered" in call("approval", "show", "nova-rain").out


@pytest.mark.parametrize("name", ["artist", "cycle", "approval"])
def test_a_song_is_approved_by_any_of_its_names(call: Call, home: Path, waiting, name: str):
    before = datetime.now(UTC)
    told = call("approve", waiting[name], "--reason", "the bridge", "--as", "ada", "--json")
    approval = told.data["approval"]
    assert (approval["outcome"], approval["decided_by"], approval["who"], approval["surface"], approval["why"]) == (
        "approved", "person", "ada", "cli", "the bridge",
    )  # fmt: skip
    until = datetime.fromisoformat(told.data["can_be_undone_until"])
    assert before + timedelta(seconds=9) < until < datetime.now(UTC) + timedelta(seconds=11)


def test_the_beginning_of_an_id_is_enough(call: Call, waiting):
    assert (
        call("reject", waiting["approval"][:-3], "--reason", "too slow", "--json").data["approval"]["outcome"]
        == "rejected"
    )


def test_a_decision_can_be_undone_and_made_anew(call: Call, home: Path, waiting):
    call("reject", "nova-rain", "--reason", "too slow")
    assert call("approval", "list").out == "Nothing waits for you.\n"
    undone = call("approval", "undo", "nova-rain", "--json").data
    assert undone["status"] == "pending"
    assert call("approve", "nova-rain").code == 0
    with behind(home) as stage:
        history = stage.read(approval_rows.decisions_of, approval_id=waiting["approval"])
    assert [(line.action, line.outcome) for line in history] == [
        ("decide", "rejected"),
        ("undo", None),
        ("decide", "approved"),
    ]


def test_too_late_to_undo(call: Call, waiting, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("UNDO_S", "0")
    call("approve", "nova-rain", "--as", "ada")
    told = call("approval", "undo", waiting["cycle"])
    assert told.code == 2
    assert "approved by ada (cli)" in told.line


def test_the_second_decision_hears_of_the_first(call: Call, waiting):
    call("approve", "nova-rain", "--as", "ada")
    told = call("reject", waiting["cycle"], "--reason", "no")
    assert told.code == 2
    assert told.line == "labelmate: Slow Rain was approved by ada (cli)"


def test_a_rejection_needs_a_reason_and_a_take_must_exist(call: Call, waiting):
    assert "--reason" in call("reject", "nova-rain").line
    assert "Say why" in call("reject", "nova-rain", "--reason", " ").line
    assert "there is no take 2" in call("approve", "nova-rain", "--take", "2").line
    assert call("approve", "somebody").code == 2


def test_a_title_is_never_taken_for_markup(call: Call, home: Path):
    with behind(home) as stage:
        fence, cycle = stage.song("Nova [/b] Rain")
        stage.ask(fence, cycle)
    told = call("approve", "nova-b-rain")
    assert (told.code, told.err) == (0, "")
    assert "Nova [/b] Rain: Slow Rain was approved by" in told.out


def test_a_question_is_shown_with_its_facts_and_history(call: Call, waiting):
    call("approve", "nova-rain", "--as", "ada")
    shown = call("approval", "show", waiting["cycle"], "--json").data
    assert shown["approval"]["facts"] == {"tempo_bpm": 80}
    assert [line["who"] for line in shown["history"]] == ["ada"]
    told = call("approval", "show", waiting["cycle"]).out
    assert "tempo " in told
    assert "ada (cli)" in told


def test_words_that_others_changed_are_shown_before_they_are_approved_and_a_title_keeps_them(
    call: Call, reworded: str
):
    told = call("approve", reworded, "--title", "Another Name")
    assert told.code == 2
    assert "were changed meanwhile" in told.line
    assert f"labelmate approval show {reworded}" in told.line
    assert "at least 8" in call("approve", reworded, "--words", "ab").line
    shown = call("approval", "show", reworded).out
    assert re.search(r"^lines +one\n +too$", shown, re.MULTILINE)
    words = re.search(r"--words ([0-9a-f]{8})", shown)
    assert words is not None
    told = call("approve", reworded, "--title", "Another Name", "--words", words.group(1), "--json")
    edits = told.data["approval"]["edits"]
    assert (edits["title"], edits["lines"]) == ("Another Name", ["one", "too"])
