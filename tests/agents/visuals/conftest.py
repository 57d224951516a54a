"""A short song made for pictures: a click track whose plan is known to the sample."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from agents.visuals.identity import choose_identity
from storage.types import PlannedLine, PlannedSection, SongPlan, VisualIdentity

TEMPO_BPM = 100.0
BEAT_S = 60 / TEMPO_BPM
SECONDS = 9.6
RATE_HZ = 8_000


@pytest.fixture(scope="session")
def plan() -> SongPlan:
    bar = 4 * BEAT_S
    names = (("intro", 0.3), ("verse", 0.5), ("chorus", 0.9), ("outro", 0.4))
    beats = tuple(float(beat) for beat in np.arange(0, SECONDS - 1e-6, BEAT_S))
    return SongPlan(
        title="Glass Horizon",
        artist_name="Nova Lux",
        genre="synthwave",
        tempo_bpm=TEMPO_BPM,
        key="A",
        mode="minor",
        duration_s=SECONDS,
        sections=tuple(
            PlannedSection(name=name, start_s=i * bar, end_s=(i + 1) * bar, bars=1, energy=energy)
            for i, (name, energy) in enumerate(names)
        ),
        beats_s=beats,
        bars_s=beats[::4],
        chords=(),
        lyric_lines=(
            PlannedLine(text="We kept the light inside the wire", section="verse", start_s=2.4, end_s=4.7),
            PlannedLine(text="hold the line, hold the glow", section="chorus", start_s=4.8, end_s=7.1),
        ),
        kicks_s=beats,
        source="test",
    )


@pytest.fixture(scope="session")
def audio(plan: SongPlan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = np.arange(round(SECONDS * RATE_HZ)) / RATE_HZ
    wave = 0.1 * np.sin(2 * np.pi * 330 * at)
    for kick in plan.kicks_s:
        since = at - kick
        wave += np.where(
            since >= 0, 0.8 * np.sin(2 * np.pi * 60 * since) * np.exp(-np.maximum(since, 0) * 18), 0
        )
    path = tmp_path_factory.mktemp("song") / "click.wav"
    soundfile.write(path, (wave / np.abs(wave).max() * 0.8).astype(np.float32), RATE_HZ)
    return path


@pytest.fixture(scope="session")
def visual() -> VisualIdentity:
    return choose_identity(5, "synthwave", ("nostalgic",), frozenset())
