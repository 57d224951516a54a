"""Work that goes on beside the label's ticks, one look at a time, and never outlives them."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Beside:
    """One kind of work that may take minutes: what a look raised is raised at the next one."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        self._work = work
        self._task: asyncio.Task[object] | None = None

    async def look(self) -> None:
        """Begin anew unless it is still at work. Raises what the look before raised."""
        if self._task is not None and not self._task.done():
            return
        before, self._task = self._task, asyncio.create_task(self._work())
        if before is not None:
            before.result()

    async def close(self) -> None:
        """Cancel what is under way, and log what nobody has asked for."""
        if self._task is None:
            return
        self._task.cancel()
        (ended,) = await asyncio.gather(self._task, return_exceptions=True)
        if isinstance(ended, Exception):
            log.warning("ended with %s", ended, exc_info=ended)
        self._task = None
