"""Whatever goes wrong is one line and an exit code."""

import errno
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from configs.settings import SettingsError
from storage.errors import ClusterError, ConflictError, LabelError, ProviderUnavailableError
from tests.ui.conftest import Call, behind
from ui.cli.edge import Interrupted, tell


@pytest.mark.parametrize(
    ("error", "exit_code", "code"),
    [
        (LabelError("it failed"), 1, "error"),
        (ConflictError("somebody was faster"), 2, "conflict"),
        (ClusterError("no Ray"), 3, "cluster"),
        (ProviderUnavailableError("not now"), 4, "provider_unavailable"),
        (SettingsError(["A is wrong"]), 3, "settings"),
        (Interrupted("what was made is kept"), 130, "interrupted"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (typer.Abort(), 1, "aborted"),
    ],
)
def test_an_error_is_one_line_and_data(error: BaseException, exit_code: int, code: str, capsys):
    assert tell(error, as_json=True) == exit_code
    told = capsys.readouterr()
    (line,) = told.err.splitlines()
    assert line.startswith("labelmate: ")
    assert json.loads(told.out) == {"error": {"code": code, "message": line.removeprefix("labelmate: ")}}


def test_the_words_of_others_become_one_plain_line(capsys):
    tell(LabelError("The actor died in\n  \x1b[36mray::store\x1b[39m"), as_json=False)
    assert capsys.readouterr().err == "labelmate: The actor died in ray::store\n"


def test_a_full_disk_is_no_surprise(capsys):
    assert tell(OSError(errno.ENOSPC, "No space left on device", "/home/me/song.wav"), as_json=True) == 1
    told = capsys.readouterr()
    assert told.err == "labelmate: the disk is full at /home/me/song.wav; free some space and try again\n"
    assert json.loads(told.out)["error"]["code"] == "disk_full"


def test_ctrl_c_has_its_line_although_typer_keeps_it(home: Path):
    # Started in the background, the tests ignore Ctrl-C, and what they start would too.
    heed = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    program = str(Path(sys.executable).with_name("labelmate"))
    command = [sys.executable, "-c", heed, program, "budget", "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    for wait_s in (1.0, 2.0, 4.0, 8.0):
        with behind(home), subprocess.Popen(command, **pipes) as running:  # it waits for its turn
            time.sleep(wait_s)
            running.send_signal(signal.SIGINT)
            out, err = running.communicate()
        if out:  # before that it was still being loaded
            break
    assert (running.returncode, json.loads(out)["error"]["code"]) == (130, "interrupted"), err
    assert "every finished step is kept" in err


def test_each_wrong_setting_has_its_line(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ROSTER_MAX", "none")
    monkeypatch.setenv("OPENAI_API_KEY", "sk secret")
    told = call("config", "check")
    assert told.code == 3
    assert {line.split("=")[0] for line in told.err.splitlines()} == {
        "labelmate: ROSTER_MAX",
        "labelmate: OPENAI_API_KEY",
    }
    assert "secret" not in told.err
    assert told.out == ""


def test_the_unexpected_is_kept_in_a_log_without_secrets(home: Path, capsys):
    home.mkdir()
    try:
        raise ZeroDivisionError("with api_key=sk-proj-abcdefghijklmnop1234567890")
    except ZeroDivisionError as error:
        exit_code = tell(error, as_json=False)
    assert exit_code == 1
    (line,) = capsys.readouterr().err.splitlines()
    log = home / "logs" / "labelmate-errors.log"
    assert line.endswith(f"the details are in {log}")
    story = log.read_text()
    assert "ZeroDivisionError" in story
    assert "test_edge.py" in story
    assert "abcdefghijklmnop" not in story + line


def test_only_debug_shows_a_traceback(home: Path, capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LOG_LEVEL", "debug")
    tell(ZeroDivisionError("division by zero"), as_json=False)
    assert len(capsys.readouterr().err.splitlines()) > 1


@pytest.mark.parametrize("broken", [True, False])
def test_without_a_home_to_write_to_the_log_is_a_temporary_file(
    home: Path, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch, broken: bool
):
    if broken:
        home.mkdir()
        (home / "logs").write_text("in the way")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tell(ZeroDivisionError("division by zero"), as_json=False)
    assert str(tmp_path / "labelmate-errors.log") in capsys.readouterr().err
    assert home.exists() == broken


def test_a_newer_home_is_refused(call: Call, home: Path):
    import sqlite3

    assert call("db", "upgrade").code == 0
    with sqlite3.connect(home / "labelmate.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    told = call("status")
    assert told.code == 3
    assert "install a newer labelmate" in told.line


def test_a_home_that_cannot_be_made_is_refused(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LABELMATE_HOME", str(tmp_path / "file" / "home"))
    told = call("status", "--json")
    assert told.code == 3
    assert told.data["error"]["code"] == "configuration"
    assert "LABELMATE_HOME" in told.line
