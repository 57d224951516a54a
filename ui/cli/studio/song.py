"""One song by an artist invented for it."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from agents import composer, creator, lyricist, planner, producer
from agents.llm.offline.writer import OfflineWriter
from agents.music.fingerprint import fingerprint
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
from ui.cli.session import interruptible, settings, shown_path
from ui.cli.studio.files import keep_image, keep_text, put_together, require_apart
from ui.cli.studio.spent import cpu_s, peak_rss_mb
from ui.cli.wishes import Density, Energy, Form, KeyName, Mood, Seconds, Seed, Tempo, Theme, Title
from ui.wishes import wish

LIST = "list"
"""The word given as a genre that lists them."""
PLAN, BRIEF, LYRICS, PICTURE = "plan.json", "brief.json", "lyrics.txt", "song.png"
"""The files that come with the recording."""
STEMS = "stems/*.flac"
REPLACED = (PLAN, BRIEF, LYRICS, PICTURE, "song.wav", "song.flac", "song.mp3", "song.mid", STEMS)
"""What a song of before leaves in a folder, and the next one in it replaces."""


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
    explicit: bool
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
    """Of this process, Python's start included, and the encoder it started."""
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
    with (
        interruptible("nothing of the song is kept"),
        put_together(out, optional=(PICTURE, STEMS)) as scratch,
    ):
        for old in [path for pattern in REPLACED for path in out.glob(pattern)]:
            require_apart(old, {"--lyrics": lyrics_file})
        persona, brief, lyrics = asyncio.run(_write(wanted, genre, chosen.song_seconds, lyrics_file))
        score, plan = composer.compose(brief, lyrics)
        with Meter() as meter:
            made = producer.produce(
                brief,
                score,
                plan,
                scratch,
                sample_rate_hz=chosen.sample_rate_hz,
                loudness_lufs=chosen.loudness_lufs,
                with_stems=stems,
                progress=meter.told,
            )
        plan = plan.model_copy(update={"fingerprint": fingerprint(made.wav)})
        keep_text(scratch / PLAN, plan.model_dump_json(indent=1))
        keep_text(scratch / BRIEF, brief.model_dump_json(indent=1))
        keep_text(scratch / LYRICS, _sheet(lyrics))
        if picture:
            _paint(plan, made.wav, persona, scratch / PICTURE)
    paths = {kind: str(out / path.name) for kind, path in made.files.items()}
    done = StudioSong(
        artist=brief.artist_name,
        title=brief.title,
        genre=brief.genre,
        seed=wanted.seed,
        tempo_bpm=brief.tempo_bpm,
        key=brief.key,
        mode=brief.mode,
        explicit=lyrics.explicit,
        duration_s=round(made.duration_s, 3),
        loudness_lufs=round(made.loudness_lufs, 2),
        true_peak_dbtp=round(made.true_peak_dbtp, 2),
        sample_rate_hz=made.sample_rate_hz,
        audio=StudioAudio(wav=paths["wav"], flac=paths["flac"], mp3=paths["mp3"]),
        **paths,
        plan=str(out / PLAN),
        brief=str(out / BRIEF),
        lyrics=str(out / LYRICS),
        stems={part: str(out / path.relative_to(scratch)) for part, path in made.stems.items()},
        picture=str(out / PICTURE) if picture else None,
        cpu_s=cpu_s(),
        peak_rss_mb=peak_rss_mb(),
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
        writer, seed=seed, genre=played, taken_names=frozenset(), taken_looks=frozenset()
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


def _paint(plan: SongPlan, wav: Path, persona: Persona, path: Path) -> None:
    import numpy as np
    import soundfile

    from agents.visuals.colour import find_palette
    from agents.visuals.soundprint import draw_soundprint

    samples, rate_hz = soundfile.read(wav, dtype="float32", always_2d=True)
    sound = np.asarray(samples.T, np.float32)
    keep_image(path, draw_soundprint(plan, sound, rate_hz, find_palette(persona.visual.palette)))


def _sheet(lyrics: Lyrics) -> str:
    """The words as people read them."""
    sections = ["\n".join((f"[{section.section}]", *section.lines)) for section in lyrics.sections]
    return "\n\n".join((lyrics.title, *sections)) + "\n"
