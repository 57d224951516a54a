"""How far cycles have come, for many at once: steps without what they made, and cycles that wait for an answer."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from storage import tables
from storage.store import Tx
from storage.types import CycleId, CycleState, CycleStep, Frozen, StepStatus

S = tables.steps
C = tables.cycles
A = tables.artists
L = tables.spend


class StepMark(Frozen):
    """A step as a timeline shows it."""

    cycle_id: CycleId
    name: CycleStep
    revision: int
    status: StepStatus
    provider: str
    error: str | None
    started_at: datetime
    ended_at: datetime | None


class ParkedCycle(Frozen):
    """A cycle that goes no further until somebody answers: too many faults, or a purchase nobody saw end."""

    cycle_id: CycleId
    artist_name: str
    artist_slug: str
    step: CycleStep | None
    provider: str | None
    purchase_key: str | None
    """Of the purchase of unknown outcome; its reservation is kept meanwhile. None where nothing is in doubt."""
    reserved_usd: Decimal
    reason: str
    since: datetime


class ProviderUse(Frozen):
    """What a provider did lately."""

    step: CycleStep
    provider: str
    count: int
    last_at: datetime


def label_now(tx: Tx) -> datetime:
    """The time on the label's clock, for surfaces that say how long ago something was."""
    return tx.clock.now()


def timelines(tx: Tx, *, cycle_ids: tuple[CycleId, ...]) -> dict[CycleId, tuple[StepMark, ...]]:
    """The steps of each of these cycles, in the order they began."""
    columns = [S.c[name] for name in StepMark.model_fields]
    rows = tx.connection.execute(select(*columns).where(S.c.cycle_id.in_(cycle_ids)).order_by(S.c.position))
    found: dict[CycleId, tuple[StepMark, ...]] = dict.fromkeys(cycle_ids, ())
    for row in rows:
        mark = StepMark.model_validate(dict(row._mapping))
        found[mark.cycle_id] = (*found[mark.cycle_id], mark)
    return found


def parked_cycles(tx: Tx, *, limit: int = 100) -> list[ParkedCycle]:
    """Cycles that wait for an answer, the oldest first."""
    in_doubt = (S.c.cycle_id == C.c.id) & (S.c.status == StepStatus.UNKNOWN)
    query = (
        select(
            C.c.id.label("cycle_id"),
            A.c.name.label("artist_name"),
            A.c.slug.label("artist_slug"),
            func.coalesce(S.c.name, C.c.step).label("step"),
            S.c.provider,
            S.c.idempotency_key.label("purchase_key"),
            func.coalesce(L.c.reserved_usd, 0).label("reserved_usd"),
            func.coalesce(S.c.error, C.c.reason).label("reason"),
            func.coalesce(S.c.started_at, C.c.started_at, C.c.created_at).label("since"),
        )
        .select_from(C)
        .join(A, A.c.id == C.c.artist_id)
        .outerjoin(S, in_doubt)
        .outerjoin(L, L.c.idempotency_key == S.c.idempotency_key)
        .where(C.c.state == CycleState.PARKED)
        .order_by("since", C.c.id)
        .limit(limit)
    )
    return [ParkedCycle.model_validate(dict(row._mapping)) for row in tx.connection.execute(query)]


def provider_uses(tx: Tx, *, since: datetime) -> list[ProviderUse]:
    """Which providers finished steps since then, the latest first."""
    last_at = func.max(S.c.ended_at).label("last_at")
    query = (
        select(S.c.name.label("step"), S.c.provider, func.count().label("count"), last_at)
        .where(S.c.status == StepStatus.DONE, S.c.ended_at >= since)
        .group_by(S.c.name, S.c.provider)
        .order_by(last_at.desc())
    )
    return [ProviderUse.model_validate(dict(row._mapping)) for row in tx.connection.execute(query)]
