"""Status, money, faults, settings and the database, on a home at rest."""

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from configs.example import example
from storage import faults
from tests.ui.conftest import Call, behind

SECRET = "sk-made-up-for-this-test-0003"  # pragma: allowlist secret


def test_a_new_home_at_rest(call: Call, home: Path):
    now = call("status", "--json").data
    assert (now["home"], now["running"], now["undecided"], now["stopped_at"]) == (str(home), None, 0, None)
    assert now["money"] == {"day_usd": "0", "daily_cap_usd": "5", "month_usd": "0", "monthly_cap_usd": "50"}
    assert "labelmate up" in call("status").out


def test_status_counts_what_waits(call: Call, waiting):
    now = call("status", "--json").data
    assert (now["undecided"], now["overdue"], now["cycles"]["waiting"], now["artists"]["active"]) == (
        1,
        1,
        1,
        1,
    )
    assert "1 to decide, 1 overdue" in call("status").out


def test_spending_is_stopped_and_resumed(call: Call):
    assert call("stop", "--as", "ada", "--json").data["stopped_by"] == "ada"
    assert "by ada" in call("status").out
    assert call("stop", "--resume", "--json").data["stopped_at"] is None
    assert call("status", "--json").data["stopped_by"] is None


def test_the_budget_is_that_of_the_settings(call: Call, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BUDGET_DAILY_USD", "2.50")
    with behind(home) as stage:
        fence, cycle = stage.song()
        stage.begin(fence, cycle, cost="0.75")
    spent = call("budget", "--json").data
    assert (spent["day_usd"], spent["month_usd"], spent["caps"]["daily_usd"]) == ("0.75", "0.75", "2.50")
    assert "0.75 of 2.50 USD" in call("budget").out


def test_faults_are_listed_shown_resolved_and_dismissed(call: Call, home: Path):
    with behind(home) as stage:
        for fingerprint in ("aaa111", "bbb222"):
            stage.write(
                faults.record_fault, fingerprint=fingerprint, code="render", title=f"fault {fingerprint[:3]}",
                message="no luck", trace="film.py:7",
            )  # fmt: skip
    assert {row["fingerprint"] for row in call("error", "list", "--json").data["errors"]} == {
        "aaa111",
        "bbb222",
    }
    assert "film.py:7" in call("error", "show", "aaa").out
    assert call("error", "resolve", "aaa", "--as", "ada", "--json").data["status"] == "resolved"
    assert call("error", "dismiss", "bbb", "--json").data["status"] == "dismissed"
    assert call("error", "list").out == "No faults are open.\n"
    assert len(call("error", "list", "--all", "--json").data["errors"]) == 2
    assert call("error", "resolve", "aaa").code == 2
    assert call("error", "show", "zzz").code == 2


def test_settings_are_shown_without_secrets(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:pass-of-mine@host/name")  # pragma: allowlist secret
    monkeypatch.setenv("ROSTER_MAX", "9")
    told = call("config", "show", "--json")
    rows = {row["variable"]: row for row in told.data["settings"]}
    assert (rows["ROSTER_MAX"]["value"], rows["ROSTER_MAX"]["is_default"]) == ("9", False)
    assert (rows["OPENAI_API_KEY"]["value"], rows["OPENAI_API_KEY"]["is_used"]) == ("(set, hidden)", True)
    for text in (told.out, call("config", "show").out, call("config", "check").out):
        assert SECRET not in text
        assert "pass-of-mine" not in text


def test_settings_are_checked_and_exemplified(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("UNDO_S", "3")
    assert set(call("config", "check", "--json").data["changed"]) == {"LABELMATE_HOME", "UNDO_S"}
    assert call("config", "example").out == example()


def test_a_backup_is_restored(call: Call, home: Path, tmp_path: Path):
    call("artist", "create", "--seed", "5")
    assert call("db", "upgrade", "--json").data["home"] == str(home)
    kept = call("db", "backup", tmp_path / "kept.db", "--json").data
    assert kept["size_bytes"] == (tmp_path / "kept.db").stat().st_size
    call("artist", "create", "--seed", "6")
    assert call("db", "restore", tmp_path / "kept.db", "--yes", "--json").data["path"] == str(
        home / "labelmate.db"
    )
    assert len(call("artist", "list", "--json").data["artists"]) == 1
    before = sqlite3.connect(home / "labelmate.db.before-restore")
    assert before.execute("SELECT count(*) FROM artists").fetchone() == (2,)
    before.close()


def test_what_is_no_backup_is_refused(call: Call, home: Path, tmp_path: Path):
    call("db", "upgrade")
    (tmp_path / "no.db").write_text("not a database")
    assert call("db", "restore", tmp_path / "no.db", "--yes").code == 1
    assert call("db", "restore", tmp_path / "missing.db", "--yes").code == 2
    assert "name a new file" in call("db", "backup", tmp_path / "no.db").line
    assert not (home / "labelmate.db.before-restore").exists()


def test_an_unreleased_song_is_no_release(call: Call, waiting):
    assert call("release", "list", "--json").data == {"releases": []}
    told = call("release", "show", waiting["cycle"])
    assert told.code == 2
    assert "labelmate release list" in told.line


def test_another_command_in_the_same_home_is_waited_out(call: Call, home: Path):
    free = threading.Event()
    has_it = threading.Event()

    def other_command() -> None:
        with behind(home) as stage:
            stage.artist("Nova Rain")
            has_it.set()
            free.wait(0.3)

    other = threading.Thread(target=other_command)
    other.start()
    has_it.wait(10)
    now = call("status", "--json")
    free.set()
    other.join()
    assert now.data["artists"]["active"] == 1


def test_a_home_that_stays_locked_names_its_process(call: Call, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ui.cli.session.PATIENCE_S", 0.2)
    with behind(home):
        told = call("status", "--json")
    assert (told.code, told.data["error"]["code"]) == (3, "home_locked")
    assert f"process {os.getpid()}" in told.line


def test_a_setting_is_changed_while_the_label_runs_and_shown_as_it_is(call: Call):
    assert call("artist", "create", "--seed", "1").code == 0
    assert call("config", "set", "undo_s", "25", "--as", "ann").out == "UNDO_S is 25.0\n"
    rows = {row["variable"]: row for row in call("config", "show", "--json").data["settings"]}
    assert rows["UNDO_S"]["value"] == "25.0"
    assert call("config", "unset", "UNDO_S").out == "UNDO_S is 10.0\n"
    told = call("config", "set", "UNDO_S", "soon")
    assert (told.code, "UNDO_S" in told.line) == (2, True)
