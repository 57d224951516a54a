"""One process at a time owns a SQLite database: a lock that the system frees when its holder dies."""

import fcntl
import os
from pathlib import Path
from typing import TextIO

from storage.errors import HomeLockedError


class DatabaseLock:
    """Held from creation to `free`. The file beside the database names the holder and stays there."""

    def __init__(self, database: Path) -> None:
        """Raises HomeLockedError naming the process that holds it."""
        self._file: TextIO = Path(f"{database}.lock").open("a+", encoding="ascii")  # noqa: SIM115 - it stays open
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            pid = self._file.read().strip() or "unknown"
            self._file.close()
            raise HomeLockedError(
                f"{database.parent} is used by process {pid}; end it with `labelmate down`, or choose another LABELMATE_HOME",
                pid=pid,
            ) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def free(self) -> None:
        """Let others in; a second call does nothing."""
        self._file.close()
