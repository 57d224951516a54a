"""When a question is overdue: its time runs from when people were told of it, and only while the label is awake.

Where chats are enrolled, they are what people are told by: a question that waits for Telegram, for the end of the
night or behind others has not been delivered, and its time has not begun. Where none is, the console and the
terminal show it from the moment it is asked.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from storage import set_clock, tables
from storage.approval_rows import ApprovalStatus
from storage.store import Tx, write
from storage.types import Frozen

P = tables.approvals
K = tables.chats
O = tables.outbox  # noqa: E741 - a table's short name, as in the other modules


def delivered_when_asked(tx: Tx) -> datetime | None:
    """Now, where no chat has to be told first; else None."""
    return None if _has_chats(tx) else tx.clock.now()


def note_delivered(tx: Tx, *, approval_id: str) -> None:
    """The question reached people; the first time begins its time, and the others change nothing."""
    row = tx.connection.execute(
        select(P.c.asked_at, P.c.overdue_at)
        .where(P.c.id == approval_id, P.c.delivered_at.is_(None))
        .with_for_update()
    ).first()
    if row is not None:
        now = tx.clock.now()
        due_at = now + (row.overdue_at - row.asked_at)
        tx.connection.execute(
            update(P).where(P.c.id == approval_id).values(delivered_at=now, overdue_at=due_at)
        )


class Waking(Frozen):
    """What the label noticed of the time since it was last awake."""

    moved_s: float
    """By which open questions' deadlines were moved."""
    set_back_s: float
    """By which the clock was ahead when the label was last awake; 0 where it was not."""


@write
def notice_awake(tx: Tx, *, nap_max_s: float, has_bot: bool, lease_s: float) -> Waking:
    """Say that the label is awake, and move the open questions' deadlines by the time since that was last said.

    Absences of up to `nap_max_s` count as awake: a busy machine, a restart. What waits for a time of a clock that was
    set back, leases of `lease_s` included, moves too (set_clock.py). What no chat will tell of, for want of a bot or a
    chat or because Telegram refused it for good, counts as delivered from here on: the console has it.
    """
    now = tx.clock.now()
    seen = tx.connection.execute(select(tables.label.c.awake_at).with_for_update()).scalar_one()
    tx.connection.execute(update(tables.label).values(awake_at=now))
    away_s = (now - seen).total_seconds() if seen else 0.0
    moved_s = away_s if away_s > nap_max_s else 0.0
    if moved_s:
        _move(tx, seen, now)
    _give_up_waiting(tx, has_bot=has_bot)
    set_back_s = set_clock.keep_distances(tx, seen=seen, now=now, lease_s=lease_s)
    return Waking(moved_s=moved_s, set_back_s=set_back_s)


def _move(tx: Tx, seen: datetime, now: datetime) -> None:
    rows = tx.connection.execute(
        select(P.c.id, P.c.delivered_at, P.c.overdue_at)
        .where(P.c.status == ApprovalStatus.PENDING, P.c.delivered_at.is_not(None))
        .with_for_update()
    ).all()
    for row in rows:
        # One that was delivered after the label woke, and before it was noticed, did not wait all that time.
        later = row.overdue_at + max(timedelta(0), min(now - seen, now - row.delivered_at))
        tx.connection.execute(update(P).where(P.c.id == row.id).values(overdue_at=later))


def _give_up_waiting(tx: Tx, *, has_bot: bool) -> None:
    untold = select(P.c.id).where(P.c.status == ApprovalStatus.PENDING, P.c.delivered_at.is_(None))
    if has_bot and _has_chats(tx):
        untold = untold.join(O, O.c.dedupe_key == "approval/" + P.c.id).where(O.c.status == "failed")
    for approval_id in tx.connection.execute(untold).scalars().all():
        note_delivered(tx, approval_id=approval_id)


def _has_chats(tx: Tx) -> bool:
    return tx.connection.execute(select(K.c.id).where(K.c.left_at.is_(None)).limit(1)).first() is not None
