"""A song that a person makes elsewhere: its sheet waits as a row, the cycle without an actor, until it is brought."""

import asyncio
from pathlib import Path

from agents.music.order import MusicOrder
from agents.music.protocol import INBOX, Batch, FetchedTake, Terms
from runtime import studio
from runtime.signals import Suspend
from runtime.studio import StudioConfig
from runtime.work import Made, SentWork
from runtime.workers import Studio
from storage import inbox
from storage.artists import Fence
from storage.inbox import InboxSheet, InboxStatus
from storage.store import StoreClient
from storage.types import Asset, Composition, CycleId, CycleState, Takes

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
    )


def brought_music(
    store: StoreClient,
    fence: Fence,
    cores: Studio,
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
        return await received(cores, config, order, batch, asked.recordings)

    return SentWork(send, kind="music", provider=INBOX)


async def received(
    cores: Studio,
    config: StudioConfig,
    order: MusicOrder,
    batch: Batch,
    recordings: tuple[Asset, ...],
) -> Made[Takes[Composition]]:
    """Recordings of our own store as the takes of a song."""
    with studio.scratch(config) as folder:
        takes = await asyncio.to_thread(_copies, config, recordings, folder)
        made = await cores.run(studio.receive, config, order, batch.model_copy(update={"takes": takes}))
    return Made(made.value, cpu_s=made.cpu_s)


def _copies(config: StudioConfig, recordings: tuple[Asset, ...], folder: Path) -> tuple[FetchedTake, ...]:
    takes: list[FetchedTake] = []
    for number, recording in enumerate(recordings, start=1):
        path = folder / f"take-{number}"
        path.write_bytes(config.assets.fetch(recording.sha256).read_bytes())
        takes.append(FetchedTake(path=path, media_type=recording.media_type))
    return tuple(takes)
