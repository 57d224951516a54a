"""What a film of footage costs: CPU seconds of the fast path and of MoviePy on the same timeline, in one run.

    python benchmarks/footage.py [--seconds 12] [--size 1280x720]

Each backend runs in a process of its own, so that neither pays for the other's imports or memory. The clips are
made for it: 1920×1080 at 25 frames a second, as libraries send them.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import imageio_ffmpeg

from agents.visuals.editing import fast, with_moviepy
from agents.visuals.footage.cutting import Clip, cut_film
from agents.visuals.identity import choose_identity
from benchmarks.visualizer import make_song

BACKENDS = {"fast path": fast.render, "MoviePy": with_moviepy.render}
SOURCES = ("mandelbrot=s=480x270:r=25", "gradients=s=480x270:r=25:speed=0.02")
CLIPS, CLIP_S = 4, 6.0


def make_clips(folder: Path) -> tuple[Clip, ...]:
    """Clips that move in different ways, with a little of a camera's noise."""
    clips = []
    for number in range(CLIPS):
        path = folder / f"clip-{number}.mp4"
        if not path.exists():
            noise = (
                f"{SOURCES[number % len(SOURCES)]},scale=1920:1080,noise=alls=3:allf=t,hue=h={60 * number}"
            )
            subprocess.run(
                [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "lavfi", "-i", noise,
                 "-t", str(CLIP_S), "-pix_fmt", "yuv420p", "-preset", "veryfast", "-crf", "24", str(path)],
                check=True,
            )  # fmt: skip
        clips.append(Clip(path, CLIP_S, number % 2 == 0, f"author {number}"))
    return tuple(clips)


def measure(backend: str, folder: Path, seconds: float, size: tuple[int, int]) -> dict[str, float]:
    """One film in this process: CPU seconds per second of film, peak memory, lengths."""
    plan, audio = make_song(folder, seconds)
    cutting = cut_film(
        plan, audio, choose_identity(3, "synthwave", ("nostalgic",), frozenset()), make_clips(folder),
        width=size[0], height=size[1], fps=30, seed=1, start_s=0.0, end_s=seconds, captions=True,
    )  # fmt: skip
    before = _cpu_s()
    facts = BACKENDS[backend](cutting.timeline, folder / f"{backend}.mp4", preset="superfast")
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return {
        "cpu": (_cpu_s() - before) / facts.duration_s,
        "memory_mb": max(resource.getrusage(each).ru_maxrss for each in who) / 1024,
        "drift_ms": 1000 * abs(facts.duration_s - facts.audio_duration_s),
        "mb_a_minute": facts.size_bytes / facts.duration_s * 60 / 1e6,
    }


def _cpu_s() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU seconds of films of footage")
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--backend", choices=BACKENDS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    width, _, height = options.size.partition("x")
    if options.backend:
        told = measure(options.backend, Path(options.folder), options.seconds, (int(width), int(height)))
        print(json.dumps(told))
        return
    with tempfile.TemporaryDirectory() as folder:
        make_clips(Path(folder))
        made = {}
        for backend in BACKENDS:
            command = [sys.executable, "-m", "benchmarks.footage", "--backend", backend, "--folder", folder,
                       "--seconds", str(options.seconds), "--size", options.size]  # fmt: skip
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            made[backend] = json.loads(told)
            print(
                f"{options.size}  {backend:10} {made[backend]['cpu']:5.2f} CPU s per second of film  "
                f"{made[backend]['memory_mb']:4.0f} MB  {made[backend]['mb_a_minute']:4.1f} MB/min  "
                f"picture and sound differ by {made[backend]['drift_ms']:.0f} ms"
            )
    ratio = made["MoviePy"]["cpu"] / made["fast path"]["cpu"]
    print(
        f"{options.size}  MoviePy needs {ratio:.1f} times as much CPU as the fast path (at least 2.5 is meant)"
    )


if __name__ == "__main__":
    main()
