"""What real listeners did, and what people say of a song: each number under its source, never one for another.

Simulated listeners (agents of a rehearsal) are a source of their own and stand in no sum of this file.
"""

import hashlib

from sqlalchemy import func, select

from storage import events, tables
from storage.artists import artist_by_id
from storage.cycles import cycle_by_id
from storage.database import insert_absent
from storage.errors import UsageError
from storage.learning import observe
from storage.store import Tx, write
from storage.types import ArtistId, AudienceRow, Frozen

O = tables.observations  # noqa: E741 - a table's short name, as in the other modules
R = tables.releases
REAL = ("spotify_for_artists", "youtube_studio", "distributor")
OPERATOR = "operator"


class Brought(Frozen):
    """What came of an audience file."""

    artist: str
    source: str
    kept: int
    """Numbers that are new."""
    known: int
    """Numbers of the same file that were brought before."""
    unknown_titles: tuple[str, ...]
    """Songs of the file that this artist has not released."""


class Reception(Frozen):
    """What one source says of one song, at its latest."""

    title: str
    cycle_id: str
    source: str
    metric: str
    value: float


@write
def bring_audience(tx: Tx, *, artist_id: ArtistId, rows: tuple[AudienceRow, ...], who: str) -> Brought:
    """Keep a file's numbers for the songs that the artist has released; the same file twice adds nothing."""
    released = {
        title.casefold(): cycle_id
        for title, cycle_id in tx.connection.execute(
            select(R.c.title, R.c.cycle_id).where(R.c.artist_id == artist_id)
        ).all()
    }
    kept = known = 0
    unknown: dict[str, None] = {}
    for row in rows:
        cycle_id = released.get(row.title.casefold())
        if cycle_id is None:
            unknown[row.title] = None
            continue
        key = f"{artist_id}/{row.source}/{row.file_sha256}/{row.title}/{row.metric}"
        is_new = insert_absent(
            tx.connection,
            O,
            id=f"obs_{hashlib.sha256(key.encode()).hexdigest()[:26]}",
            artist_id=artist_id,
            cycle_id=cycle_id,
            source=row.source,
            metric=row.metric,
            value=row.value,
            samples=1,
            at=tx.clock.now(),
        )
        kept, known = kept + is_new, known + (not is_new)
    source = rows[0].source if rows else ""
    events.append(tx, "audience.brought", artist_id=artist_id, source=source, kept=kept, who=who)
    return Brought(
        artist=artist_by_id(tx, artist_id=artist_id).slug,
        source=source,
        kept=kept,
        known=known,
        unknown_titles=tuple(unknown),
    )


@write
def rate_song(tx: Tx, *, cycle_id: str, rating: float, who: str) -> str:
    """Keep a person's rating of a song, 0 to 1; it is evidence of its own and decides nothing."""
    if not 0 <= rating <= 1:
        raise UsageError(f"a rating of {rating:g}: give 0 to 1")
    cycle = cycle_by_id(tx, cycle_id=cycle_id)
    events.append(tx, "song.rated", artist_id=cycle.artist_id, cycle_id=cycle_id, rating=rating, who=who)
    return observe(
        tx, artist_id=cycle.artist_id, cycle_id=cycle_id, source=OPERATOR, metric="rating", value=rating
    )


def receptions_of(tx: Tx, *, artist_id: ArtistId, limit: int = 200) -> list[Reception]:
    """What each source says of an artist's songs, its newest number of each metric; simulated listeners say nothing here."""
    place = func.row_number().over(
        partition_by=(O.c.cycle_id, O.c.source, O.c.metric), order_by=(O.c.at.desc(), O.c.id)
    )
    latest = (
        select(O.c.cycle_id, O.c.source, O.c.metric, O.c.value, place.label("place"))
        .where(O.c.artist_id == artist_id, O.c.source.in_((*REAL, OPERATOR)), O.c.cycle_id.is_not(None))
        .subquery("latest")
    )
    title = func.coalesce(R.c.title, latest.c.cycle_id)
    rows = tx.connection.execute(
        select(title.label("title"), latest.c.cycle_id, latest.c.source, latest.c.metric, latest.c.value)
        .outerjoin(R, R.c.cycle_id == latest.c.cycle_id)
        .where(latest.c.place == 1)
        .order_by(title, latest.c.source, latest.c.metric)
        .limit(limit)
    )
    return [Reception.model_validate(dict(row._mapping)) for row in rows]
