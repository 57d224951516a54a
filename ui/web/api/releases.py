"""Finished releases."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from storage import releases
from storage.artists import artist_by_name
from storage.releases import ReleaseRow
from storage.types import Frozen
from ui.web.bags import Bag, BagFile
from ui.web.door import Limit, Offset, TheLabel

router = APIRouter(prefix="/releases", tags=["releases"])


class ReleaseList(Frozen):
    """Releases, newest first."""

    releases: tuple[ReleaseRow, ...]


class ReleaseAccount(Frozen):
    """A release with its files."""

    release: ReleaseRow
    files: tuple[BagFile, ...]
    """None where the folder is gone."""
    zip_url: str


@router.get("")
async def list_releases(
    label: TheLabel,
    *,
    artist: Annotated[str | None, Query(description="Slug, name or id.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> ReleaseList:
    """Releases, newest first."""
    artist_id = (await label.store.read(artist_by_name, name=artist)).id if artist else None
    rows = await label.store.read(releases.list_releases, artist_id=artist_id, limit=limit, offset=offset)
    return ReleaseList(releases=tuple(rows))


@router.get("/{release_id}")
async def show_release(release_id: str, label: TheLabel) -> ReleaseAccount:
    """One release with where its files can be had."""
    row = await label.store.read(releases.release_by_id, release_id=release_id)
    bag = Bag.of(label.settings, row)
    return ReleaseAccount(release=row, files=await asyncio.to_thread(bag.files), zip_url=bag.zip_url)
