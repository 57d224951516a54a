"""New artists: created by the creator around what a person fixes, distinct from the roster, and kept as candidates."""

import asyncio

from agents import creator
from agents.roster_guard import Described, FixedPart, nearness_fault, require_wish
from configs.settings import Settings
from runtime import studio
from runtime.journal import JournaledWriter
from runtime.model_spend import Place, SpendLedger, caps_of
from runtime.studio import StudioConfig
from storage import artists
from storage.artists import NewArtist
from storage.clock import sub_seed
from storage.errors import ConflictError, UsageError
from storage.roster_files import RosterEntry
from storage.store import StoreClient
from storage.types import NOTHING_FIXED, Artist, Asset, LifecycleState, Persona, PersonaWish

Wanted = tuple[tuple[RosterEntry, int], ...]
"""Who is to be drafted, each with a seed."""


async def create_artist(
    store: StoreClient,
    settings: Settings,
    *,
    seed: int,
    genre: str | None,
    who: str,
    wish: PersonaWish = NOTHING_FIXED,
) -> Artist:
    """Create a candidate that is told apart from everybody on the roster.

    Raises UsageError for an unknown genre or a wish that may not be, ConflictError on a full roster.
    """
    roster = await store.read(artists.list_artists)
    if _room(roster, settings) < 1:  # before a model is paid
        raise ConflictError(
            f"The roster holds {_living(roster)} artists and ROSTER_MAX is {settings.roster_max}; "
            "raise it or retire one"
        )
    wanted = RosterEntry(label="", wish=wish, genre=genre)
    (artist,) = await _join(store, settings, roster, ((wanted, seed),), who)
    return artist


async def import_artists(
    store: StoreClient, settings: Settings, entries: tuple[RosterEntry, ...], *, seed: int, who: str
) -> list[Artist]:
    """Bring a roster in: all of them, or none. What is fixed is checked before a model is paid.

    Raises UsageError naming the first entry that cannot be, ConflictError where there is no room for all.
    """
    roster = await store.read(artists.list_artists)
    room = _room(roster, settings)
    if len(entries) > room:
        raise ConflictError(
            f"The file has {len(entries)} artists and ROSTER_MAX {settings.roster_max} leaves room for {max(0, room)}; "
            "raise it, or choose some with --only"
        )
    wanted = tuple((entry, sub_seed(seed, "import", entry.label)) for entry in entries)
    _require_apart(wanted, roster)
    return await _join(store, settings, roster, wanted, who)


def _require_apart(wanted: Wanted, roster: list[Artist]) -> None:
    """Check what entries fix against the roster and against each other. Raises UsageError naming the first."""
    names = [artist.persona.name for artist in roster]
    described: list[Described] = [artist.persona for artist in roster]
    for entry, seed in wanted:
        try:
            require_wish(entry.wish, names)
            fixed = _fixed(entry, seed)
        except UsageError as error:
            raise UsageError(f"{entry.label}: {error}") from error
        if near := nearness_fault(fixed, described):
            raise UsageError(f"{entry.label}: {near}; fix others")
        names += [entry.wish.name] if entry.wish.name else []
        described.append(fixed)


async def _join(
    store: StoreClient, settings: Settings, roster: list[Artist], wanted: Wanted, who: str
) -> list[Artist]:
    """Draft everybody, each unlike the roster and the others of `wanted`, then add all in one write."""
    # Inside: most commands that know of the roster create nobody.
    from agents.llm.chain import routed
    from agents.llm.router import Router

    personas = [artist.persona for artist in roster]
    drafted: list[NewArtist] = []
    place = Place()
    async with Router.from_settings(settings, ledger=SpendLedger(store, place, caps_of(settings))) as router:
        for number, (entry, seed) in enumerate(wanted, start=1):
            # What is invented now must leave room for what is fixed of those after it.
            to_come = tuple(_fixed(each, its_seed) for each, its_seed in wanted[number:])
            names_to_come = [each.wish.name for each, _ in wanted[number:] if each.wish.name]
            persona, genes, _call = await creator.create(
                JournaledWriter(routed(router, settings), store, place),
                seed=seed,
                genre=entry.genre,
                taken_names=frozenset([*(each.name for each in personas), *names_to_come]),
                taken_palettes=frozenset(each.visual.palette for each in personas),
                wish=entry.wish,
                roster=(*personas, *to_come),
            )
            personas.append(persona)
            if entry.adventurousness is not None:
                genes = genes.model_copy(update={"adventurousness": entry.adventurousness})
            drafted.append(
                NewArtist(persona=persona, genes=genes, state=entry.state, style_notes=entry.style_notes)
            )
    newcomers: list[NewArtist] = []
    for each in drafted:
        persona, pictures = await portrayed(settings, each.persona)
        newcomers.append(each.model_copy(update={"persona": persona, "pictures": pictures}))
    return await store.write(
        artists.add_artists, newcomers=tuple(newcomers), who=who, roster_max=settings.roster_max
    )


def _fixed(entry: RosterEntry, seed: int) -> FixedPart:
    return FixedPart.of(entry.wish, label=entry.label, genre=creator.chosen_genre(entry.genre, seed))


def _living(roster: list[Artist]) -> int:
    return sum(artist.state is not LifecycleState.RETIRED for artist in roster)


def _room(roster: list[Artist], settings: Settings) -> int:
    return settings.roster_max - _living(roster)


async def portrayed(settings: Settings, persona: Persona) -> tuple[Persona, tuple[Asset, Asset]]:
    """The persona with an avatar and a logo drawn from its look. Raises DiskFullError without room for them."""
    drawn = await asyncio.to_thread(studio.draw_portrait, StudioConfig.of(settings), persona)
    avatar, logo = drawn.value
    shown = persona.model_copy(update={"avatar_sha256": avatar.sha256, "logo_sha256": logo.sha256})
    return shown, drawn.value
