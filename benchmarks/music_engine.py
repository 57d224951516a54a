"""How fast the embedded engine makes music, and in how much memory.

    python -m benchmarks.music_engine [--seconds 80] [--genres house,lofi]

For each genre: seconds of music per CPU second from the brief to the float master, the share of mixing (with
synthesis) and mastering in it, and the CPU seconds of encoding the three files. Last, the peak memory of a
process that makes one song of three minutes. CPU seconds, because the machine is shared.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from agents.composer import compose
from agents.music.form import fit_form
from agents.music.genre import find_genre
from agents.music.local.encode import write_flac, write_mp3, write_wav
from agents.music.local.master import master_mix
from agents.music.local.mix import mix_song
from agents.music.local.palette import choose_palette
from configs.genres import load_genres
from storage.types import Brief, Lyrics

RATE_HZ = 44_100


def brief_for(name: str, seconds: float) -> Brief:
    genre = find_genre(name)
    form, tempo_bpm = fit_form(genre, seconds, 0.0, 1)
    return Brief(
        seed=1,
        artist_name="Bench",
        genre=name,
        title="Bench",
        theme="time",
        mood="steady",
        tempo_bpm=tempo_bpm,
        key="A",
        mode=genre.modes[-1],
        form=form,
        energy=0.6,
        density=0.6,
        brightness=0.5,
        swing=0.5,
        hook_density=0.5,
        signature_seed=1,
        source="benchmark",
    )


def measure(name: str, seconds: float) -> tuple[float, ...]:
    """Composing, mixing, mastering and encoding, in CPU seconds, and the song's own length in seconds."""
    brief, genre = brief_for(name, seconds), find_genre(name)
    marks = [time.process_time()]
    score, plan = compose(brief, Lyrics(title="", hook="", sections=(), source="benchmark"))
    marks.append(time.process_time())
    mix = mix_song(brief, genre, choose_palette(genre, 1), score, plan, RATE_HZ)
    marks.append(time.process_time())
    audio = master_mix(mix, genre, brief.brightness, -14.0, RATE_HZ)
    marks.append(time.process_time())
    with tempfile.TemporaryDirectory() as folder:
        write_wav(audio, Path(folder) / "a.wav", RATE_HZ, 1)
        write_flac(audio, Path(folder) / "a.flac", RATE_HZ)
        write_mp3(audio, Path(folder) / "a.mp3", RATE_HZ)
    marks.append(time.process_time())
    return (*(after - before for before, after in pairwise(marks)), plan.duration_s)


def main() -> None:
    parser = argparse.ArgumentParser(
        description="How fast the embedded engine makes music, and in how much memory."
    )
    parser.add_argument("--seconds", type=float, default=80)
    parser.add_argument("--genres", default=",".join(load_genres()))
    parser.add_argument("--memory-of", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory_of:
        measure(arguments.memory_of, 180)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    measure("house", 15)  # imports and tables
    print(f"{'genre':15} {'music s / CPU s':>15} {'compose':>8} {'mix':>6} {'master':>7} {'encode':>7}")
    for name in arguments.genres.split(","):
        composing, mixing, mastering, encoding, duration_s = measure(name, arguments.seconds)
        speed = duration_s / (composing + mixing + mastering)
        print(f"{name:15} {speed:15.1f} {composing:8.2f} {mixing:6.2f} {mastering:7.2f} {encoding:7.2f}")
    for name in ("synthwave", "ambient"):
        command = [sys.executable, "-m", "benchmarks.music_engine", "--memory-of", name]
        peak_mb = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        print(f"peak memory, 180 s of {name}: {peak_mb} MB")


if __name__ == "__main__":
    main()
