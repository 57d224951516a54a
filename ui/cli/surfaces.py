"""Which processes belong beside a label: the console, and the bot where there is a token for it."""

import asyncio
import contextlib
from functools import partial
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from configs.settings import Settings
from runtime.label import Label
from storage.errors import LabelError, ProviderUnavailableError
from storage.label import lease_holder
from ui.cli.children import Plan
from ui.telegram_account import POLLER_LEASE, bot_name
from ui.web.record import read_console

ANSWER_S = 5.0
CONSOLE_SECRETS = frozenset({"CONSOLE_LOGINS", "API_TOKEN"})
BOT_SECRETS = frozenset({"TELEGRAM_BOT_TOKEN"})


def plans(label: Label, *, with_console: bool) -> list[Plan]:
    """What `up` keeps running."""
    chosen = label.settings
    wanted = []
    if with_console:
        wanted.append(Plan("console", "ui.web", CONSOLE_SECRETS, partial(_console_answers, chosen)))
    if chosen.telegram_bot_token is not None:
        wanted.append(Plan("telegram", "ui.telegram", BOT_SECRETS, partial(_bot_answers, label)))
    return wanted


async def _console_answers(chosen: Settings, pid: int) -> str | None:
    record = await asyncio.to_thread(read_console, chosen.home)
    if record is None or record.pid != pid:
        return None
    return record.address if await asyncio.to_thread(_serves, f"{record.address}/health") else None


async def _bot_answers(label: Label, pid: int) -> str | None:
    """It answers once it has the one lease to ask Telegram for news, and Telegram knows its token."""
    with contextlib.suppress(LabelError):
        holder = await label.store.read(lease_holder, name=POLLER_LEASE)
        if holder is not None and str(pid) in holder.owner.split(":"):
            try:
                return f"https://t.me/{await asyncio.to_thread(bot_name, label.settings)}"
            except ProviderUnavailableError as error:
                return f"runs, but {error}"
    return None


def _serves(url: str) -> bool:
    """Whether anything answers, be it that the label is unwell; never by way of a proxy."""
    try:
        build_opener(ProxyHandler({})).open(url, timeout=ANSWER_S).close()
    except HTTPError as answer:
        answer.close()
    except OSError:
        return False
    return True
