"""`labelmate release …`: finished releases on disk."""

from pathlib import Path
from typing import Annotated

import typer

from agents.packager import verify
from runtime.label import Label
from runtime.studio import StudioConfig
from storage import releases
from storage.errors import NotFoundError
from storage.releases import ReleaseRow
from storage.types import Frozen
from ui.cli.options import Json, Limit
from ui.cli.output import Facts, show, show_rows
from ui.cli.session import find_artist, shown_path, with_label
from ui.wording import moment

app = typer.Typer(no_args_is_help=True, help="Finished releases: list, show.")


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
        row = await label.store.read(releases.release_of_cycle, cycle_id=ref)
        row = row or await label.store.read(releases.release_by_id, release_id=ref)
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
            "built": moment(row.created_at),
            "date": row.release_date,
            "folder": shown_path(folder),
            "check": "; ".join(view.problems) or "complete and unchanged",
            "files": "\n".join(file for file in files if file.startswith("data/")),
        }
    )
    show(view, as_json=as_json, drawn=drawn)
