"""Recordings that people bring: uploaded first, then delivered to a request or imported as a song."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from agents.music.length import FASTEST_BPM, SLOWEST_BPM
from runtime import studio
from runtime.desk.cycles import TAKES_MAX, Bringing
from runtime.inbox import FILE_BYTES_MAX, held_upload, hold_upload
from runtime.studio import StudioConfig
from storage import inbox
from storage.artists import artist_by_name
from storage.cycles import Cycle
from storage.errors import UsageError
from storage.inbox import InboxRequest, InboxStatus
from storage.types import Frozen
from ui.web.door import Limit, TheDesk, TheLabel
from ui.web.words import Mood, Theme, Title
from ui.wishes import Formats, wish

UPLOAD_S = 1800.0
"""How long one upload may take."""
LOOK_BYTES = 32_000_000
"""After so many, whether there is still room for more."""
router = APIRouter(tags=["recordings"])
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Licence = Annotated[str, Field(min_length=1, max_length=300)]


class Uploaded(Frozen):
    """A recording that is held for some hours, and what was measured on it."""

    sha256: str
    media_type: str
    duration_s: float
    tempo_bpm: float
    key: str
    loudness_lufs: float


class InboxList(Frozen):
    requests: tuple[InboxRequest, ...]


class Delivery(Frozen):
    recordings: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=TAKES_MAX)]
    """Of uploads: one, or several takes."""
    licence: Licence = "made by hand: as the maker's plan grants"
    """On what terms you have them, for the release's papers."""


class Import(Frozen):
    artist: str
    """Slug, name or id."""
    recording: Sha256
    title: Title | None = None
    theme: Theme | None = None
    mood: Mood | None = None
    tempo_bpm: Annotated[float, Field(ge=SLOWEST_BPM, le=FASTEST_BPM)] | None = None
    words: Annotated[str, Field(max_length=64_000)] = ""
    """Lyrics, a line each, `[Chorus]` above each part."""
    licence: Licence = Bringing().licence
    made_by: Literal["human", "assisted", "generated"] = "generated"
    """How much of it a model made; the release says so."""
    formats: Literal["16:9", "9:16", "all"] | None = None


@router.post("/recordings", status_code=201)
async def upload(request: Request, label: TheLabel, desk: TheDesk) -> Uploaded:
    """Take a WAV, FLAC or MP3 as the request's body; what is no song is refused."""
    config = StudioConfig.of(label.settings)
    with studio.scratch(config) as folder:
        path = folder / "recording"
        size = 0
        async with asyncio.timeout(UPLOAD_S):
            with await asyncio.to_thread(path.open, "wb") as sink:
                async for chunk in request.stream():
                    if size // LOOK_BYTES != (size + len(chunk)) // LOOK_BYTES:
                        await asyncio.to_thread(studio.require_room, config)
                    size += len(chunk)
                    if size > FILE_BYTES_MAX:
                        raise UsageError(f"The recording is larger than {FILE_BYTES_MAX // 1_000_000} MB")
                    await asyncio.to_thread(sink.write, chunk)
        sha256, media_type, facts = await asyncio.to_thread(hold_upload, config, path)
    return Uploaded(
        sha256=sha256,
        media_type=media_type,
        duration_s=round(facts.duration_s, 3),
        tempo_bpm=facts.tempo_bpm,
        key=f"{facts.key} {facts.mode}".strip(),
        loudness_lufs=round(facts.loudness_lufs, 2),
    )


@router.get("/inbox")
async def list_requests(
    label: TheLabel, *, status: InboxStatus | None = InboxStatus.WAITING, limit: Limit = 50
) -> InboxList:
    """Songs that people are asked to make, the oldest first."""
    return InboxList(requests=tuple(await label.store.read(inbox.requests, status=status, limit=limit)))


@router.get("/inbox/{request_id}")
async def show_request(request_id: str, label: TheLabel) -> InboxRequest:
    """One request, with what to paste."""
    return await label.store.read(inbox.request_by_id, request_id=request_id)


@router.post("/inbox/{request_id}/deliver")
async def deliver(request_id: str, brought: Delivery, label: TheLabel, desk: TheDesk) -> InboxRequest:
    """Bring the uploaded recordings of a request; its cycle goes on by itself."""
    asked = await label.store.read(inbox.request_by_id, request_id=request_id)
    config = StudioConfig.of(label.settings)
    paths = [await asyncio.to_thread(held_upload, config, sha256) for sha256 in brought.recordings]
    return await desk.cycles.deliver(asked, tuple(paths), licence=brought.licence)


@router.post("/recordings/import", status_code=201)
async def import_recording(brought: Import, label: TheLabel, desk: TheDesk) -> Cycle:
    """Make a song of an uploaded recording: mastering, pictures, decision and release follow."""
    artist = await label.store.read(artist_by_name, name=brought.artist)
    wanted = wish(
        title=brought.title, theme=brought.theme, mood=brought.mood, tempo_bpm=brought.tempo_bpm,
        formats=Formats(brought.formats or label.settings.video_formats).aspects(),
    )  # fmt: skip
    path = await asyncio.to_thread(held_upload, StudioConfig.of(label.settings), brought.recording)
    if wanted.title is None:
        raise UsageError("Give the song a title")
    bringing = Bringing(licence=brought.licence, ai_role=brought.made_by)
    return await desk.cycles.import_song(artist.id, path, wanted, bringing, words=brought.words)
