"""Starting and ending the label, as far as it needs no Ray."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.label import RUN_FILE, RunRecord
from storage.errors import ConfigurationError
from storage.lock import FileLock
from tests.ui.conftest import Call
from ui.cli.up import _why

LABEL = """
import sys, time
from pathlib import Path
from storage.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def record(home: Path) -> Callable[[int], Path]:
    """Leave a record as a running label does."""

    def leave(pid: int) -> Path:
        home.mkdir(exist_ok=True)
        run = RunRecord(pid=pid, address="127.0.0.1:1", dashboard_url=None, label_id="lbl_1", build="0")
        (home / RUN_FILE).write_text(run.model_dump_json())
        return home / RUN_FILE

    return leave


def test_a_second_label_hears_where_the_first_is(call: Call, record):
    lock = FileLock(record(os.getpid()))
    told = call("up", "--json")
    assert told.code == 3
    assert told.data["error"]["code"] == "home_locked"
    assert f"process {os.getpid()}" in told.line
    assert call("up", "--foreground").code == 3
    told = call("cycle", "run", "--all", "--parallel", "2")
    assert (told.code, "leave --parallel and --address out" in told.line) == (2, True)
    lock.free()


def test_nothing_to_end(call: Call):
    assert call("down", "--json").data == {"ended_pid": None}


def test_another_program_with_the_recorded_number_is_left_alone(call: Call, record):
    with subprocess.Popen(["sleep", "60"]) as stranger:
        record(stranger.pid)
        assert call("down", "--json").data == {"ended_pid": None}
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.walk
def test_down_ends_the_recorded_process_and_waits_for_it(call: Call, record, home: Path):
    home.mkdir()
    command = [sys.executable, "-c", LABEL, str(home / RUN_FILE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as label:
        assert label.stdout is not None
        label.stdout.readline()
        record(label.pid)
        assert call("down", "--json").data == {"ended_pid": label.pid}
        assert label.wait(10) == -signal.SIGTERM


def test_what_a_label_said_at_its_end_is_told(tmp_path: Path):
    log = tmp_path / "label.log"
    log.write_text("labelmate: an older story\n")
    begins = log.stat().st_size
    with log.open("a") as file:
        file.write("noise\nlabelmate: Ray did not start: no room\nmore noise\n")
    error = _why(3, log, begins)
    assert isinstance(error, ConfigurationError)
    assert str(error) == "Ray did not start: no room"
    silent = _why(1, log, log.stat().st_size)
    assert silent.exit_code == 1
    assert str(log) in str(silent)


def test_a_record_left_behind_tells_nothing(call: Call, record):
    # A killed container's number is a living process in the next one: ours, as a rule.
    record(os.getpid()).with_name(f"{RUN_FILE}.lock").write_text(str(os.getpid()))
    assert call("status", "--json").data["running"] is None


def test_a_health_check_fails_where_nothing_runs(call: Call):
    assert call("status", "--json").code == 0
    told = call("status", "--check", "--json")
    assert (told.code, told.data["running"]) == (1, None)


def test_up_in_a_home_that_cannot_be_made(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LABELMATE_HOME", str(tmp_path / "file" / "home"))
    told = call("up")
    assert (told.code, "cannot be written" in told.line) == (3, True)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("MUSIC_PROVIDERS", "nobody", "MUSIC_PROVIDERS names 'nobody'"),
        ("ASSETS_URL", "nosuch://bucket/label", "ASSETS_URL nosuch:// cannot be used"),
    ],
)
def test_what_a_song_would_miss_in_its_middle_is_told_first(
    call: Call, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
):
    monkeypatch.setenv(variable, value)
    for command in (("config", "check"), ("up", "--foreground"), ("cycle", "run", "--all")):
        told = call(*command)
        assert told.code == 3, command
        assert said in told.err.splitlines()[-1]
    plug_ins = next(check for check in call("doctor", "--json").data["checks"] if check["name"] == "plug-ins")
    assert plug_ins["grade"] == "fatal"
