"""Starting and ending the label, as far as it needs no Ray."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from runtime.label import RUN_FILE, RunRecord
from storage.errors import ConfigurationError
from tests.ui.conftest import Call
from ui.cli.service import _is_labelmate, _why


@pytest.fixture
def record(home: Path):
    """Leave a record as a running label does."""

    def leave(pid: int) -> Path:
        home.mkdir(exist_ok=True)
        run = RunRecord(pid=pid, address="127.0.0.1:1", dashboard_url=None, label_id="lbl_1", build="0")
        (home / RUN_FILE).write_text(run.model_dump_json())
        return home / RUN_FILE

    return leave


def test_a_second_label_hears_where_the_first_is(call: Call, record):
    record(os.getpid())
    told = call("up", "--json")
    assert told.code == 3
    assert told.data["error"]["code"] == "home_locked"
    assert f"process {os.getpid()}" in told.line
    assert call("up", "--foreground").code == 3
    told = call("cycle", "run", "--all", "--parallel", "2")
    assert (told.code, "leave --parallel and --address out" in told.line) == (2, True)


def test_nothing_to_end(call: Call):
    assert call("down", "--json").data == {"ended_pid": None}


def test_another_program_with_the_recorded_number_is_left_alone(call: Call, record):
    with subprocess.Popen(["sleep", "60"]) as stranger:
        file = record(stranger.pid)
        told = call("down", "--json")
        assert told.data == {"ended_pid": None}
        assert not file.exists()
        assert stranger.poll() is None
        stranger.kill()


def test_down_ends_the_recorded_process_and_waits_for_it(call: Call, record):
    # Named like ours, and given to init at once so that it does not stay behind as our zombie.
    script = "exec -a labelmate sleep 60 >/dev/null 2>&1 & echo $!"
    pid = int(subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, text=True, check=True).stdout)
    record(pid)
    assert call("down", "--json").data == {"ended_pid": pid}
    assert not _is_labelmate(pid)


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


def test_a_dead_label_is_forgotten(call: Call, record, home: Path):
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    record(gone.pid)
    assert json.loads(call("status", "--json").out)["running"] is None
    assert not (home / RUN_FILE).exists()
