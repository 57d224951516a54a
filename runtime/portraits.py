"""Avatars and logos: drawn as an artist joins, and afterwards for those who joined before there were any."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from agents.fixer import fault_of
from configs.settings import Settings
from runtime import studio
from runtime.repair import record_fault
from runtime.studio import StudioConfig, Timed
from storage import artists
from storage.errors import ConflictError, LabelError
from storage.store import StoreClient
from storage.types import Artist, ArtistId, Asset, Persona

Draw = Callable[[Persona], Awaitable[Timed[tuple[Asset, Asset]]]]
"""`studio.draw_portrait`, wherever it runs."""
log = logging.getLogger(__name__)


async def portrayed(settings: Settings, persona: Persona) -> tuple[Persona, tuple[Asset, Asset]]:
    """The persona with an avatar and a logo drawn from its look. Raises DiskFullError without room for them."""
    drawn = await asyncio.to_thread(studio.draw_portrait, StudioConfig.of(settings), persona)
    return _shown(persona, drawn.value), drawn.value


@dataclass
class OlderPortraits:
    """Draws avatar and logo of artists that joined before there were any, as `draw` does."""

    store: StoreClient
    draw: Draw
    code_at: datetime | None = None
    """When the label was started: it tells whether a patch of a fault was in it."""
    _failed: dict[ArtistId, int] = field(default_factory=dict, init=False)
    """Whose look cannot be drawn, and of which version: told once, and passed over until it is changed."""

    async def look(self, *, limit: int) -> int:
        """Draw at most so many; how many have theirs now.

        One that is changed by somebody else meanwhile is left for the next time. Raises the LabelErrors that pass by
        themselves (no worker, no room on the disk): they say nothing of the artist.
        """
        faceless = await self.store.read(artists.faceless, limit=limit + len(self._failed))
        drawable = [artist for artist in faceless if self._failed.get(artist.id) != artist.version]
        drawn = 0
        for artist in drawable[:limit]:
            try:
                pictures = (await self.draw(artist.persona)).value
            except Exception as error:
                if isinstance(error, LabelError) and error.transient:
                    raise
                await self._pass_over(artist, error)
                continue
            with contextlib.suppress(ConflictError):
                await self.store.write(
                    artists.change_persona,
                    artist_id=artist.id,
                    version=artist.version,
                    persona=_shown(artist.persona, pictures),
                    trigger="avatar",
                    evidence={"drawn": True},
                    who=artists.CREATION,
                    pictures=pictures,
                )
                drawn += 1
        return drawn

    async def _pass_over(self, artist: Artist, error: Exception) -> None:
        log.warning("%s has no avatar: %s", artist.slug, error)
        fault = fault_of(error, step="", work="portrait")
        await record_fault(self.store, fault, error, artist.id, None, code_at=self.code_at)
        self._failed[artist.id] = artist.version


def _shown(persona: Persona, pictures: tuple[Asset, Asset]) -> Persona:
    avatar, logo = pictures
    return persona.model_copy(update={"avatar_sha256": avatar.sha256, "logo_sha256": logo.sha256})
