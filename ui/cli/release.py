"""`labelmate release …`: finished releases on disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from agents.packager import verify
from runtime.label import Label
from runtime.studio import StudioConfig
from storage import releases
from storage.errors import NotFoundError, UsageError
from storage.releases import ReleaseRow
from storage.types import Frozen
from ui.cli.options import Json, Limit, Who, at_desk
from ui.cli.output import Facts, show, show_rows
from ui.cli.session import find_artist, shown_path, with_label
from ui.typed import check_places, read_day, read_places
from ui.wording import moment

app = typer.Typer(no_args_is_help=True, help="Finished releases: list, show, published, withdrawn.")


class ReleaseView(Frozen):
    """A release with its files and whether they are whole."""

    release: ReleaseRow
    path: str
    files: tuple[str, ...]
    """Relative to the folder."""
    problems: tuple[str, ...]
    """What is missing or changed since it was built; nothing is good."""


@app.command("list")
def list_releases(
    *,
    artist: Annotated[str | None, typer.Option("--artist", help="Of this artist only.")] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Show releases, the newest first."""

    async def read(label: Label) -> list[ReleaseRow]:
        artist_id = (await find_artist(label, artist)).id if artist else None
        return await label.store.read(releases.list_releases, artist_id=artist_id, limit=limit)

    show_rows(
        "releases",
        with_label(read),
        {
            "release": lambda row: row.id,
            "artist": lambda row: row.artist_slug,
            "title": lambda row: row.title,
            "state": lambda row: row.state,
            "date": lambda row: row.release_date,
            "folder": lambda row: row.directory,
        },
        as_json=as_json,
        empty="There is no release yet.",
    )


@app.command("show")
def show_release(
    ref: Annotated[str, typer.Argument(metavar="RELEASE", help="Id of a release, or of its cycle.")],
    *,
    as_json: Json = False,
) -> None:
    """Show one release, check its files, and say where they are."""

    async def read(label: Label) -> tuple[ReleaseRow, Path]:
        row = await _find(label, ref)
        return row, StudioConfig.of(label.settings).releases_dir / row.directory

    row, folder = with_label(read)
    if not folder.is_dir():
        raise NotFoundError(f"{row.title} was released to {folder}, which is no longer there")
    files = tuple(sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()))
    view = ReleaseView(release=row, path=str(folder), files=files, problems=verify(folder))
    drawn = Facts(
        {
            "release": f"{row.title} by {row.artist_name} ({row.id})",
            "state": row.state,
            "waits for you": row.waits_for,
            "published at": "\n".join(f"{target}: {url}" for target, url in row.urls.items()) or None,
            "built": moment(row.created_at),
            "published": moment(row.published_at) if row.published_at else None,
            "date": row.release_date,
            "folder": shown_path(folder),
            "check": "; ".join(view.problems) or "complete and unchanged",
            "files": "\n".join(file for file in files if file.startswith("data/")),
        }
    )
    show(view, as_json=as_json, drawn=drawn)


@app.command()
def published(
    ref: Annotated[str, typer.Argument(metavar="RELEASE", help="Id of a release, or of its cycle.")],
    *,
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="TARGET=URL", help="Where it can be heard; repeat for more."),
    ] = None,
    not_at: Annotated[
        list[str] | None,
        typer.Option("--not-at", metavar="TARGET", help="Where it cannot, after all; repeat for more."),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on", metavar="YYYY-MM-DD", help="The day it came out, in UTC, if that was not today."
        ),
    ] = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Record that you have put a release out; an artist's first waits for `artist searched`."""
    urls, day = _places(at or (), not_at or ()), read_day(on)

    async def record(label: Label) -> ReleaseRow:
        return await at_desk(label, who).releases.mark_published(await _find(label, ref), urls, on=day)

    row = with_label(record)
    since = f" since {row.published_at:%Y-%m-%d}" if row.published_at else ""
    show(row, as_json=as_json, drawn=f"{row.title} by {row.artist_name} is {row.state}{since}")


@app.command()
def withdrawn(
    ref: Annotated[str, typer.Argument(metavar="RELEASE", help="Id of a release, or of its cycle.")],
    *,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Record that you have taken a release back, for good; its listeners are no longer asked for or compared."""

    async def record(label: Label) -> ReleaseRow:
        return await at_desk(label, who).releases.withdraw(await _find(label, ref))

    row = with_label(record)
    show(row, as_json=as_json, drawn=f"{row.title} by {row.artist_name} is {row.state}")


def _places(at: Sequence[str], not_at: Sequence[str]) -> dict[str, str]:
    """What is added and what is taken away; an empty address here is a variable that nobody set. Raises UsageError."""
    added = read_places(at)
    if empty := [target for target, url in added.items() if not url]:
        raise UsageError(f"--at {empty[0]}= names no address; --not-at {empty[0]} takes one away")
    return check_places([*added.items(), *((target, "") for target in not_at)])


async def _find(label: Label, ref: str) -> ReleaseRow:
    row = await label.store.read(releases.release_of_cycle, cycle_id=ref)
    return row or await label.store.read(releases.release_by_id, release_id=ref)
