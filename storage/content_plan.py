"""The content plan: what is to be made and posted on which day, and the songs that are begun from it.

Days are those of the label's time zone. A person's change is kept: nothing is drawn over it, and what was skipped
is not drawn again. A label that was away begins one late song an artist; those before it are missed, not made up.
"""

from datetime import date, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, RowMapping, delete, func, insert, select, update

from storage import events, tables
from storage.artists import artist_by_id
from storage.clock import new_id, sub_seed
from storage.cycles import Reviewing, queue_cycle
from storage.database import insert_absent
from storage.errors import ConflictError, NotFoundError
from storage.label import is_stopped
from storage.store import Tx, write
from storage.types import (
    Artist,
    ArtistId,
    CycleId,
    CycleState,
    Frozen,
    LifecycleState,
    PieceKind,
    PlannedPiece,
    SongRequest,
)

E = tables.plan_entries
A = tables.artists
C = tables.cycles
WORKING = (LifecycleState.CANDIDATE, LifecycleState.ACTIVE, LifecycleState.EVOLVING)
PLAN = "plan"
"""Who asks for a song that the plan begins."""
PlanStatus = Literal["planned", "begun", "done", "skipped", "missed"]


class PlanEntry(PlannedPiece):
    """One row of the plan."""

    id: str
    artist_id: ArtistId
    artist_name: str
    slug: str
    status: PlanStatus
    """planned, begun (a song is in the making), done, skipped by a person, missed because nobody was there."""
    cycle_id: CycleId | None
    changed_by: str | None
    """Who wrote or changed it; None as it was drawn."""

    @property
    def shown_text(self) -> str:
        """The text with the song's title in it, as far as that is known."""
        return self.text.replace("{title}", self.title or "the next song")


class PlanChange(Frozen):
    """What a person changes of an entry; None leaves a field as it is."""

    day: date | None = None
    platform: str | None = None
    text: str | None = None
    call_to_action: str | None = None
    theme: str | None = None
    title: str | None = None
    status: Literal["planned", "done", "skipped"] | None = None


class BegunSong(Frozen):
    """A song that the plan has begun."""

    entry_id: str
    artist_id: ArtistId
    cycle_id: CycleId


@write
def extend_plan(tx: Tx, *, artist_id: ArtistId, pieces: tuple[PlannedPiece, ...], until: date) -> int:
    """Add what was drawn up to a day; what stands there already stays. Returns how many were new."""
    added = sum(
        insert_absent(
            tx.connection,
            E,
            id=new_id("pln", tx.clock),
            artist_id=artist_id,
            status="planned",
            cycle_id=None,
            changed_by=None,
            created_at=tx.clock.now(),
            **_columns(piece),
        )
        for piece in pieces
    )
    tx.connection.execute(update(A).where(A.c.id == artist_id).values(planned_until=until.isoformat()))
    return added


@write
def forget_drawn(tx: Tx, *, artist_id: ArtistId, after: date) -> int:
    """Drop what was drawn for the days after one and nobody has touched, so that it is drawn anew."""
    untouched = (E.c.artist_id == artist_id, E.c.status == "planned", E.c.changed_by.is_(None))
    dropped = tx.connection.execute(delete(E).where(*untouched, E.c.day > after.isoformat()))
    tx.connection.execute(update(A).where(A.c.id == artist_id).values(planned_until=after.isoformat()))
    return dropped.rowcount


@write
def add_piece(tx: Tx, *, artist_id: ArtistId, piece: PlannedPiece, who: str) -> PlanEntry:
    """A person's own entry. Raises ConflictError where the day has one of its kind on that platform."""
    entry_id = new_id("pln", tx.clock)
    _require_free(tx, artist_id, piece.day, piece.kind, piece.platform)
    tx.connection.execute(
        insert(E).values(
            id=entry_id,
            artist_id=artist_id,
            status="planned",
            changed_by=who,
            created_at=tx.clock.now(),
            **_columns(piece),
        )
    )
    events.append(
        tx, "plan.added", artist_id=artist_id, entry_id=entry_id, day=piece.day.isoformat(), who=who
    )
    return entry_by_id(tx, entry_id=entry_id)


@write
def change_entry(tx: Tx, *, entry_id: str, change: PlanChange, who: str) -> PlanEntry:
    """Change an entry by a person's word; what it moves away from is left out there, and not drawn again.

    Raises ConflictError for a song that was begun, or a day that is taken.
    """
    entry = entry_by_id(tx, entry_id=entry_id)
    if entry.status == "begun" and entry.kind is PieceKind.SONG:
        raise ConflictError(f"This song is begun; `labelmate cycle show {entry.cycle_id}` has it now")
    given = change.model_dump(mode="json", exclude_none=True)
    # Nothing typed gives a song's theme or title back to the planner.
    given |= {name: given[name] or None for name in ("theme", "title") if name in given}
    day, platform = change.day or entry.day, given.get("platform", entry.platform)
    has_moved = (day, platform) != (entry.day, entry.platform)
    if has_moved:
        _require_free(tx, entry.artist_id, day, entry.kind, platform)
    # A late one that gets another day is waited for again.
    if change.day is not None and change.status is None and entry.status == "missed":
        given["status"] = "planned"
    tx.connection.execute(update(E).where(E.c.id == entry_id).values(**given, changed_by=who))
    if has_moved:
        _leave_out(tx, entry, who)
    events.append(tx, "plan.changed", artist_id=entry.artist_id, entry_id=entry_id, change=given, who=who)
    return entry_by_id(tx, entry_id=entry_id)


@write
def begin_due_songs(
    tx: Tx, *, today: date, reviewing: Reviewing, formats: tuple[str, ...], limit: int
) -> list[BegunSong]:
    """Queue the songs whose day has come, for artists with room: the longest idle first.

    Nobody begins while the label is stopped, and no artist that is paused, that nobody has taken on, or that has
    `per_artist_max` songs unfinished or undecided; all together stay below `per_label_max`.
    """
    _pass_missed(tx, today)
    if is_stopped(tx):
        return []
    unfinished = select(func.count()).where(C.c.artist_id == A.c.id, C.c.state != CycleState.ENDED)
    rows = tx.connection.execute(
        select(E.c.id, E.c.artist_id, E.c.theme, E.c.title, E.c.day, A.c.persona)
        .join(A, A.c.id == E.c.artist_id)
        .where(E.c.status == "planned", E.c.kind == PieceKind.SONG, E.c.day <= today.isoformat())
        .where(A.c.accepted_at.is_not(None), A.c.state.in_(WORKING))
        .where(unfinished.scalar_subquery() < reviewing.per_artist_max)
        .order_by(A.c.last_run_at.is_not(None), A.c.last_run_at, E.c.day, E.c.id)
        .limit(min(limit, max(0, reviewing.per_label_max - _unfinished(tx))))
    ).all()
    return [_begin(tx, row._mapping, formats) for row in rows]


def artists_to_plan(tx: Tx, *, before: date, limit: int) -> list[Artist]:
    """Artists at work whose plan ends before a day, those without one first."""
    query = (
        select(A.c.id)
        .where(A.c.accepted_at.is_not(None), A.c.state.in_(WORKING))
        .where(A.c.planned_until.is_(None) | (A.c.planned_until < before.isoformat()))
        .order_by(A.c.planned_until.is_not(None), A.c.planned_until, A.c.id)
        .limit(limit)
    )
    return [artist_by_id(tx, artist_id=each) for each in tx.connection.execute(query).scalars().all()]


def plan_of(
    tx: Tx,
    *,
    first: date,
    last: date,
    artist_id: ArtistId | None = None,
    statuses: tuple[PlanStatus, ...] = (),
    limit: int = 500,
) -> list[PlanEntry]:
    """The entries of some days in their order, of one artist or of the whole label."""
    wanted: list[ColumnElement[bool]] = [E.c.day >= first.isoformat(), E.c.day <= last.isoformat()]
    if artist_id is not None:
        wanted.append(E.c.artist_id == artist_id)
    if statuses:
        wanted.append(E.c.status.in_(statuses))
    return _entries(tx, *wanted, limit=limit)


def entry_by_id(tx: Tx, *, entry_id: str) -> PlanEntry:
    """One entry. Raises NotFoundError."""
    for entry in _entries(tx, E.c.id == entry_id, limit=1):
        return entry
    raise NotFoundError(f"There is no plan entry {entry_id}; `labelmate plan show` lists them")


def _begin(tx: Tx, row: RowMapping, formats: tuple[str, ...]) -> BegunSong:
    seed = sub_seed(row["persona"]["signature_seed"], PLAN, row["day"], row["id"])
    request = SongRequest(seed=seed, theme=row["theme"], title=row["title"], formats=formats)
    artist_id = ArtistId(row["artist_id"])
    cycle = queue_cycle(tx, artist_id=artist_id, request=request, requested_by=PLAN)
    tx.connection.execute(update(E).where(E.c.id == row["id"]).values(status="begun", cycle_id=cycle.id))
    return BegunSong(entry_id=row["id"], artist_id=artist_id, cycle_id=cycle.id)


def _pass_missed(tx: Tx, today: date) -> None:
    """Of an artist's songs whose day has come, the latest may still be begun; posts and teasers had their day."""
    later = E.alias("later")
    has_later = (
        select(later.c.id)
        .where(later.c.artist_id == E.c.artist_id, later.c.kind == PieceKind.SONG)
        .where(later.c.status == "planned", later.c.day <= today.isoformat(), later.c.day > E.c.day)
        .exists()
    )
    is_over = (E.c.kind == PieceKind.SONG) & (E.c.day < today.isoformat()) & has_later
    had_its_day = (E.c.kind != PieceKind.SONG) & (E.c.day < (today - timedelta(days=2)).isoformat())
    tx.connection.execute(
        update(E).where(E.c.status == "planned", is_over | had_its_day).values(status="missed")
    )


def _unfinished(tx: Tx) -> int:
    return tx.connection.execute(
        select(func.count()).select_from(C).where(C.c.state != CycleState.ENDED)
    ).scalar_one()


def _leave_out(tx: Tx, moved: PlanEntry, who: str) -> None:
    """Where an entry was, an empty skipped one: drawn again there, it would be made twice."""
    place = PlannedPiece(day=moved.day, kind=moved.kind, platform=moved.platform)
    tx.connection.execute(
        insert(E).values(
            id=new_id("pln", tx.clock),
            artist_id=moved.artist_id,
            status="skipped",
            changed_by=who,
            created_at=tx.clock.now(),
            **_columns(place),
        )
    )


def _require_free(tx: Tx, artist_id: str, day: date, kind: PieceKind, platform: str) -> None:
    """Raises ConflictError for a place that is taken; one that was left out with nothing written is not."""
    place = (
        E.c.artist_id == artist_id, E.c.day == day.isoformat(), E.c.kind == kind, E.c.platform == platform
    )  # fmt: skip
    is_empty = (E.c.text == "") & E.c.theme.is_(None) & E.c.title.is_(None)
    tx.connection.execute(delete(E).where(*place, E.c.status == "skipped", is_empty))
    taken = select(E.c.id).where(*place)
    if (there := tx.connection.execute(taken).scalar()) is not None:
        where = f" on {platform}" if platform else ""
        raise ConflictError(f"{day} has a {kind}{where} already ({there}); choose another day")


def _columns(piece: PlannedPiece) -> dict[str, object]:
    return piece.model_dump(mode="json", include=set(PlannedPiece.model_fields))


def _entries(tx: Tx, *wanted: ColumnElement[bool], limit: int) -> list[PlanEntry]:
    P = tables.approvals  # noqa: N806 - a table's short name, as in the other modules
    title = (
        select(P.c.title)
        .where(P.c.cycle_id == E.c.cycle_id)
        .order_by(P.c.asked_at.desc(), P.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = tx.connection.execute(
        select(
            *[column for column in E.c if column.name not in ("created_at", "title")],
            func.coalesce(title, E.c.title).label("title"),
            A.c.name.label("artist_name"),
            A.c.slug,
        )
        .join(A, A.c.id == E.c.artist_id)
        .where(*wanted)
        .order_by(E.c.day, A.c.slug, E.c.kind, E.c.id)
        .limit(limit)
    )
    return _with_titles([PlanEntry.model_validate(dict(row._mapping)) for row in rows])


def _with_titles(entries: list[PlanEntry]) -> list[PlanEntry]:
    """Teasers and posts speak of the artist's latest song before them that is among these."""
    latest: dict[str, str] = {}
    told: list[PlanEntry] = []
    for entry in entries:
        if entry.kind is PieceKind.SONG and entry.title:
            latest[entry.artist_id] = entry.title
        elif entry.kind is not PieceKind.SONG and entry.artist_id in latest:
            entry = entry.model_copy(update={"title": latest[entry.artist_id]})  # noqa: PLW2901
        told.append(entry)
    return told
