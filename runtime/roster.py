"""New artists: created by the creator around what a person fixes, distinct from the roster, and kept as candidates."""

import asyncio

from agents import creator
from agents.roster_guard import require_wish
from configs.genres import load_genres
from configs.settings import Settings
from runtime import studio
from runtime.journal import JournaledWriter
from runtime.model_spend import Place, SpendLedger, caps_of
from runtime.studio import StudioConfig
from storage import artists
from storage.clock import sub_seed
from storage.errors import ConflictError, UsageError
from storage.roster_files import RosterEntry
from storage.store import StoreClient
from storage.types import NOTHING_FIXED, Artist, Asset, LifecycleState, Persona, PersonaWish


async def create_artist(
    store: StoreClient,
    settings: Settings,
    *,
    seed: int,
    genre: str | None,
    who: str,
    wish: PersonaWish = NOTHING_FIXED,
    style_notes: str = "",
    adventurousness: float | None = None,
    state: LifecycleState = LifecycleState.CANDIDATE,
) -> Artist:
    """Create a candidate that is told apart from everybody on the roster.

    Raises UsageError for an unknown genre or a wish that may not be, ConflictError on a full roster.
    """
    # Inside: most commands that know of the roster create nobody.
    from agents.llm.chain import routed
    from agents.llm.router import Router

    roster = await store.read(artists.list_artists)
    living = sum(artist.state is not LifecycleState.RETIRED for artist in roster)
    if living >= settings.roster_max:  # before a model is paid
        raise ConflictError(
            f"The roster holds {living} artists and ROSTER_MAX is {settings.roster_max}; raise it or retire one"
        )
    place = Place()
    async with Router.from_settings(settings, ledger=SpendLedger(store, place, caps_of(settings))) as router:
        persona, genes, _call = await creator.create(
            JournaledWriter(routed(router, settings), store, place),
            seed=seed,
            genre=genre,
            taken_names=frozenset(artist.persona.name for artist in roster),
            taken_palettes=frozenset(artist.persona.visual.palette for artist in roster),
            wish=wish,
            roster=tuple(artist.persona for artist in roster),
        )
    if adventurousness is not None:
        genes = genes.model_copy(update={"adventurousness": adventurousness})
    persona, pictures = await portrayed(settings, persona)
    return await store.write(
        artists.add_artist,
        persona=persona,
        genes=genes,
        who=who,
        state=state,
        roster_max=settings.roster_max,
        style_notes=style_notes,
        pictures=pictures,
    )


async def import_artists(
    store: StoreClient, settings: Settings, entries: tuple[RosterEntry, ...], *, seed: int, who: str
) -> list[Artist]:
    """Bring a roster in: everybody is checked before anybody is added.

    Raises UsageError naming the first entry that cannot be, ConflictError where there is no room for all.
    """
    roster = await store.read(artists.list_artists)
    living = sum(artist.state is not LifecycleState.RETIRED for artist in roster)
    room = settings.roster_max - living
    if len(entries) > room:
        raise ConflictError(
            f"The file has {len(entries)} artists and ROSTER_MAX {settings.roster_max} leaves room for {max(0, room)}; "
            "raise it, or choose some with --only"
        )
    names = [artist.persona.name for artist in roster]
    for entry in entries:
        try:
            require_wish(entry.wish, names)
            _require_genre(entry.genre)
        except UsageError as error:
            raise UsageError(f"{entry.label}: {error}") from error
        names += [entry.wish.name] if entry.wish.name else []
    return [
        await create_artist(
            store,
            settings,
            seed=sub_seed(seed, "import", entry.label),
            genre=entry.genre,
            who=who,
            wish=entry.wish,
            style_notes=entry.style_notes,
            adventurousness=entry.adventurousness,
            state=entry.state,
        )
        for entry in entries
    ]


async def portrayed(settings: Settings, persona: Persona) -> tuple[Persona, tuple[Asset, Asset]]:
    """The persona with an avatar and a logo drawn from its look. Raises DiskFullError without room for them."""
    drawn = await asyncio.to_thread(studio.draw_portrait, StudioConfig.of(settings), persona)
    avatar, logo = drawn.value
    shown = persona.model_copy(update={"avatar_sha256": avatar.sha256, "logo_sha256": logo.sha256})
    return shown, drawn.value


def _require_genre(genre: str | None) -> None:
    if genre is not None and genre not in load_genres():
        raise UsageError(f"no genre {genre[:40]!r}: choose one of {', '.join(load_genres())}")
