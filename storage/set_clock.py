"""A clock that was set back: what was to happen at a time keeps its distance, so nothing waits for a day never meant.

A machine that starts with a wrong time, and is put right by the network, has let people decide and processes die in
days to come. Records stay as they were written; only what is still waited for moves.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from storage import events, tables
from storage.approval_rows import ApprovalStatus
from storage.database import database_now_s
from storage.store import Tx
from storage.types import CycleState

P = tables.approvals
C = tables.cycles
AHEAD = timedelta(minutes=2)
"""More than the clocks of a cluster's machines may differ."""


def keep_distances(tx: Tx, *, seen: datetime | None, now: datetime, lease_s: float) -> float:
    """Move what waits for a time of the former clock; seconds by which that was ahead, 0 where none was.

    `seen` is when the label was last awake by the former clock; what people did while it was down tells too.
    """
    back = max(_move_answers(tx, now), timedelta(0) if seen is None else seen - now)
    if seen is not None and seen - now > AHEAD:
        _move_waits(tx, now, seen - now)
        _shorten_leases(tx, lease_s)
    if back <= AHEAD:
        return 0.0
    events.append(tx, "label.clock_set_back", seconds=round(back.total_seconds()))
    return back.total_seconds()


def _move_answers(tx: Tx, now: datetime) -> timedelta:
    """Decisions of days to come take effect as long after now as they would have after they were made."""
    rows = tx.connection.execute(
        select(P.c.id, P.c.decided_at, P.c.effective_at)
        .where(P.c.status.in_((ApprovalStatus.DECIDED, ApprovalStatus.CLOSED)))
        # One that was moved has its effect before its decision.
        .where(P.c.decided_at > now + AHEAD, P.c.effective_at >= P.c.decided_at)
        .with_for_update()
    ).all()
    for row in rows:
        effective_at = now + (row.effective_at - row.decided_at)
        tx.connection.execute(update(P).where(P.c.id == row.id).values(effective_at=effective_at))
    return max((row.decided_at - now for row in rows), default=timedelta(0))


def _move_waits(tx: Tx, now: datetime, back: timedelta) -> None:
    """Cycles that try again later, and songs that were put off, wait as long as they were meant to."""
    deferred = select(C.c.id, C.c.due_at).where(C.c.state == CycleState.DEFERRED, C.c.due_at > now)
    for row in tx.connection.execute(deferred.with_for_update()).all():
        due_at = max(now, row.due_at - back)
        tx.connection.execute(update(C).where(C.c.id == row.id).values(due_at=due_at))
    put_off = select(P.c.id, P.c.later_until).where(
        P.c.status == ApprovalStatus.PENDING, P.c.later_until > now
    )
    for row in tx.connection.execute(put_off.with_for_update()).all():
        later_until = max(now, row.later_until - back)
        tx.connection.execute(update(P).where(P.c.id == row.id).values(later_until=later_until))


def _shorten_leases(tx: Tx, lease_s: float) -> None:
    """Who is alive renews its lease by the clock of now; one that reaches further is of somebody who died, as a claim is."""
    now_s = database_now_s(tx.connection)
    leases = (tables.artists.c.lease_until_s, C.c.lease_until_s, tables.leases.c.until_s)
    for until_s in (*leases, tables.outbox.c.claimed_until_s):
        tx.connection.execute(
            update(until_s.table)
            .where(until_s > now_s + 2 * lease_s + AHEAD.total_seconds())
            .values({until_s.name: now_s + lease_s})
        )
