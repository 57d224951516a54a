"""One song by an artist invented for it."""

import asyncio
import resource
import sys
from pathlib import Path
from typing import Annotated

import typer

from agents import composer, creator, lyricist, planner, producer
from agents.llm.offline.writer import OfflineWriter
from agents.music.genre import find_genre
from agents.music.lyric_sheet import read_lyrics
from configs.genres import load_genres
from storage.clock import SystemClock, sub_seed
from storage.errors import UsageError
from storage.types import (
    Artist,
    ArtistId,
    Brief,
    Frozen,
    LifecycleState,
    Lyrics,
    Persona,
    SongPlan,
    SongRequest,
)
from ui.cli.options import Json
from ui.cli.output import Facts, show, show_rows
from ui.cli.progress import Meter
from ui.cli.session import settings, shown_path
from ui.cli.studio.files import folder_made, keep_image, keep_text
from ui.cli.wishes import Density, Energy, Form, KeyName, Mood, Seconds, Seed, Tempo, Theme, Title
from ui.wishes import wish

LIST = "list"
"""The word given as a genre that lists them."""


class GenreRow(Frozen):
    """A genre as it is listed."""

    name: str
    title: str
    tempo_bpm: tuple[float, float]
    modes: tuple[str, ...]


class StudioAudio(Frozen):
    """The recording in its three formats."""

    wav: str
    flac: str
    mp3: str


class StudioSong(Frozen):
    """A song as files, and what was measured on it."""

    artist: str
    title: str
    genre: str
    seed: int
    tempo_bpm: float
    key: str
    mode: str
    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    sample_rate_hz: int
    audio: StudioAudio
    wav: str
    flac: str
    mp3: str
    midi: str
    plan: str
    brief: str
    lyrics: str
    stems: dict[str, str]
    """Each part alone, where stems were asked for."""
    picture: str | None
    cpu_s: float
    """Of this process and the encoder it started."""
    peak_rss_mb: int
    """The largest memory of this process since it started."""


def song(
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", file_okay=False, help="Folder for the files; made if it is not there."),
    ] = None,
    genre: Annotated[
        str | None,
        typer.Option(
            help="A genre of configs/genres.yaml; without it, the seed picks; `list` shows what there is."
        ),
    ] = None,
    seed: Seed = None,
    seconds: Seconds = None,
    tempo_bpm: Tempo = None,
    key: KeyName = None,
    form: Form = None,
    density: Density = None,
    energy: Energy = None,
    mood: Mood = None,
    theme: Theme = None,
    title: Title = None,
    lyrics_file: Annotated[
        Path | None,
        typer.Option(
            "--lyrics",
            metavar="FILE",
            help="Words to time and show: stanzas in the form's order, or each under its name in brackets; UTF-8.",
        ),
    ] = None,
    stems: Annotated[bool, typer.Option("--stems", help="Each part alone, too, as FLAC in stems/.")] = False,
    picture: Annotated[
        bool,
        typer.Option("--picture", help="A waveform and spectrogram with the sections, too, as song.png."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Plan, write, compose and produce one song by an artist invented for it."""
    if genre == LIST:
        _list_genres(as_json=as_json)
        return
    if out is None:
        raise UsageError("no folder for the files: give --out DIR")
    if genre is not None:
        find_genre(genre)
    wanted = wish(
        seed=seed, seconds=seconds, theme=theme, title=title, tempo_bpm=tempo_bpm, key=key, mood=mood,
        form=form, density=density, energy=energy,
    )  # fmt: skip
    chosen = settings()
    with folder_made(out):
        started_s = _cpu_s()
        persona, brief, lyrics = asyncio.run(_write(wanted, genre, chosen.song_seconds, lyrics_file))
        score, plan = composer.compose(brief, lyrics)
        with Meter() as meter:
            made = producer.produce(
                brief,
                score,
                plan,
                out,
                sample_rate_hz=chosen.sample_rate_hz,
                loudness_lufs=chosen.loudness_lufs,
                with_stems=stems,
                progress=meter.told,
            )
        painted = _paint(plan, made.wav, persona, out / "song.png") if picture else None
        done = StudioSong(
            artist=brief.artist_name,
            title=brief.title,
            genre=brief.genre,
            seed=wanted.seed,
            tempo_bpm=brief.tempo_bpm,
            key=brief.key,
            mode=brief.mode,
            duration_s=round(made.duration_s, 3),
            loudness_lufs=round(made.loudness_lufs, 2),
            true_peak_dbtp=round(made.true_peak_dbtp, 2),
            sample_rate_hz=made.sample_rate_hz,
            audio=StudioAudio(wav=str(made.wav), flac=str(made.flac), mp3=str(made.mp3)),
            wav=str(made.wav),
            flac=str(made.flac),
            mp3=str(made.mp3),
            midi=str(made.midi),
            plan=keep_text(out / "plan.json", plan.model_dump_json(indent=1)),
            brief=keep_text(out / "brief.json", brief.model_dump_json(indent=1)),
            lyrics=keep_text(out / "lyrics.txt", _sheet(lyrics)),
            stems={part: str(path) for part, path in made.stems.items()},
            picture=painted,
            cpu_s=round(_cpu_s() - started_s, 2),
            peak_rss_mb=_peak_rss_mb(),
        )
    drawn = Facts(
        {
            "song": f"{done.title} by {done.artist}, {done.genre}",
            "sound": f"{done.tempo_bpm:g} BPM, {done.key} {done.mode}, {done.duration_s:.1f} s, "
            f"{done.loudness_lufs:.1f} LUFS, peaks at {done.true_peak_dbtp:.1f} dBTP",
            "listen": shown_path(done.mp3),
            "picture": shown_path(done.picture) if done.picture else None,
            "files": shown_path(out),
            "again": f"--seed {done.seed}",
        }
    )
    show(done, as_json=as_json, drawn=drawn)


async def _write(
    wanted: SongRequest, genre: str | None, default_seconds: float, lyrics_file: Path | None
) -> tuple[Persona, Brief, Lyrics]:
    writer = OfflineWriter()
    played = creator.chosen_genre(genre, wanted.seed)
    # Another artist in each genre: one seed must not mean one name and one leaning of the tempo.
    seed = sub_seed(wanted.seed, "studio", played)
    persona, genes, _ = await creator.create(
        writer, seed=seed, genre=played, taken_names=frozenset(), taken_palettes=frozenset()
    )
    artist = Artist(
        id=ArtistId("art_studio"),
        slug="studio",
        persona=persona,
        genes=genes,
        state=LifecycleState.CANDIDATE,
        version=1,
        created_at=SystemClock().now(),
    )
    brief, _ = await planner.plan(
        writer,
        artist=artist,
        request=wanted,
        memory=(),
        changes=(),
        variants=(),
        revision=0,
        default_seconds=default_seconds,
    )
    if lyrics_file:
        return persona, brief, read_lyrics(lyrics_file, brief)
    lyrics, _ = await lyricist.write(writer, brief=brief, persona=persona, memory=())
    return persona, brief, lyrics


def _list_genres(*, as_json: bool) -> None:
    rows = [
        GenreRow(name=name, title=genre.title, tempo_bpm=genre.tempo_bpm, modes=genre.modes)
        for name, genre in load_genres().items()
    ]
    columns = {
        "genre": lambda row: row.name,
        "title": lambda row: row.title,
        "BPM": lambda row: f"{row.tempo_bpm[0]:g}–{row.tempo_bpm[1]:g}",
        "modes": lambda row: ", ".join(row.modes),
    }
    show_rows("genres", rows, columns, as_json=as_json, empty="configs/genres.yaml has no genre.")


def _paint(plan: SongPlan, wav: Path, persona: Persona, path: Path) -> str:
    import numpy as np
    import soundfile

    from agents.visuals.colour import find_palette
    from agents.visuals.soundprint import draw_soundprint

    samples, rate_hz = soundfile.read(wav, dtype="float32", always_2d=True)
    return keep_image(
        path,
        draw_soundprint(
            plan, np.asarray(samples.T, np.float32), rate_hz, find_palette(persona.visual.palette)
        ),
    )


def _cpu_s() -> float:
    spent = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _peak_rss_mb() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))  # macOS counts bytes, Linux kilobytes


def _sheet(lyrics: Lyrics) -> str:
    """The words as people read them."""
    sections = ["\n".join((f"[{section.section}]", *section.lines)) for section in lyrics.sections]
    return "\n\n".join((lyrics.title, *sections)) + "\n"
