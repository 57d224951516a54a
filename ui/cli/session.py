"""How a command reaches its label."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from configs.settings import Settings
from storage.errors import HomeLockedError
from storage.types import Artist
from ui.cli.edge import Interrupted

if TYPE_CHECKING:  # half a second of imports, which commands that meet no label need not wait for
    from runtime.label import Label

T = TypeVar("T")
PATIENCE_S = 5.0
"""Longest wait for another command to leave the home; each takes a fraction of a second."""
LOOK_S = 0.1


def settings() -> Settings:
    """The settings of the home in use. Raises SettingsError."""
    return Settings.load()


def with_label(talk: "Callable[[Label], Awaitable[T]]") -> T:
    """Join the running label, or open its home alone, for one conversation."""

    async def visit() -> T:
        async with AsyncExitStack() as open_doors:
            return await talk(await _opened(open_doors))

    return asyncio.run(visit())


async def _opened(open_doors: AsyncExitStack) -> "Label":
    """The label. Another command may have the home to itself for a moment: that is waited out."""
    from runtime.label import open_label

    deadline_s = monotonic() + PATIENCE_S
    while True:
        try:
            return await open_doors.enter_async_context(open_label(settings()))
        except HomeLockedError:
            if monotonic() > deadline_s:
                raise
            await asyncio.sleep(LOOK_S)


def run_interruptibly(work: Coroutine[object, object, T]) -> T:
    """Run to the end, interruptible as below.

    asyncio's own handler only cancels the task, which goes unheard for a minute while Ray starts; and the
    system's answer to SIGTERM would leave Ray's agents behind for as long.
    """
    with interruptible():
        return asyncio.run(work)


@contextmanager
def interruptible(told: str | None = None) -> Iterator[None]:
    """Ctrl-C, SIGTERM and a terminal that is closed interrupt at once, and what was opened is closed all the same.

    `told` says what is kept then. Whoever asked that signals be ignored, as `nohup` does, is heard.
    """
    usual = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
    }
    ours = [number for number, handler in usual.items() if signal.getsignal(number) is handler]
    for number in ours:
        signal.signal(number, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        if told is None:
            raise
        raise Interrupted(told) from None
    finally:
        for number in ours:
            signal.signal(number, usual[number])


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


async def find_artist(label: "Label", name: str) -> Artist:
    """An artist as a person types it. Raises NotFoundError naming those there are."""
    from storage.artists import artist_by_name

    return await label.store.read(artist_by_name, name=name)


def shown_path(path: Path | str) -> Path:
    """A path that can be opened from here: relative to where one stands, if it lies below."""
    path = Path(path)
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
