"""The home: made, locked, kept up to date, and refused in one line when it cannot be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import migrations
from storage.clock import SeededClock, SystemClock
from storage.database import open_engine, sqlite_url
from storage.errors import ConfigurationError, HomeLockedError, HomeTooNewError
from storage.home import open_home
from storage.store import Store
from tests.storage.stage import Stage


def test_a_home_is_made_at_its_first_opening_and_is_private(tmp_path: Path):
    home = open_home(tmp_path / "deep" / "home")
    assert home.path.stat().st_mode & 0o777 == 0o700
    assert (home.path / "labelmate.db").is_file()
    assert home.label.id.startswith("lbl_")
    assert (home.assets, home.releases, home.logs, home.env_file) == tuple(
        home.path / name for name in ("assets", "releases", "logs", ".env")
    )
    home.close()
    again = open_home(home.path)
    assert again.label == home.label
    again.close()


def test_a_home_belongs_to_one_process_and_the_other_is_told_which(tmp_path: Path):
    home = open_home(tmp_path)
    with pytest.raises(HomeLockedError, match=f"used by process {os.getpid()}; end it"):
        open_home(tmp_path)
    home.close()
    home.close()
    open_home(tmp_path).close()


@pytest.mark.slow
def test_the_lock_of_a_killed_process_is_free(tmp_path: Path):
    holder = f"import time; from pathlib import Path; from storage.home import open_home; h = open_home(Path({str(tmp_path)!r})); print(1, flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", holder], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(HomeLockedError, match=f"process {process.pid};"):
        open_home(tmp_path)
    process.kill()
    process.wait(10)
    process.stdout.close()
    open_home(tmp_path).close()


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError, match="choose a folder of your own") as failure:
        open_home(tmp_path / "file" / "home")
    assert failure.value.exit_code == 3
    assert "\n" not in str(failure.value)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        open_home(Path("/proc/labelmate"))


@pytest.mark.parametrize("url", ["mysql://u:sesame@h/x", "nonsense", "sqlite://", "sqlite:///:memory:", "postgresql://u:sesame@127.0.0.1:1/x"])  # fmt: skip  # pragma: allowlist secret
def test_a_database_that_cannot_be_used_is_told_in_one_line_without_its_password(tmp_path: Path, url: str):
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as failure:
        open_home(tmp_path / "home", database_url=url)
    assert "sesame" not in str(failure.value)
    assert "\n" not in str(failure.value)


def test_a_file_that_is_no_database_is_refused_and_not_locked(tmp_path: Path):
    file = tmp_path / "labelmate.db"
    file.write_bytes(b"these are my holiday notes" * 100)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="not a database"):
            open_home(tmp_path)
    assert file.read_bytes().startswith(b"these are")


def test_a_newer_home_is_left_alone(tmp_path: Path):
    home = open_home(tmp_path)
    with home.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    home.close()
    before = (tmp_path / "labelmate.db").read_bytes()
    with pytest.raises(HomeTooNewError, match="schema 9999 and this labelmate knows up to"):
        open_home(tmp_path)
    assert (tmp_path / "labelmate.db").read_bytes() == before


def test_an_older_home_is_copied_and_upgraded(tmp_path: Path):
    url = sqlite_url(tmp_path / "labelmate.db")
    engine = open_engine(url)
    migrations.upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO label (id, created_at) VALUES ('lbl_old', '2026-01-01T00:00:00+00:00')")
        )
    engine.dispose()
    home = open_home(tmp_path)
    assert home.label.id == "lbl_old"
    assert migrations.revision_of(home.engine) == migrations.revisions()[0]
    home.close()
    copy = open_engine(sqlite_url(tmp_path / f"labelmate.db.before-{migrations.revisions()[0]}"))
    assert migrations.revision_of(copy) == "0001"
    copy.dispose()


def test_a_label_on_another_database_is_one_label(tmp_path: Path, fresh_url: str):
    first = open_home(tmp_path / "a", database_url=fresh_url)
    if fresh_url.startswith("sqlite"):
        first.close()
    second = open_home(tmp_path / "b", database_url=fresh_url)
    assert first.label == second.label
    first.close()
    second.close()


def test_a_seeded_clock_repeats_on_a_fresh_home_and_goes_on_in_a_used_one(tmp_path: Path):
    ids = []
    for name in ("a", "b"):
        home = open_home(tmp_path / name, clock=SeededClock(5))
        clock = home.resume(SeededClock(5))
        store = Store(home.engine, clock)
        ids.append((home.label.id, Stage(store, clock).artist("Nova").id))
        last = clock.now()
        store.close()
        home.close()
    assert ids[0] == ids[1]
    home = open_home(tmp_path / "a")
    later = home.resume(SeededClock(5))
    assert later.ulid().lower() not in "".join(ids[0])
    assert later.now() >= last.replace(microsecond=0)
    system = SystemClock()
    assert home.resume(system) is system
    home.close()
