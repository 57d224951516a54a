"""Backups of a SQLite label, taken while it runs; PostgreSQL has its own tools."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from storage import migrations
from storage.errors import ConfigurationError, HomeTooNewError, NotFoundError, StorageError, UsageError
from storage.lock import FileLock


def backup(engine_url: str, to: Path) -> None:
    """Write a consistent copy of the database to `to`, whole or not at all.

    The copy is one read snapshot: WAL lets the label go on writing meanwhile. Media are files by
    content: copy the assets folder after this.
    """
    url = make_url(engine_url)
    if url.get_backend_name() != "sqlite":
        raise ConfigurationError(
            f"labelmate backs up SQLite; for this one run: pg_dump --format=custom --file={to} …"
        )
    if to.exists():
        raise UsageError(f"{to} is there already; name a new file")
    source = Path(url.database or "")
    if not source.is_file():
        raise NotFoundError(f"There is no database at {source}")
    part = to.with_name(f"{to.name}.part")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
            live.backup(copy)
            # The copy is one file, whatever mode the label runs in.
            copy.execute("PRAGMA journal_mode=DELETE")
        _fsync(part)
        part.replace(to)
        _fsync(to.parent)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"The backup to {to} failed: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def check_backup(path: Path) -> str:
    """The revision of a backup that is sound and that this build can open.

    Raises StorageError for a damaged file, HomeTooNewError for a newer schema.
    """
    if not path.is_file():
        raise NotFoundError(f"There is no backup at {path}")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchone()
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    except (sqlite3.Error, TypeError) as error:
        raise StorageError(f"{path} is no sound labelmate backup: {error}") from error
    if verdict != "ok" or orphans is not None:
        raise StorageError(f"{path} is damaged: {verdict if verdict != 'ok' else 'rows refer to nothing'}")
    known = migrations.revisions()
    if revision not in known:
        raise HomeTooNewError(
            f"{path} has schema {revision} and this labelmate knows up to {known[0]}; install a newer one"
        )
    return str(revision)


def restore(path: Path, database: Path) -> None:
    """Put a checked backup in the database's place; what was there is kept as `….before-restore`.

    Raises HomeLockedError while the label runs.
    """
    check_backup(path)
    lock = FileLock(database)
    try:
        part = database.with_name(f"{database.name}.part")
        part.write_bytes(path.read_bytes())
        _fsync(part)
        if database.is_file():
            kept = database.with_name(f"{database.name}.before-restore")
            kept.unlink(missing_ok=True)
            backup(f"sqlite:///{database}", kept)
        # A write-ahead log that belongs to the old file must never be applied to the new one.
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        part.replace(database)
        _fsync(database.parent)
    finally:
        lock.free()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
