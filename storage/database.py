"""The one connection: SQLite (WAL, FULL) or PostgreSQL, with the same behaviour.

SQLite settings and why: facts from our own measurements, see docs/storage.md. BEGIN IMMEDIATE is
issued by us because a deferred read-then-write loses to SQLITE_BUSY under a second process.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, Float, Insert, Table, create_engine, event, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from storage.errors import ConfigurationError

SQLITE_BUSY_MS = 15_000
_SCHEMA_LOCK = 0x6C6162656C6D6174
"""Our key among a PostgreSQL database's advisory locks: `labelmat` in ASCII."""


def sqlite_url(path: Path) -> str:
    """The URL of a home's database file."""
    return f"sqlite+pysqlite:///{path}"


def open_engine(url: str) -> Engine:
    """An engine for `sqlite…` or `postgresql…`; nothing is connected yet.

    Raises ConfigurationError for any other address. The message never repeats a password.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(
            "DATABASE_URL is not a database address; give sqlite:///… or postgresql://…"
        ) from error
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed.set(drivername="sqlite+pysqlite"),
            connect_args={"isolation_level": None, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=4,
            max_overflow=4,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10},
        )
    raise ConfigurationError(
        f"DATABASE_URL names {parsed.get_backend_name()}; labelmate keeps its rows in sqlite or postgresql"
    )


def _prepare_sqlite(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_MS}",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def insert_absent(connection: Connection, table: Table, **values: object) -> bool:
    """Insert a row unless its key is taken; says whether it was new. Two writers cannot both be told so."""
    return connection.execute(_insert_absent(connection.dialect.name, table), values).first() is not None


@cache
def _insert_absent(dialect: str, table: Table) -> Insert:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing().returning(next(iter(table.primary_key)))


def lock_database(connection: Connection) -> None:
    """Let one process at a time prepare the schema; SQLite's BEGIN IMMEDIATE does so already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})


class database_clock(FunctionElement[float]):  # noqa: N801 - reads as the SQL function it is
    """Seconds since 1970 on the database's clock, which all owners of leases share; for use in a statement."""

    type = Float()
    inherit_cache = True


@compiles(database_clock, "sqlite")
def _sqlite_clock(_element: database_clock, _compiler: SQLCompiler, **_kw: object) -> str:
    # unixepoch('subsec') came with SQLite 3.42; julianday has millisecond precision everywhere.
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(database_clock, "postgresql")
def _postgresql_clock(_element: database_clock, _compiler: SQLCompiler, **_kw: object) -> str:
    return "extract(epoch FROM clock_timestamp())::float8"


class days_between(FunctionElement[float]):  # noqa: N801 - reads as the SQL function it is
    """Days from the second time to the first, with their fraction; for use in a statement."""

    type = Float()
    inherit_cache = True


@compiles(days_between, "sqlite")
def _sqlite_days(element: days_between, compiler: SQLCompiler, **kw: object) -> str:
    later, earlier = (compiler.process(each, **kw) for each in element.clauses)
    return f"(julianday({later}) - julianday({earlier}))"


@compiles(days_between, "postgresql")
def _postgresql_days(element: days_between, compiler: SQLCompiler, **kw: object) -> str:
    later, earlier = (compiler.process(each, **kw) for each in element.clauses)
    return f"(extract(epoch FROM {later} - {earlier})::float8 / 86400)"


def database_now_s(connection: Connection) -> float:
    """Seconds since 1970 on the database's clock."""
    return float(connection.execute(_NOW).scalar_one())


_NOW = select(database_clock())
