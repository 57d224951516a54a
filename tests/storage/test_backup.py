"""Backups: consistent while the label writes, checked before they are trusted."""

import sqlite3
from pathlib import Path

import pytest

from storage import artists, migrations
from storage.backup import backup, check_backup, restore
from storage.database import sqlite_url
from storage.errors import (
    ConfigurationError,
    HomeLockedError,
    HomeTooNewError,
    NotFoundError,
    StorageError,
    UsageError,
)
from storage.home import open_home
from storage.store import Store
from tests.storage.stage import Stage, Watch


@pytest.fixture
def opened(tmp_path: Path):
    home = open_home(tmp_path / "label")
    yield home
    home.close()


@pytest.fixture
def stage(opened, clock: Watch):
    store = Store(opened.engine, clock)
    yield Stage(store, clock)
    store.close()


def slugs(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    found = [slug for (slug,) in connection.execute("SELECT slug FROM artists ORDER BY slug")]
    connection.close()
    return found


def test_a_backup_of_a_running_label_holds_what_was_acknowledged(opened, stage: Stage, tmp_path: Path):
    stage.artist("Amber")
    copy = tmp_path / "copy.db"
    backup(sqlite_url(opened.path / "labelmate.db"), copy)
    stage.artist("Birch")
    assert slugs(copy) == ["amber"]
    assert check_backup(copy) == migrations.revisions()[0]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("copy")] == ["copy.db"]


def test_nothing_is_overwritten_and_nothing_is_made_of_nothing(opened, tmp_path: Path):
    (tmp_path / "there").write_text("x")
    with pytest.raises(UsageError, match="there already"):
        backup(sqlite_url(opened.path / "labelmate.db"), tmp_path / "there")
    with pytest.raises(NotFoundError):
        backup(sqlite_url(tmp_path / "nowhere.db"), tmp_path / "copy.db")
    with pytest.raises(ConfigurationError, match="pg_dump"):
        backup("postgresql://u:p@h/x", tmp_path / "copy.db")
    with pytest.raises(StorageError, match="failed"):
        backup(sqlite_url(opened.path / "labelmate.db"), tmp_path / "no folder" / "copy.db")


def test_a_damaged_or_foreign_file_is_no_backup(opened, tmp_path: Path):
    copy = tmp_path / "copy.db"
    backup(sqlite_url(opened.path / "labelmate.db"), copy)
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StorageError):
        check_backup(copy)
    copy.write_bytes(whole[:8192] + b"\xff" * 4096 + whole[12288:])
    with pytest.raises(StorageError):
        check_backup(copy)
    copy.unlink()
    sqlite3.connect(copy).close()
    with pytest.raises(StorageError, match="no sound labelmate backup"):
        check_backup(copy)
    with pytest.raises(NotFoundError):
        check_backup(tmp_path / "nothing.db")


def test_a_newer_backup_needs_a_newer_labelmate(opened, tmp_path: Path):
    copy = tmp_path / "copy.db"
    backup(sqlite_url(opened.path / "labelmate.db"), copy)
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(HomeTooNewError, match="schema 9999"):
        check_backup(copy)


def test_a_restored_label_is_the_backup_and_the_former_one_is_kept(tmp_path: Path, clock: Watch):
    home = open_home(tmp_path / "label")
    database = home.path / "labelmate.db"
    store = Store(home.engine, clock)
    stage = Stage(store, clock)
    stage.artist("Amber")
    backup(sqlite_url(database), tmp_path / "copy.db")
    stage.artist("Birch")
    with pytest.raises(HomeLockedError):
        restore(tmp_path / "copy.db", database)
    store.close()
    home.close()
    restore(tmp_path / "copy.db", database)
    assert slugs(database) == ["amber"]
    assert slugs(database.with_name("labelmate.db.before-restore")) == ["amber", "birch"]
    reopened = open_home(home.path)
    store = Store(reopened.engine, clock)
    assert [each.slug for each in Stage(store, clock).read(artists.list_artists)] == ["amber"]
    store.close()
    reopened.close()
