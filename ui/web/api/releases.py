"""Finished releases."""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from storage import releases
from storage.artists import artist_by_name
from storage.releases import ReleaseRow
from storage.types import Frozen
from ui.web.bags import Bag, BagFile
from ui.web.door import Limit, Offset, TheDesk, TheLabel

router = APIRouter(prefix="/releases", tags=["releases"])


class ReleaseList(Frozen):
    """Releases, newest first."""

    releases: tuple[ReleaseRow, ...]


class ReleaseAccount(Frozen):
    """A release with its files."""

    release: ReleaseRow
    waits_for: str | None
    """What a person does before it may be published."""
    files: tuple[BagFile, ...]
    """None where the folder is gone."""
    zip_url: str


class PutOut(Frozen):
    """Where a release was put out."""

    urls: Annotated[
        dict[str, Annotated[str, Field(max_length=2000)]], Field(max_length=40, default_factory=dict)
    ]
    """Its address by target."""
    on: date | None = None
    """The UTC day on which it came out; nothing for now."""


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
    return ReleaseAccount(
        release=row, waits_for=row.waits_for, files=await asyncio.to_thread(bag.files), zip_url=bag.zip_url
    )


@router.post("/{release_id}/published")
async def mark_published(release_id: str, put_out: PutOut, label: TheLabel, desk: TheDesk) -> ReleaseRow:
    """Keep that a person has put a release out; refused while its artist's name waits to be searched."""
    row = await label.store.read(releases.release_by_id, release_id=release_id)
    return await desk.releases.mark_published(row, put_out.urls, on=put_out.on)
