"""The label itself: its one row, the stop switch, and leases on duties there is one of."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from storage import events, tables
from storage.clock import new_id
from storage.database import database_now_s, insert_absent, lock_database
from storage.errors import NotFoundError
from storage.store import Tx, write
from storage.types import CycleState, Frozen

B = tables.label
D = tables.leases


class Label(Frozen):
    """The label's row."""

    id: str
    created_at: datetime
    stopped_at: datetime | None
    stopped_by: str | None
    awake_at: datetime | None = None
    """When its supervisor was last at work."""


class LeaseHolder(Frozen):
    """Who does a duty, and for how much longer."""

    owner: str
    left_s: float


def ensure_label(tx: Tx) -> Label:
    """The label's row, made when the home is first opened."""
    lock_database(tx.connection)
    if tx.connection.execute(select(B.c.id)).first() is None:
        tx.connection.execute(insert(B).values(id=new_id("lbl", tx.clock), created_at=tx.clock.now()))
    return the_label(tx)


def the_label(tx: Tx) -> Label:
    """The one row. Raises NotFoundError before a home was opened with this database."""
    row = tx.connection.execute(select(B)).first()
    if row is None:
        raise NotFoundError("This database holds no label yet; run `labelmate init`")
    return Label.model_validate(dict(row._mapping))


@write
def stop_label(tx: Tx, *, who: str) -> Label:
    """Halt all spending at once; a second stop changes nothing."""
    return _switch(tx, who=who, stopping=True)


@write
def resume_label(tx: Tx, *, who: str) -> Label:
    """Allow spending again; what was set aside for money looks again at once."""
    C = tables.cycles  # noqa: N806 - a table's short name, as in the other modules
    tx.connection.execute(
        update(C)
        .where(C.c.state == CycleState.DEFERRED, C.c.reason.startswith("budget"))
        .values(due_at=tx.clock.now())
    )
    return _switch(tx, who=who, stopping=False)


def is_stopped(tx: Tx) -> bool:
    """Whether a person has stopped the label."""
    return the_label(tx).stopped_at is not None


def _switch(tx: Tx, *, who: str, stopping: bool) -> Label:
    row = update(B).where(B.c.stopped_at.is_(None) if stopping else B.c.stopped_at.is_not(None))
    values = (
        {"stopped_at": tx.clock.now(), "stopped_by": who}
        if stopping
        else {"stopped_at": None, "stopped_by": None}
    )
    if tx.connection.execute(row.values(**values)).rowcount:
        events.append(tx, "label.stopped" if stopping else "label.resumed", who=who)
    return the_label(tx)


@write
def take_lease(tx: Tx, *, name: str, owner: str, lease_s: float) -> bool:
    """Take or renew a duty such as `telegram-poller`; False while another owner's lease lives."""
    now_s = database_now_s(tx.connection)
    taken = tx.connection.execute(
        update(D)
        .where(D.c.name == name, (D.c.owner == owner) | (D.c.until_s < now_s))
        .values(owner=owner, until_s=now_s + lease_s)
    )
    if taken.rowcount:
        return True
    return insert_absent(tx.connection, D, name=name, owner=owner, until_s=now_s + lease_s)


@write
def free_lease(tx: Tx, *, name: str, owner: str) -> None:
    """Give a duty up, so that the next owner need not wait; not ours: nothing happens."""
    tx.connection.execute(delete(D).where(D.c.name == name, D.c.owner == owner))


def lease_holder(tx: Tx, *, name: str) -> LeaseHolder | None:
    """Who holds a duty now, if anybody."""
    row = tx.connection.execute(select(D).where(D.c.name == name)).first()
    left_s = 0.0 if row is None else row.until_s - database_now_s(tx.connection)
    return None if row is None or left_s <= 0 else LeaseHolder(owner=row.owner, left_s=left_s)
