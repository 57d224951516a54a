"""Migrations: up, down and up again on both databases, and no drift from tables.py."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, text

from storage import migrations, tables
from storage.database import open_engine
from storage.errors import StorageError


def test_the_migrated_schema_is_the_one_in_tables(fresh_url: str):
    engine = open_engine(fresh_url)
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
        checks = {
            check["name"]
            for table in tables.metadata.sorted_tables
            for check in inspect(connection).get_check_constraints(table.name)
        }
    declared = {
        f"ck_{table.name}_{check.name}".replace(f"ck_{table.name}_ck_{table.name}_", f"ck_{table.name}_")
        for table in tables.metadata.sorted_tables
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    assert checks == declared
    engine.dispose()


def test_up_down_and_up_again(fresh_url: str):
    engine = open_engine(fresh_url)
    assert migrations.revision_of(engine) is None
    for revision in ("0001", "head"):
        migrations.upgrade(engine, revision)
    assert migrations.revision_of(engine) == migrations.revisions()[0]
    names = set(inspect(engine).get_table_names())
    migrations.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    assert (
        set(inspect(engine).get_table_names()) == names == set(tables.metadata.tables) | {"alembic_version"}
    )
    engine.dispose()


def test_a_migration_moves_the_schema_as_a_whole_or_not_at_all(fresh_url: str):
    engine = open_engine(fresh_url)
    migrations.upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE releases (id INTEGER PRIMARY KEY)")
        )  # in the way of 0002's last table
    with pytest.raises(Exception, match="releases"):
        migrations.upgrade(engine)
    assert migrations.revision_of(engine) == "0001"
    assert "approvals" not in inspect(engine).get_table_names()
    engine.dispose()


def test_a_migration_that_would_orphan_rows_is_undone(tmp_path):
    from storage.database import sqlite_url

    engine = open_engine(sqlite_url(tmp_path / "x.db"))
    migrations.upgrade(engine, "0001")
    raw = engine.raw_connection()
    raw.cursor().execute("PRAGMA foreign_keys=OFF")
    raw.cursor().execute("INSERT INTO asset_parents VALUES ('child of nobody', 'x')")
    raw.close()
    with pytest.raises(StorageError, match="refer to nothing"):
        migrations.upgrade(engine)
    assert migrations.revision_of(engine) == "0001"
    engine.dispose()
