"""Faults, grouped by fingerprint so that one broken thing is one line, and what was done about them.

Give texts that are redacted already (agents/fixer.py): what is written here is shown and sent.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import RowMapping, delete, func, insert, or_, select, update

from storage import events, outbox, patches, tables
from storage.clock import new_id
from storage.database import insert_absent
from storage.errors import ConflictError, NotFoundError
from storage.fixes import Fix, close_fix, close_fixes, fixes_of, fixes_of_cycle, open_fix
from storage.store import Tx, write
from storage.types import Frozen

__all__ = [
    "ErrorEvent",
    "ErrorGroup",
    "ErrorReport",
    "Fix",
    "GroupStatus",
    "close_fix",
    "close_fixes",
    "counts_by_status",
    "dismiss_group",
    "fixes_of_cycle",
    "group_by_fingerprint",
    "list_groups",
    "new_groups",
    "open_fix",
    "open_group_count",
    "record_fault",
    "resolve_group",
    "show_group",
]

G = tables.error_groups
V = tables.error_events
EVENTS_KEPT = 20
"""Occurrences kept of each group, and one of each artist that waits for it; the count goes on."""
REPEATS_A_MESSAGE = 5


class GroupStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    """Mended; if it comes back it is open again."""
    DISMISSED = "dismissed"
    """A person does not want to hear of it."""


class ErrorGroup(Frozen):
    """One kind of fault."""

    fingerprint: str
    code: str
    title: str
    status: GroupStatus
    count: int
    first_at: datetime
    last_at: datetime
    resolved_by: str | None
    resolved_at: datetime | None


class ErrorEvent(Frozen):
    """One occurrence."""

    id: str
    artist_id: str | None
    cycle_id: str | None
    step: str | None
    message: str
    trace: str
    at: datetime


class ErrorReport(Frozen):
    """A group with its latest occurrences and fixes, newest first."""

    group: ErrorGroup
    events: tuple[ErrorEvent, ...]
    fixes: tuple[Fix, ...]


@write
def record_fault(
    tx: Tx,
    *,
    fingerprint: str,
    code: str,
    title: str,
    message: str,
    trace: str,
    artist_id: str | None = None,
    cycle_id: str | None = None,
    step: str | None = None,
    code_at: datetime | None = None,
) -> tuple[ErrorGroup, int]:
    """Count a fault; returns its group and how often it had happened before.

    People hear of a new group, of one that comes back after it was resolved, and of each fifth repeat. While a patch
    of it waits for a restart, it is counted in silence.

    Args:
        code_at: when the code that failed was loaded: it tells whether a patch was in it.
    """
    now = tx.clock.now()
    group = {
        "code": code,
        "title": title,
        "status": GroupStatus.OPEN,
        "count": 1,
        "first_at": now,
        "last_at": now,
    }
    is_new = insert_absent(tx.connection, G, fingerprint=fingerprint, **group)
    came_back = False
    if not is_new:
        tx.connection.execute(
            update(G).where(G.c.fingerprint == fingerprint).values(count=G.c.count + 1, last_at=now)
        )
        is_stale = patches.note_return(tx, fingerprint=fingerprint, code_at=code_at) == "stale"
        if not is_stale:
            came_back = _move(tx, fingerprint, (GroupStatus.RESOLVED,), GroupStatus.OPEN, who=None)
    tx.connection.execute(
        insert(V).values(
            id=new_id("err", tx.clock),
            fingerprint=fingerprint,
            artist_id=artist_id,
            cycle_id=cycle_id,
            step=step,
            message=message,
            trace=trace,
            at=now,
        )
    )
    _forget_old_events(tx, fingerprint)
    told = group_by_fingerprint(tx, fingerprint=fingerprint)
    repeats = told.count - 1
    fifth = repeats % REPEATS_A_MESSAGE == 0 and told.status == GroupStatus.OPEN
    if is_new or came_back or fifth:
        outbox.enqueue(
            tx,
            kind="error_group",
            dedupe_key=f"error/{fingerprint}/{told.count}",
            payload={"fingerprint": fingerprint, "title": title, "count": told.count, "came_back": came_back},
        )
    events.append(
        tx, "fault", artist_id=artist_id, cycle_id=cycle_id, fingerprint=fingerprint, code=code, step=step
    )
    return told, repeats


@write
def resolve_group(tx: Tx, *, fingerprint: str, who: str) -> ErrorGroup:
    """Call a fault mended, dismissed or not: artists that were paused for it may return."""
    return _close(tx, fingerprint, (GroupStatus.OPEN, GroupStatus.DISMISSED), GroupStatus.RESOLVED, who)


@write
def dismiss_group(tx: Tx, *, fingerprint: str, who: str) -> ErrorGroup:
    """Hear no more of a fault; it is still counted, and artists that were paused for it still wait."""
    return _close(tx, fingerprint, (GroupStatus.OPEN,), GroupStatus.DISMISSED, who)


def group_by_fingerprint(tx: Tx, *, fingerprint: str) -> ErrorGroup:
    """One group, by its fingerprint or the beginning of it. Raises NotFoundError."""
    rows = tx.connection.execute(
        select(G).where(G.c.fingerprint.startswith(fingerprint, autoescape=True)).limit(2)
    ).all()
    if len(rows) != 1:
        raise NotFoundError(
            f"{len(rows) or 'No'} error groups begin with {fingerprint!r}; see `labelmate error list`"
        )
    return _group(rows[0]._mapping)


def list_groups(
    tx: Tx,
    *,
    status: GroupStatus | None = GroupStatus.OPEN,
    patch: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[ErrorGroup]:
    """Groups, latest first; `status=None` lists all, `patch` those with a patch in that state."""
    query = select(G).order_by(G.c.last_at.desc(), G.c.fingerprint).limit(limit).offset(offset)
    if status is not None:
        query = query.where(G.c.status == status)
    if patch is not None:
        query = query.where(G.c.fingerprint.in_(patches.fingerprints_with(patch)))
    return [_group(row._mapping) for row in tx.connection.execute(query)]


def show_group(tx: Tx, *, fingerprint: str) -> ErrorReport:
    """A group with its latest occurrences. Raises NotFoundError."""
    group = group_by_fingerprint(tx, fingerprint=fingerprint)
    events_kept = tx.connection.execute(
        select(V)
        .where(V.c.fingerprint == group.fingerprint)
        .order_by(V.c.at.desc(), V.c.id.desc())
        .limit(EVENTS_KEPT)
    )
    return ErrorReport(
        group=group,
        events=tuple(
            ErrorEvent.model_validate({name: row._mapping[name] for name in ErrorEvent.model_fields})
            for row in events_kept
        ),
        fixes=fixes_of(tx, fingerprint=group.fingerprint),
    )


def counts_by_status(tx: Tx) -> dict[str, int]:
    """How many groups are in each state, and how many have a patch that waits for a decision or is in place."""
    rows = tx.connection.execute(select(G.c.status, func.count()).group_by(G.c.status)).all()
    found = {str(status): int(number) for status, number in rows}
    counts = {str(status): found.get(status, 0) for status in GroupStatus}
    for status in ("proposed", "applied"):
        waiting = patches.fingerprints_with(status).subquery()
        counts[f"patch {status}"] = tx.connection.execute(
            select(func.count()).select_from(waiting)
        ).scalar_one()
    return counts


def new_groups(tx: Tx, *, since: datetime) -> list[tuple[datetime, GroupStatus]]:
    """When each kind of fault of that time was first seen, and how it stands now."""
    rows = tx.connection.execute(select(G.c.first_at, G.c.status).where(G.c.first_at >= since))
    return [(row.first_at, GroupStatus(row.status)) for row in rows]


def open_group_count(tx: Tx) -> int:
    """How many kinds of faults are open."""
    return tx.connection.execute(
        select(func.count()).select_from(G).where(G.c.status == GroupStatus.OPEN)
    ).scalar_one()


def _close(
    tx: Tx, fingerprint: str, before: tuple[GroupStatus, ...], status: GroupStatus, who: str
) -> ErrorGroup:
    group = group_by_fingerprint(tx, fingerprint=fingerprint)
    if not _move(tx, group.fingerprint, before, status, who=who):
        raise ConflictError(f"{group.title} is {group.status} already, by {group.resolved_by}")
    return group_by_fingerprint(tx, fingerprint=group.fingerprint)


def _move(
    tx: Tx, fingerprint: str, before: tuple[GroupStatus, ...], after: GroupStatus, *, who: str | None
) -> bool:
    moved = tx.connection.execute(
        update(G)
        .where(G.c.fingerprint == fingerprint, G.c.status.in_(before))
        .values(status=after, resolved_by=who, resolved_at=None if who is None else tx.clock.now())
    ).rowcount
    if moved:
        events.append(tx, "error_group.state", fingerprint=fingerprint, after=after, who=who)
    return bool(moved)


def _forget_old_events(tx: Tx, fingerprint: str) -> None:
    """Beyond the latest, one of each artist stays: it tells that the artist ran into this (storage/evidence.py)."""
    newest = (
        select(V.c.id, V.c.artist_id)
        .where(V.c.fingerprint == fingerprint)
        .order_by(V.c.at.desc(), V.c.id.desc())
        .limit(EVENTS_KEPT)
        .cte("newest")
    )
    is_told_again = or_(V.c.artist_id.is_(None), V.c.artist_id.in_(select(newest.c.artist_id)))
    tx.connection.execute(
        delete(V).where(V.c.fingerprint == fingerprint, V.c.id.not_in(select(newest.c.id)), is_told_again)
    )


def _group(row: RowMapping) -> ErrorGroup:
    return ErrorGroup.model_validate(dict(row))
