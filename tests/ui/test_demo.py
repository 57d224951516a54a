"""The demo: its home, its settings, what it refuses, and twice the same song."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.conftest import Call
from ui.cli.demo import demo_settings, fresh_home

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_demo_has_a_home_of_its_own(elsewhere: Path):
    assert [fresh_home(None), fresh_home(None)] == [elsewhere / "out/demo-1", elsewhere / "out/demo-2"]
    assert fresh_home(elsewhere / "mine") == elsewhere / "mine"
    (elsewhere / "mine" / "song.wav").write_text("precious")
    assert fresh_home(elsewhere / "mine") == elsewhere / "mine" / "demo-1"
    assert (elsewhere / "mine" / "song.wav").read_text() == "precious"


def test_the_real_label_is_out_of_reach(elsewhere: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:pass@host/real")  # pragma: allowlist secret
    monkeypatch.setenv("ASSETS_URL", "s3://real")
    monkeypatch.setenv("RAY_ADDRESS", "auto")
    settings = demo_settings(fresh_home(None))
    assert (settings.database_url, settings.assets_url, settings.ray_address) == (None, None, None)
    assert settings.home == elsewhere / "out/demo-1"
    assert not home.exists()


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--seconds", "9"), 2, "--seconds"),
        (("--seconds", "601"), 2, "--seconds"),
        (("--seed", "-1"), 2, "--seed"),
        (("--formats", "4:3"), 2, "--formats"),
        (("--genre", "polka"), 2, "choose one of synthwave"),
        (("--out", "file/below"), 3, "--out file/below cannot be written"),
        (("--out", "file"), 2, "--out"),
    ],
)
def test_what_cannot_be_made_is_one_line(
    call: Call, elsewhere: Path, args: tuple[str, ...], code: int, said: str
):
    (elsewhere / "file").write_text("")
    told = call("demo", *args)
    assert told.code == code
    assert said in told.line
    assert not (elsewhere / "out").exists()


def test_a_full_disk_is_told_before_anything_starts(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISK_FLOOR_MB", "10000000")
    told = call("demo", "--json")
    assert told.code == 1
    assert told.data["error"]["code"] == "disk_full"
    assert "DISK_FLOOR_MB is 10000000" in told.line


@pytest.mark.slow
def test_the_same_seed_is_the_same_song(tmp_path: Path):
    first, second = (_demo(tmp_path / name) for name in ("first", "second"))
    assert (first["outcome"], first["decided_by"]) == ("approved", "policy")
    assert first["artist"] == second["artist"]
    for kind, path in first["audio"].items():
        assert Path(path).read_bytes() == Path(second["audio"][kind]).read_bytes(), kind
    assert {Path(path).suffix for path in first["audio"].values()} == {".wav", ".flac", ".mp3"}


def _demo(out: Path) -> dict:
    """A whole demo at low rate, in a process of its own."""
    quick = {
        "SAMPLE_RATE_HZ": "8000",
        "VIDEO_PRESET": "draft",
        "VIDEO_FPS": "5",
        "VIDEO_ENCODER_PRESET": "ultrafast",
        "COVER_PX": "300",
        "CRITIC_THRESHOLD": "0",
        "DISK_FLOOR_MB": "10",
        "RAY_DASHBOARD_PORT": "0",
    }
    command = [sys.executable, "-m", "ui.cli.main", "demo", "--seed", "7", "--seconds", "10", "--json"]
    done = subprocess.run(
        [*command, "--out", str(out)],
        env=os.environ | quick,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
