"""A song that a person makes elsewhere: its sheet waits as a row, the cycle without an actor, until it is brought."""

import asyncio
import re
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from agents.music.order import MusicOrder
from agents.music.protocol import INBOX, Batch, FetchedTake, Terms
from agents.music.takes import require_song
from runtime import studio
from runtime.signals import Suspend
from runtime.studio import StudioConfig
from runtime.work import LocalWork, Made, SentWork
from storage import inbox
from storage.artists import Fence
from storage.assets import hash_file
from storage.errors import NotFoundError, ProviderError, UsageError
from storage.inbox import InboxSheet, InboxStatus
from storage.store import StoreClient
from storage.types import Asset, Composition, CycleId, CycleState, SongRequest, Takes

if (
    TYPE_CHECKING
):  # Ray reads its environment as it is imported: whoever only brings a file must not be the first
    from agents.music.analysis import AudioFacts
    from runtime.workers import Studio

_MEASURING = threading.Lock()
FILE_BYTES_MAX = 300_000_000
MEDIA_TYPES = {
    "WAV": "audio/wav",
    "WAVEX": "audio/wav",
    "RF64": "audio/wav",
    "FLAC": "audio/flac",
    "MP3": "audio/mpeg",
    "MPEG": "audio/mpeg",
    "OGG": "audio/ogg",
    "AIFF": "audio/aiff",
}
"""Of the containers that are read, by libsndfile's names."""
STYLE_CHARS, LYRICS_CHARS, TITLE_CHARS = 200, 3000, 80
"""What the field of every maker takes; the smallest of them is Suno's V4."""


def sheet(order: MusicOrder) -> InboxSheet:
    """What a person pastes."""
    brief, vocal = order.brief, order.vocal
    return InboxSheet(
        title=order.title(TITLE_CHARS),
        style=order.style(STYLE_CHARS),
        lyrics=order.sung(LYRICS_CHARS),
        tempo_bpm=brief.tempo_bpm,
        key=f"{brief.key} {brief.mode}",
        duration_s=round(order.duration_s, 1),
        vocal="instrumental" if order.is_instrumental else f"{vocal.gender} {vocal.timbre}".strip(),
        language=order.lyrics.language,
    )


def brought_music(
    store: StoreClient,
    fence: Fence,
    cores: "Studio",
    config: StudioConfig,
    order: MusicOrder,
    cycle_id: CycleId,
    revision: int,
) -> SentWork[Takes[Composition]]:
    """The compose step's work where a person makes the song."""

    async def send(_idempotency_key: str) -> Made[Takes[Composition]]:
        asked = await store.write(
            inbox.ask, fence=fence, cycle_id=cycle_id, revision=revision, sheet=sheet(order)
        )
        if asked.status is InboxStatus.WAITING:
            raise Suspend(
                CycleState.WAITING, f"waits for a song made by hand: `labelmate inbox show {asked.id}`"
            )
        batch = Batch(provider=INBOX, terms=Terms(licence=asked.licence), takes=())
        kept = tuple((recording.sha256, recording.media_type) for recording in asked.recordings)
        return await received(cores, config, order, batch, kept)

    return SentWork(send, kind="music", provider=INBOX)


def measure_recording(path: Path) -> tuple[str, "AudioFacts"]:
    """The media type of a file that a person brings, and what is measured on it; seconds of work, for a thread.

    One at a time: a song of a quarter of an hour takes most of a gigabyte.

    Raises:
        UsageError: it is missing, too large, or no song: what is wrong is said before anything waits for it.
    """
    import soundfile

    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise UsageError(f"{path.name} is larger than {FILE_BYTES_MAX // 1_000_000} MB")
        container = soundfile.info(path).format
    except FileNotFoundError as error:
        raise UsageError(f"{path} is not there") from error
    except (soundfile.LibsndfileError, OSError) as error:
        raise UsageError(f"{path.name} cannot be read as audio: give a WAV, FLAC or MP3") from error
    media_type = MEDIA_TYPES.get(container)
    if media_type is None:
        raise UsageError(f"{path.name} is {container}: give a WAV, FLAC or MP3")
    try:
        with _MEASURING:
            return media_type, require_song(FetchedTake(path=path, media_type=media_type))
    except ProviderError as error:
        raise UsageError(f"{path.name}: {str(error).replace('What came back', 'what it holds')}") from error
    except (ArithmeticError, ValueError) as error:  # samples that no ear could hear
        raise UsageError(f"{path.name} cannot be measured: {error}") from error


def keep_recording(config: StudioConfig, path: Path) -> tuple[Asset, "AudioFacts"]:
    """Check and keep a file that a person brings. Raises UsageError as above, DiskFullError without room."""
    studio.require_room(config)
    media_type, facts = measure_recording(path)
    asset = config.assets.put(
        path, kind="take", media_type=media_type, tool="person", provider="person", ai_role="human"
    )
    return asset, facts


def hold_upload(config: StudioConfig, path: Path) -> tuple[str, str, "AudioFacts"]:
    """Hold an uploaded file until somebody says what it is for: its address, media type and measures.

    It lies in the scratch folder, where the sweep takes it away after some hours. Raises UsageError as above.
    """
    media_type, facts = measure_recording(path)
    sha256 = hash_file(path)
    folder = config.scratch_dir / f"upload-{sha256}"
    folder.mkdir(exist_ok=True)
    path.replace(folder / "recording")
    return sha256, media_type, facts


def held_upload(config: StudioConfig, sha256: str) -> Path:
    """The file of an upload. Raises NotFoundError for one that was never held, or is no longer."""
    path = config.scratch_dir / f"upload-{sha256}" / "recording"
    if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not path.is_file():
        raise NotFoundError("This upload is no longer held; send the file again")
    return path


def imported_music(
    cores: "Studio", config: StudioConfig, order: MusicOrder, request: SongRequest
) -> LocalWork[Takes[Composition]]:
    """The compose step's work for a recording that came with the request."""
    brought = request.recording
    assert brought is not None

    async def make(_variation: int) -> Made[Takes[Composition]]:
        batch = Batch(
            provider="person", terms=Terms(licence=brought.licence), takes=(), ai_role=brought.ai_role
        )
        return await received(cores, config, order, batch, ((brought.sha256, brought.media_type),))

    return LocalWork(make, kind="music", provider="person")


async def received(
    cores: "Studio",
    config: StudioConfig,
    order: MusicOrder,
    batch: Batch,
    kept: tuple[tuple[str, str], ...],
) -> Made[Takes[Composition]]:
    """Recordings of our own store, by address and media type, as the takes of a song."""
    with studio.scratch(config) as folder:
        takes = await asyncio.to_thread(kept_takes, config, kept, folder)
        made = await cores.run(studio.receive, config, order, batch.model_copy(update={"takes": takes}))
    return Made(made.value, cpu_s=made.cpu_s)


def kept_takes(
    config: StudioConfig, kept: tuple[tuple[str, str], ...], folder: Path
) -> tuple[FetchedTake, ...]:
    """Copies of stored recordings, as takes that may be moved."""
    takes: list[FetchedTake] = []
    for number, (sha256, media_type) in enumerate(kept, start=1):
        path = folder / f"take-{number}"
        shutil.copyfile(config.assets.fetch(sha256), path)
        takes.append(FetchedTake(path=path, media_type=media_type))
    return tuple(takes)
