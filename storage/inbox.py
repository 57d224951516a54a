"""The inbox: songs that a person makes elsewhere, such as on a Suno plan without an interface, and brings.

A request waits as a row, like a question to people (storage/approvals.py). What is brought is kept with it, and
wakes its cycle.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, RowMapping, Select, func, select, update

from storage import events, outbox, tables
from storage.artists import Fence, require_fence
from storage.clock import new_id
from storage.errors import ConflictError, NotFoundError
from storage.store import Tx, write
from storage.types import ArtistId, Asset, CycleId, Frozen

I = tables.inbox  # noqa: E741 - a table's short name, as in the other modules
A = tables.artists


class InboxStatus(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    """Brought, and the cycle is to go on."""
    TAKEN = "taken"
    """The cycle has it."""
    WITHDRAWN = "withdrawn"
    """The cycle ended before."""


class InboxSheet(Frozen):
    """What a person pastes where the song is made."""

    title: str
    style: str
    lyrics: str
    """Under section tags; empty for an instrumental."""
    tempo_bpm: float
    key: str
    duration_s: float
    vocal: str
    language: str = "en"


class InboxRequest(Frozen):
    """One song that is waited for, and what was brought."""

    id: str
    cycle_id: CycleId
    artist_id: ArtistId
    artist_slug: str
    artist_name: str
    revision: int
    sheet: InboxSheet
    status: InboxStatus
    recordings: tuple[Asset, ...]
    licence: str
    who: str | None
    asked_at: datetime
    delivered_at: datetime | None


@write
def ask(tx: Tx, *, fence: Fence, cycle_id: CycleId, revision: int, sheet: InboxSheet) -> InboxRequest:
    """Ask for a song once; of one that was brought, take note that its cycle has it."""
    require_fence(tx, fence)
    same = (I.c.cycle_id == cycle_id, I.c.revision == revision)
    found = _read(tx, _select().where(*same))
    if found:
        if found[0].status is InboxStatus.DELIVERED:
            tx.connection.execute(update(I).where(*same).values(status=InboxStatus.TAKEN))
            return request_by_id(tx, request_id=found[0].id)
        return found[0]
    request_id = new_id("inb", tx.clock)
    tx.connection.execute(
        I.insert().values(
            id=request_id,
            cycle_id=cycle_id,
            artist_id=fence.artist_id,
            revision=revision,
            sheet=sheet.model_dump(mode="json"),
            status=InboxStatus.WAITING,
            asked_at=tx.clock.now(),
        )
    )
    asked = request_by_id(tx, request_id=request_id)
    outbox.enqueue(
        tx,
        kind="alert",
        dedupe_key=f"inbox/{request_id}",
        payload={
            "cycle_id": cycle_id,
            "text": f"{asked.artist_name} waits for a song made by hand: {sheet.title}. The console's Inbox and "
            f"`labelmate inbox show {request_id}` have what to paste.",
        },
    )
    events.append(
        tx,
        "inbox.asked",
        artist_id=fence.artist_id,
        cycle_id=cycle_id,
        epoch=fence.epoch,
        request_id=request_id,
    )
    return asked


@write
def deliver(
    tx: Tx, *, request_id: str, recordings: tuple[Asset, ...], licence: str, who: str, surface: str
) -> InboxRequest:
    """Bring the recordings of a song that is waited for. Raises ConflictError when somebody was faster."""
    asked = request_by_id(tx, request_id=request_id)
    changed = tx.connection.execute(
        update(I)
        .where(I.c.id == request_id, I.c.status == InboxStatus.WAITING)
        .values(
            status=InboxStatus.DELIVERED,
            recordings=[recording.model_dump(mode="json") for recording in recordings],
            licence=licence,
            who=who,
            surface=surface,
            delivered_at=tx.clock.now(),
        )
    )
    if changed.rowcount == 0:
        raise ConflictError(f"{asked.sheet.title} is no longer waited for: it is {asked.status}")
    events.append(
        tx,
        "inbox.delivered",
        artist_id=asked.artist_id,
        cycle_id=asked.cycle_id,
        request_id=request_id,
        who=who,
        surface=surface,
        sha256s=[recording.sha256 for recording in recordings],
    )
    return request_by_id(tx, request_id=request_id)


def withdraw(tx: Tx, *, cycle_id: str) -> None:
    """Nobody need make the song of a cycle that has ended."""
    tx.connection.execute(
        update(I)
        .where(I.c.cycle_id == cycle_id, I.c.status.in_((InboxStatus.WAITING, InboxStatus.DELIVERED)))
        .values(status=InboxStatus.WITHDRAWN)
    )


def has_delivery(cycle_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether something was brought that the cycle has not taken yet."""
    brought = select(I.c.id).where(I.c.cycle_id == cycle_id, I.c.status == InboxStatus.DELIVERED)
    return brought.exists()


def waits_for(artist_id: ColumnElement[str] | None = None) -> Select[int]:
    """How many songs people are asked to make: for one artist, or for all."""
    count = select(func.count()).select_from(I).where(I.c.status == InboxStatus.WAITING)
    return count if artist_id is None else count.where(I.c.artist_id == artist_id)


def requests(tx: Tx, *, status: InboxStatus | None = None, limit: int = 50) -> list[InboxRequest]:
    """Requests of a status, oldest first; without one, all of them, the newest first."""
    query = _select().order_by(I.c.asked_at, I.c.id)
    if status is None:
        query = _select().order_by(I.c.asked_at.desc(), I.c.id.desc())
    else:
        query = query.where(I.c.status == status)
    return _read(tx, query.limit(limit))


def request_by_id(tx: Tx, *, request_id: str) -> InboxRequest:
    """One request. Raises NotFoundError."""
    found = _read(tx, _select().where(I.c.id == request_id))
    if not found:
        raise NotFoundError(f"There is no request {request_id}; `labelmate inbox list` shows them")
    return found[0]


def find_request(tx: Tx, *, ref: str) -> InboxRequest:
    """The request that a person means: its id, its cycle's, or the end of either. Raises NotFoundError, ConflictError."""
    ends = (I.c.id.endswith(ref, autoescape=True), I.c.cycle_id.endswith(ref, autoescape=True))
    found = (
        _read(tx, _select().where(ends[0] | ends[1]).order_by(I.c.asked_at.desc()).limit(20)) if ref else []
    )
    if not found:
        raise NotFoundError(f"There is no request {ref!r}; `labelmate inbox list` shows them")
    if len({each.cycle_id for each in found}) > 1:
        raise ConflictError(f"{ref!r} may mean {len(found)} requests; give more of its id")
    return found[0]


def _select() -> Select[tuple[object, ...]]:
    names = [I.c[name] for name in InboxRequest.model_fields if name in I.c]
    return select(*names, A.c.slug.label("artist_slug"), A.c.name.label("artist_name")).join(
        A, A.c.id == I.c.artist_id
    )


def _read(tx: Tx, query: Select[tuple[object, ...]]) -> list[InboxRequest]:
    return [_request(row) for row in tx.connection.execute(query).mappings()]


def _request(row: RowMapping) -> InboxRequest:
    return InboxRequest.model_validate(
        dict(row) | {"recordings": row["recordings"] or (), "licence": row["licence"] or ""}
    )
