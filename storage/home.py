"""The home: one folder that holds a label. Opening it makes it, locks it and brings its schema up to date."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from sqlalchemy import Engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from storage import migrations, tables
from storage.backup import backup
from storage.clock import Clock, SeededClock, SystemClock
from storage.database import open_engine, sqlite_url
from storage.errors import ConfigurationError, HomeTooNewError
from storage.label import Label, ensure_label
from storage.lock import FileLock
from storage.store import Tx

DATABASE_FILE = "labelmate.db"
"""The SQLite database, in the home."""


@dataclass
class Home:
    """An open home. Its engine is handed to the one `Store`, which closes it."""

    path: Path
    engine: Engine
    label: Label
    _lock: FileLock | None

    @property
    def assets(self) -> Path:
        return self.path / "assets"

    @property
    def releases(self) -> Path:
        return self.path / "releases"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def env_file(self) -> Path:
        """Settings and keys of this home; mode 0600."""
        return self.path / ".env"

    def resume(self, clock: Clock) -> Clock:
        """The clock for a store on this home: a seeded one goes on after what was recorded before."""
        if not isinstance(clock, SeededClock):
            return clock
        E = tables.events  # noqa: N806 - a table's short name, as in the other modules
        with self.engine.begin() as connection:
            seq, at = connection.execute(select(func.max(E.c.seq), func.max(E.c.at))).one()
        return clock if seq is None or at is None else clock.resumed(after=at, drawn=seq)

    def close(self) -> None:
        """Leave the home to others."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.free()


def open_home(path: Path, *, database_url: str | None = None, clock: Clock | None = None) -> Home:
    """Open a home, making it and its database if they are not there.

    An older SQLite database is copied to `labelmate.db.before-REVISION` and then upgraded. `clock` dates
    a new label and draws its id.

    Raises:
        ConfigurationError: the folder or the database cannot be used.
        HomeLockedError: another process owns it.
        HomeTooNewError: a newer labelmate wrote it.
    """
    _make_folder(path)
    url = database_url or sqlite_url(path / DATABASE_FILE)
    engine = open_engine(url)
    lock = None
    if engine.dialect.name == "sqlite":
        lock = FileLock(database_file(url))
    try:
        _bring_up_to_date(engine, url)
        with engine.begin() as connection:
            label = ensure_label(Tx(connection, clock or SystemClock()))
    except BaseException as error:
        engine.dispose()
        if lock is not None:
            lock.free()
        if isinstance(error, DBAPIError):
            reason = str(error.orig).strip().splitlines()[0]
            raise ConfigurationError(f"The database cannot be used: {reason}; check DATABASE_URL") from error
        raise
    return Home(path=path, engine=engine, label=label, _lock=lock)


def database_file(url: str) -> Path:
    """The file of a SQLite address. Raises ConfigurationError where it names none."""
    name = make_url(url).database
    if not name or name == ":memory:":
        raise ConfigurationError("DATABASE_URL keeps the label in memory; give sqlite:///PATH")
    return Path(name)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise ConfigurationError(
            f"LABELMATE_HOME {path} cannot be written: {error.strerror}; choose a folder of your own"
        ) from error


def _bring_up_to_date(engine: Engine, url: str) -> None:
    present, known = migrations.revision_of(engine), migrations.revisions()
    if present is not None and present not in known:
        raise HomeTooNewError(
            f"This home has schema {present} and this labelmate knows up to {known[0]}; install a newer labelmate"
        )
    if present == known[0]:
        return
    if present is not None and engine.dialect.name == "sqlite":
        file = database_file(url)
        kept = file.with_name(f"{file.name}.before-{known[0]}")
        kept.unlink(missing_ok=True)
        backup(url, kept)
    migrations.upgrade(engine)
