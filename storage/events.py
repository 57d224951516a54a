"""The append-only log: every change of state is one line here, written in the change's own transaction."""

from sqlalchemy import RowMapping, insert, select

from storage import tables
from storage.store import Tx
from storage.types import CycleId, Event

_APPEND = insert(tables.events).inline()


def append(
    tx: Tx,
    kind: str,
    *,
    artist_id: str | None = None,
    cycle_id: str | None = None,
    epoch: int | None = None,
    **body: object,
) -> None:
    """Append one event; `body` must be plain JSON and hold no secret."""
    row = {"kind": kind, "artist_id": artist_id, "cycle_id": cycle_id, "epoch": epoch, "body": body}
    tx.connection.execute(_APPEND, {**row, "at": tx.clock.now()})


def events_since(
    tx: Tx,
    *,
    seq: int,
    cycle_id: str | None = None,
    cycle_ids: list[CycleId] | None = None,
    limit: int = 500,
) -> list[Event]:
    """Events after `seq`, oldest first. For people watching; work is claimed by status, never from here."""
    query = select(tables.events).where(tables.events.c.seq > seq).order_by(tables.events.c.seq).limit(limit)
    if cycle_id is not None:
        query = query.where(tables.events.c.cycle_id == cycle_id)
    if cycle_ids is not None:
        query = query.where(tables.events.c.cycle_id.in_(cycle_ids))
    return [_event(row._mapping) for row in tx.connection.execute(query)]


def _event(row: RowMapping) -> Event:
    return Event.model_validate(dict(row))
