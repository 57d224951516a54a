"""Safe delivery of a film: written beside its place, probed, and only then put there."""

import contextlib
import errno
import tempfile
from collections.abc import Iterator
from pathlib import Path

from agents.visuals.facts import VideoFacts
from agents.visuals.probe import probe_video
from storage.errors import DiskFullError, RenderError, StorageError, UsageError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
MAX_DRIFT_S = 0.040
"""Picture and sound may differ in length by this much."""


@contextlib.contextmanager
def part_file(out: Path) -> Iterator[Path]:
    """A file of its own beside `out`, so that two renders never share one; gone if it was not delivered.

    Raises UsageError where something other than a file has its name, which would be replaced by it, and
    DiskFullError where there is no room for it, or for anything that is written meanwhile.
    """
    if out.exists() and not out.is_file():
        raise UsageError(f"{out} is no file: choose another name")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            prefix=f".{out.name}.", suffix=".part", dir=out.parent, delete=False
        ) as file:
            part = Path(file.name)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFullError(f"the disk of {out.parent} is full: free some space") from error
        raise StorageError(f"{out} cannot be written: {error.strerror}; choose another folder") from error
    try:
        part.chmod(0o644)
        yield part
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise DiskFullError(f"the disk of {out.parent} is full: free some space") from error
    finally:
        part.unlink(missing_ok=True)


def deliver(part: Path, out: Path) -> VideoFacts:
    """Read the finished film back and put it in place. Raises RenderError, and `out` is not touched."""
    facts = probe_video(part)
    if abs(facts.duration_s - facts.audio_duration_s) > MAX_DRIFT_S:
        raise RenderError(
            f"{out.name}: picture lasts {facts.duration_s:.3f} s and sound {facts.audio_duration_s:.3f} s"
        )
    part.replace(out)
    return facts
