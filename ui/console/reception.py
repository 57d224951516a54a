"""Where every page comes in: the label, who is signed in, and the files' waveforms."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property

from configs.settings import Settings
from runtime.desk import Desk
from runtime.desk.actor import Actor
from runtime.label import Label
from runtime.studio import StudioConfig
from storage import timelines
from storage.ledger import Caps
from ui.console.waveforms import Waveforms
from ui.standing import caps_in_force

Actors = Callable[[str], Awaitable[Actor]]


class Reception:
    """What the console's pages share."""

    def __init__(self, label: Label, actors: Actors) -> None:
        self.label = label
        self.store = label.store
        self._actors = actors

    @cached_property
    def studio(self) -> StudioConfig:
        return StudioConfig.of(self.label.settings)

    @cached_property
    def waveforms(self) -> Waveforms:
        return Waveforms(self.studio.assets)

    async def actor(self, alias: str | None) -> Actor:
        """Who is signed in under this alias."""
        return await self._actors(alias or "")

    async def desk(self, alias: str | None) -> Desk:
        """Their desk: the one way to act."""
        return Desk(self.label, await self.actor(alias))

    async def settings(self) -> Settings:
        """The settings in force."""
        return await self.label.live.now()

    async def caps(self) -> Caps:
        """What may be spent, as people have turned it since."""
        return await caps_in_force(self.label)

    async def now(self) -> datetime:
        """The time on the label's clock, by which everything is dated."""
        return await self.store.read(timelines.label_now)
