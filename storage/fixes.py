"""Fixes: what was done about a fault, by whom or what, and how it ended."""

from datetime import datetime

from sqlalchemy import insert, select, update

from storage import events, tables
from storage.clock import new_id
from storage.errors import NotFoundError, UsageError
from storage.store import Tx, write
from storage.types import Frozen

X = tables.fixes


class Fix(Frozen):
    """What was done about a fault, and how it ended."""

    id: str
    fingerprint: str
    cycle_id: str | None
    step: str | None
    action: str
    reason: str
    status: str
    """open, worked, failed or reverted; of a patch, one of storage/patches.py."""
    at: datetime
    ended_at: datetime | None


@write
def open_fix(
    tx: Tx,
    *,
    fingerprint: str,
    action: str,
    reason: str,
    cycle_id: str | None = None,
    step: str | None = None,
    status: str = "open",
) -> Fix:
    """Note that something is being done about a fault."""
    fix_id = new_id("fix", tx.clock)
    tx.connection.execute(
        insert(X).values(
            id=fix_id,
            fingerprint=fingerprint,
            cycle_id=cycle_id,
            step=step,
            action=action,
            reason=reason,
            status=status,
            at=tx.clock.now(),
        )
    )
    events.append(tx, "fix.opened", cycle_id=cycle_id, fingerprint=fingerprint, action=action, reason=reason)
    return _fix(tx, fix_id)


@write
def close_fix(tx: Tx, *, fix_id: str, status: str) -> Fix:
    """Note how it ended: worked, failed or reverted."""
    _require_ending(status)
    tx.connection.execute(update(X).where(X.c.id == fix_id).values(status=status, ended_at=tx.clock.now()))
    fix = _fix(tx, fix_id)
    events.append(tx, "fix.closed", cycle_id=fix.cycle_id, fingerprint=fix.fingerprint, status=status)
    return fix


@write
def close_fixes(tx: Tx, *, cycle_id: str, step: str, status: str) -> int:
    """End every open fix of a step alike; says how many there were."""
    _require_ending(status)
    ended = tx.connection.execute(
        update(X)
        .where(X.c.cycle_id == cycle_id, X.c.step == step, X.c.status == "open")
        .values(status=status, ended_at=tx.clock.now())
    ).rowcount
    if ended:
        events.append(tx, "fix.closed", cycle_id=cycle_id, step=step, status=status)
    return ended


def fixes_of_cycle(tx: Tx, *, cycle_id: str) -> list[Fix]:
    """What was tried in a cycle, oldest first."""
    rows = tx.connection.execute(select(X).where(X.c.cycle_id == cycle_id).order_by(X.c.at, X.c.id))
    return [Fix.model_validate(dict(row._mapping)) for row in rows]


def fixes_of(tx: Tx, *, fingerprint: str, limit: int = 50) -> tuple[Fix, ...]:
    """A group's fixes, newest first."""
    rows = tx.connection.execute(
        select(X).where(X.c.fingerprint == fingerprint).order_by(X.c.at.desc(), X.c.id.desc()).limit(limit)
    )
    return tuple(Fix.model_validate(dict(row._mapping)) for row in rows)


def _fix(tx: Tx, fix_id: str) -> Fix:
    row = tx.connection.execute(select(X).where(X.c.id == fix_id)).first()
    if row is None:
        raise NotFoundError(f"There is no fix {fix_id}")
    return Fix.model_validate(dict(row._mapping))


def _require_ending(status: str) -> None:
    if status not in ("worked", "failed", "reverted"):
        raise UsageError(f"A fix ends as worked, failed or reverted, not as {status!r}")
