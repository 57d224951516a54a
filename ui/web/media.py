"""`/media/SHA256`: what people see and hear, by the address of its content; nothing else is served.

An address never changes what it holds, so a browser may keep it; ranges let players seek.
"""

import asyncio
import re

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from runtime.studio import StudioConfig
from storage.errors import NotFoundError
from storage.lineage import asset_by_sha256
from storage.types import Asset
from ui.web.door import TheLabel

SHA256 = re.compile(r"[0-9a-f]{64}")
SHOWN_KINDS = frozenset(
    {"wav", "flac", "mp3", "take", "cover", "thumbnail", "avatar", "logo", "preview", "video", "poster"}
)
SHOWN_TYPES = re.compile(r"(audio|video)/[\w.+-]+|image/(png|jpeg|webp)")
KEPT = "private, max-age=31536000, immutable"

router = APIRouter(prefix="/media", include_in_schema=False)


def address_of_sha256(sha256: str) -> str:
    """Where an asset is served."""
    return f"{router.prefix}/{sha256}"


def address_of_asset(asset: Asset) -> str | None:
    """Where it is served, if it is something to see or hear."""
    return address_of_sha256(asset.sha256) if _is_shown(asset) else None


@router.api_route("/{sha256}", methods=["GET", "HEAD"])
async def media(sha256: str, request: Request, label: TheLabel) -> Response:
    """One asset's bytes. Everything that is no address of a shown asset is not found."""
    if not SHA256.fullmatch(sha256):
        raise NotFoundError("There is no such medium")
    asset = await label.store.read(asset_by_sha256, sha256=sha256)
    if not _is_shown(asset):
        raise NotFoundError("There is no such medium")
    etag = f'"{sha256}"'
    headers = {"Cache-Control": KEPT, "ETag": etag, "Accept-Ranges": "bytes"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    path = await asyncio.to_thread(StudioConfig.of(label.settings).assets.fetch, sha256)
    return FileResponse(path, media_type=asset.media_type, headers=headers)


def _is_shown(asset: Asset) -> bool:
    return asset.kind in SHOWN_KINDS and SHOWN_TYPES.fullmatch(asset.media_type) is not None
