"""What a film and a cover cost: CPU seconds, as ratios of one run.

    python -m benchmarks.visualizer [--seconds 20] [--preset veryfast]

Films are encoded with `veryfast`, and whole ones with the label's own preset, too. `/alone` compares a film with its
encoder alone, fed with the same frames in the same settings from a file: 1.0 would be free drawing. `/mandelbrot`
compares it with plain x264, of the same preset and CRF, on as many frames of ffmpeg's mandelbrot from a file (both
files take up to two and a half gigabytes, one at a time). The first size is filmed for three times as long, a minute:
few songs' films are shorter, and cards and listening take a quarter of a second of each. `beat` is how much more the
decoded picture changes at a beat than halfway to the next, on means of 8×8 pixels in which grain is not seen; beside
it, the same of a film whose plan has no beats. Wall time is left out, for it says more about the machine's other guests
than about us.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import soundfile

from agents.painter import VideoFacts, film, paint_cover
from agents.visuals.encode import DRAWN, Encoder, Reel
from agents.visuals.identity import COMPOSITIONS, choose_identity
from agents.visuals.threads import one_thread
from agents.visuals.visualizer.motion import MOTIONS
from agents.visuals.visualizer.projector import Projector
from agents.visuals.visualizer.scenes import SCENES
from agents.visuals.visualizer.sound import listen
from agents.visuals.visualizer.words import Words
from configs.knobs import Video
from storage.types import PlannedLine, PlannedSection, SongPlan, VisualIdentity

TEMPO_BPM, RATE_HZ, FPS = 120.0, 44_100, 30
BEATLESS: dict[str, tuple[float, ...]] = {"beats_s": (), "bars_s": (), "kicks_s": ()}
BLOCK_PX = 8
SECTIONS = (("verse", 0.5), ("chorus", 0.9), ("outro", 0.4))
OWN_PRESET: str = Video.model_fields["video_encoder_preset"].default
ROUNDS = 4
SIZES = ((1280, 720), (854, 480), (1080, 1920))


def make_song(
    folder: Path, seconds: float, sections: Sequence[tuple[str, float]] = (("chorus", 0.9),)
) -> tuple[SongPlan, Path]:
    """Kicks, a saw and noise: enough to move every band; sections of one length, by name and energy."""
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
    each_s = seconds / len(sections)
    planned = tuple(
        PlannedSection(
            name=name,
            start_s=number * each_s,
            end_s=(number + 1) * each_s,
            bars=max(1, int(each_s / 2)),
            energy=energy,
        )
        for number, (name, energy) in enumerate(sections)
    )
    plan = SongPlan(
        title="Glass Horizon",
        artist_name="Nova Lux",
        genre="synthwave",
        tempo_bpm=TEMPO_BPM,
        key="A",
        mode="minor",
        duration_s=seconds,
        sections=planned,
        beats_s=beats,
        bars_s=beats[::4],
        chords=(),
        lyric_lines=(line,),
        kicks_s=beats,
        source="benchmark",
    )
    return plan, path


def measure_film(
    plan: SongPlan, audio: Path, visual: VisualIdentity, size: tuple[int, int], preset: str, rounds: int = 1
) -> str:
    """One row: CPU seconds per second of film, its ratios, megabytes a minute, and what was measured on the file.

    Of several rounds the means: they alternate, so that a machine's fast and slow minutes fall on both sides of a ratio.
    """
    out, control = audio.with_name("film.mp4"), audio.with_name("control.mp4")

    def make(song: SongPlan, path: Path) -> VideoFacts:
        return film(
            song, audio, visual, path, width=size[0], height=size[1], seed=1, preset=preset, captions="always"
        )

    reel = Reel(*size, FPS, round(plan.duration_s * FPS), 0.0)
    raw = draw_raw(plan, audio, visual, reel)
    wholes: list[float] = []
    alones: list[float] = []
    for _ in range(rounds):
        started_s = spent_s()
        facts = make(plan, out)
        wholes.append((spent_s() - started_s) / facts.duration_s)
        alones.append(encode_raw(raw, reel, audio, preset))
    raw.unlink()
    whole, alone = np.mean(wholes), np.mean(alones)
    make(plan.model_copy(update=BEATLESS), control)
    fractal = encode_mandelbrot(audio, reel, preset, rounds)
    size_mb = facts.size_bytes / facts.duration_s * 60 / 1e6
    drift_ms = 1000 * abs(facts.duration_s - facts.audio_duration_s)
    return (
        f"{whole:5.2f} CPU s/s  {whole / alone:4.2f}/alone  {whole / fractal:4.2f}/mandelbrot  "
        f"{size_mb:5.1f} MB/min  beat {beat_share(out, plan):4.1f} ({beat_share(control, plan):.1f} without)  "
        f"flashes {facts.flashes_per_s:.0f}/s  drift {drift_ms:.0f} ms"
    )


def draw_raw(plan: SongPlan, audio: Path, visual: VisualIdentity, reel: Reel) -> Path:
    """A film's frames in a file, for an encoder that has nothing drawn beside it."""
    raw = audio.with_name("film.yuv")
    words = Words(plan, visual, reel, captions="always")
    projector = Projector(plan, listen(audio, 0.0, reel.frames, FPS), visual, reel, words, 1)
    with raw.open("wb") as file, one_thread():
        for frame in projector.frames():
            file.write(frame.buffer.data)
    return raw


def encode_mandelbrot(audio: Path, reel: Reel, preset: str, rounds: int) -> float:
    """CPU seconds that plain x264 takes for a second of ffmpeg's mandelbrot: preset and CRF alone, one thread, no sound."""
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"]
    raw, made = audio.with_name("mandelbrot.yuv"), audio.with_name("mandelbrot.mp4")
    source = f"-f lavfi -i mandelbrot=size={reel.width}x{reel.height}:rate={FPS} -frames:v {reel.frames}"
    pictures = f"-f rawvideo -pix_fmt yuv420p -s {reel.width}x{reel.height} -r {FPS} -i"
    x264 = f"-threads 1 -c:v libx264 -preset {preset} -crf {DRAWN.crf}"
    subprocess.run(
        [*ffmpeg, *source.split(), *["-pix_fmt", "yuv420p", "-f", "rawvideo"], str(raw)], check=True
    )
    spans: list[float] = []
    for _ in range(rounds):
        before_s = spent_s(resource.RUSAGE_CHILDREN)
        subprocess.run([*ffmpeg, *pictures.split(), str(raw), *x264.split(), str(made)], check=True)
        spans.append((spent_s(resource.RUSAGE_CHILDREN) - before_s) / reel.duration_s)
    raw.unlink()
    return float(np.mean(spans))


def encode_raw(raw: Path, reel: Reel, audio: Path, preset: str) -> float:
    """CPU seconds of ffmpeg for a second of raw frames."""
    before_s, frame_bytes = spent_s(resource.RUSAGE_CHILDREN), reel.width * reel.height * 3 // 2
    with raw.open("rb") as file, Encoder(reel, audio, audio.with_name("alone.mp4"), preset) as encoder:
        while frame := file.read(frame_bytes):
            encoder.write(memoryview(frame))
    return (spent_s(resource.RUSAGE_CHILDREN) - before_s) / reel.duration_s


def beat_share(path: Path, plan: SongPlan) -> float:
    """Change of the decoded picture into the frames of the plan's beats over that into those halfway between."""
    with av.open(str(path)) as container:
        lumas = [
            frame.reformat(
                width=frame.width // BLOCK_PX,
                height=frame.height // BLOCK_PX,
                format="gray",
                interpolation="AREA",
            ).to_ndarray()
            for frame in container.decode(video=0)
        ]
    change = np.abs(np.diff(np.stack(lumas).astype(np.int16), axis=0)).mean(axis=(1, 2))
    inside = [beat for beat in plan.beats_s if 0.35 * plan.duration_s < beat < 0.7 * plan.duration_s]
    half = int(30 / TEMPO_BPM * FPS)
    # Of two frames the one that changes more: in the other the light rests.
    on, between = (
        np.mean([change[round(beat * FPS) + later - 1 :][:2].max() for beat in inside]) for later in (0, half)
    )
    return float(on / between)


def measure_memory(folder: Path, size: tuple[int, int], preset: str) -> str:
    """Peak megabytes of a process that only films, and of its encoder."""
    code = (
        "import resource, sys; from pathlib import Path; from agents.painter import film; "
        "from benchmarks.visualizer import look, make_song; folder = Path(sys.argv[1]); "
        "plan, audio = make_song(folder, 5.0); width, height = map(int, sys.argv[2:4]); "
        "film(plan, audio, look(), folder / 'm.mp4', width=width, height=height, seed=1, preset=sys.argv[4]); "
        "print(*(resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))"
    )
    words = [sys.executable, "-c", code, str(folder), *map(str, size), preset]
    ours, encoder = map(int, subprocess.run(words, check=True, capture_output=True, text=True).stdout.split())
    return f"{ours + encoder} MB: {ours} of our own, {encoder} of the encoder"


def spent_s(who: int | None = None) -> float:
    """CPU seconds so far: of this process and of the programs it ran, or of either alone."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN) if who is None else (who,)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, whose))


def look() -> VisualIdentity:
    """Whose pictures are measured."""
    return choose_identity(3, "synthwave", ("nostalgic",), frozenset())


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU seconds of films and covers")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--preset", default="veryfast")
    options = parser.parse_args()
    visual = look()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # First: Linux counts what the parent holds into the peak of a process that it starts.
        for size in SIZES:
            print(
                f"memory    {size[0]}×{size[1]}  {measure_memory(folder, size, options.preset)}", flush=True
            )
        for preset in dict.fromkeys((options.preset, OWN_PRESET)):
            for size in SIZES:
                is_first = size == SIZES[0]
                plan, audio = make_song(
                    folder, 3 * options.seconds if is_first else options.seconds, SECTIONS
                )
                row = measure_film(plan, audio, visual, size, preset, ROUNDS if is_first else 1)
                print(f"{size[0]:4}×{size[1]:<4} {preset:12} {row}", flush=True)
        plan, audio = make_song(folder, options.seconds, SECTIONS)
        for style in MOTIONS:
            own = visual.model_copy(update={"motion_style": style})
            row = measure_film(plan, audio, own, SIZES[0], options.preset)
            print(f"1280×720  {style:12} {row}", flush=True)
        plan, audio = make_song(folder, options.seconds)
        for scene in SCENES:
            only = visual.model_copy(update={"scenes": (scene,)})
            row = measure_film(plan, audio, only, SIZES[0], options.preset)
            print(f"1280×720  {scene:12} {row}", flush=True)
        for composition in COMPOSITIONS:
            one, started_s = visual.model_copy(update={"compositions": (composition,)}), spent_s()
            files = paint_cover(one, "Nova Lux", "Glass Horizon", "dreamy", 1, folder)
            print(
                f"cover     {composition:12} {spent_s() - started_s:5.2f} CPU s  {files.size_bytes / 1e6:4.1f} MB  "
                f"contrast {files.title_contrast}",
                flush=True,
            )


if __name__ == "__main__":
    main()
