"""Cycles: one song's life each. Asking for one, leasing due ones fairly, suspending and ending them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, and_, func, insert, literal, not_, or_, select, update

from storage import events, inbox, outbox, tables
from storage.approvals import withdraw
from storage.artists import Fence, require_fence
from storage.clock import new_id
from storage.database import database_now_s
from storage.errors import ConflictError, NotFoundError
from storage.store import Tx, write
from storage.types import (
    ArtistId,
    CycleId,
    CycleState,
    DeciderKind,
    Frozen,
    LifecycleState,
    Outcome,
    SongRequest,
)

CYCLE_VERSION = 1
"""Raised when the order or the meaning of steps changes; running cycles keep theirs."""

C = tables.cycles
A = tables.artists


class Cycle(Frozen):
    """A cycle's row."""

    id: CycleId
    artist_id: ArtistId
    state: CycleState
    reason: str
    outcome: Outcome | None
    decided_by: DeciderKind | None
    request: SongRequest
    requested_by: str
    cycle_version: int
    revision: int
    step: str | None
    claims: int
    cancel_requested_by: str | None
    due_at: datetime
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class DueCycle(Frozen):
    """Work the supervisor has leased."""

    cycle_id: CycleId
    artist_id: ArtistId
    slug: str


@write
def request_cycle(tx: Tx, *, artist_id: ArtistId, request: SongRequest, requested_by: str) -> Cycle:
    """Queue one song that somebody asks for; it starts when the supervisor has a free slot.

    To ask for one song is not to take an artist on: its calendar begins songs only once the owner has accepted it.
    """
    return queue_cycle(tx, artist_id=artist_id, request=request, requested_by=requested_by)


def queue_cycle(tx: Tx, *, artist_id: ArtistId, request: SongRequest, requested_by: str) -> Cycle:
    """The body of `request_cycle`, for writes that do more in the same transaction."""
    artist = tx.connection.execute(select(A.c.state, A.c.name).where(A.c.id == artist_id)).first()
    if artist is None:
        raise NotFoundError(f"There is no artist {artist_id}")
    if artist.state == LifecycleState.RETIRED:
        raise ConflictError(f"{artist.name} is retired and makes no new songs")
    cycle_id = new_id("cyc", tx.clock)
    now = tx.clock.now()
    tx.connection.execute(
        insert(C).values(
            id=cycle_id,
            artist_id=artist_id,
            state=CycleState.QUEUED,
            request=request.model_dump(mode="json"),
            requested_by=requested_by,
            cycle_version=CYCLE_VERSION,
            due_at=now,
            created_at=now,
        )
    )
    events.append(tx, "cycle.queued", artist_id=artist_id, cycle_id=cycle_id, by=requested_by)
    return cycle_by_id(tx, cycle_id=cycle_id)


class Reviewing(Frozen):
    """How many undecided songs people are asked to hold before no new one begins."""

    per_artist_max: int
    per_label_max: int


@write
def lease_due_cycles(
    tx: Tx, *, owner: str, limit: int, lease_s: float, reviewing: Reviewing
) -> list[DueCycle]:
    """Lease up to `limit` due cycles: at most one an artist, begun ones and longest-idle artists first."""
    rows = _due(tx, limit, reviewing, locking=True)
    if rows:
        tx.connection.execute(
            update(C)
            .where(C.c.id.in_([row["id"] for row in rows]))
            .values(lease_owner=owner, lease_until_s=database_now_s(tx.connection) + lease_s)
        )
    return [DueCycle(cycle_id=row["id"], artist_id=row["artist_id"], slug=row["slug"]) for row in rows]


def is_work_due(tx: Tx, *, reviewing: Reviewing) -> bool:
    """Whether `lease_due_cycles` would find anything: a label with nothing to do writes nothing."""
    return bool(_due(tx, 1, reviewing, locking=False))


def _due(tx: Tx, limit: int, reviewing: Reviewing, *, locking: bool) -> Sequence[RowMapping]:
    """What may be leased now.

    Due are queued cycles, deferred ones whose time has come, waiting ones whose decision has taken
    effect or whose song was brought, and running ones whose lease ran out (their owner died). Paused artists wait, and nothing
    new begins while reviewers have more undecided songs than they are asked to hold.
    """
    now, now_s = tx.clock.now(), database_now_s(tx.connection)
    decided = select(tables.approvals.c.cycle_id).where(
        tables.approvals.c.cycle_id == C.c.id,
        tables.approvals.c.status.in_(("decided", "closed")),
        tables.approvals.c.effective_at <= now,
    )
    is_new = and_(C.c.state == CycleState.QUEUED, C.c.started_at.is_(None), C.c.cancel_requested_by.is_(None))
    due = or_(
        and_(is_new, _undecided(C.c.artist_id) < reviewing.per_artist_max),
        and_(C.c.state == CycleState.QUEUED, not_(is_new)),
        and_(C.c.state == CycleState.DEFERRED, or_(C.c.due_at <= now, C.c.cancel_requested_by.is_not(None))),
        and_(
            C.c.state == CycleState.WAITING,
            or_(decided.exists(), inbox.has_delivery(C.c.id), C.c.cancel_requested_by.is_not(None)),
        ),
        C.c.state == CycleState.RUNNING,
    )
    busy = tables.cycles.alias("busy")
    artist_is_busy = (
        select(busy.c.id)
        .where(busy.c.artist_id == C.c.artist_id, busy.c.id != C.c.id)
        .where(or_(busy.c.state == CycleState.RUNNING, busy.c.lease_until_s >= now_s))
        .exists()
    )
    able = or_(A.c.state != LifecycleState.PAUSED, C.c.cancel_requested_by.is_not(None))
    turn = func.row_number().over(partition_by=C.c.artist_id, order_by=(C.c.due_at, C.c.id)).label("turn")
    first = (
        select(C.c.id, turn)
        .join(A, A.c.id == C.c.artist_id)
        .where(due, C.c.lease_until_s < now_s, ~artist_is_busy, able)
        .subquery("first")
    )
    query = (
        select(C.c.id, C.c.artist_id, A.c.slug, is_new.label("is_new"))
        .join(A, A.c.id == C.c.artist_id)
        .where(C.c.id.in_(select(first.c.id).where(first.c.turn == 1)), C.c.lease_until_s < now_s)
        .order_by(is_new, A.c.last_run_at.is_not(None), A.c.last_run_at, C.c.due_at, C.c.id)
        .limit(limit)
    )
    if locking:
        # By key outside the subquery, because PostgreSQL locks no rows of a window.
        query = query.with_for_update(of=C, skip_locked=True)
    rows = tx.connection.execute(query).mappings().all()
    room = max(0, reviewing.per_label_max - _in_hand(tx, now_s))
    return [row for row in rows if not row["is_new"]] + [row for row in rows if row["is_new"]][:room]


def _undecided(artist_id: ColumnElement[str]) -> ColumnElement[int]:
    P = tables.approvals  # noqa: N806 - a table's short name, as in the other modules
    pending = select(func.count()).where(P.c.artist_id == artist_id, P.c.status == "pending")
    begun = tables.cycles.alias("begun")
    deferred = select(func.count()).where(
        begun.c.artist_id == artist_id,
        begun.c.state.in_((CycleState.QUEUED, CycleState.DEFERRED)),
        begun.c.started_at.is_not(None),
    )
    unmade = inbox.waits_for(artist_id)
    return pending.scalar_subquery() + deferred.scalar_subquery() + unmade.scalar_subquery()


def _in_hand(tx: Tx, now_s: float) -> int:
    """Songs that people hold undecided or are to make, and those in the making that they will be asked about."""
    P = tables.approvals  # noqa: N806 - a table's short name, as in the other modules
    pending = select(func.count()).select_from(P).where(P.c.status == "pending")
    leased = and_(C.c.state == CycleState.QUEUED, C.c.lease_until_s >= now_s)
    # Whatever was begun is asked about some day, also what waits for money or a provider now.
    begun = C.c.started_at.is_not(None) & C.c.state.in_((CycleState.QUEUED, CycleState.DEFERRED))
    making = select(func.count()).select_from(C).where(or_(C.c.state == CycleState.RUNNING, leased, begun))
    load = pending.scalar_subquery() + making.scalar_subquery() + inbox.waits_for().scalar_subquery()
    return tx.connection.execute(select(load)).scalar_one()


@write
def renew_cycle_leases(tx: Tx, *, owner: str, cycle_ids: list[CycleId], lease_s: float) -> None:
    """Keep the supervisor's hold on the cycles that are being worked."""
    tx.connection.execute(
        update(C)
        .where(C.c.id.in_(cycle_ids), C.c.lease_owner == owner)
        .values(lease_until_s=database_now_s(tx.connection) + lease_s)
    )


@write
def drop_cycle_lease(tx: Tx, *, owner: str, cycle_id: CycleId) -> None:
    """Let go of a cycle nobody works on any more, so that the next look finds it if it is still due."""
    tx.connection.execute(
        update(C)
        .where(C.c.id == cycle_id, C.c.lease_owner == owner)
        .values(lease_until_s=0.0, lease_owner=None)
    )


@write
def open_cycle(tx: Tx, *, fence: Fence, cycle_id: CycleId, claims_max: int) -> Cycle:
    """Begin or go on with a cycle under this epoch.

    Every opening counts as a claim and every finished step sets the count back, so `claims_max`
    openings without progress park the cycle for an operator.
    """
    require_fence(tx, fence)
    cycle = cycle_by_id(tx, cycle_id=cycle_id)
    if cycle.state in (CycleState.ENDED, CycleState.PARKED):
        return cycle
    now = tx.clock.now()
    if cycle.claims >= claims_max:
        suspend(
            tx,
            fence,
            cycle,
            CycleState.PARKED,
            f"{cycle.claims} starts without progress; see `labelmate error list`, then "
            f"`labelmate cycle resolve {cycle_id} go_on`",
        )
        return cycle_by_id(tx, cycle_id=cycle_id)
    tx.connection.execute(
        update(C)
        .where(C.c.id == cycle_id)
        .values(
            state=CycleState.RUNNING,
            reason="",
            claims=C.c.claims + 1,
            started_at=func.coalesce(C.c.started_at, literal(now, C.c.started_at.type)),
        )
    )
    tx.connection.execute(update(A).where(A.c.id == fence.artist_id).values(last_run_at=now))
    kind = "cycle.started" if cycle.started_at is None else "cycle.resumed"
    events.append(tx, kind, artist_id=fence.artist_id, cycle_id=cycle_id, epoch=fence.epoch)
    return cycle_by_id(tx, cycle_id=cycle_id)


@write
def suspend_cycle(
    tx: Tx, *, fence: Fence, cycle_id: CycleId, state: CycleState, reason: str, due_in_s: float = 0.0
) -> None:
    """Set a cycle aside: waiting for a person, parked for an operator, deferred for `due_in_s`."""
    require_fence(tx, fence)
    suspend(tx, fence, cycle_by_id(tx, cycle_id=cycle_id), state, reason, due_in_s)


def suspend(
    tx: Tx, fence: Fence, cycle: Cycle, state: CycleState, reason: str, due_in_s: float = 0.0
) -> None:
    """The body of `suspend_cycle`, for writes that do more in the same transaction."""
    # Waiting and being deferred are progress: only starts that die count against a cycle.
    claims = cycle.claims if state == CycleState.PARKED else 0
    due_at = tx.clock.now() + timedelta(seconds=due_in_s)
    tx.connection.execute(
        update(C)
        .where(C.c.id == cycle.id)
        .values(state=state, reason=reason, due_at=due_at, claims=claims, lease_until_s=0.0, lease_owner=None)
    )
    if state == CycleState.PARKED and cycle.state != CycleState.PARKED:
        name = tx.connection.execute(select(A.c.name).where(A.c.id == cycle.artist_id)).scalar_one()
        outbox.enqueue(
            tx,
            kind="alert",
            dedupe_key=f"parked/{cycle.id}/{tx.clock.now().isoformat()}",
            payload={"cycle_id": cycle.id, "text": f"{name}: a song is parked and needs you. {reason}"},
        )
    events.append(
        tx,
        f"cycle.{state}",
        artist_id=cycle.artist_id,
        cycle_id=cycle.id,
        epoch=fence.epoch,
        reason=reason,
        due_at=due_at.isoformat(),
    )


@write
def end_cycle(
    tx: Tx, *, fence: Fence, cycle_id: CycleId, outcome: Outcome, decided_by: DeciderKind | None, reason: str
) -> None:
    """Close a cycle and what it still asks; a second end of the same cycle changes nothing."""
    require_fence(tx, fence)
    ended = tx.connection.execute(
        update(C)
        .where(C.c.id == cycle_id, C.c.state != CycleState.ENDED)
        .values(
            state=CycleState.ENDED,
            outcome=outcome,
            decided_by=decided_by,
            reason=reason,
            ended_at=tx.clock.now(),
            lease_until_s=0.0,
            lease_owner=None,
        )
    )
    if ended.rowcount:
        inbox.withdraw(tx, cycle_id=cycle_id)
        withdraw(tx, cycle_id=cycle_id, outcome=outcome, who=decided_by or "label", reason=reason)
        events.append(
            tx,
            "cycle.ended",
            artist_id=fence.artist_id,
            cycle_id=cycle_id,
            epoch=fence.epoch,
            outcome=outcome,
            decided_by=decided_by,
            reason=reason,
        )


@write
def request_cancel(tx: Tx, *, cycle_id: CycleId, who: str) -> Cycle:
    """Ask a cycle to stop; it takes effect at its next step boundary."""
    cycle = cycle_by_id(tx, cycle_id=cycle_id)
    if cycle.state == CycleState.ENDED:
        raise ConflictError(f"{cycle_id} has already ended: {cycle.outcome}")
    changes: dict[str, object] = {"cancel_requested_by": who}
    if cycle.state == CycleState.PARKED:
        # Somebody must end it: back into the queue, where the cancel is seen first.
        changes |= {"state": CycleState.QUEUED, "claims": 0}
    tx.connection.execute(update(C).where(C.c.id == cycle_id).values(**changes))
    events.append(tx, "cycle.cancel_requested", artist_id=cycle.artist_id, cycle_id=cycle_id, who=who)
    return cycle_by_id(tx, cycle_id=cycle_id)


def can_go_on(tx: Tx, *, cycle_ids: list[CycleId]) -> bool:
    """Whether any of these cycles goes on by itself, now or when it is its turn."""
    moving = (CycleState.QUEUED, CycleState.RUNNING)
    found = select(C.c.id).where(C.c.id.in_(cycle_ids), C.c.state.in_(moving)).limit(1)
    return tx.connection.execute(found).first() is not None


def cycle_by_id(tx: Tx, *, cycle_id: CycleId | str) -> Cycle:
    """One cycle. Raises NotFoundError."""
    row = tx.connection.execute(select(C).where(C.c.id == cycle_id)).first()
    if row is None:
        raise NotFoundError(f"There is no cycle {cycle_id}; `labelmate cycle list` shows them")
    return cycle_from_row(row._mapping)


def cycle_from_row(row: RowMapping) -> Cycle:
    return Cycle.model_validate({name: row[name] for name in Cycle.model_fields})
