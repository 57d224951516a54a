"""Plans of recordings that came with none: beats where they are heard, and a plan for whatever else can be played."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from agents.music.measured import plan_recording
from storage.errors import UsageError

NAMES = {"title": "Night Bus", "artist_name": "Low Tide", "genre": "house"}


def clicks(path: Path, seconds: float, rate_hz: int, *, bpm: float = 120.0, channels: int = 1) -> Path:
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    since = (at - 0.25) % (60 / bpm)
    wave = (0.6 * np.sin(2 * np.pi * 70 * since) * np.exp(-since * 20)).astype(np.float32)
    soundfile.write(path, np.repeat(wave[:, None], channels, axis=1), rate_hz)
    return path


@pytest.mark.parametrize(("rate_hz", "channels"), [(8_000, 1), (44_100, 2)])
def test_beats_are_where_they_are_heard(rate_hz, channels, tmp_path):
    plan = plan_recording(clicks(tmp_path / "a.wav", 12, rate_hz, channels=channels), **NAMES)
    assert plan.tempo_bpm == pytest.approx(120, abs=1)
    off = [abs((beat - 0.25 + 0.25) % 0.5 - 0.25) for beat in plan.beats_s]
    assert max(off) < 0.03
    assert plan.sections[-1].end_s == plan.duration_s == pytest.approx(12)
    assert not plan.has_line_times


@pytest.mark.parametrize("seconds", [1.0, 3.0])
def test_a_short_one_has_a_plan(seconds, tmp_path):
    plan = plan_recording(clicks(tmp_path / "a.wav", seconds, 8_000), **NAMES)
    assert plan.duration_s == pytest.approx(seconds)
    assert plan.sections


def test_silence_has_a_resting_beat(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(4 * 8_000), 8_000)
    plan = plan_recording(tmp_path / "a.wav", **NAMES)
    assert plan.tempo_bpm == 100
    assert len(plan.beats_s) == 7


def test_what_cannot_be_measured_is_refused_in_one_line(tmp_path):
    (tmp_path / "words.wav").write_text("no sound")
    soundfile.write(tmp_path / "blink.wav", np.zeros(2_000), 8_000)
    with soundfile.SoundFile(tmp_path / "hour.flac", "w", 8_000, 1) as file:
        for _ in range(60):
            file.write(np.zeros(60 * 8_000))
    for name, said in (
        ("none.wav", "cannot be read"),
        ("words.wav", "cannot be read"),
        ("blink.wav", "give 1 s or more"),
        ("hour.flac", "60 minutes"),
    ):
        with pytest.raises(UsageError, match=said):
            plan_recording(tmp_path / name, **NAMES)
