"""One process at a time owns a SQLite database, and one runs a label: a lock that the system frees when its holder dies."""

import fcntl
import os
import time
from pathlib import Path
from typing import TextIO

from storage.errors import HomeLockedError

TRIES, TRY_AGAIN_S = 10, 0.02
"""Whoever asks `is_held` holds the lock for an instant; that is waited out."""


class FileLock:
    """Held from creation to `free`. A file beside the one it guards names the holder and stays there."""

    def __init__(self, guarded: Path) -> None:
        """Raises HomeLockedError naming the process that holds it."""
        self._file: TextIO = _beside(guarded).open("a+", encoding="ascii")
        if not _tried(self._file):
            self._file.seek(0)
            pid = self._file.read().strip() or "unknown"
            self._file.close()
            raise HomeLockedError(
                f"{guarded.parent} is used by process {pid}; end it with `labelmate down`, or choose another LABELMATE_HOME",
                pid=pid,
            )
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def free(self) -> None:
        """Let others in; a second call does nothing."""
        self._file.close()


def is_held(guarded: Path) -> bool:
    """Whether a living process holds the lock. A process number in a file may be anybody's by now; this is not."""
    try:
        with _beside(guarded).open("r", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # no home, or none of ours: whoever opens it says so
        return False
    return False


def _beside(guarded: Path) -> Path:
    return Path(f"{guarded}.lock")


def _tried(file: TextIO) -> bool:
    for attempt in range(TRIES):
        if attempt:
            time.sleep(TRY_AGAIN_S)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return True
    return False
