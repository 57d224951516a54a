"""How a command reaches its label."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TypeVar

from configs.settings import Settings
from runtime.label import Label, open_label
from storage.artists import artist_by_name
from storage.types import Artist

T = TypeVar("T")


def settings() -> Settings:
    """The settings of the home in use. Raises SettingsError."""
    return Settings.load()


def with_label(talk: Callable[[Label], Awaitable[T]]) -> T:
    """Join the running label, or open its home alone, for one conversation."""

    async def visit() -> T:
        async with open_label(settings()) as label:
            return await talk(label)

    return asyncio.run(visit())


def run_interruptibly(work: Coroutine[object, object, T]) -> T:
    """Run to the end; Ctrl-C interrupts at once, and what was opened is closed all the same.

    asyncio's own handler only cancels the task, which goes unheard for a minute while Ray starts.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        return asyncio.run(work)
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


async def find_artist(label: Label, name: str) -> Artist:
    """An artist as a person types it. Raises NotFoundError naming those there are."""
    return await label.store.read(artist_by_name, name=name)


def shown_path(path: Path | str) -> Path:
    """A path that can be opened from here: relative to where one stands, if it lies below."""
    path = Path(path)
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
