"""`/media/releases/ID/…`: the files of a release, one by one or all in one zip."""

import asyncio
import mimetypes
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import FileResponse, Response, StreamingResponse

from configs.settings import Settings
from runtime.studio import StudioConfig
from storage.errors import NotFoundError
from storage.releases import ReleaseRow, release_by_id
from storage.types import Frozen
from ui.web.door import TheLabel

CHUNK_BYTES = 1 << 20
SHOWN_IN_PAGE = re.compile(r"(audio|video)/.+|image/(png|jpeg|webp)|text/plain|application/json")
"""Everything else is handed over as a download, never opened as a page of ours."""

router = APIRouter(prefix="/media/releases", include_in_schema=False)


class BagFile(Frozen):
    """A file of a release."""

    path: str
    """Relative to the release's folder."""
    size_bytes: int
    url: str


class Bag:
    """A release's folder, and the only way into it. Plain calls: run them in a thread."""

    def __init__(self, root: Path, release_id: str) -> None:
        self.root = root
        self._address = f"{router.prefix}/{quote(release_id, safe='')}"

    @classmethod
    def of(cls, settings: Settings, row: ReleaseRow) -> "Bag":
        """Raises NotFoundError for a row that leads out of the releases' folder."""
        releases = StudioConfig.of(settings).releases_dir.resolve()
        root = (releases / row.directory).resolve()
        if root == releases or not root.is_relative_to(releases):
            raise NotFoundError(f"There is no folder of {row.title}")
        return cls(root, row.id)

    @property
    def zip_url(self) -> str:
        return f"{self._address}.zip"

    def files(self) -> tuple[BagFile, ...]:
        """Every file in the folder, none where the folder is gone."""
        return tuple(
            BagFile(path=name, size_bytes=path.stat().st_size, url=f"{self._address}/{quote(name)}")
            for name, path in self._contents()
        )

    def file(self, name: str) -> Path:
        """One file. Raises NotFoundError for every name that leads to none inside the folder."""
        try:
            path = (self.root / name).resolve()
            if path.is_relative_to(self.root) and path.is_file():
                return path
        except (OSError, ValueError):  # a name that no file can have
            pass
        raise NotFoundError("This release has no such file")

    def zipped(self) -> Iterator[bytes]:
        """A zip of the folder, piece by piece: never whole in memory. Songs and films do not get smaller by deflating."""
        pieces = _Pieces()
        with zipfile.ZipFile(pieces, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[arg-type] # written to only
            for name, path in self._contents():
                entry = zipfile.ZipInfo.from_file(path, f"{self.root.name}/{name}", strict_timestamps=False)
                with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                    while chunk := source.read(CHUNK_BYTES):
                        target.write(chunk)
                        yield from pieces.taken()
                yield from pieces.taken()
        yield from pieces.taken()

    def _contents(self) -> list[tuple[str, Path]]:
        """Names and files, without links that lead elsewhere."""
        return [
            (str(path.relative_to(self.root)), path)
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and path.resolve().is_relative_to(self.root)
        ]


class _Pieces:
    """A file that forgets what was taken from it; a zip needs no more to be written in a stream."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        yield from pieces


@router.get("/{release_id}.zip")
async def zipped(release_id: str, label: TheLabel) -> Response:
    """The whole release."""
    row = await label.store.read(release_by_id, release_id=release_id)
    bag = Bag.of(label.settings, row)
    if not await asyncio.to_thread(bag.root.is_dir):
        raise NotFoundError(f"The folder of {row.title} is no longer there")
    name = quote(f"{bag.root.name}.zip")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return StreamingResponse(bag.zipped(), media_type="application/zip", headers=headers)


@router.api_route("/{release_id}/{name:path}", methods=["GET", "HEAD"])
async def file(release_id: str, name: str, label: TheLabel) -> Response:
    """One file of the release, with ranges."""
    row = await label.store.read(release_by_id, release_id=release_id)
    path = await asyncio.to_thread(Bag.of(label.settings, row).file, name)
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    how = "inline" if SHOWN_IN_PAGE.fullmatch(media_type) else "attachment"
    return FileResponse(path, media_type=media_type, filename=path.name, content_disposition_type=how)
