"""New artists: created by the creator around what a person fixes, distinct from the roster, and kept as candidates."""

from hashlib import sha256

from agents import creator
from agents.roster_guard import Described, FixedPart, nearness_fault, require_wish
from configs.settings import Settings
from runtime.journal import JournaledWriter
from runtime.model_spend import Place, SpendLedger, caps_of
from runtime.portraits import portrayed
from runtime.trends import trends_now
from storage import artists
from storage.clock import sub_seed
from storage.errors import ConflictError, LabelError, UsageError
from storage.roster_files import RosterEntry
from storage.store import StoreClient
from storage.types import NOTHING_FIXED, Artist, LifecycleState, PersonaWish

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
    return await _join(store, settings, wanted, seed, genre=genre, to_come=(), who=who)


async def import_artists(
    store: StoreClient, settings: Settings, entries: tuple[RosterEntry, ...], *, seed: int, who: str
) -> list[Artist]:
    """Bring a roster in, one after the other, once everything that can be checked is found good.

    What a model was paid for is kept: each joins by itself, and where one fails, the same import again goes on there.

    Raises UsageError naming the first entry that cannot be, ConflictError where there is no room for all.
    """
    seeds = {entry.label: sub_seed(seed, "import", entry.label) for entry in entries}
    keys = {entry.label: _key(entry, seeds[entry.label]) for entry in entries}
    there = await store.read(artists.imported)
    missing = [entry for entry in entries if keys[entry.label] not in there]
    roster = await store.read(artists.list_artists)
    room = _room(roster, settings)
    if len(missing) > room:
        raise ConflictError(
            f"The file has {len(missing)} artists and ROSTER_MAX {settings.roster_max} leaves room for {max(0, room)}; "
            "raise it, or choose some with --only"
        )
    _require_apart(tuple((entry, seeds[entry.label]) for entry in missing), roster)
    for number, entry in enumerate(missing):
        to_come = tuple((each, seeds[each.label]) for each in missing[number + 1 :])
        genre = creator.chosen_genre(entry.genre, seeds[entry.label])
        mine = {"genre": genre, "to_come": to_come, "who": who, "import_key": keys[entry.label]}
        try:
            await _join(store, settings, entry, seeds[entry.label], **mine)
        except LabelError as error:
            if joined := len(entries) - len(missing) + number:
                error.message = (
                    f"{entry.label}: {error}; {joined} of {len(entries)} have joined, and the same import again "
                    "goes on with the rest"
                )
            raise
    there = await store.read(artists.imported)
    return [await store.read(artists.artist_by_id, artist_id=there[keys[entry.label]]) for entry in entries]


def _key(entry: RosterEntry, seed: int) -> str:
    """What an entry says and the seed for the rest: the same artist comes of it."""
    return sha256(f"{seed} {entry.model_dump_json()}".encode()).hexdigest()


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
    store: StoreClient,
    settings: Settings,
    entry: RosterEntry,
    seed: int,
    *,
    genre: str | None,
    to_come: Wanted,
    who: str,
    import_key: str | None = None,
) -> Artist:
    """Draft somebody unlike the roster and whoever is still to come, draw the portrait, and add both in one write."""
    # Inside: most commands that know of the roster create nobody.
    from agents.llm.chain import routed
    from agents.llm.router import Router

    personas = [artist.persona for artist in await store.read(artists.list_artists)]
    # What is invented now must leave room for what is fixed of those after it.
    fixed = tuple(_fixed(each, its_seed) for each, its_seed in to_come)
    names = [*(each.name for each in personas), *(each.wish.name for each, _ in to_come if each.wish.name)]
    place = Place()
    async with Router.from_settings(settings, ledger=SpendLedger(store, place, caps_of(settings))) as router:
        persona, genes, _call = await creator.create(
            JournaledWriter(routed(router, settings), store, place),
            seed=seed,
            genre=genre,
            taken_names=frozenset(names),
            taken_looks=frozenset(
                name for each in personas for name in (each.visual.palette, each.visual.emblem)
            ),
            wish=entry.wish,
            roster=(*personas, *fixed),
            trends=await trends_now(store, settings),
        )
    if entry.adventurousness is not None:
        genes = genes.model_copy(update={"adventurousness": entry.adventurousness})
    persona, pictures = await portrayed(settings, persona)
    return await store.write(
        artists.add_artist,
        persona=persona,
        genes=genes,
        who=who,
        state=entry.state,
        roster_max=settings.roster_max,
        style_notes=entry.style_notes,
        pictures=pictures,
        import_key=import_key,
    )


def _fixed(entry: RosterEntry, seed: int) -> FixedPart:
    return FixedPart.of(entry.wish, label=entry.label, genre=creator.chosen_genre(entry.genre, seed))


def _living(roster: list[Artist]) -> int:
    return sum(artist.state is not LifecycleState.RETIRED for artist in roster)


def _room(roster: list[Artist], settings: Settings) -> int:
    return settings.roster_max - _living(roster)
