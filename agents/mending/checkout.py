"""The source tree that labelmate runs from: which files of it may be mended, and how they are replaced.

A file is put in place by rename, after all of them were compared byte for byte with what they are to replace:
either every file of a patch is the new one, or none is.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from storage.errors import ConfigurationError, PatchRefusedError
from storage.types import Frozen

PACKAGES = ("agents", "configs", "runtime", "storage", "ui")
SUFFIXES = (".py", ".yaml")
SIZE_MAX_BYTES = 200_000
GUARDED = (
    "agents/mending/",
    "agents/fixer.py",
    "agents/redaction.py",
    "agents/vendors/",
    "configs/keys.py",
    "configs/knobs.py",
    "configs/settings.py",
    "runtime/desk/",
    "runtime/mending.py",
    "runtime/purchases.py",
    "runtime/repair.py",
    "storage/approvals.py",
    "storage/ledger.py",
    "storage/migrations/",
    "storage/patches.py",
    "storage/people.py",
    "storage/tables.py",
    "ui/web/",
)
"""What guards money, rights, keys, rows and this very door is mended by people alone."""


class ChangedFile(Frozen):
    """One file of a patch: its whole text before and after, line ends included."""

    path: str
    """Relative to the tree, with slashes."""
    before: str
    after: str


@dataclass(frozen=True)
class Checkout:
    """A source tree with its tests."""

    root: Path

    def read(self, path: str) -> str:
        """A file's text, line ends as they are. Raises PatchRefusedError for what may not be mended."""
        return self._bytes(path).decode("utf-8")

    def may_mend(self, path: str) -> bool:
        """Whether a path names a file that a patch may change."""
        try:
            self._bytes(path)
        except PatchRefusedError:
            return False
        return True

    def sha256(self) -> str:
        """One hash over everything that a patch could meet: it tells whether the tree has changed since."""
        digest = hashlib.sha256()
        for package in PACKAGES:
            for file in sorted((self.root / package).rglob("*")):
                if file.suffix in SUFFIXES and file.is_file():
                    digest.update(f"{file.relative_to(self.root).as_posix()}\0".encode())
                    digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()

    def put(self, files: Sequence[ChangedFile]) -> None:
        """Put the new texts in place. Raises PatchRefusedError, and nothing has changed, if a file is not as it was."""
        self._swap(
            [(file.path, file.before, file.after) for file in files], "has changed since the patch was made"
        )

    def take_back(self, files: Sequence[ChangedFile]) -> None:
        """Put the former bytes back. Raises PatchRefusedError, and nothing has changed, if a file was changed since."""
        self._swap(
            [(file.path, file.after, file.before) for file in files],
            "was changed after the patch: undo it by hand",
        )

    def holds(self, files: Sequence[ChangedFile]) -> str:
        """`before`, `after` or `mixed`: what an interrupted change has left."""
        found = {
            "before" if text == file.before else "after" if text == file.after else "mixed"
            for file in files
            for text in [self.read(file.path)]
        }
        return found.pop() if len(found) == 1 else "mixed"

    def restore(self, files: Sequence[ChangedFile]) -> None:
        """Go back from a change that was interrupted half way. Raises PatchRefusedError if a file is neither text."""
        self._swap(
            [
                (file.path, self.read(file.path), file.before)
                for file in files
                if self.read(file.path) == file.after
            ],
            "is being changed",
        )

    def _swap(self, changes: list[tuple[str, str, str]], complaint: str) -> None:
        """Each (path, text it must have, text to put there)."""
        parts: list[tuple[Path, Path]] = []
        try:
            for path, old, new in changes:
                if self._bytes(path) != old.encode():
                    raise PatchRefusedError(f"{path} {complaint}")
                parts.append((self.root / path, _written_beside(self.root / path, new.encode())))
            swapped: list[tuple[str, str]] = []
            try:
                for (path, old, _new), (target, part) in zip(changes, parts, strict=True):
                    part.replace(target)
                    swapped.append((path, old))
            except OSError as error:
                for path, old in swapped:
                    _written_beside(self.root / path, old.encode()).replace(self.root / path)
                raise PatchRefusedError(
                    f"{self.root} cannot be written: {error.strerror}; nothing was changed"
                ) from error
        except OSError as error:
            raise PatchRefusedError(
                f"{self.root} cannot be written: {error.strerror}; nothing was changed"
            ) from error
        finally:
            for _target, part in parts:
                part.unlink(missing_ok=True)
        for folder in {target.parent for target, _ in parts}:
            _sync(folder)

    def _bytes(self, path: str) -> bytes:
        """Contained, allowed, a plain file on the way there, and text of a size that can be judged."""
        named = PurePosixPath(path)
        if path != str(named) or named.is_absolute() or ".." in named.parts or "\\" in path or "\0" in path:
            raise PatchRefusedError(f"{path!r} is no path within the source")
        if named.parts[0] not in PACKAGES or named.suffix not in SUFFIXES:
            raise PatchRefusedError(
                f"{path} is not labelmate's own code: {', '.join(PACKAGES)} may be mended"
            )
        if any(path == guarded or path.startswith(guarded) for guarded in GUARDED):
            raise PatchRefusedError(f"{path} guards money, rights or keys: people alone mend it")
        where = self.root / named
        # By the tree's own way: no link may lead the patch somewhere else.
        if where.resolve() != self.root.resolve() / named or not where.is_file():
            raise PatchRefusedError(f"{path} is no file of the source")
        if where.stat().st_size > SIZE_MAX_BYTES:
            raise PatchRefusedError(f"{path} is too large to be mended by a patch")
        content = where.read_bytes()
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            raise PatchRefusedError(f"{path} is not text") from None
        return content


def find_checkout(root: Path | None = None) -> Checkout:
    """The tree that this process runs from. Raises ConfigurationError where there is none, as in a wheel."""
    root = root or Path(__file__).resolve().parents[2]
    if not (root / "pyproject.toml").is_file() or not (root / "tests").is_dir():
        raise ConfigurationError(
            "labelmate is installed without its source tree, so there is nothing to patch; "
            "install it from a checkout with `make install`"
        )
    return Checkout(root)


def _written_beside(target: Path, content: bytes) -> Path:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(target.stat().st_mode)
    return part


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
