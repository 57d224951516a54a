"""Health gates: no cycle begins while the disk or everybody it would buy from is unwell (docs/architecture.md)."""

import asyncio

from runtime.crew import Crew
from runtime.signals import Suspend
from runtime.studio import require_room
from storage.types import CycleState


async def require_health(crew: Crew) -> None:
    """Look before a song's first step. Raises DiskFullError, or Suspend until a provider may be tried again.

    A song that has begun goes on: its own steps meet what is unwell, and people are not asked twice. One that
    is cancelled ends whatever the disk says.
    """
    if crew.cycle.step is not None or crew.cycle.cancel_requested_by is not None:
        return
    await asyncio.to_thread(require_room, crew.studio)
    if not crew.vendors or crew.settings.on_outage != "wait":
        return
    closed_s = await asyncio.gather(*(gate.closed_for_s() for _, gate in crew.vendors))
    if min(closed_s) > 0:
        names = ", ".join(vendor.name for vendor, _ in crew.vendors)
        raise Suspend(CycleState.DEFERRED, f"{names}: failing and left alone for now", min(closed_s))
