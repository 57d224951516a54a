"""Draw docs/gallery from the engines themselves: covers, frames of videos, and the sound of one song as a picture.

`make gallery`. No Ray and no network; the same seeds give the same pictures on the same machine.
"""

import asyncio
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av
import soundfile
from PIL import Image

from agents import composer, creator, lyricist, painter, planner, producer
from agents.llm.offline.writer import OfflineWriter
from agents.visuals.colour import find_palette
from agents.visuals.soundprint import draw_soundprint
from configs.genres import load_genres
from storage.clock import SystemClock
from storage.types import Artist, ArtistId, Brief, LifecycleState, Persona, Score, SongPlan, SongRequest

FOLDER = Path("docs/gallery")
LARGEST_BYTES = 300_000
COVERS, COVER_PX, COLUMNS, FIRST_COVER_SEED = 12, 320, 4, 21
FILMS = ((3, "synthwave"), (8, "folk"), (5, "techno"))
FILM_SECONDS, FILM_RATE_HZ, FRAME_SIZE = 32.0, 22_050, (480, 270)
SONG = (3, "synthwave")


@dataclass(frozen=True)
class Song:
    """A song before it is heard, and who makes it."""

    persona: Persona
    brief: Brief
    score: Score
    plan: SongPlan


async def write(seed: int, genre: str, seconds: float, taken: frozenset[str] = frozenset()) -> Song:
    """An artist invented from the seed, and its first song."""
    writer = OfflineWriter()
    persona, genes, _ = await creator.create(
        writer, seed=seed, genre=genre, taken_names=frozenset(), taken_palettes=taken
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
        request=SongRequest(seed=seed),
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
        taken.add(visual.palette)
        made = painter.paint_cover(
            visual, song.persona.name, song.brief.title, song.brief.mood, song.brief.seed, folder
        )
        with Image.open(made.cover) as cover:
            small = cover.resize((COVER_PX, COVER_PX), Image.Resampling.LANCZOS)
        sheet.paste(small, (place % COLUMNS * COVER_PX, place // COLUMNS * COVER_PX))
    return sheet


def draw_films(folder: Path) -> Image.Image:
    """A row of frames for each of three artists: title, verse, chorus, end."""
    wide, tall = FRAME_SIZE
    sheet = Image.new("RGB", (COLUMNS * wide, len(FILMS) * tall))
    for row, (seed, genre) in enumerate(FILMS):
        song = asyncio.run(write(seed, genre, FILM_SECONDS))
        made = producer.produce(song.brief, song.score, song.plan, folder, sample_rate_hz=FILM_RATE_HZ)
        painter.film(
            song.plan,
            made.wav,
            song.persona.visual,
            folder / "film.mp4",
            width=2 * wide,
            height=2 * tall,
            seed=seed,
        )
        for column, at_s in enumerate(moments(song.plan)):
            frame = frame_at(folder / "film.mp4", at_s).resize(FRAME_SIZE, Image.Resampling.LANCZOS)
            sheet.paste(frame, (column * wide, row * tall))
    return sheet


def moments(plan: SongPlan) -> list[float]:
    """When the title stands, a verse and a chorus are under way, and the end card shows."""
    verse = next((s for s in plan.sections if s.name == "verse"), plan.sections[0])
    peak = max(plan.sections, key=lambda section: section.energy)
    inside = [section.start_s + 0.7 * (section.end_s - section.start_s) for section in (verse, peak)]
    return [1.5, *inside, plan.duration_s - 1.5]


def frame_at(film: Path, at_s: float) -> Image.Image:
    """The first frame at or after a moment."""
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= at_s:
                return frame.to_image()
    raise ValueError(f"{film} ends before {at_s:.1f} s")


def draw_song(folder: Path) -> Image.Image:
    """One song: its sections, its waveform and its spectrogram, in its artist's colours."""
    song = asyncio.run(write(*SONG, 60.0))
    made = producer.produce(song.brief, song.score, song.plan, folder)
    samples, rate_hz = soundfile.read(made.wav, dtype="float32")
    image = draw_soundprint(song.plan, samples.T, rate_hz, find_palette(song.persona.visual.palette))
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


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in (("covers.jpg", draw_covers), ("song.png", draw_song), ("videos.jpg", draw_films)):
        with tempfile.TemporaryDirectory(prefix="labelmate-gallery-") as folder:
            keep(draw(Path(folder)), name)


if __name__ == "__main__":
    main()
