"""`labelmate demo`: the whole loop once, in a home of its own."""

import secrets
import shutil
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.console import Group

from agents.music.genre import find_genre
from configs.settings import Settings
from runtime.label import Label, running_label
from runtime.studio import StudioConfig
from storage import queries
from storage.clock import sub_seed
from storage.errors import ConfigurationError, DiskFullError, LabelError
from storage.types import CycleId, CycleState, Outcome, SongRequest
from ui.cli.edge import Interrupted
from ui.cli.options import Json
from ui.cli.output import Facts, show
from ui.cli.progress import Progress, progress
from ui.cli.session import run_interruptibly, shown_path
from ui.cli.wishes import Seed
from ui.song_account import SongAccount, song_account
from ui.wishes import Formats
from ui.wording import usd

OUT = Path("out")


class DemoAccount(SongAccount):
    """What the demo made."""

    database: str
    seed: int
    wall_s: float


def demo(
    *,
    seed: Seed = None,
    seconds: Annotated[float, typer.Option(min=10, max=600, help="Length of the song.")] = 60,
    formats: Annotated[Formats, typer.Option(help="Which full videos to make.")] = Formats.WIDE,
    genre: Annotated[
        str | None, typer.Option(help="A genre of configs/genres.yaml; without it, the seed picks.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Folder for the demo's own home; without it, out/demo-N."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a new artist and one finished song, without key or network.

    It runs the real label, Ray included, in a fresh home of its own and never touches yours. Its policy
    approves what the critic passed; a song below the critic's threshold ends as rejected, without a release.
    """
    started_s = monotonic()
    if genre is not None:
        find_genre(genre)
    chosen = secrets.randbelow(1_000_000) if seed is None else seed
    wanted = SongRequest(
        seed=sub_seed(chosen, "song"),
        seconds=seconds,
        formats=formats.aspects(),
    )
    home = fresh_home(out)
    try:
        settings = demo_settings(home)
        account = run_interruptibly(_make(settings, chosen, genre, wanted))
    except KeyboardInterrupt:
        raise Interrupted(f"what was finished is kept in {shown_path(home)}; nothing runs any more") from None
    made = DemoAccount(
        **dict(account),
        database=str(home / "labelmate.db"),
        seed=chosen,
        wall_s=round(monotonic() - started_s, 1),
    )
    show(made, as_json=as_json, drawn=_drawn(made))


def fresh_home(out: Path | None) -> Path:
    """A new folder: the wanted one if nothing is in it, else the first free `demo-N` below it.

    Raises ConfigurationError when it cannot be made.
    """
    try:
        if out is not None and not (out.exists() and any(out.iterdir())):
            out.mkdir(parents=True, exist_ok=True)
            return out.resolve()
        parent = out or OUT
        parent.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            try:
                (parent / f"demo-{number}").mkdir()
            except FileExistsError:
                number += 1
            else:
                return (parent / f"demo-{number}").resolve()
    except OSError as error:
        where = out or OUT
        raise ConfigurationError(
            f"--out {where} cannot be written: {error.strerror}; choose another folder"
        ) from error


def demo_settings(home: Path) -> Settings:
    """This machine's settings for a home apart: no database, assets or cluster of the real label.

    Raises DiskFullError below the floor, before anything is started.
    """
    settings = Settings.load(home, **APART)
    free_mb = shutil.disk_usage(home).free // 1_000_000
    if free_mb < settings.disk_floor_mb:
        raise DiskFullError(
            f"{free_mb} MB are free at {shown_path(home)} and DISK_FLOOR_MB is {settings.disk_floor_mb}; "
            "free some space, or choose another --out"
        )
    return settings


APART: dict[str, str | int | float | None] = {"database_url": None, "assets_url": None, "ray_address": None}


async def _make(settings: Settings, seed: int, genre: str | None, wanted: SongRequest) -> SongAccount:
    with progress().shown() as told:
        told.say(f"seed {seed}: starting Ray, the store and the supervisor")
        async with running_label(settings, clock_seed=seed, demo_decides=True, overrides=APART) as label:
            told.say("creating an artist")
            artist = await label.create_artist(seed=seed, genre=genre, who="demo")
            told.say(f"{artist.persona.name}, {artist.persona.genre}: {artist.persona.tagline}")
            cycle = await label.request_song(artist.id, wanted, who="demo")
            told.artists[cycle.id] = artist.slug
            return await _followed(label, cycle.id, told)


async def _followed(label: Label, cycle_id: CycleId, told: Progress) -> SongAccount:
    await told.follow(label.follow([cycle_id]))
    overview = await label.store.read(queries.cycle_overview, cycle_id=cycle_id)
    cycle = overview.cycle
    if cycle.state is not CycleState.ENDED:
        raise LabelError(
            f"The song was set aside ({cycle.state}): {cycle.reason}; it is kept in {label.settings.home}"
        )
    if cycle.outcome not in (Outcome.APPROVED, Outcome.REJECTED):
        raise LabelError(
            f"The song ended as {cycle.outcome}: {cycle.reason}; its rows are in {label.settings.home}"
        )
    config = StudioConfig.of(label.settings)
    return song_account(overview, config.releases_dir, config.assets)


def _drawn(made: DemoAccount) -> Group:
    """The demo's end for people: who, what, and paths that can be opened."""
    critique, reflection = made.critique, made.reflection

    def shown(path: str | None) -> Path | None:
        return None if path is None else shown_path(path)

    return Group(
        "",
        Facts(
            {
                "artist": f"{made.artist.name}, {made.artist.genre}: {made.artist.persona.tagline}",
                "song": made.title,
                "outcome": f"{made.outcome} by {made.decided_by}: {made.reason}",
                "critic": critique
                and f"{critique.score:.2f} of {critique.threshold:.2f} needed. {critique.feedback}",
                "reflection": reflection and reflection.summary,
                "listen": shown(made.audio.mp3),
                "master": shown(made.audio.wav),
                "cover": shown(made.cover),
                **{f"video {video.width}×{video.height}": shown(video.path) for video in made.videos},
                "preview": shown(made.preview),
                "plan": shown(made.plan),
                "release": shown(made.release_dir),
                "rows": shown(made.database),
                "every step": f"LABELMATE_HOME={shown_path(Path(made.database).parent)} labelmate cycle show {made.cycle_id}",
                "again": f"labelmate demo --seed {made.seed}",
                "took": f"{made.wall_s:.0f} s, {sum(step.cpu_s for step in made.steps):.0f} s of computing, {usd(made.cost_usd)}",
            }
        ),
    )
