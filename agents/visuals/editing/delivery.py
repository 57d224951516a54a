"""Safe delivery of a film: written beside its place, probed, and only then put there."""

import contextlib
import errno
import fcntl
import re
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

    It is locked while it is written: what a killed render left of the same `out` is known by that it is not, and goes.
    Raises UsageError where something other than a file has its name, which would be replaced by it, and
    DiskFullError where there is no room for it, or for anything that is written meanwhile.
    """
    with contextlib.ExitStack() as closing:
        with _beside(out):
            _sweep(out)
            part = _locked(out, closing)
        closing.callback(_drop, part)
        with _room(out):
            part.chmod(0o644)
            yield part


def require_apart(out: Path, *sources: Path) -> None:
    """Raises UsageError where `out` is one of the files that the film is made of: it would be the end of that file."""
    for source in sources:
        with contextlib.suppress(OSError):  # whichever is not there is not in the other's place
            if out.samefile(source):
                raise UsageError(f"{out} is what the film is made of: choose another file for the film")


def sound_beside(part: Path) -> Path:
    """Where the sound of a film may be kept while its part file is written; it goes with it."""
    return part.with_suffix(".m4a")


def _locked(out: Path, closing: contextlib.ExitStack) -> Path:
    """A new part file, locked until `closing` closes."""
    while True:
        file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed by `closing`
            prefix=f".{out.name}.", suffix=".part", dir=out.parent, delete=False
        )
        closing.enter_context(file)
        part = Path(file.name)
        try:
            with contextlib.suppress(OSError):  # a file system without locks: nothing is swept there, either
                fcntl.flock(file, fcntl.LOCK_EX)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        if part.exists():  # or somebody's sweeping was faster than the lock
            return part


def _sweep(out: Path) -> None:
    """Removes part files of `out` that nobody writes any more."""
    ours = re.compile(rf"\.{re.escape(out.name)}\.[a-z0-9_]{{8}}\.part")
    with contextlib.suppress(OSError):  # a folder that cannot be listed keeps what is in it
        for left in [path for path in out.parent.iterdir() if ours.fullmatch(path.name)]:
            with contextlib.suppress(OSError), left.open("rb+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _drop(left)


def _drop(part: Path) -> None:
    part.unlink(missing_ok=True)
    sound_beside(part).unlink(missing_ok=True)


@contextlib.contextmanager
def _beside(out: Path) -> Iterator[None]:
    """Makes the folder of `out`; whatever the place refuses then is an error of that place."""
    if out.exists() and not out.is_file():
        raise UsageError(f"{out} is no file: choose another name")
    try:
        with _room(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            yield
    except OSError as error:
        raise StorageError(f"{out} cannot be written: {error.strerror}; choose another folder") from error


@contextlib.contextmanager
def _room(out: Path) -> Iterator[None]:
    """A full disk is a DiskFullError."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise DiskFullError(f"the disk of {out.parent} is full: free some space") from error


def deliver(part: Path, out: Path, *, needs_sound: bool = True) -> VideoFacts:
    """Read the finished film back and put it in place. Raises RenderError, and `out` is not touched."""
    facts = probe_video(part, called=out.name, needs_sound=needs_sound)
    if needs_sound and abs(facts.duration_s - facts.audio_duration_s) > MAX_DRIFT_S:
        raise RenderError(
            f"{out.name}: picture lasts {facts.duration_s:.3f} s and sound {facts.audio_duration_s:.3f} s"
        )
    part.replace(out)
    return facts
