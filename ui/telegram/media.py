"""What is sent with a song: its preview video, or its sound where that is too large, or words alone."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from runtime.studio import StudioConfig
from storage.approval_rows import Approval, OfferedTake
from storage.assets import AssetStore
from storage.errors import LabelError

UPLOAD_MAX_BYTES = 50_000_000
THUMBNAIL_PX = 320
THUMBNAIL_MAX_BYTES = 200_000
Kind = Literal["video", "audio"]
KINDS: tuple[Kind, ...] = ("video", "audio")
"""In the order in which they are tried; words alone come last."""


@dataclass(frozen=True)
class Medium:
    """A file to send."""

    kind: Kind
    content: bytes
    filename: str
    thumbnail: bytes | None


def medium(config: StudioConfig, asked: Approval, take: OfferedTake, kind: Kind) -> Medium | None:
    """A take's file of this kind, if it can be sent. Reads it whole: call it in a thread."""
    assets = config.assets
    name = f"{asked.artist_slug}-preview" + (f"-{take.number}" if take.number > 1 else "")
    if kind == "audio":
        content = _content(assets, take.mp3_sha256)
        return None if content is None else Medium(kind, content, f"{name}.mp3", None)
    content = _content(assets, take.preview_sha256)
    if content is None:
        return None
    return Medium(kind, content, f"{name}.mp4", _thumbnail(assets, asked))


def _content(assets: AssetStore, sha256: object) -> bytes | None:
    """A file's bytes; None where it was deleted, or is more than Telegram takes."""
    path = _stored(assets, sha256)
    if path is None or not 0 < path.stat().st_size <= UPLOAD_MAX_BYTES:
        return None
    return path.read_bytes()


def _thumbnail(assets: AssetStore, asked: Approval) -> bytes | None:
    """The cover as Telegram wants it beside a video: a JPEG of at most 320 pixels."""
    from PIL import Image, UnidentifiedImageError

    path = _stored(assets, asked.facts.get("thumbnail_sha256"))
    if path is None:
        return None
    try:
        with Image.open(path) as cover:
            small = cover.convert("RGB")
    except (UnidentifiedImageError, OSError):
        return None
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    written = io.BytesIO()
    small.save(written, "JPEG", quality=80)
    return written.getvalue() if written.tell() <= THUMBNAIL_MAX_BYTES else None


def _stored(assets: AssetStore, sha256: object) -> Path | None:
    if not isinstance(sha256, str):
        return None
    try:
        return assets.fetch(sha256)
    except LabelError:
        return None
