"""Files addressed by their content: `<root>/<first two digits>/<sha256>`, on a disk or in an object store.

On a disk a file appears whole or not at all, also when the power fails: it is copied to `.part`,
fsynced and renamed, and its folder fsynced. An object store's PUT to the final key has the same effect.
"""

import errno
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit
from uuid import uuid4

from storage.errors import (
    AssetCorruptError,
    ConfigurationError,
    DiskFullError,
    NotFoundError,
    StorageError,
    UsageError,
)
from storage.types import Asset, Clearance

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

CHUNK_BYTES = 1 << 20
BYTES_PER_MB = 1_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


class AssetStore:
    """Puts and fetches files by content. Plain calls: run them in a thread or a render task."""

    def __init__(self, root: str, *, cache: Path | None = None) -> None:
        """`root` is a folder or an fsspec URL (file://, s3://BUCKET/PREFIX, memory://).

        `cache` is where an object store's files are fetched to; without it, a folder of this user's own
        under the machine's temporary folder.
        """
        self.root = root
        scheme = urlsplit(root).scheme if "://" in root else ""
        self._folder = Path(urlsplit(root).path if scheme else root) if scheme in ("", "file") else None
        self._cache = cache

    def put(
        self,
        path: Path,
        *,
        kind: str,
        media_type: str,
        tool: str,
        parents: tuple[str, ...] = (),
        provider: str = "embedded",
        licence: str = "label-owned",
        clearance: Clearance = Clearance.NEEDS_PERSON,
        ai_role: str = "generated",
        seed: int | None = None,
        cost_usd: Decimal = Decimal(0),
        facts: Mapping[str, float | int | str] | None = None,
    ) -> Asset:
        """Store a file's content, once; the source stays where it is.

        Raises DiskFullError when there is no room for it, with nothing half-written left behind.
        """
        try:
            sha256 = self._put_local(path) if self._folder else self._put_remote(path)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise DiskFullError(f"No room to keep {path.name} ({kind}); free some space") from error
            raise StorageError(
                f"{path.name} ({kind}) could not be kept: {error.strerror or error}"
            ) from error
        return Asset(
            sha256=sha256,
            kind=kind,
            media_type=media_type,
            size_bytes=path.stat().st_size,
            parents=parents,
            tool=tool,
            provider=provider,
            licence=licence,
            clearance=clearance,
            ai_role=ai_role,
            seed=seed,
            cost_usd=cost_usd,
            facts=dict(facts or {}),
        )

    def fetch(self, sha256: str, into: Path | None = None) -> Path:
        """A local file with this content: the stored one itself, or a checked copy at `into`.

        Never write to what is returned without `into`. Raises NotFoundError and AssetCorruptError.
        """
        if self._folder:
            stored = self._folder / _key(sha256)
            if not stored.is_file():
                raise _missing(sha256)
            return stored if into is None else self._download(sha256, into)
        target = into or self._cache_folder() / sha256
        if into is None and target.is_file() and hash_file(target) == sha256:
            return target
        return self._download(sha256, target)

    def check(self) -> None:
        """Whether the root can be spoken to at all. Raises ConfigurationError, such as for a missing driver."""
        if not self._folder:
            self._remote()

    def exists(self, sha256: str) -> bool:
        """Whether the content is stored."""
        if self._folder:
            return (self._folder / _key(sha256)).is_file()
        fs, base = self._remote()
        return bool(fs.exists(f"{base}/{_key(sha256)}"))

    def delete(self, sha256: str) -> None:
        """Remove the content; a repeat changes nothing."""
        if self._folder:
            (self._folder / _key(sha256)).unlink(missing_ok=True)
        elif self.exists(sha256):
            fs, base = self._remote()
            fs.rm_file(f"{base}/{_key(sha256)}")

    def verify(self, sha256: str) -> None:
        """Read the stored content in full. Raises AssetCorruptError when it is not what its address says."""
        with tempfile.TemporaryDirectory(prefix="labelmate-") as folder:
            path = self.fetch(sha256, None if self._folder else Path(folder) / sha256)
            if hash_file(path) != sha256:
                raise _corrupt(sha256)

    def free_mb(self) -> int:
        """Free megabytes (10⁶ bytes) where files are written: the store's disk, or the cache's."""
        folder = self._folder or self._cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(folder).free // BYTES_PER_MB

    def require_space(self, floor_mb: int) -> None:
        """Raise DiskFullError while less than `floor_mb` is free."""
        free_mb = self.free_mb()
        if free_mb < floor_mb:
            raise DiskFullError(
                f"{free_mb} MB are free and DISK_FLOOR_MB is {floor_mb}; free some space, making goes on by itself",
                free_mb=free_mb,
            )

    def discard_parts(self, *, older_than_s: float = 86_400) -> int:
        """Remove what killed writers left half-copied; says how many files."""
        if not self._folder:
            return 0
        stale = [
            part
            for part in (self._folder / ".part").glob("*")
            if time.time() - part.stat().st_mtime > older_than_s
        ]
        for part in stale:
            part.unlink(missing_ok=True)
        return len(stale)

    def _put_local(self, path: Path) -> str:
        assert self._folder is not None
        part = self._folder / ".part" / uuid4().hex
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("rb") as source, part.open("wb") as target:
                # Hashed while it is copied, so that the address is that of the bytes kept.
                sha256 = _copy(source, target)
                target.flush()
                os.fsync(target.fileno())
            final = self._folder / _key(sha256)
            if not final.is_file():
                final.parent.mkdir(exist_ok=True)
                part.replace(final)
                _fsync_folder(final.parent)
                _fsync_folder(self._folder)
        finally:
            part.unlink(missing_ok=True)
        return sha256

    def _put_remote(self, path: Path) -> str:
        fs, base = self._remote()
        sha256 = hash_file(path)
        key = f"{base}/{_key(sha256)}"
        if not fs.exists(key):
            fs.makedirs(key.rpartition("/")[0], exist_ok=True)
            fs.put_file(str(path), key)
        return sha256

    def _download(self, sha256: str, target: Path) -> Path:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.{uuid4().hex}.part")
        try:
            with self._open(sha256) as source, part.open("wb") as copy:
                if _copy(source, copy) != sha256:
                    raise _corrupt(sha256)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def _open(self, sha256: str) -> BinaryIO:
        try:
            if self._folder:
                return (self._folder / _key(sha256)).open("rb")
            fs, base = self._remote()
            return cast("BinaryIO", fs.open(f"{base}/{_key(sha256)}", "rb"))
        except FileNotFoundError:
            raise _missing(sha256) from None

    def _remote(self) -> "tuple[AbstractFileSystem, str]":
        import fsspec

        try:
            fs, base = fsspec.url_to_fs(self.root)
        except (ImportError, ValueError) as error:
            raise ConfigurationError(
                f"ASSETS_URL {urlsplit(self.root).scheme}:// cannot be used: {error}"
            ) from error
        return fs, base.rstrip("/")

    def _cache_folder(self) -> Path:
        if self._cache is None:
            self._cache = Path(tempfile.gettempdir()) / f"labelmate-assets-{os.getuid()}"
        self._cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._cache.stat().st_uid != os.getuid():
            raise ConfigurationError(
                f"{self._cache} belongs to another user; set TMPDIR to a folder of your own"
            )
        return self._cache


def hash_file(path: Path) -> str:
    """SHA-256 of a file, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(source: BinaryIO, target: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK_BYTES):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _key(sha256: str) -> str:
    """The address inside the root; anything but a hash could lead out of it."""
    if not _SHA256.fullmatch(sha256):
        raise UsageError(f"{sha256[:80]!r} is no address of an asset: give 64 lower-case hex digits")
    return f"{sha256[:2]}/{sha256}"


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _missing(sha256: str) -> NotFoundError:
    return NotFoundError(f"The media of asset {sha256[:12]}… were deleted or never stored here")


def _corrupt(sha256: str) -> AssetCorruptError:
    return AssetCorruptError(
        f"The stored file {sha256[:12]}… is damaged; restore it from a backup or make it anew"
    )
