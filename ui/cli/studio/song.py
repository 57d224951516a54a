"""One song by an artist invented for it."""

import asyncio
from time import process_time
from typing import Annotated

import typer

from agents import composer, creator, lyricist, planner, producer
from agents.llm.offline.writer import OfflineWriter
from storage.artists import slugify
from storage.clock import SystemClock
from storage.types import Artist, ArtistId, Brief, Frozen, LifecycleState, Lyrics, SongRequest
from ui.cli.options import Json
from ui.cli.output import Facts, show
from ui.cli.progress import Meter
from ui.cli.session import settings, shown_path
from ui.cli.studio.files import Out, keep_text, make_folder
from ui.cli.wishes import KeyName, Mood, Seconds, Seed, Tempo, Theme, Title
from ui.wishes import wish


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
    wav: str
    flac: str
    mp3: str
    midi: str
    plan: str
    brief: str
    lyrics: str
    cpu_s: float


def song(
    *,
    out: Out,
    genre: Annotated[
        str | None, typer.Option(help="A genre of configs/genres.yaml; without it, the seed picks.")
    ] = None,
    seed: Seed = None,
    seconds: Seconds = None,
    tempo_bpm: Tempo = None,
    key: KeyName = None,
    mood: Mood = None,
    theme: Theme = None,
    title: Title = None,
    as_json: Json = False,
) -> None:
    """Plan, write, compose and produce one song by an artist invented for it."""
    wanted = wish(
        seed=seed, seconds=seconds, theme=theme, title=title, tempo_bpm=tempo_bpm, key=key, mood=mood
    )
    chosen = settings()
    make_folder(out)
    started_s = process_time()
    brief, lyrics = asyncio.run(_write(wanted, genre, chosen.song_seconds))
    score, plan = composer.compose(brief, lyrics)
    with Meter() as meter:
        made = producer.produce(
            brief,
            score,
            plan,
            out,
            sample_rate_hz=chosen.sample_rate_hz,
            loudness_lufs=chosen.loudness_lufs,
            progress=meter.told,
        )
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
        wav=str(made.wav),
        flac=str(made.flac),
        mp3=str(made.mp3),
        midi=str(made.midi),
        plan=keep_text(out / "plan.json", plan.model_dump_json(indent=1)),
        brief=keep_text(out / "brief.json", brief.model_dump_json(indent=1)),
        lyrics=keep_text(out / "lyrics.txt", _sheet(lyrics)),
        cpu_s=round(process_time() - started_s, 2),
    )
    drawn = Facts(
        {
            "song": f"{done.title} by {done.artist}, {done.genre}",
            "sound": f"{done.tempo_bpm:g} BPM, {done.key} {done.mode}, {done.duration_s:.1f} s, "
            f"{done.loudness_lufs:.1f} LUFS, peaks at {done.true_peak_dbtp:.1f} dBTP",
            "listen": shown_path(done.mp3),
            "files": shown_path(out),
            "again": f"--seed {done.seed}",
        }
    )
    show(done, as_json=as_json, drawn=drawn)


async def _write(wanted: SongRequest, genre: str | None, default_seconds: float) -> tuple[Brief, Lyrics]:
    writer = OfflineWriter()
    persona, genes, _ = await creator.create(
        writer, seed=wanted.seed, genre=genre, taken_names=frozenset(), taken_palettes=frozenset()
    )
    artist = Artist(
        id=ArtistId("art_studio"),
        slug=slugify(persona.name),
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
        arm=None,
        revision=0,
        default_seconds=default_seconds,
    )
    lyrics, _ = await lyricist.write(writer, brief=brief, persona=persona, memory=())
    return brief, lyrics


def _sheet(lyrics: Lyrics) -> str:
    """The words as people read them."""
    sections = ["\n".join((f"[{section.section}]", *section.lines)) for section in lyrics.sections]
    return "\n\n".join((lyrics.title, *sections)) + "\n"
