"""A clock that was set back: what people and songs wait for keeps its distance, so nothing waits for a day never meant.

A machine that starts with a wrong time, and is put right by the network, has let people decide and processes die in
days to come. What has happened stays as it was written; only what is still waited for moves.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from storage import events, outbox, tables
from storage.approval_rows import ApprovalStatus
from storage.database import database_now_s
from storage.store import Tx
from storage.types import CycleState

P = tables.approvals
C = tables.cycles
AHEAD = timedelta(minutes=2)
"""More than the clocks of a cluster's machines may differ."""


def keep_distances(tx: Tx, *, seen: datetime | None, now: datetime, lease_s: float) -> float:
    """Move what waits for a time of the former clock; seconds by which that was ahead, 0 where it was not.

    `seen` is when the label was last awake, by the former clock; `lease_s` is how long a claim is given.
    """
    _move_answers(tx, seen, now)
    _move_questions(tx, now)
    _shorten_leases(tx, lease_s)
    if seen is None or seen - now <= AHEAD:
        return 0.0
    _move_waits(tx, seen, now)
    back_s = (seen - now).total_seconds()
    events.append(tx, "label.clock_set_back", seconds=round(back_s))
    return back_s


def _move_answers(tx: Tx, seen: datetime | None, now: datetime) -> None:
    """Decisions of days to come count from now on; those that had their effect by the former clock have it at once."""
    rows = tx.connection.execute(
        select(P.c.id, P.c.cycle_id, P.c.status, P.c.decided_at, P.c.effective_at, C.c.state)
        .join(C, C.c.id == P.c.cycle_id)
        .where(P.c.status.in_((ApprovalStatus.DECIDED, ApprovalStatus.CLOSED)))
        .where(P.c.decided_at > now + AHEAD, P.c.effective_at > now)
        .with_for_update(of=P)
    ).all()
    for row in rows:
        waits = row.state == CycleState.WAITING and (seen is None or row.effective_at > seen)
        effective_at = now + (row.effective_at - row.decided_at) if waits else now
        moved = {"decided_at": now, "effective_at": effective_at} if waits else {"effective_at": effective_at}
        tx.connection.execute(update(P).where(P.c.id == row.id).values(moved))
        tx.connection.execute(
            update(C)
            .where(C.c.id == row.cycle_id, C.c.state == CycleState.WAITING)
            .values(due_at=effective_at)
        )
        if waits and row.status == ApprovalStatus.DECIDED:  # chats say until when it can be undone
            moment = row.decided_at.isoformat()  # it may be moved again, by another clock
            key = f"verdict/moved/{row.id}/{moment}"
            outbox.enqueue(tx, kind="verdict", dedupe_key=key, payload={"approval_id": row.id})


def _move_questions(tx: Tx, now: datetime) -> None:
    """A question that people were told of in days to come has its whole time from now on."""
    rows = tx.connection.execute(
        select(P.c.id, P.c.delivered_at, P.c.overdue_at)
        .where(P.c.status == ApprovalStatus.PENDING, P.c.delivered_at > now + AHEAD)
        .with_for_update()
    ).all()
    for row in rows:
        overdue_at = now + (row.overdue_at - row.delivered_at)
        tx.connection.execute(
            update(P).where(P.c.id == row.id).values(delivered_at=now, overdue_at=overdue_at)
        )


def _move_waits(tx: Tx, seen: datetime, now: datetime) -> None:
    """Cycles that try again later, and songs that were put off, wait as long as they were meant to.

    A wait from before the clock ran ahead is cut too, because nothing tells the two apart: one more look is cheap.
    """
    deferred = select(C.c.id, C.c.due_at).where(C.c.state == CycleState.DEFERRED, C.c.due_at > now)
    for row in tx.connection.execute(deferred.with_for_update()).all():
        due_at = max(now, row.due_at - (seen - now))
        tx.connection.execute(update(C).where(C.c.id == row.id).values(due_at=due_at))
    # One that ends before the label was last awake was put off since, by the clock of now.
    put_off = select(P.c.id, P.c.later_until).where(
        P.c.status == ApprovalStatus.PENDING, P.c.later_until > seen
    )
    for row in tx.connection.execute(put_off.with_for_update()).all():
        tx.connection.execute(
            update(P).where(P.c.id == row.id).values(later_until=row.later_until - (seen - now))
        )


def _shorten_leases(tx: Tx, lease_s: float) -> None:
    """Who is alive renews its lease by the clock of now; one that reaches further is of somebody who died, as a claim is.

    They are on the database's clock, which may be another machine's: so they are looked at by themselves.
    """
    now_s = database_now_s(tx.connection)
    leases = (tables.artists.c.lease_until_s, C.c.lease_until_s, tables.leases.c.until_s)
    for until_s in (*leases, tables.outbox.c.claimed_until_s):
        tx.connection.execute(
            update(until_s.table)
            .where(until_s > now_s + 2 * lease_s + AHEAD.total_seconds())
            .values({until_s.name: now_s + lease_s})
        )
