"""Draw docs/gallery from the engines themselves: covers, looks, frames of videos, and the sound of one song as a picture.

`make gallery`. No Ray and no network; the same seeds give the same pictures on the same machine.
"""

import asyncio
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import soundfile
from PIL import Image

from agents import composer, creator, lyricist, painter, planner, producer
from agents.llm.offline.writer import OfflineWriter
from agents.visuals import portrait
from agents.visuals.colour import find_palette, srgb
from agents.visuals.footage.rhythm import cuts
from agents.visuals.soundprint import draw_soundprint
from agents.visuals.titles import END_CARD_S, TITLE_CARD_S
from configs.genres import load_genres
from storage.clock import SystemClock
from storage.types import (
    Artist,
    ArtistId,
    Asset,
    Brief,
    FootageClip,
    LifecycleState,
    Persona,
    Score,
    SongPlan,
    SongRequest,
)

FOLDER = Path("docs/gallery")
LARGEST_BYTES = 400_000
COVERS, COVER_PX, COLUMNS, FIRST_COVER_SEED = 12, 320, 4, 21
ARTISTS = ((3, "synthwave"), (10, "folk"), (5, "techno"))
"""Seed and genre of each; no two share a palette."""
SONGS, FIRST_SONG_SEED = 2, 60
FILM_SECONDS, FILM_RATE_HZ, FILM_FPS = 40.0, 22_050, 10
WIDE, UPRIGHT, GAP = (480, 270), (270, 480), 6
ROW_PX = 200
"""How tall a frame of a contact sheet is."""
LOOKS, LOOK_PX = 4, 300
SONG = (3, "synthwave")
FOOTAGE_FRAMES, FOOTAGE_PX = 7, 200
CLIPS = (
    "gradients=size=640x640:rate=30:nb_colors=4:c0=0x0d1b2a:c1=0xe07a5f:c2=0x3d405b:c3=0xf2cc8f:speed=0.03:seed=5:type=radial",
    "gradients=size=640x640:rate=30:nb_colors=4:c0=0x14213d:c1=0x5e8b9e:c2=0xf4f1de:c3=0x264653:speed=0.02:seed=9:type=spiral",
)
"""Sources of ffmpeg, in place of a library's clips."""


@dataclass(frozen=True)
class Song:
    """A song before it is heard, and who makes it."""

    persona: Persona
    brief: Brief
    score: Score
    plan: SongPlan


async def write(
    seed: int,
    genre: str,
    seconds: float,
    taken: frozenset[str] = frozenset(),
    *,
    song_seed: int | None = None,
) -> Song:
    """An artist invented from the seed, and a song of its."""
    writer = OfflineWriter()
    persona, genes, _ = await creator.create(
        writer, seed=seed, genre=genre, taken_names=frozenset(), taken_looks=taken
    )
    artist = Artist(
        id=ArtistId("art_gallery"),
        slug="gallery",
        persona=persona,
        genes=genes,
        state=LifecycleState.CANDIDATE,
        version=1,
        created_at=SystemClock().now(),
    )
    brief, _ = await planner.plan(
        writer,
        artist=artist,
        request=SongRequest(seed=seed if song_seed is None else song_seed),
        memory=(),
        changes=(),
        variants=(),
        revision=0,
        default_seconds=seconds,
    )
    lyrics, _ = await lyricist.write(writer, brief=brief, persona=persona, memory=())
    return Song(persona, brief, *composer.compose(brief, lyrics))


def draw_covers(folder: Path) -> Image.Image:
    """A sheet of covers, one artist of another genre each; no two share a palette."""
    sheet = Image.new("RGB", (COLUMNS * COVER_PX, COVERS // COLUMNS * COVER_PX))
    taken: set[str] = set()
    for place, genre in enumerate(list(load_genres())[:COVERS]):
        song = asyncio.run(write(FIRST_COVER_SEED + place, genre, 60.0, frozenset(taken)))
        visual = song.persona.visual
        taken |= {visual.palette, visual.emblem}
        made = painter.paint_cover(
            visual, song.persona.name, song.brief.title, song.brief.mood, song.brief.seed, folder
        )
        with Image.open(made.cover) as cover:
            small = cover.resize((COVER_PX, COVER_PX), Image.Resampling.LANCZOS)
        sheet.paste(small, (place % COLUMNS * COVER_PX, place // COLUMNS * COVER_PX))
    return sheet


def roster() -> Iterator[tuple[int, str, frozenset[str]]]:
    """Seed and genre of the artists, with the palettes of those before."""
    taken: frozenset[str] = frozenset()
    for seed, genre in ARTISTS:
        yield seed, genre, taken
        look = asyncio.run(write(seed, genre, FILM_SECONDS, taken)).persona.visual
        taken |= {look.palette, look.emblem}


def draw_looks(folder: Path) -> Image.Image:
    """A row for each of three artists: the avatar, and covers of four songs; the logo below."""
    tall = LOOK_PX + LOOK_PX // 4
    sheet = Image.new("RGB", ((1 + LOOKS) * LOOK_PX, len(ARTISTS) * tall), "white")
    for row, (seed, genre, taken) in enumerate(roster()):
        songs = [
            asyncio.run(write(seed, genre, FILM_SECONDS, taken, song_seed=FIRST_SONG_SEED + number))
            for number in range(LOOKS)
        ]
        persona = songs[0].persona
        portrait.draw_avatar(persona.visual, persona.signature_seed, folder / "avatar.png")
        portrait.draw_logo(persona.visual, persona.name, folder / "logo.png")
        pictures = [folder / "avatar.png"]
        for number, song in enumerate(songs):
            made = painter.paint_cover(
                persona.visual, persona.name, song.brief.title, song.brief.mood, song.brief.seed,
                folder / str(number), size_px=3 * LOOK_PX,
            )  # fmt: skip
            pictures.append(made.cover)
        for column, path in enumerate(pictures):
            with Image.open(path) as picture:
                small = picture.resize((LOOK_PX, LOOK_PX), Image.Resampling.LANCZOS)
            sheet.paste(small, (column * LOOK_PX, row * tall))
        with Image.open(folder / "logo.png") as logo:
            logo.thumbnail((sheet.width, LOOK_PX // 4))
            band = (0, row * tall + LOOK_PX, sheet.width, (row + 1) * tall)
            sheet.paste(srgb(find_palette(persona.visual.palette).ground), band)
            sheet.paste(logo, band[:2])
    return sheet


def draw_films(folder: Path) -> Image.Image:
    """Two rows for each of three artists, a song each: title, verse, chorus and end, wide and upright."""
    wide = round(ROW_PX * WIDE[0] / WIDE[1])
    narrow = round(ROW_PX * UPRIGHT[0] / UPRIGHT[1])
    step = ROW_PX + GAP
    sheet = Image.new("RGB", (4 * (wide + narrow + 2 * GAP), len(ARTISTS) * SONGS * step), "white")
    row = 0
    for seed, genre, taken in roster():
        for number in range(SONGS):
            song = asyncio.run(write(seed, genre, FILM_SECONDS, taken, song_seed=FIRST_SONG_SEED + number))
            made = producer.produce(song.brief, song.score, song.plan, folder, sample_rate_hz=FILM_RATE_HZ)
            left = 0
            for (width, height), shown in ((WIDE, wide), (UPRIGHT, narrow)):
                film = folder / f"{width}.mp4"
                painter.film(
                    song.plan, made.wav, song.persona.visual, film, width=width, height=height, fps=FILM_FPS,
                    seed=song.brief.seed, captions="always" if number == 0 else "auto",
                )  # fmt: skip
                for at_s in moments(song.plan):
                    frame = frame_at(film, at_s).resize((shown, ROW_PX), Image.Resampling.LANCZOS)
                    sheet.paste(frame, (left, row * step))
                    left += shown + GAP
            row += 1
    return sheet


def moments(plan: SongPlan) -> list[float]:
    """When the title stands, the song is under way and at its height, and the end card shows."""
    peak = max(plan.sections, key=lambda section: section.energy)
    height_s = peak.start_s + 0.6 * (peak.end_s - peak.start_s)
    # Where the song ends at its height, the end card would be seen twice.
    height_s = max(TITLE_CARD_S + 3.0, min(height_s, plan.duration_s - END_CARD_S - 1.5))
    return [1.5, TITLE_CARD_S + 1.0, height_s, plan.duration_s - 1.5]


def frame_at(film: Path, at_s: float) -> Image.Image:
    """The first frame at or after a moment."""
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= at_s:
                return frame.to_image()
    raise ValueError(f"{film} ends before {at_s:.1f} s")


def draw_footage(folder: Path) -> Image.Image:
    """A film of two clips that are too few: footage and drawn shots by turns; the clips are generated, nobody is asked."""
    song = asyncio.run(write(*SONG, FILM_SECONDS, song_seed=FIRST_SONG_SEED + 1))
    made = producer.produce(song.brief, song.score, song.plan, folder, sample_rate_hz=FILM_RATE_HZ)
    clips = [generated(folder, number, source) for number, source in enumerate(CLIPS)]
    starts_s, at = [1.5], 0
    for cut in cuts(song.plan, 0.0, song.plan.duration_s, FILM_FPS):
        starts_s.append((at + cut.frames / 2) / FILM_FPS)
        at += cut.frames
    middle = [each for each in starts_s[1:] if TITLE_CARD_S < each < song.plan.duration_s - END_CARD_S]
    shown_s = [1.5, *middle[: FOOTAGE_FRAMES - 2], song.plan.duration_s - 1.5]
    rows: list[list[Image.Image]] = []
    for width, height in (WIDE, UPRIGHT):
        film = folder / f"footage-{width}.mp4"
        painter.film_song(
            song.plan, made.wav, song.persona.visual, film, clips=clips, width=width, height=height, fps=FILM_FPS,
            seed=song.brief.seed, start_s=0.0, end_s=None, preset="veryfast", captions="always",
        )  # fmt: skip
        size = (FOOTAGE_PX, round(FOOTAGE_PX * height / width))
        rows.append([frame_at(film, at_s).resize(size, Image.Resampling.LANCZOS) for at_s in shown_s])
    tall = [row[0].height for row in rows]
    sheet = Image.new("RGB", (len(shown_s) * (FOOTAGE_PX + GAP) - GAP, sum(tall) + GAP), "white")
    for row, top in zip(rows, (0, tall[0] + GAP), strict=True):
        for column, frame in enumerate(row):
            sheet.paste(frame, (column * (FOOTAGE_PX + GAP), top))
    return sheet


def generated(folder: Path, number: int, source: str) -> tuple[FootageClip, Path]:
    """Nine seconds of a picture that ffmpeg computes, as a library would lend it."""
    path = folder / f"clip-{number}.mp4"
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "lavfi", "-i", source, "-t", "9",
         "-pix_fmt", "yuv420p", "-preset", "veryfast", str(path)],
        check=True,
    )  # fmt: skip
    asset = Asset(
        sha256=sha256(path.read_bytes()).hexdigest(), kind="footage", media_type="video/mp4",
        size_bytes=path.stat().st_size, tool="ffmpeg", provider="generated",
        facts={"author": source.partition("=")[0], "duration_s": 9.0},
    )  # fmt: skip
    return FootageClip(asset=asset, is_lively=number % 2 == 0), path


def draw_song(folder: Path) -> Image.Image:
    """One song: its sections, its waveform and its spectrogram, in its artist's colours."""
    song = asyncio.run(write(*SONG, 60.0))
    made = producer.produce(song.brief, song.score, song.plan, folder)
    samples, rate_hz = soundfile.read(made.wav, dtype="float32")
    image = draw_soundprint(
        song.plan, samples.T.astype(np.float32), rate_hz, find_palette(song.persona.visual.palette)
    )
    return image.quantize(64, dither=Image.Dither.NONE)


def keep(image: Image.Image, name: str) -> None:
    """Write a picture, a JPEG at the best quality that stays small."""
    path = FOLDER / name
    content = b""
    for quality in (88, 82, 76, 70, 60):
        sheet = io.BytesIO()
        if path.suffix == ".jpg":
            image.save(sheet, "JPEG", quality=quality, optimize=True)
        else:
            image.save(sheet, "PNG", optimize=True)
        content = sheet.getvalue()
        if len(content) <= LARGEST_BYTES:
            break
    path.write_bytes(content)
    print(f"{path}: {image.width}×{image.height}, {len(content) // 1000} kB")


DRAWN = {
    "covers.jpg": draw_covers,
    "looks.jpg": draw_looks,
    "song.png": draw_song,
    "videos.jpg": draw_films,
    "footage.jpg": draw_footage,
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or DRAWN:
        with tempfile.TemporaryDirectory(prefix="labelmate-gallery-") as folder:
            keep(DRAWN[name](Path(folder)), name)


if __name__ == "__main__":
    main()
