"""There is one bot a label: the lease `telegram-poller`, taken, renewed and given back."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic

from storage import label
from storage.errors import LabelError
from storage.store import StoreClient
from ui.telegram_account import POLLER_LEASE

log = logging.getLogger(__name__)
LEASE_S = 30.0
LOOK_S = 2.0


@asynccontextmanager
async def duty(store: StoreClient, *, lease_s: float = LEASE_S) -> AsyncIterator[asyncio.Event]:
    """Wait until no other bot has the duty; the event tells that it was lost."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    await _take(store, owner, lease_s)
    lost = asyncio.Event()
    renewing = asyncio.create_task(_renew(store, owner, lease_s, lost))
    try:
        yield lost
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        with suppress(LabelError):
            await store.write(label.free_lease, name=POLLER_LEASE, owner=owner)


async def _take(store: StoreClient, owner: str, lease_s: float) -> None:
    told = None
    while not await store.write(label.take_lease, name=POLLER_LEASE, owner=owner, lease_s=lease_s):
        holder = await store.read(label.lease_holder, name=POLLER_LEASE)
        if holder is not None and holder.owner != told:
            told = holder.owner
            host, pid, _ = told.rsplit(":", 2)
            log.warning("another bot serves this label (process %s on %s); this one waits", pid, host)
        await asyncio.sleep(min(LOOK_S, lease_s / 3))


async def _renew(store: StoreClient, owner: str, lease_s: float, lost: asyncio.Event) -> None:
    until_s = monotonic() + lease_s
    while monotonic() < until_s:
        await asyncio.sleep(lease_s / 3)
        try:
            if not await store.write(label.take_lease, name=POLLER_LEASE, owner=owner, lease_s=lease_s):
                break
        except LabelError as error:
            log.warning("the bot's lease was not renewed: %s", error)
        else:
            until_s = monotonic() + lease_s
    lost.set()
