"""The roster."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from agents.transitions import Trigger
from runtime.desk import Desk
from storage import queries
from storage.artists import artist_by_name
from storage.evolutions import Evolution, evolutions_of
from storage.queries import RosterRow
from storage.types import Artist, AutopilotPolicy, Frozen, LifecycleState
from ui.web.door import Limit, TheDesk, TheLabel

router = APIRouter(prefix="/artists", tags=["artists"])
Words = Annotated[str, Field(max_length=500)]


class Roster(Frozen):
    """A page of artists."""

    artists: tuple[RosterRow, ...]
    after: str | None
    """Give it as `after` for the next page; null on the last."""


class NewArtist(Frozen):
    """What an artist is made from."""

    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    """The same seed, roster and trends make the same artist."""
    genre: str | None = None


class Changes(Frozen):
    """Changes, the latest first."""

    changes: tuple[Evolution, ...]


class Because(Frozen):
    """Why something is done."""

    reason: Words = "by a person"


class AutopilotSwitch(Frozen):
    """An artist's autopilot: a policy switches it on, null switches it off."""

    policy: AutopilotPolicy | None
    reason: Words = "by a person"


class Searched(Frozen):
    """A person's search for others of an artist's name."""

    found: Annotated[str, Field(min_length=1, max_length=300)]
    """Where it was searched, and what was found."""


@router.get("")
async def list_artists(
    label: TheLabel,
    *,
    state: Annotated[list[LifecycleState] | None, Query(description="In one of these states.")] = None,
    text: Annotated[str, Query(max_length=100, description="A part of the name or of the genre.")] = "",
    after: Annotated[str, Query(max_length=200, description="Where the last page ended.")] = "",
    limit: Limit = 100,
) -> Roster:
    """Artists by slug, with what became of their songs."""
    rows = await label.store.read(
        queries.roster, limit=limit, after_slug=after, states=tuple(state or ()), text=text
    )
    return Roster(artists=tuple(rows), after=rows[-1].slug if len(rows) == limit else None)


@router.post("", status_code=201)
async def create_artist(wanted: NewArtist, desk: TheDesk) -> Artist:
    """Invent an artist unlike those on the roster, as a candidate; the owner's right."""
    seed = secrets.randbelow(2**31) if wanted.seed is None else wanted.seed
    return await desk.artists.create(seed=seed, genre=wanted.genre)


@router.get("/{name}")
async def show_artist(name: str, label: TheLabel) -> Artist:
    """One artist by slug, name or id."""
    return await label.store.read(artist_by_name, name=name)


@router.post("/{name}/accept")
async def accept(name: str, label: TheLabel, desk: TheDesk) -> Artist:
    """Take an artist on: its content plan is followed from now on. The owner's right."""
    return await desk.artists.accept(await label.store.read(artist_by_name, name=name))


@router.post("/{name}/name-search")
async def record_name_search(name: str, search: Searched, label: TheLabel, desk: TheDesk) -> Artist:
    """Keep that somebody looked for others of the name; the artist's releases wait for it. The owner's right."""
    return await desk.artists.record_name_search(
        await label.store.read(artist_by_name, name=name), search.found
    )


@router.delete("/{name}/name-search")
async def take_back_name_search(name: str, label: TheLabel, desk: TheDesk) -> Artist:
    """Nobody searched after all: its releases wait again. Refused once one of them came out. The owner's right."""
    return await desk.artists.take_back_name_search(await label.store.read(artist_by_name, name=name))


@router.get("/{name}/changes")
async def list_changes(name: str, label: TheLabel) -> Changes:
    """What the artist has changed of itself, the latest first, each with its trial."""
    artist = await label.store.read(artist_by_name, name=name)
    rows = await label.store.read(evolutions_of, artist_id=artist.id)
    return Changes(changes=tuple(rows))


@router.post("/{name}/changes/{change_id}/roll-back")
async def roll_back(name: str, change_id: str, because: Because, label: TheLabel, desk: TheDesk) -> Evolution:
    """Take the change on trial back; the owner's right."""
    artist = await label.store.read(artist_by_name, name=name)
    return await desk.artists.roll_back(artist, change_id, reason=because.reason)


@router.post("/{name}/pause")
async def pause(name: str, because: Because, label: TheLabel, desk: TheDesk) -> Artist:
    """Let an artist make nothing; a song under way stops at its next step."""
    return await _move(label, desk, name, Trigger.PAUSE, because)


@router.post("/{name}/resume")
async def resume(name: str, because: Because, label: TheLabel, desk: TheDesk) -> Artist:
    """Let a paused artist work again."""
    return await _move(label, desk, name, Trigger.RESUME, because)


@router.post("/{name}/evolve")
async def evolve(name: str, because: Because, label: TheLabel, desk: TheDesk) -> Artist:
    """Let an artist try itself anew; the owner's right."""
    return await _move(label, desk, name, Trigger.EVOLVE, because)


@router.post("/{name}/retire")
async def retire(name: str, because: Because, label: TheLabel, desk: TheDesk) -> Artist:
    """End an artist's career for ever; what it made stays. The owner's right."""
    return await _move(label, desk, name, Trigger.RETIRE, because)


@router.put("/{name}/autopilot")
async def autopilot(name: str, switch: AutopilotSwitch, label: TheLabel, desk: TheDesk) -> Artist:
    """Switch an artist's autopilot on under a policy, or off; the owner's right."""
    artist = await label.store.read(artist_by_name, name=name)
    return await desk.artists.set_autopilot(artist.id, switch.policy, reason=switch.reason)


async def _move(label: TheLabel, desk: Desk, name: str, trigger: Trigger, because: Because) -> Artist:
    artist = await label.store.read(artist_by_name, name=name)
    return await desk.artists.move(artist, trigger, reason=because.reason)
