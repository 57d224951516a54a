"""Clips whose every picture is known: their brightness counts frames, their colours tell them apart."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest

Film = Callable[..., Path]


@pytest.fixture(scope="session")
def film_clip(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Makes a clip: a bar that moves over a slow gradient."""
    folder = tmp_path_factory.mktemp("clips")

    def make(name: str, *, size: str = "320x180", fps: float = 30, seconds: float = 3, hue: int = 0) -> Path:
        path = folder / f"{name}.mp4"
        width = int(size.partition("x")[0])
        graph = (
            f"gradients=s={size}:r={fps}:c0=0x203040:c1=0xb0a080:x0=0:y0=0:x1={width}:y1=0:speed=0.00001:seed=3:nb_colors=2[g];"
            f"color=0xc06040:s={max(2, width // 8)}x400:r={fps}[bar];[g][bar]overlay=x='t*{width // 4}':y=0,hue=h={hue}"
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
