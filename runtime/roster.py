"""New artists: created by the creator, distinct from the roster, and kept as candidates."""

import asyncio

from agents import creator
from configs.settings import Settings
from runtime import studio
from runtime.journal import JournaledWriter
from runtime.model_spend import Place, SpendLedger, caps_of
from runtime.studio import StudioConfig
from storage import artists
from storage.store import StoreClient
from storage.types import Artist, Asset, LifecycleState, Persona


async def create_artist(
    store: StoreClient, settings: Settings, *, seed: int, genre: str | None, who: str
) -> Artist:
    """Create a candidate that is told apart from everybody on the roster.

    Raises UsageError for an unknown genre, ConflictError on a full roster.
    """
    # Inside: most commands that know of the roster create nobody.
    from agents.llm.chain import routed
    from agents.llm.router import Router

    roster = await store.read(artists.list_artists)
    place = Place()
    async with Router.from_settings(settings, ledger=SpendLedger(store, place, caps_of(settings))) as router:
        persona, genes, _call = await creator.create(
            JournaledWriter(routed(router, settings), store, place),
            seed=seed,
            genre=genre,
            taken_names=frozenset(artist.persona.name for artist in roster),
            taken_palettes=frozenset(artist.persona.visual.palette for artist in roster),
        )
    persona, pictures = await portrayed(settings, persona)
    return await store.write(
        artists.add_artist,
        persona=persona,
        genes=genes,
        who=who,
        state=LifecycleState.CANDIDATE,
        roster_max=settings.roster_max,
        pictures=pictures,
    )


async def portrayed(settings: Settings, persona: Persona) -> tuple[Persona, tuple[Asset, Asset]]:
    """The persona with an avatar and a logo drawn from its look. Raises DiskFullError without room for them."""
    drawn = await asyncio.to_thread(studio.draw_portrait, StudioConfig.of(settings), persona)
    avatar, logo = drawn.value
    shown = persona.model_copy(update={"avatar_sha256": avatar.sha256, "logo_sha256": logo.sha256})
    return shown, drawn.value
