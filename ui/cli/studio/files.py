"""Folders and small texts that a person names."""

import contextlib
import errno
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from pydantic import ValidationError

from storage.errors import DiskFullError, StorageError, UsageError
from storage.types import Frozen

if TYPE_CHECKING:
    from PIL.Image import Image

T = TypeVar("T", bound=Frozen)
Out = Annotated[
    Path, typer.Option("--out", file_okay=False, help="Folder for the files; made if it is not there.")
]


@contextlib.contextmanager
def folder_made(out: Path) -> Iterator[None]:
    """The folder and its parents; those that had to be made are gone again where nothing came into them.

    Raises UsageError where it cannot be made.
    """
    missing: list[Path] = []
    try:
        try:
            missing += [each for each in (out, *out.parents) if not each.exists()]
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"--out {out} cannot be made: {error.strerror}; choose another folder"
            ) from error
        yield
    finally:
        for each in missing:
            with contextlib.suppress(OSError):  # something is in it
                each.rmdir()


def require_apart(out: Path, given: Mapping[str, Path | None]) -> None:
    """Raises UsageError where what is made at `out` would take the place of something given, named by its option."""
    for option, path in given.items():
        with contextlib.suppress(OSError):  # whichever is not there is not in the other's place
            if path is not None and out.samefile(path):
                raise UsageError(f"{out} is what {option} gives and would be replaced: choose another --out")


@contextlib.contextmanager
def put_together(out: Path, optional: Sequence[str]) -> Iterator[Path]:
    """A folder whose files are put into `out` once all of them are there: together, or none of them.

    What matches one of the `optional` patterns and is not among them belonged to what is replaced, and goes.
    Raises UsageError where something in `out` is in a file's place, DiskFullError and StorageError where `out` takes none.
    """
    try:
        with folder_made(out), tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=out) as folder:
            scratch = Path(folder)
            yield scratch
            files = sorted(path.relative_to(scratch) for path in scratch.rglob("*") if path.is_file())
            for place in {out / part for file in files for part in (file, *file.parents)} - {out}:
                is_file = place.relative_to(out) in files
                if place.exists() and place.is_file() is not is_file:
                    kind = "folder" if is_file else "file"
                    raise UsageError(
                        f"{place} is a {kind}, and the song needs its name: choose another --out"
                    )
            for file in files:
                (out / file).parent.mkdir(exist_ok=True)
                (scratch / file).replace(out / file)
            for old in [path for pattern in optional for path in out.glob(pattern)]:
                if old.is_file() and old.relative_to(out) not in files:
                    old.unlink()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(f"the disk of {out} is full: free some space") from error
        raise StorageError(
            f"--out {out} cannot be written: {error.strerror}; choose another folder"
        ) from error


def read_json(path: Path, kind: type[T]) -> T:
    """A file of ours as its type. Raises UsageError."""
    try:
        return kind.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except (ValidationError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no plan of a song; `labelmate studio song` writes one") from error


def keep_text(path: Path, text: str) -> str:
    """Write a small text, whole or not at all; returns its path. Raises StorageError."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error
    return str(path)


def keep_image(path: Path, image: "Image") -> str:
    """Write a picture as PNG, whole or not at all; returns its path. Raises StorageError."""
    part = path.with_name(f"{path.name}.part")
    try:
        image.save(part, "PNG")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error
    return str(path)
