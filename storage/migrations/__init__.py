"""The schema's versions, without an alembic.ini: `upgrade`, `downgrade` and where a database stands."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from storage.database import lock_database
from storage.errors import StorageError

if TYPE_CHECKING:
    from alembic.config import Config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring a database up to `revision`; it moves as a whole or not at all."""
    from alembic import command

    with engine.connect() as connection:
        _migrate(connection, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str) -> None:
    """Take a database back to `revision`, or to nothing with `base`. Rows of dropped tables are lost."""
    from alembic import command

    with engine.connect() as connection:
        _migrate(connection, lambda config: command.downgrade(config, revision))


def revision_of(engine: Engine) -> str | None:
    """The revision a database is at; None before the first."""
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def revisions() -> tuple[str, ...]:
    """Every revision this build knows, the newest first."""
    from alembic.script import ScriptDirectory

    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def _migrate(connection: Connection, command: Callable[["Config"], None]) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        # Batch mode rebuilds tables, which would cascade; SQLite ignores the switch inside a transaction.
        _pragma(connection, "foreign_keys=OFF")
    try:
        with connection.begin():
            lock_database(connection)
            config = _config()
            config.attributes["connection"] = connection
            command(config)
            if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise StorageError("The migration would leave rows that refer to nothing; it was undone")
    finally:
        if is_sqlite:
            _pragma(connection, "foreign_keys=ON")


def _pragma(connection: Connection, setting: str) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA {setting}")
    cursor.close()
