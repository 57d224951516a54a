"""How a command reaches its label."""

import asyncio
from collections.abc import Awaitable, Callable
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


async def find_artist(label: Label, name: str) -> Artist:
    """An artist as a person types it. Raises NotFoundError naming those there are."""
    return await label.store.read(artist_by_name, name=name)


def shown_path(path: Path | str) -> str:
    """A path that can be opened from here: relative where that is shorter."""
    path = Path(path)
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
