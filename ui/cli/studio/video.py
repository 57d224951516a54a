"""One video, of any recording."""

import re
from pathlib import Path
from typing import Annotated

import typer

from agents import painter
from agents.music.genre import find_genre
from agents.visuals.identity import choose_identity
from agents.visuals.visualizer.stage import Stage
from configs.knobs import Captions
from storage.errors import UsageError
from storage.types import Frozen, SongPlan
from ui.cli.options import Json
from ui.cli.output import Facts, show
from ui.cli.progress import Meter
from ui.cli.session import interruptible, shown_path
from ui.cli.studio.files import folder_made, read_json, require_apart
from ui.cli.studio.looks import drawn_seed, look_seed
from ui.cli.studio.spent import cpu_s
from ui.cli.wishes import Seed

UNNAMED = "Untitled"


class StudioVideo(Frozen):
    """A video as a file, and what was measured on it."""

    path: str
    width: int
    height: int
    fps: float
    duration_s: float
    audio_duration_s: float
    size_bytes: int
    flashes_per_s: float
    tempo_bpm: float
    plan: str
    """Who timed it: the plan's own source, or `measured`."""
    notes: tuple[str, ...]
    """What had to be left out or stood in for."""
    seed: int
    cpu_s: float
    """Of this process, Python's start included, and the encoder it started."""


def video(
    *,
    audio: Annotated[Path, typer.Option(dir_okay=False, help="The recording: WAV, FLAC or MP3.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The MP4 to write.")],
    plan: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Its plan.json; without it, beats and sections are measured."),
    ] = None,
    artist: Annotated[str | None, typer.Option(help="Who made it; without it, as the plan says.")] = None,
    title: Annotated[
        str | None, typer.Option(help="What it is called; without it, as the plan or the file says.")
    ] = None,
    genre: Annotated[
        str | None, typer.Option(help="A genre of configs/genres.yaml; it leans the look.")
    ] = None,
    lyrics: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Words to show, UTF-8: stanzas, or each under its name in brackets."
        ),
    ] = None,
    captions: Annotated[
        Captions | None,
        typer.Option(
            help="When words show: auto, where a voice sings at known times; without it, auto, or always with --lyrics."
        ),
    ] = None,
    size: Annotated[
        str, typer.Option(metavar="WxH", help="Pixels, such as 1280x720, 1920x1080 or 1080x1920.")
    ] = "1280x720",
    fps: Annotated[int, typer.Option(min=5, max=60, help="Pictures a second.")] = 30,
    start_s: Annotated[float, typer.Option("--start", min=0, help="From this second on.")] = 0.0,
    end_s: Annotated[float | None, typer.Option("--end", help="To this second.")] = None,
    seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Film a song that moves with its beat; the look follows the artist's name, the picture the seed."""
    if not audio.is_file():
        raise UsageError(f"--audio {audio} is no file")
    require_apart(out, {"--audio": audio, "--plan": plan, "--lyrics": lyrics})
    stage = _stage(size)
    if genre is not None:
        find_genre(genre)
    chosen = drawn_seed(seed)
    with interruptible("nothing of the film is kept"), folder_made(out.parent), Meter() as meter:
        if plan is not None:
            song = _named(read_json(plan, SongPlan), artist, title, genre)
        else:
            song = _measured(audio, artist, title, genre, meter)
        if lyrics is not None:
            song = _worded(song, lyrics)
        made = painter.film(
            song,
            audio,
            choose_identity(look_seed(song.artist_name), song.genre, (), frozenset()),
            out,
            width=stage.width,
            height=stage.height,
            fps=fps,
            seed=chosen,
            start_s=start_s,
            end_s=end_s,
            captions=captions or ("auto" if lyrics is None else "always"),
            progress=lambda share: meter.told("film", share),
        )
    done = StudioVideo(
        path=str(out),
        width=made.width,
        height=made.height,
        fps=made.fps,
        duration_s=round(made.duration_s, 3),
        audio_duration_s=round(made.audio_duration_s, 3),
        size_bytes=made.size_bytes,
        flashes_per_s=made.flashes_per_s,
        tempo_bpm=song.tempo_bpm,
        plan=song.source,
        notes=made.notes,
        seed=chosen,
        cpu_s=cpu_s(),
    )
    drawn = Facts(
        {
            "video": shown_path(out),
            "length": f"{made.duration_s:.1f} s, {made.size_bytes / 1e6:.1f} MB",
            "beat": f"{song.tempo_bpm:g} BPM, {'measured' if plan is None else 'as planned'}",
            "note": "; ".join(made.notes) or None,
            "again": f"--seed {chosen}",
        }
    )
    show(done, as_json=as_json, drawn=drawn)


def _named(song: SongPlan, artist: str | None, title: str | None, genre: str | None) -> SongPlan:
    """The plan under the given names."""
    told = {"title": title, "artist_name": artist, "genre": genre}
    return song.model_copy(update={name: word for name, word in told.items() if word is not None})


def _measured(
    audio: Path, artist: str | None, title: str | None, genre: str | None, meter: Meter
) -> SongPlan:
    """Beats and sections as they are heard."""
    from agents.music.measured import plan_recording

    if not artist:
        raise UsageError("who made it? give --artist, or the song's --plan")
    meter.told("listen", 0.0)
    name = title or " ".join(audio.stem.replace("_", " ").split()) or UNNAMED
    return plan_recording(audio, title=name, artist_name=artist, genre=genre or "synthwave")


def _worded(song: SongPlan, lyrics: Path) -> SongPlan:
    from agents.music.lyric_sheet import read_sheet, spread_words

    return spread_words(song, read_sheet(lyrics))


def _stage(text: str) -> Stage:
    match = re.fullmatch(r"(\d{2,4})[x×](\d{2,4})", text.strip().lower())
    if match is None:
        raise UsageError(f"--size {text[:20]!r} is no size; give width and height, such as 1280x720")
    return Stage(int(match[1]), int(match[2]))
