"""`labelmate db …`: the database's schema and its backups."""

from pathlib import Path
from typing import Annotated

import typer

from storage import backup as backups
from storage import migrations
from storage.database import sqlite_url
from storage.errors import ConfigurationError
from storage.home import open_home
from storage.types import Frozen
from ui.cli.options import Json
from ui.cli.output import show
from ui.cli.session import settings, shown_path

app = typer.Typer(no_args_is_help=True, help="The database: upgrade, backup, restore.")


class Upgraded(Frozen):
    home: str
    revision: str


class Backup(Frozen):
    path: str
    revision: str
    size_bytes: int


@app.command()
def upgrade(*, as_json: Json = False) -> None:
    """Bring the schema up to date; an older SQLite database is copied first."""
    chosen = settings()
    home = open_home(chosen.home, database_url=chosen.database_url)
    try:
        revision = migrations.revision_of(home.engine) or ""
    finally:
        home.close()
    told = f"The schema of {shown_path(chosen.home)} is {revision}, the newest this labelmate knows."
    show(Upgraded(home=str(chosen.home), revision=revision), as_json=as_json, drawn=told)


@app.command()
def backup(
    to: Annotated[Path, typer.Argument(help="A new file.", dir_okay=False)], *, as_json: Json = False
) -> None:
    """Copy the database to a new file, whole or not at all; the label may run meanwhile."""
    chosen = settings()
    backups.backup(chosen.database_url or sqlite_url(chosen.home / "labelmate.db"), to)
    kept = Backup(path=str(to), revision=backups.check_backup(to), size_bytes=to.stat().st_size)
    told = f"{shown_path(to)} holds the rows; the media are files, so copy {shown_path(chosen.home / 'assets')} too."
    show(kept, as_json=as_json, drawn=told)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A backup.", dir_okay=False)],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Put a backup in the database's place; what was there is kept beside it."""
    chosen = settings()
    if chosen.database_url is not None:
        raise ConfigurationError("labelmate restores SQLite homes; for this database use its own tools")
    revision = backups.check_backup(source)
    if not yes:
        typer.confirm(f"Replace the rows of {chosen.home} by those of {source}?", abort=True, err=True)
    chosen.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = chosen.home / "labelmate.db"
    backups.restore(source, database)
    kept = Backup(path=str(database), revision=revision, size_bytes=database.stat().st_size)
    told = f"{shown_path(database)} is restored; what was there is {database.name}.before-restore, if there was anything."
    show(kept, as_json=as_json, drawn=told)
