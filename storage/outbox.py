"""Messages to people, written with the change they tell of and sent by whoever claims them.

Claimed by status, never by tailing ids: with several writers a lower id may commit later.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update

from storage import tables
from storage.clock import new_id
from storage.database import database_now_s, insert_absent
from storage.store import Tx, write
from storage.types import Frozen

O = tables.outbox  # noqa: E741 - a table's short name, as in the other modules


class Message(Frozen):
    """One message that waits to be sent, or was."""

    id: str
    kind: str
    dedupe_key: str
    payload: dict[str, object]
    status: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None


def enqueue(tx: Tx, *, kind: str, dedupe_key: str, payload: dict[str, object]) -> bool:
    """Add a message once for its key; says whether it was new."""
    return insert_absent(
        tx.connection,
        O,
        id=new_id("msg", tx.clock),
        kind=kind,
        dedupe_key=dedupe_key,
        payload=payload,
        status="pending",
        created_at=tx.clock.now(),
    )


@write
def send_once(tx: Tx, *, kind: str, dedupe_key: str, payload: dict[str, object]) -> bool:
    """`enqueue` as a write of its own, for what is told without a change of state beside it."""
    return enqueue(tx, kind=kind, dedupe_key=dedupe_key, payload=payload)


def waiting(tx: Tx, *, kinds: tuple[str, ...]) -> dict[str, int]:
    """How many messages of each kind can be claimed now: a look costs no write."""
    rows = tx.connection.execute(
        select(O.c.kind, func.count())
        .where(O.c.kind.in_(kinds), _claimable(database_now_s(tx.connection)))
        .group_by(O.c.kind)
    ).all()
    return {str(kind): int(count) for kind, count in rows}


@write
def claim_messages(tx: Tx, *, kinds: tuple[str, ...], limit: int, claim_s: float) -> list[Message]:
    """Take messages to send; a claim that is not answered in `claim_s` is open to others again."""
    now_s = database_now_s(tx.connection)
    rows = tx.connection.execute(
        select(O)
        .where(O.c.kind.in_(kinds))
        .where(_claimable(now_s))
        .order_by(O.c.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        tx.connection.execute(
            update(O)
            .where(O.c.id.in_([row.id for row in rows]))
            .values(status="claimed", attempts=O.c.attempts + 1, claimed_until_s=now_s + claim_s)
        )
    return [
        Message.model_validate({name: row._mapping[name] for name in Message.model_fields}) for row in rows
    ]


@write
def mark_sent(tx: Tx, *, message_id: str) -> None:
    """The receiver has it."""
    tx.connection.execute(update(O).where(O.c.id == message_id).values(status="sent", sent_at=tx.clock.now()))


@write
def mark_failed(tx: Tx, *, message_id: str, error: str, final: bool) -> None:
    """It was not sent: open again for another try, or given up when `final`."""
    tx.connection.execute(
        update(O).where(O.c.id == message_id).values(status="failed" if final else "pending", error=error)
    )


def _claimable(now_s: float) -> ColumnElement[bool]:
    return or_(O.c.status == "pending", (O.c.status == "claimed") & (O.c.claimed_until_s < now_s))
