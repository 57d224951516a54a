"""How an errand runs for ever: claim from the outbox, carry, say so; wait while Telegram is away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress

from telegram.error import InvalidToken, TelegramError

from storage import outbox
from storage.errors import LabelError, NotFoundError
from storage.outbox import Message
from ui.telegram.office import Office
from ui.telegram.refusals import passes, words

log = logging.getLogger(__name__)
LOOK_S = 0.5
CLAIM_S = 120.0
PATIENCE_S = 60.0
"""Longest wait between two tries while Telegram is away."""
GRACE_S = 10.0
"""What a message under way is given when the bot ends: one that was sent must be noted too."""


class Courier:
    """One errand; `wake` says that there may be something new."""

    def __init__(self, office: Office, round_: Callable[["Courier"], Awaitable[bool]]) -> None:
        """`round_` does what there is to do and says whether it did anything."""
        self._office = office
        self._store = office.store
        self._round = round_
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look at once, such as after a decision made here."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. Raises what waiting does not mend: a wrong token, a label that has ended."""
        failures = 0
        while True:
            try:
                did_something = await self._round(self)
            except (TelegramError, LabelError) as error:
                if isinstance(error, InvalidToken) or (isinstance(error, LabelError) and not error.transient):
                    raise
                if not failures:
                    log.warning("%s; what is to be said waits", words(error))
                await self._office.tempo.sleep(min(PATIENCE_S, 2.0**failures))
                failures = min(failures + 1, 10)
                continue
            if failures:
                log.info("answered again; what waited is said now")
            failures = 0
            if not did_something:
                await self._pause()

    async def claim(self, kinds: tuple[str, ...], limit: int) -> list[Message]:
        """Messages that are this bot's to send for a while."""
        if not await self._store.read(outbox.waiting, kinds=kinds):
            return []
        return await self._store.write(
            outbox.claim_messages, kinds=kinds, limit=limit, claim_s=CLAIM_S / self._office.tempo.speed
        )

    async def deliver(
        self, messages: list[Message], send: Callable[[], Coroutine[object, object, bool | None]]
    ) -> None:
        """Send and say so; what can be tried again, or was for nobody (False), is open again at once."""
        await _to_its_end(self._deliver(messages, send))

    async def _deliver(
        self, messages: list[Message], send: Callable[[], Coroutine[object, object, bool | None]]
    ) -> None:
        try:
            said = await send()
        except NotFoundError as error:  # the song it speaks of is no more
            await self._fail(messages, error, final=True)
        except TelegramError as error:
            may_pass = passes(error) or isinstance(error, InvalidToken)
            await self._fail(messages, error, final=not may_pass)
            if may_pass:
                raise
            log.warning("a message of kind %s was refused: %s", messages[0].kind, words(error))
        except LabelError:
            raise
        except Exception as error:
            log.exception("a message of kind %s cannot be said", messages[0].kind)
            await self._fail(messages, error, final=True)
        else:
            if said is False:
                await self._fail(messages, NotFoundError("No chat is left"), final=False)
                return
            for message in messages:
                await self._store.write(outbox.mark_sent, message_id=message.id)

    async def _fail(self, messages: list[Message], error: Exception, *, final: bool) -> None:
        for message in messages:
            await self._store.write(
                outbox.mark_failed, message_id=message.id, error=words(error), final=final
            )

    async def _pause(self) -> None:
        # Not `wait_for`: before Python 3.12 it may swallow the cancellation that ends this errand.
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S / self._office.tempo.speed):
                await self._woken.wait()
        self._woken.clear()


async def _to_its_end(sending: Coroutine[object, object, None]) -> None:
    task = asyncio.ensure_future(sending)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        if not (await asyncio.wait({task}, timeout=GRACE_S))[0]:
            task.cancel()
        elif not task.cancelled():
            task.exception()  # it was told already, or is of no more interest
        raise
