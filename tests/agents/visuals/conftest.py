"""What pictures are made for and from: a click track whose plan is known to the sample, clips of known pictures."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
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


Film = Callable[..., Path]


@pytest.fixture(scope="session")
def film_clip(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Makes a clip: a bar that moves over a slow gradient."""
    folder = tmp_path_factory.mktemp("clips")

    def make(
        name: str,
        *,
        size: str = "320x180",
        fps: float = 30,
        seconds: float = 3,
        hue: int = 0,
        dark: bool = False,
    ) -> Path:
        path = folder / f"{name}.mp4"
        width = int(size.partition("x")[0])
        graph = (
            f"gradients=s={size}:r={fps}:c0=0x203040:c1=0xb0a080:x0=0:y0=0:x1={width}:y1=0:speed=0.00001:seed=3:nb_colors=2[g];"
            f"color=0xc06040:s={max(2, width // 8)}x400:r={fps}[bar];[g][bar]overlay=x='t*{width // 4}':y=0,hue=h={hue}:b={-10 if dark else 0}"
        )
        subprocess.run(
            [
                imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "lavfi", "-i", graph,
                "-t", str(seconds), "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast",
                "-crf", "12", str(path),
            ],
            check=True,
        )  # fmt: skip
        return path

    return make


@pytest.fixture(scope="session")
def clips(film_clip: Film) -> tuple[Path, Path, Path]:
    """Three sizes, shapes and rates."""
    return (
        film_clip("wide", fps=25),
        film_clip("boxy", size="320x240", hue=120),
        film_clip("fast", size="640x360", fps=60, hue=240),
    )
