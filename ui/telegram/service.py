"""The bot's life: take the duty, speak to Telegram, run the errands, and end in the reverse order."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application

from runtime.label import Label
from storage import chats
from storage.errors import ConfigurationError, LabelError
from ui.telegram.application import UPDATES, build, menu
from ui.telegram.courier import Courier
from ui.telegram.duty import LEASE_S, duty
from ui.telegram.office import Office
from ui.telegram.refusals import passes, words
from ui.telegram.tempo import Tempo
from ui.telegram.webhook import webhook

log = logging.getLogger(__name__)
PATIENCE_S = 60.0
CONFLICT = (
    "another program fetches this bot's updates (409 Conflict); end it, or give this label a bot of its own"
)


@asynccontextmanager
async def bot(
    label: Label, *, tempo: Tempo | None = None, lease_s: float = LEASE_S
) -> AsyncIterator[asyncio.Event]:
    """A bot that runs; the event is set when it must end: the duty was lost, or an errand failed for good.

    Raises ConfigurationError for a missing or wrong token.
    """
    office = Office(label, tempo or Tempo())
    application, couriers = build(office)
    async with AsyncExitStack() as open_doors:
        ended = await open_doors.enter_async_context(duty(label.store, lease_s=lease_s))
        await open_doors.enter_async_context(_initialized(application, office))
        await _enrol_settings_chat(application, office)
        await open_doors.enter_async_context(_listening(application, office))
        await open_doors.enter_async_context(_started(application))
        for courier in couriers:
            await open_doors.enter_async_context(_errand(courier, ended))
        log.info("the bot @%s serves this label", application.bot.username)
        yield ended


@asynccontextmanager
async def _initialized(application: Application, office: Office) -> AsyncIterator[None]:
    """Known to Telegram. While it is away, this waits."""
    failures = 0
    while True:
        try:
            await application.initialize()
            break
        except InvalidToken as error:
            raise ConfigurationError(words(error)) from None
        except (NetworkError, RetryAfter) as error:
            if not failures:
                log.warning("Telegram does not answer (%s); the bot waits for it", words(error))
            await office.tempo.sleep(min(PATIENCE_S, 2.0**failures))
            failures = min(failures + 1, 10)
    try:
        with suppress(TelegramError):
            await application.bot.set_my_commands(menu())
        yield
    finally:
        await application.shutdown()


@asynccontextmanager
async def _listening(application: Application, office: Office) -> AsyncIterator[None]:
    if office.settings.telegram_webhook_url is not None:
        async with webhook(application, office, UPDATES):
            yield
        return
    updater = application.updater
    assert updater is not None
    await updater.start_polling(
        allowed_updates=UPDATES,
        bootstrap_retries=-1,
        drop_pending_updates=False,
        error_callback=_Complaints(),
    )
    try:
        yield
    finally:
        await updater.stop()


@asynccontextmanager
async def _started(application: Application) -> AsyncIterator[None]:
    await application.start()
    try:
        yield
    finally:
        await application.stop()


@asynccontextmanager
async def _errand(courier: Courier, ended: asyncio.Event) -> AsyncIterator[None]:
    async def run() -> None:
        try:
            await courier.run()
        except (LabelError, TelegramError) as error:
            if not ended.is_set():
                log.warning("%s; the bot ends", words(error))
            ended.set()
        except Exception:
            log.exception("the bot ends")
            ended.set()

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class _Complaints:
    """What goes wrong while updates are fetched, once for each kind in a row."""

    def __init__(self) -> None:
        self._told: type[TelegramError] | None = None

    def __call__(self, error: TelegramError) -> None:
        if type(error) is self._told:
            return
        self._told = type(error)
        if isinstance(error, Conflict):
            log.error(CONFLICT)
        else:
            log.warning(
                "Telegram does not answer: %s%s",
                words(error),
                "; the bot goes on asking" if passes(error) else "",
            )


async def _enrol_settings_chat(application: Application, office: Office) -> None:
    """TELEGRAM_CHAT_ID belongs to the label without having been linked."""
    chat_id = office.settings.telegram_chat_id
    if chat_id is None:
        return
    try:
        chat = await application.bot.get_chat(chat_id)
    except TelegramError as error:
        log.warning("TELEGRAM_CHAT_ID: %s; add the bot to that chat and start it again", words(error))
        return
    await office.store.write(
        chats.enrol_chat, chat_id=chat_id, is_forum=bool(chat.is_forum), who="TELEGRAM_CHAT_ID"
    )
