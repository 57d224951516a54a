"""Homes that are ready to be used: the database is migrated once a session and copied, because that takes its time."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from storage.home import open_home


def ready(home: Path) -> Path:
    """The home, with a database if it has none yet."""
    if not (home / "labelmate.db").exists():
        shutil.copytree(_template(), home, dirs_exist_ok=True)
    return home


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="labelmate-home-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    open_home(folder).close()
    return folder
