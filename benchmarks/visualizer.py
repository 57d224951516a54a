"""What a film and a cover cost: CPU seconds of our own and of the encoder, as measured in one run.

    python benchmarks/visualizer.py [--seconds 12] [--preset superfast]

The ratio compares the whole film with its encoder alone: 1.0 would be free drawing. Wall time is left out, for it
says more about the machine's other guests than about us.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from agents.painter import film, paint_cover
from agents.visuals.identity import COMPOSITIONS, choose_identity
from agents.visuals.visualizer.scenes import SCENES
from storage.types import PlannedLine, PlannedSection, SongPlan, VisualIdentity

TEMPO_BPM, RATE_HZ = 120.0, 44_100
SIZES = ((1280, 720), (854, 480), (1080, 1920))


def make_song(folder: Path, seconds: float) -> tuple[SongPlan, Path]:
    """Kicks, a saw and noise: enough to move every band."""
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    since = at % (60 / TEMPO_BPM)
    noise = np.random.default_rng(1).standard_normal(len(at))
    wave = np.sin(2 * np.pi * 55 * since) * np.exp(-since * 14) + 0.2 * ((at * 220) % 1 - 0.5)
    wave += 0.1 * noise * np.exp(-((since - 0.25) % 0.5) * 40)
    path = folder / "song.wav"
    soundfile.write(path, (0.5 * wave).astype(np.float32), RATE_HZ)
    beats = tuple(float(beat) for beat in np.arange(0, seconds, 60 / TEMPO_BPM))
    line = PlannedLine(
        text="We kept the light inside the wire", section="chorus", start_s=0.5, end_s=seconds - 0.5
    )
    section = PlannedSection(
        name="chorus", start_s=0, end_s=seconds, bars=max(1, int(seconds / 2)), energy=0.9
    )
    plan = SongPlan(
        title="Glass Horizon",
        artist_name="Nova Lux",
        genre="synthwave",
        tempo_bpm=TEMPO_BPM,
        key="A",
        mode="minor",
        duration_s=seconds,
        sections=(section,),
        beats_s=beats,
        bars_s=beats[::4],
        chords=(),
        lyric_lines=(line,),
        kicks_s=beats,
        source="benchmark",
    )
    return plan, path


def measure_film(
    plan: SongPlan, audio: Path, visual: VisualIdentity, size: tuple[int, int], preset: str
) -> str:
    """One row: CPU seconds per second of film, ours and the encoder's, their ratio, and megabytes a minute."""
    children, own = resource.getrusage(resource.RUSAGE_CHILDREN), time.process_time()
    facts = film(
        plan, audio, visual, audio.with_name("film.mp4"), width=size[0], height=size[1], seed=1, preset=preset
    )
    own = (time.process_time() - own) / facts.duration_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
    encoder = spent / facts.duration_s
    size_mb = facts.size_bytes / facts.duration_s * 60 / 1e6
    return f"ours {own:5.2f}  encoder {encoder:5.2f}  ratio {(own + encoder) / encoder:4.2f}  {size_mb:5.1f} MB/min  flashes {facts.flashes_per_s:.0f}/s"


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU seconds of films and covers")
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--preset", default="superfast")
    options = parser.parse_args()
    visual = choose_identity(3, "synthwave", ("nostalgic",), frozenset())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan, audio = make_song(folder, options.seconds)
        for size in SIZES:
            print(
                f"{size[0]:4}×{size[1]:<4} mixed        ",
                measure_film(plan, audio, visual, size, options.preset),
            )
        for scene in SCENES:
            only = visual.model_copy(update={"scenes": (scene,)})
            print(f"1280×720  {scene:12} ", measure_film(plan, audio, only, (1280, 720), options.preset))
        for composition in COMPOSITIONS:
            one, started = visual.model_copy(update={"compositions": (composition,)}), time.process_time()
            files = paint_cover(one, "Nova Lux", "Glass Horizon", "dreamy", 1, folder)
            spent = time.process_time() - started
            print(
                f"cover     {composition:12}  {spent:5.2f} CPU s  {files.size_bytes / 1e6:4.1f} MB  contrast {files.title_contrast}"
            )
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"memory    {peak_mb:.0f} MB, encoder {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB"
        )


if __name__ == "__main__":
    main()
