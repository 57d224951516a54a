"""Finished releases, and what people did with them elsewhere.

What is kept names what was seen: the release's state, its ETag, as If-Match. One that has moved meanwhile answers 409.
"""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field
from starlette.exceptions import HTTPException

from runtime.label import Label
from storage import releases
from storage.artists import artist_by_name
from storage.errors import UsageError
from storage.releases import ReleaseRow, ReleaseState
from storage.types import Frozen
from ui.typed import check_places
from ui.web.bags import Bag, BagFile
from ui.web.door import IfMatch, Limit, Offset, TheDesk, TheLabel, tag_of

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

    urls: Annotated[dict[str, str], Field(default_factory=dict)]
    """Its address by target, added to those on record; an empty one takes its target away."""
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
async def show_release(release_id: str, label: TheLabel, response: Response) -> ReleaseAccount:
    """One release with where its files can be had; its ETag is its state, which what follows gives back as If-Match."""
    row = await label.store.read(releases.release_by_id, release_id=release_id)
    response.headers["ETag"] = f'"{row.state}"'
    bag = Bag.of(label.settings, row)
    return ReleaseAccount(
        release=row, waits_for=row.waits_for, files=await asyncio.to_thread(bag.files), zip_url=bag.zip_url
    )


@router.post("/{release_id}/published")
async def mark_published(
    release_id: str, put_out: PutOut, label: TheLabel, desk: TheDesk, if_match: IfMatch = None
) -> ReleaseRow:
    """Keep that a person has put a release out; refused while its artist's name waits to be searched."""
    seen = await _seen(label, release_id, if_match)
    return await desk.releases.mark_published(seen, check_places(put_out.urls.items()), on=put_out.on)


@router.post("/{release_id}/withdrawn")
async def mark_withdrawn(
    release_id: str, label: TheLabel, desk: TheDesk, if_match: IfMatch = None
) -> ReleaseRow:
    """Keep that a person has taken a release back, for good."""
    return await desk.releases.withdraw(await _seen(label, release_id, if_match))


async def _seen(label: Label, release_id: str, if_match: str | None) -> ReleaseRow:
    """The release in the state that the asker saw: the store compares that with what there is by then."""
    state = tag_of(if_match)
    if state is None:
        raise HTTPException(428, "Say what you saw: the release's state as If-Match, as its ETag gives it")
    if state not in set(ReleaseState):
        raise UsageError(f"{state[:40]!r} is no state of a release: {', '.join(ReleaseState)}")
    row = await label.store.read(releases.release_by_id, release_id=release_id)
    return row.model_copy(update={"state": ReleaseState(state)})
