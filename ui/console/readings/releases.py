"""What lies in a release's folder, read in a thread."""

import asyncio
import json
from pathlib import Path

from agents.packager import verify
from storage import queries
from storage.errors import NotFoundError
from storage.releases import ReleaseRow
from ui.console.cards.releases import Bag, BagEntry
from ui.console.reception import Reception
from ui.web.bags import Bag as Files


async def bag(reception: Reception, row: ReleaseRow) -> Bag | None:
    """A release's contents and whether they are whole; None where the folder is gone."""
    folder = _folder(reception, row)
    found = await asyncio.to_thread(_look, folder)
    if found is None:
        return None
    entries, problems, summary = found
    told = await reception.store.read(queries.cycle_overview, cycle_id=row.cycle_id)
    mp3 = next((asset.sha256 for asset in reversed(told.assets) if asset.kind == "mp3"), None)
    peaks = await reception.waveforms.of(mp3) if mp3 else ()
    return Bag(entries=entries, problems=problems, summary=summary, mp3_sha256=mp3, peaks=peaks)


async def covers(reception: Reception, rows: list[ReleaseRow]) -> dict[str, str]:
    """The small picture of each release, by its path in the bag."""
    found = await asyncio.to_thread(lambda: {row.id: _thumbnail(_folder(reception, row)) for row in rows})
    return {release_id: path for release_id, path in found.items() if path}


def _folder(reception: Reception, row: ReleaseRow) -> Path | None:
    """Where a release lies; None for a row that leads out of the releases' folder."""
    try:
        return Files.of(reception.label.settings, row).root
    except NotFoundError:
        return None


def _look(folder: Path | None) -> tuple[tuple[BagEntry, ...], tuple[str, ...], str] | None:
    if folder is None or not folder.is_dir():
        return None
    facts = _facts(folder)
    roles = {str(each["path"]): str(each["role"]) for each in facts.get("files", [])}
    entries = tuple(
        BagEntry(
            path=(path := file.relative_to(folder).as_posix()),
            role=roles.get(path, "paper" if path.startswith("data/") else "seal"),
            size_bytes=file.stat().st_size,
        )
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.resolve().is_relative_to(folder)
    )
    return entries, verify(folder), str(facts.get("summary", ""))


def _thumbnail(folder: Path | None) -> str | None:
    if folder is None:
        return None
    roles = {str(each["role"]): str(each["path"]) for each in _facts(folder).get("files", [])}
    return roles.get("thumbnail") or roles.get("cover")


def _facts(folder: Path) -> dict:  # type: ignore[type-arg]
    try:
        return json.loads((folder / "data/release.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
