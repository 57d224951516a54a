"""What real listeners did, and what people say of a song: each number under its source, never one for another.

Simulated listeners (agents of a rehearsal) are a source of their own and stand in no sum of this file.
"""

import hashlib
from datetime import timedelta

from sqlalchemy import func, or_, select

from storage import events, tables
from storage.artists import artist_by_id
from storage.cycles import cycle_by_id
from storage.database import days_between, insert_absent
from storage.errors import UsageError
from storage.learning import observe
from storage.releases import ReleaseState
from storage.store import Tx, write
from storage.types import ArtistId, AudienceRow, CycleId, Frozen

O = tables.observations  # noqa: E741 - a table's short name, as in the other modules
R = tables.releases
U = tables.audience_outcomes
REAL = ("spotify_for_artists", "youtube_studio", "youtube", "distributor", "listenbrainz")
"""Whose numbers are of real listeners; a song is compared by the first of them that can be."""
BRIEF = ("youtube",)
"""Whose terms let a number stay for `LENT_FOR` only. What people download from YouTube Studio is theirs to keep."""
LENT_FOR = timedelta(days=30)
"""The most that YouTube's developer policies (III.E.4.d) allow; no setting, for one that was raised let a later number stand for a first one that was deleted."""
DAY = timedelta(days=1)
OPERATOR = "operator"
OUTCOME = "outcome, 0.5 is usual"
"""Under which name the comparison with other artists' songs is shown."""


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
    unpublished_titles: tuple[str, ...] = ()
    """Songs that nobody has recorded as published: their numbers are kept, and their age is unknown."""


class Settled(Frozen):
    """What one source said of a released song when it was of an age to be compared with others."""

    cycle_id: CycleId
    artist_id: ArtistId
    source: str
    numbers: dict[str, float]
    """Of each metric the first number that was read at that age."""
    is_due: bool
    """Whether the song is to be given its outcome now."""


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
        row.title.casefold(): row
        for row in tx.connection.execute(
            select(R.c.title, R.c.cycle_id, R.c.published_at).where(R.c.artist_id == artist_id)
        )
    }
    kept = known = 0
    unknown: dict[str, None] = {}
    unpublished: dict[str, None] = {}
    for row in rows:
        release = released.get(row.title.casefold())
        if release is None:
            unknown[row.title] = None
            continue
        if release.published_at is None:
            unpublished[release.title] = None
        key = f"{artist_id}/{row.source}/{row.file_sha256}/{row.title}/{row.metric}"
        is_new = insert_absent(
            tx.connection,
            O,
            id=f"obs_{hashlib.sha256(key.encode()).hexdigest()[:26]}",
            artist_id=artist_id,
            cycle_id=release.cycle_id,
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
        unpublished_titles=tuple(unpublished),
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
    """What each source says of an artist's songs, its newest number of each metric, and how it compares; simulated listeners say nothing here."""
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
    told = [Reception.model_validate(dict(row._mapping)) for row in rows]
    title = func.coalesce(R.c.title, U.c.cycle_id)
    compared = tx.connection.execute(
        select(title.label("title"), U.c.cycle_id, U.c.source, U.c.outcome.label("value"))
        .outerjoin(R, R.c.cycle_id == U.c.cycle_id)
        .where(U.c.artist_id == artist_id)
        .order_by(title)
        .limit(limit)
    )
    return told + [Reception(**row._mapping, metric=OUTCOME) for row in compared]


def settled_of(
    tx: Tx,
    *,
    after: timedelta,
    before: timedelta,
    due: timedelta,
    within: timedelta,
) -> list[Settled]:
    """The first that each source said of every song published `within` that time, at an age `after` the one and `before` the other.

    Ages count from when a person recorded the publication; a song that nobody published, or that was withdrawn, has none.
    A song is due from that age on, until it has its outcome. Of the sources in `BRIEF` numbers stay for `LENT_FOR` only: their songs
    are those whose first number of that age cannot have been deleted yet, or a later and larger one would stand for it.
    """
    now = tx.clock.now()
    age_days = days_between(O.c.at, R.c.published_at)
    place = func.row_number().over(
        partition_by=(O.c.cycle_id, O.c.source, O.c.metric), order_by=(O.c.at, O.c.id)
    )
    read = (
        select(O.c.cycle_id, O.c.artist_id, O.c.source, O.c.metric, O.c.value, R.c.published_at)
        .add_columns(U.c.cycle_id.label("compared"), place.label("place"))
        .join(R, R.c.cycle_id == O.c.cycle_id)
        .outerjoin(U, U.c.cycle_id == O.c.cycle_id)
        .where(
            O.c.source.in_(REAL),
            R.c.state == ReleaseState.PUBLISHED,
            R.c.published_at >= now - within,
            or_(O.c.source.not_in(BRIEF), R.c.published_at >= now - after - LENT_FOR),
            age_days >= after / DAY,
            age_days < before / DAY,
        )
        .subquery("read")
    )
    rows = tx.connection.execute(
        select(read).where(read.c.place == 1).order_by(read.c.cycle_id, read.c.source)
    )
    found: dict[tuple[str, str], Settled] = {}
    for row in rows:
        one = found.setdefault(
            (row.cycle_id, row.source),
            Settled(
                cycle_id=row.cycle_id,
                artist_id=row.artist_id,
                source=row.source,
                numbers={},
                is_due=row.compared is None and now - row.published_at >= due,
            ),
        )
        one.numbers[row.metric] = row.value
    return list(found.values())


@write
def keep_outcome(
    tx: Tx, *, song: Settled, outcome: float, compared: tuple[dict[str, str | float | int], ...]
) -> bool:
    """Keep how a song's audience compares with others, once and for all; says whether it had no outcome before."""
    is_new = insert_absent(
        tx.connection,
        U,
        cycle_id=song.cycle_id,
        artist_id=song.artist_id,
        source=song.source,
        outcome=outcome,
        compared=list(compared),
        at=tx.clock.now(),
    )
    if is_new:
        events.append(
            tx,
            "audience.compared",
            artist_id=song.artist_id,
            cycle_id=song.cycle_id,
            source=song.source,
            outcome=outcome,
        )
    return is_new
