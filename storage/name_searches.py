"""Names that somebody has to look for before an artist's first release, and what people found."""

from sqlalchemy import func, select, update

from storage import artists, events, tables
from storage.artists import artist_by_id
from storage.errors import ConflictError
from storage.releases import ReleaseState
from storage.store import Tx, write
from storage.types import Artist, ArtistId, Frozen, NameSearch

R = tables.releases
A = tables.artists
LISTED = 20


class UnsearchedName(Frozen):
    """An artist whose releases wait until a person has looked whether somebody else goes by its name."""

    artist_id: ArtistId
    slug: str
    name: str
    releases: int

    @property
    def wait(self) -> str:
        """What waits, for a sentence."""
        return f"{self.releases} release{' waits' if self.releases == 1 else 's wait'}"


@write
def record_name_search(tx: Tx, *, artist_id: ArtistId, version: int, found: str, who: str) -> Artist:
    """Keep what a person found; the artist's releases that waited for it are ready.

    Raises ConflictError when the artist has changed since `version` was read.
    """
    persona = artist_by_id(tx, artist_id=artist_id).persona
    searched = NameSearch(by=who, at=tx.clock.now(), found=found)
    artist = artists.change_persona(
        tx,
        artist_id=artist_id,
        version=version,
        persona=persona.model_copy(update={"name_search": searched}),
        trigger="name_search",
        evidence={"found": found},
        who=who,
    )
    freed = _move_all(tx, artist_id, ReleaseState.BUILT, ReleaseState.READY)
    events.append(tx, "artist.name_searched", artist_id=artist_id, releases=freed, who=who)
    return artist


@write
def take_back_name_search(tx: Tx, *, artist_id: ArtistId, version: int, who: str) -> Artist:
    """Nobody has searched for the name after all; the artist's releases that were ready wait again.

    Raises ConflictError where there is no search on record, something came out under the name, or the artist has
    changed since `version` was read.
    """
    persona = artist_by_id(tx, artist_id=artist_id).persona
    searched = persona.name_search
    if searched is None:
        raise ConflictError(f"No search for the name {persona.name} is on record")
    artist = artists.change_persona(
        tx,
        artist_id=artist_id,
        version=version,
        persona=persona.model_copy(update={"name_search": None}),
        trigger="name_search_taken_back",
        evidence={"by": searched.by, "at": searched.at.isoformat(), "found": searched.found},
        who=who,
    )
    held = _move_all(tx, artist_id, ReleaseState.READY, ReleaseState.BUILT)
    # Asked when those that were ready are locked: one that goes out meanwhile has gone out before.
    if (out := first_out(tx, artist_id=artist_id)) is not None:
        raise ConflictError(f"{out} came out under the name {persona.name}: its search stays on record")
    events.append(tx, "artist.name_search_taken_back", artist_id=artist_id, releases=held, who=who)
    return artist


def first_out(tx: Tx, *, artist_id: ArtistId) -> str | None:
    """The title of the first release that came out under an artist's name, also where it was withdrawn since."""
    query = select(R.c.title).where(R.c.artist_id == artist_id, R.c.published_at.is_not(None))
    return tx.connection.execute(query.order_by(R.c.published_at, R.c.id).limit(1)).scalar_one_or_none()


def _move_all(tx: Tx, artist_id: ArtistId, before: ReleaseState, after: ReleaseState) -> list[str]:
    """Move the artist's releases that are in one state to another; their ids, in order."""
    moved = tx.connection.execute(
        update(R).where(R.c.artist_id == artist_id, R.c.state == before).values(state=after).returning(R.c.id)
    )
    return sorted(moved.scalars())


def names_to_search(tx: Tx, *, limit: int = LISTED) -> list[UnsearchedName]:
    """Artists with releases that wait for a search, in slug order."""
    rows = tx.connection.execute(
        select(A.c.id, A.c.slug, A.c.name, func.count())
        .join(R, R.c.artist_id == A.c.id)
        .where(R.c.state == ReleaseState.BUILT)
        .group_by(A.c.id, A.c.slug, A.c.name)
        .order_by(A.c.slug)
        .limit(limit)
    ).all()
    return [
        UnsearchedName(artist_id=ArtistId(id_), slug=slug, name=name, releases=count)
        for id_, slug, name, count in rows
    ]
