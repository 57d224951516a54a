"""Covers and videos."""

import re
import secrets
from pathlib import Path
from time import process_time
from typing import Annotated

import typer

from agents import painter
from agents.music.genre import find_genre
from agents.visuals.identity import choose_identity
from storage.clock import sub_seed
from storage.errors import UsageError
from storage.types import Frozen, SongPlan
from ui.cli.options import Json
from ui.cli.output import Facts, show
from ui.cli.progress import Meter
from ui.cli.session import shown_path
from ui.cli.studio.files import Out, make_folder, read_json
from ui.cli.wishes import Seed


class StudioCover(Frozen):
    cover: str
    thumbnail: str
    composition: str
    size_px: int
    title_contrast: float
    seed: int
    cpu_s: float


class StudioVideo(Frozen):
    path: str
    width: int
    height: int
    fps: float
    duration_s: float
    seed: int
    cpu_s: float


def cover(
    *,
    out: Out,
    title: Annotated[str, typer.Option(help="What the song is called.")],
    artist: Annotated[str, typer.Option(help="Who made it.")],
    genre: Annotated[
        str, typer.Option(help="A genre of configs/genres.yaml; it leans the look.")
    ] = "synthwave",
    mood: Annotated[str, typer.Option(help="How the song feels.")] = "dreamy",
    size_px: Annotated[int, typer.Option("--size", min=64, max=6000, help="Pixels of a side.")] = 3000,
    seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Paint a cover and its thumbnail; the look follows the artist's name, the picture the seed."""
    find_genre(genre)
    make_folder(out)
    started_s = process_time()
    chosen = _drawn_seed(seed)
    visual = choose_identity(_look_seed(artist), genre, (mood,), frozenset())
    made = painter.paint_cover(visual, artist, title, mood, chosen, out, size_px=size_px)
    done = StudioCover(
        cover=str(made.cover),
        thumbnail=str(made.thumbnail),
        composition=made.composition,
        size_px=made.size_px,
        title_contrast=round(made.title_contrast, 2),
        seed=chosen,
        cpu_s=round(process_time() - started_s, 2),
    )
    drawn = Facts(
        {"cover": shown_path(made.cover), "composition": made.composition, "again": f"--seed {chosen}"}
    )
    show(done, as_json=as_json, drawn=drawn)


def video(
    *,
    audio: Annotated[Path, typer.Option(dir_okay=False, help="The recording, such as song.wav.")],
    plan: Annotated[Path, typer.Option(dir_okay=False, help="Its plan.json.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The MP4 to write.")],
    size: Annotated[
        str, typer.Option(metavar="WxH", help="Pixels, such as 1280x720 or 720x1280.")
    ] = "1280x720",
    fps: Annotated[int, typer.Option(min=5, max=60, help="Pictures a second.")] = 30,
    start_s: Annotated[float, typer.Option("--start", min=0, help="From this second on.")] = 0.0,
    end_s: Annotated[float | None, typer.Option("--end", help="To this second.")] = None,
    seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Film a song that moves with its beat."""
    if not audio.is_file():
        raise UsageError(f"--audio {audio} is no file")
    width, height = _size(size)
    song_plan = read_json(plan, SongPlan)
    make_folder(out.parent)
    started_s = process_time()
    chosen = _drawn_seed(seed)
    visual = choose_identity(_look_seed(song_plan.artist_name), song_plan.genre, (), frozenset())
    with Meter() as meter:
        made = painter.film(
            song_plan,
            audio,
            visual,
            out,
            width=width,
            height=height,
            fps=fps,
            seed=chosen,
            start_s=start_s,
            end_s=end_s,
            progress=lambda share: meter.told("film", share),
        )
    done = StudioVideo(
        path=str(out),
        width=made.width,
        height=made.height,
        fps=made.fps,
        duration_s=round(made.duration_s, 3),
        seed=chosen,
        cpu_s=round(process_time() - started_s, 2),
    )
    drawn = Facts(
        {"video": shown_path(out), "length": f"{made.duration_s:.1f} s", "again": f"--seed {chosen}"}
    )
    show(done, as_json=as_json, drawn=drawn)


def _drawn_seed(seed: int | None) -> int:
    return secrets.randbelow(2**31) if seed is None else seed


def _look_seed(artist: str) -> int:
    return sub_seed(0, "look", artist)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2,4})[x×](\d{2,4})", text.strip().lower())
    if match is None:
        raise UsageError(f"--size {text[:20]!r} is no size; give width and height, such as 1280x720")
    return int(match[1]), int(match[2])
