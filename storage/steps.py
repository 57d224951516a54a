"""Durable steps: one row each, moved from intent to done by the step runner (runtime/steps.py).

The row and everything that belongs to it (reservation, event, cursor, asset links) change in one
transaction, so a crash leaves either the whole change or none of it.
"""

import hashlib
from datetime import datetime
from decimal import Decimal

from sqlalchemy import RowMapping, bindparam, func, insert, select, update

from storage import events, ledger, tables
from storage.artists import Fence, renew_lease, require_fence
from storage.cycles import cycle_by_id, suspend
from storage.errors import ConflictError, CycleCancelledError, NotFoundError
from storage.lineage import record_assets
from storage.model_calls import ModelCall, record_call
from storage.store import Tx, write
from storage.types import (
    Asset,
    CycleId,
    CycleState,
    CycleStep,
    EffectPolicy,
    Frozen,
    LifecycleState,
    StepStatus,
)

S = tables.steps
C = tables.cycles


class StepKey(Frozen):
    """`cycle/revision/step`."""

    cycle_id: CycleId
    revision: int
    name: CycleStep

    def __str__(self) -> str:
        return f"{self.cycle_id}/{self.revision}/{self.name}"


class StepIntent(Frozen):
    """What a step is about to do."""

    key: StepKey
    policy: EffectPolicy
    provider: str
    worst_case_usd: Decimal = Decimal(0)


class StepRow(Frozen):
    """A step as it stands."""

    cycle_id: CycleId
    revision: int
    name: CycleStep
    status: StepStatus
    policy: EffectPolicy
    provider: str
    purchase: int
    idempotency_key: str
    job_id: str | None
    submitted_at: datetime | None
    output: str | None
    error: str | None
    attempt: int
    epoch: int
    cost_usd: Decimal
    cpu_s: float
    started_at: datetime
    ended_at: datetime | None


class StepResult(Frozen):
    """What a step made, ready to be recorded."""

    key: StepKey
    output: str
    """The step's value as JSON."""
    assets: tuple[Asset, ...] = ()
    calls: tuple[ModelCall, ...] = ()
    cost_usd: Decimal = Decimal(0)
    cpu_s: float = 0.0
    provider: str | None = None
    """Who made it, where that was not known when it was begun."""


class Begun(Frozen):
    """The answer to an intent: the step's row, and whether an earlier owner had begun it."""

    row: StepRow
    fresh: bool
    paused: bool = False


def idempotency_key(key: StepKey, provider: str, purchase: int) -> str:
    """The same for every attempt at one purchase; "buy again" raises `purchase` and so changes it."""
    return hashlib.sha256(f"{key}|{provider}|{purchase}".encode()).hexdigest()[:32]


# The statements of a step that goes well, built once: building them costs more than running them.
_THIS = (
    (S.c.cycle_id == bindparam("key_cycle"))
    & (S.c.revision == bindparam("key_revision"))
    & (S.c.name == bindparam("key_name"))
)
_FIND = select(S).where(_THIS)
_BEGIN = insert(S).values(
    position=select(func.coalesce(func.max(S.c.position), 0) + 1)
    .where(S.c.cycle_id == bindparam("cycle"))
    .scalar_subquery()
)
_FINISH = update(S).where(_THIS)
_ADVANCE = update(C).where(C.c.id == bindparam("cycle"))
_CANCELLED_BY = select(C.c.cancel_requested_by).where(C.c.id == bindparam("cycle"))
_RESERVING = frozenset({EffectPolicy.KEYED, EffectPolicy.LOOKUP, EffectPolicy.AT_MOST_ONCE})


@write
def begin_step(
    tx: Tx, *, fence: Fence, intent: StepIntent, caps: ledger.Caps, finished: StepResult | None = None
) -> Begun:
    """Write the intent and reserve its worst-case cost, or return what an earlier attempt left.

    The step before it is recorded in the same transaction: one commit carries a cycle from a result to
    the next intent. Raises Fenced, CycleCancelledError, BudgetExceededError, and then records neither.
    """
    artist = require_fence(tx, fence)
    if finished is not None:
        _finish(tx, fence, finished)
    cancelled_by = tx.connection.execute(_CANCELLED_BY, {"cycle": intent.key.cycle_id}).scalar_one()
    if cancelled_by is not None:
        raise CycleCancelledError(f"Cancelled by {cancelled_by}")
    row = _find(tx, intent.key)
    if row is not None and (row.status == StepStatus.DONE or row.epoch == fence.epoch):
        return Begun(row=row, fresh=False)
    paused = artist["state"] == LifecycleState.PAUSED
    if paused and row is None:
        return Begun(row=_unbegun(tx, fence, intent), fresh=True, paused=True)
    if row is not None:
        tx.connection.execute(
            _where(update(S), intent.key).values(epoch=fence.epoch, attempt=S.c.attempt + 1)
        )
        return Begun(row=_get(tx, intent.key), fresh=False)
    fresh = _unbegun(tx, fence, intent)
    if intent.worst_case_usd:
        ledger.reserve(
            tx,
            key=fresh.idempotency_key,
            artist_id=fence.artist_id,
            cycle_id=intent.key.cycle_id,
            step=intent.key.name,
            provider=intent.provider,
            worst_case_usd=intent.worst_case_usd,
            caps=caps,
        )
    tx.connection.execute(_BEGIN, {**dict(fresh), "cycle": intent.key.cycle_id})
    # A step that begins for the first time is progress: the starts that died before it are forgotten.
    progress = {"cycle": intent.key.cycle_id, "step": intent.key.name, "revision": intent.key.revision}
    tx.connection.execute(_ADVANCE, {**progress, "claims": 0})
    _event(tx, "step.intent", fence, intent.key, provider=intent.provider)
    return Begun(row=fresh, fresh=True)


@write
def check_fence(tx: Tx, *, fence: Fence, lease_s: float) -> None:
    """The last look before a purchase: still the owner, lease renewed, the label not stopped.

    Raises Fenced, BudgetExceededError.
    """
    renew_lease(tx, fence=fence, lease_s=lease_s)
    ledger.require_not_stopped(tx)


@write
def record_job(tx: Tx, *, fence: Fence, key: StepKey, job_id: str) -> StepRow:
    """Keep the provider's job id before polling it, so that a restart resumes and does not buy again."""
    require_fence(tx, fence)
    tx.connection.execute(
        _where(update(S), key).values(status=StepStatus.SUBMITTED, job_id=job_id, submitted_at=tx.clock.now())
    )
    _event(tx, "step.submitted", fence, key, job_id=job_id)
    return _get(tx, key)


@write
def finish_step(tx: Tx, *, fence: Fence, finished: StepResult) -> None:
    """Record a step as done where no other begins after it."""
    require_fence(tx, fence)
    _finish(tx, fence, finished)


def _finish(tx: Tx, fence: Fence, finished: StepResult) -> None:
    """Output, assets, model calls, settled cost and event, together; of a done step nothing changes."""
    key = finished.key
    row = _get(tx, key)
    if row.status == StepStatus.DONE:
        return
    record_assets(tx, finished.assets, cycle_id=key.cycle_id, revision=key.revision, step=key.name)
    for call in finished.calls:
        record_call(tx, call=call)
    now = tx.clock.now()
    done = {"status": StepStatus.DONE, "output": finished.output, "error": None, "ended_at": now}
    provider = finished.provider or row.provider
    took = {"cost_usd": finished.cost_usd, "cpu_s": finished.cpu_s, "provider": provider}
    tx.connection.execute(_FINISH, {**_named(key), **done, **took})
    if row.policy in _RESERVING:
        ledger.settle(tx, key=row.idempotency_key, cost_usd=finished.cost_usd)
    _event(
        tx,
        "step.done",
        fence,
        key,
        provider=provider,
        duration_s=round((now - row.started_at).total_seconds(), 3),
        cpu_s=round(finished.cpu_s, 3),
        cost_usd=str(finished.cost_usd),
        assets=[asset.sha256 for asset in finished.assets],
    )


@write
def fail_step(
    tx: Tx, *, fence: Fence, key: StepKey, error: str, bought: bool, job_stands: bool = False
) -> StepRow:
    """Record a *known* failure. Nothing was bought: the reservation goes back and the step may run anew.

    `job_stands`: only its collection failed, so the step stays submitted and the same job is asked for again.
    """
    require_fence(tx, fence)
    row = _get(tx, key)
    if not bought:
        ledger.release(tx, key=row.idempotency_key)
    changes: dict[str, object] = {"error": error}
    if not job_stands:
        changes |= {"status": StepStatus.FAILED, "ended_at": tx.clock.now()}
    tx.connection.execute(_where(update(S), key).values(**changes))
    _event(tx, "step.failed", fence, key, error=error)
    return _get(tx, key)


@write
def retry_step(tx: Tx, *, fence: Fence, intent: StepIntent, caps: ledger.Caps) -> StepRow:
    """Begin a failed step anew, perhaps with another provider: a new purchase number and reservation."""
    require_fence(tx, fence)
    row = _get(tx, intent.key)
    if row.status != StepStatus.FAILED:
        raise ConflictError(f"{intent.key} is {row.status}; only a failed step is begun anew")
    purchase = row.purchase + 1
    key = idempotency_key(intent.key, intent.provider, purchase)
    if intent.worst_case_usd:
        ledger.reserve(
            tx,
            key=key,
            artist_id=fence.artist_id,
            cycle_id=intent.key.cycle_id,
            step=intent.key.name,
            provider=intent.provider,
            worst_case_usd=intent.worst_case_usd,
            caps=caps,
        )
    tx.connection.execute(
        _where(update(S), intent.key).values(
            status=StepStatus.INTENT,
            policy=intent.policy,
            provider=intent.provider,
            purchase=purchase,
            idempotency_key=key,
            job_id=None,
            submitted_at=None,
            attempt=row.attempt + 1,
            epoch=fence.epoch,
            ended_at=None,
        )
    )
    _event(tx, "step.retried", fence, intent.key, provider=intent.provider, purchase=purchase)
    return _get(tx, intent.key)


@write
def park_step(tx: Tx, *, fence: Fence, key: StepKey, reason: str) -> None:
    """Nobody can tell whether the purchase happened: keep its reservation and ask an operator."""
    require_fence(tx, fence)
    row = _get(tx, key)
    tx.connection.execute(_where(update(S), key).values(status=StepStatus.UNKNOWN, error=reason))
    ledger.mark_unknown(tx, key=row.idempotency_key)
    suspend(tx, fence, cycle_by_id(tx, cycle_id=key.cycle_id), CycleState.PARKED, reason)


@write
def park_old_job(tx: Tx, *, fence: Fence, key: StepKey, older_than_s: float, reason: str) -> bool:
    """Ask an operator about a job that is not finished `older_than_s` after it was ordered; says whether."""
    require_fence(tx, fence)
    row = _get(tx, key)
    if (tx.clock.now() - (row.submitted_at or row.started_at)).total_seconds() < older_than_s:
        return False
    tx.connection.execute(_where(update(S), key).values(status=StepStatus.UNKNOWN, error=reason))
    ledger.mark_unknown(tx, key=row.idempotency_key)
    suspend(tx, fence, cycle_by_id(tx, cycle_id=key.cycle_id), CycleState.PARKED, reason)
    return True


@write
def resolve_parked(
    tx: Tx,
    *,
    cycle_id: CycleId,
    choice: str,
    job_id: str | None,
    who: str,
    purchase_key: str | None = None,
) -> CycleState:
    """An operator's answer for a parked cycle.

    `purchase_key` is that of the purchase the operator saw, empty where none was in doubt; None leaves it unchecked.

    A purchase of unknown outcome: `paste` its job id, `buy_again` or `cancel`. Anything else: `go_on` or `cancel`.
    Raises ConflictError for an answer to the other question, or where nothing is parked.
    """
    cycle = tx.connection.execute(select(C.c.state).where(C.c.id == cycle_id).with_for_update()).first()
    if cycle is None:
        raise NotFoundError(f"There is no cycle {cycle_id}; `labelmate cycle list` shows them")
    if cycle.state != CycleState.PARKED:
        raise ConflictError(f"{cycle_id} is {cycle.state}: only a parked cycle waits for an answer")
    lost = tx.connection.execute(
        select(S).where(S.c.cycle_id == cycle_id, S.c.status == StepStatus.UNKNOWN)
    ).first()
    if lost is None:
        if purchase_key:
            raise ConflictError(f"{cycle_id} waits for no answer to that purchase any more; look again")
        if choice not in ("go_on", "cancel"):
            raise ConflictError(f"{cycle_id} has no purchase of unknown outcome; choose go_on or cancel")
        events.append(tx, "cycle.resolved", cycle_id=cycle_id, choice=choice, who=who)
    else:
        step = step_from_row(lost._mapping)
        if purchase_key not in (None, step.idempotency_key):
            raise ConflictError(f"{cycle_id} waits for an answer to another purchase by now; look again")
        key = StepKey(cycle_id=step.cycle_id, revision=step.revision, name=step.name)
        tx.connection.execute(_where(update(S), key).values(**_answer_for(tx, step, choice, job_id, who)))
        events.append(tx, "step.resolved", cycle_id=cycle_id, step=str(key), choice=choice, who=who)
    changes: dict[str, object] = {"state": CycleState.QUEUED, "claims": 0, "reason": ""}
    if choice == "cancel":
        changes["cancel_requested_by"] = who
    tx.connection.execute(update(C).where(C.c.id == cycle_id).values(**changes))
    return CycleState.QUEUED


def _answer_for(tx: Tx, step: StepRow, choice: str, job_id: str | None, who: str) -> dict[str, object]:
    """What an answer changes in the step of a lost purchase."""
    match choice:
        case "paste":
            if not job_id:
                raise ConflictError("Paste the job id that the provider shows for this purchase")
            ledger.reserve_again(tx, key=step.idempotency_key)
            now = tx.clock.now()
            return {"status": StepStatus.SUBMITTED, "job_id": job_id, "submitted_at": now, "error": None}
        case "buy_again":
            # The old reservation stays charged, because it may well have been bought; the step runner
            # begins the failed step anew, with the next purchase number and a reservation of its own.
            return {"status": StepStatus.FAILED, "error": f"bought again by {who}"}
        case "cancel":
            return {"status": StepStatus.FAILED, "error": f"given up by {who}"}
        case _:
            raise ConflictError(
                f"{step.provider} may have been paid for {step.name}, so {choice!r} is no answer; "
                "choose paste, buy_again or cancel"
            )


def steps_of(tx: Tx, *, cycle_id: str) -> list[StepRow]:
    """A cycle's steps in the order they began."""
    rows = tx.connection.execute(select(S).where(S.c.cycle_id == cycle_id).order_by(S.c.position))
    return [step_from_row(row._mapping) for row in rows]


def step_from_row(row: RowMapping) -> StepRow:
    return StepRow.model_validate({name: row[name] for name in StepRow.model_fields})


def _unbegun(tx: Tx, fence: Fence, intent: StepIntent) -> StepRow:
    return StepRow(
        **dict(intent.key),
        status=StepStatus.INTENT,
        policy=intent.policy,
        provider=intent.provider,
        purchase=1,
        idempotency_key=idempotency_key(intent.key, intent.provider, 1),
        job_id=None,
        submitted_at=None,
        output=None,
        error=None,
        attempt=1,
        epoch=fence.epoch,
        cost_usd=Decimal(0),
        cpu_s=0.0,
        started_at=tx.clock.now(),
        ended_at=None,
    )


def _find(tx: Tx, key: StepKey) -> StepRow | None:
    row = tx.connection.execute(_FIND, _named(key)).first()
    return None if row is None else step_from_row(row._mapping)


def _get(tx: Tx, key: StepKey) -> StepRow:
    row = _find(tx, key)
    if row is None:
        raise NotFoundError(f"There is no step {key}")
    return row


def _named(key: StepKey) -> dict[str, object]:
    return {"key_cycle": key.cycle_id, "key_revision": key.revision, "key_name": key.name}


def _where(statement, key: StepKey):  # noqa: ANN001, ANN202 - select and update share no public base
    return statement.where(S.c.cycle_id == key.cycle_id, S.c.revision == key.revision, S.c.name == key.name)


def _event(tx: Tx, kind: str, fence: Fence, key: StepKey, **body: object) -> None:
    events.append(
        tx,
        kind,
        artist_id=fence.artist_id,
        cycle_id=key.cycle_id,
        epoch=fence.epoch,
        step=key.name,
        revision=key.revision,
        **body,
    )
