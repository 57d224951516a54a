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
SEVEN = ("--seed", "7", "--seconds", "10", "--json")


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


QUICK = {
    "SAMPLE_RATE_HZ": "8000",
    "VIDEO_PRESET": "draft",
    "VIDEO_FPS": "5",
    "VIDEO_ENCODER_PRESET": "ultrafast",
    "COVER_PX": "300",
    "CRITIC_THRESHOLD": "0",
    "DISK_FLOOR_MB": "10",
    "RAY_DASHBOARD_PORT": "0",
}


@pytest.mark.walk
def test_the_same_seed_is_the_same_artist_and_the_same_song(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # A demo's clock begins on a day of its seed; what is in the air on that day leans its artist, and today another.
    monkeypatch.setenv("TREND_SOURCES", "none")
    first = _demo(tmp_path / "first")
    assert (first["outcome"], first["decided_by"]) == ("approved", "policy")
    assert {Path(path).suffix for path in first["audio"].values()} == {".wav", ".flac", ".mp3"}
    again = call("artist", "create", "--seed", "7", "--json").data
    assert again["persona"] == first["artist"]["persona"]

    # The second time without Ray, in this process: the same bytes wherever a song is made.
    for name, value in {**QUICK, "LABELMATE_HOME": str(tmp_path / "first")}.items():
        monkeypatch.setenv(name, value)
    made = call("cycle", "replay", first["cycle_id"], "--json").data
    likeness = {step["name"]: step["likeness"] for step in made["steps"]}
    assert likeness["film"] == "not replayed"
    assert {likeness[name] for name in ("plan", "write", "compose", "produce", "criticise", "paint")} == {
        "same"
    }


def _demo(out: Path) -> dict:
    """A whole demo at low rate, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli.main", "demo", *SEVEN, "--out", str(out)],
        env=os.environ | QUICK,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
