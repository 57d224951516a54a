"""How fast the embedded engine makes music, and in how much memory.

    python -m benchmarks.music_engine [--seconds 80] [--genres house,lofi]

For each genre: seconds of music per CPU second from the brief to the float master, and CPU seconds of composing,
playing (synthesis), mixing without it, mastering, and encoding the three files; the share is that of mixing and
mastering in the way to the master; then seconds of music per CPU second of the whole `studio song` command, Python's
start, imports and encoders included. Where FluidSynth and a soundfont (SOUNDFONT=…) are installed, its command line
plays the same notes beside each genre. Last, the peak memory of a process that makes one song of three minutes, and
how long a person waits for a first song of 60 s. CPU seconds where the clock is not asked for, because the machine is
shared.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from agents.composer import compose
from agents.music.dna import dna_of
from agents.music.form import fit_form
from agents.music.genre import find_genre
from agents.music.local.automation import BrightnessCurve
from agents.music.local.desk import STRIPS
from agents.music.local.encode import write_flac, write_mp3, write_wav
from agents.music.local.master import master_mix
from agents.music.local.midi import write_midi
from agents.music.local.mix import mix_song
from agents.music.local.palette import Palette, palette_of
from agents.music.local.percussion import DrumKit
from agents.music.local.stems import play_drums, play_part
from configs.genres import load_genres
from storage.types import Brief, Lyrics, Score, SongPlan

RATE_HZ = 44_100
ROUNDS = 3


def brief_for(name: str, seconds: float) -> Brief:
    genre = find_genre(name)
    form, tempo_bpm, _ = fit_form(genre, seconds, 0.0, 1)
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


def play(brief: Brief, palette: Palette, score: Score, plan: SongPlan) -> None:
    """What the mix plays, without mixing it."""
    stem = np.zeros((2, round(plan.duration_s * RATE_HZ)), np.float32)
    play_drums(stem, score.drums, DrumKit(palette.kit, brief.signature_seed, RATE_HZ, brief.bar_s), RATE_HZ)
    for part, notes in score.parts.items():
        play_part(
            stem,
            notes,
            palette.voices[part],
            STRIPS[part],
            step_s=brief.bar_s / 16,
            brightness_at=BrightnessCurve(brief, plan),
            sample_rate_hz=RATE_HZ,
        )


def measure(name: str, seconds: float) -> tuple[float, ...]:
    """CPU seconds of composing, playing, playing and mixing, mastering, encoding; and the song's own length in seconds."""
    brief, genre = brief_for(name, seconds), find_genre(name)
    palette = palette_of(dna_of(brief))

    def cpu_s() -> float:
        return time.process_time() + children_cpu_s()  # LAME is a process of its own

    marks = [cpu_s()]
    score, plan = compose(brief, Lyrics(title="", hook="", sections=(), source="benchmark"))
    marks.append(cpu_s())
    play(brief, palette, score, plan)
    marks.append(cpu_s())
    mix = mix_song(brief, genre, palette, score, plan, RATE_HZ)
    marks.append(cpu_s())
    audio = master_mix(mix, genre, brief, -14.0, RATE_HZ).audio
    marks.append(cpu_s())
    with tempfile.TemporaryDirectory() as folder:
        write_wav(audio, Path(folder) / "a.wav", RATE_HZ, 1)
        write_flac(audio, Path(folder) / "a.flac", RATE_HZ)
        write_mp3(audio, Path(folder) / "a.mp3", RATE_HZ)
    marks.append(cpu_s())
    return *(after - before for before, after in pairwise(marks)), plan.duration_s


def children_cpu_s() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def whole_command(name: str, seconds: float) -> tuple[float, float, float]:
    """`labelmate studio song` from its start to its end: seconds of music, CPU seconds, seconds by the clock."""
    before_s, started_s = children_cpu_s(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        options = [
            "--genre",
            name,
            "--seed",
            "1",
            "--seconds",
            str(seconds),
            "--out",
            folder,
            "--json",
        ]
        command = [str(Path(sys.executable).with_name("labelmate")), "studio", "song", *options]
        made = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return made["duration_s"], children_cpu_s() - before_s, time.perf_counter() - started_s


def fluidsynth_cpu_s(name: str, seconds: float) -> float | None:
    """CPU seconds of FluidSynth's command line, its reverb and chorus on, for the same notes as MIDI; None without it."""
    font = Path(os.environ.get("SOUNDFONT", "/usr/share/sounds/sf2/default-GM.sf2"))
    program = shutil.which("fluidsynth")
    if program is None or not font.exists():
        return None
    brief = brief_for(name, seconds)
    score, _ = compose(brief, Lyrics(title="", hook="", sections=(), source="benchmark"))
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = Path(folder) / "a.mid", Path(folder) / "a.wav"
        write_midi(score, brief.tempo_bpm, brief.title, midi)
        before_s = children_cpu_s()
        subprocess.run(
            [program, "-ni", "-r", str(RATE_HZ), "-F", str(wav), str(font), str(midi)],
            check=True,
            capture_output=True,
        )
        assert wav.stat().st_size > RATE_HZ * seconds
    return children_cpu_s() - before_s


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
    print(
        f"{'genre':15} {'music s / CPU s':>15} {'compose':>8} {'play':>6} {'mix':>6} {'master':>7} {'share':>6} {'encode':>7} {'command':>8}"
    )
    stages: list[tuple[float, float, float]] = []
    for name in arguments.genres.split(","):
        rounds = [measure(name, arguments.seconds) for _ in range(ROUNDS)]
        # Each stage's least: whatever else the machine does can only lengthen it.
        composing, playing, played_and_mixed, mastering, encoding, duration_s = map(
            min, zip(*rounds, strict=True)
        )
        mixing = played_and_mixed - playing
        making = composing + played_and_mixed + mastering
        stages.append((duration_s, making, mixing + mastering))
        commanded_s, command_cpu_s, _ = whole_command(name, arguments.seconds)
        print(
            f"{name:15} {duration_s / making:15.1f} {composing:8.2f} {playing:6.2f} {mixing:6.2f} {mastering:7.2f}"
            f" {(mixing + mastering) / making:6.0%} {encoding:7.2f} {commanded_s / command_cpu_s:8.1f}",
            flush=True,
        )
        if (other_s := fluidsynth_cpu_s(name, arguments.seconds)) is not None:
            told = f"FluidSynth needs {other_s:.2f} CPU s for the same notes, without mixing and mastering"
            print(f"{'':15} {told}: x{making / other_s:.2f}")
    songs_s, making_s, mixing_and_mastering_s = map(sum, zip(*stages, strict=True))
    print(f"{'all':15} {songs_s / making_s:15.1f} {'':32} {mixing_and_mastering_s / making_s:6.0%}")
    for name in ("synthwave", "ambient"):
        command = [sys.executable, "-m", "benchmarks.music_engine", "--memory-of", name]
        peak_mb = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        print(f"peak memory, 180 s of {name}: {peak_mb} MB")
    waits = [whole_command("synthwave", 60)[1:] for _ in range(3)]
    cpu_s, clock_s = min(waits, key=lambda wait: wait[1])
    print(f"a first song of 60 s: {clock_s:.1f} s by the clock, {cpu_s:.1f} CPU s (the quickest of three)")


if __name__ == "__main__":
    main()
