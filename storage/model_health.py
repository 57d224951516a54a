"""How models have answered lately, read from the calls' own rows."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from storage import tables
from storage.errors import BudgetExceeded
from storage.model_calls import Asked
from storage.store import Tx
from storage.types import Frozen

M = tables.model_calls
CALLS_READ = 500
"""The latest calls that are looked at; older ones say little of today."""
OFFLINE = "offline"
NOT_SENT = frozenset({"not_asked", BudgetExceeded.code})
"""Outcomes of attempts that no model has seen: it was busy, or there was no money for it."""


class ModelRecord(Frozen):
    """One hosted model, as far as the label's own calls know it."""

    name: str
    """provider:model."""
    answered: int
    failed: int
    """Attempts, not calls: a call may ask one model twice."""
    last_at: datetime
    answers: bool
    """Whether the last attempt was answered."""
    said: str
    """Why it was not; empty where it was."""
    latency_s: float | None
    """Mean over the answers."""


class Measurement(Frozen):
    """One answer, for the strategy that chooses among models."""

    name: str
    task: str
    latency_s: float
    cost_usd: float | None


def model_records(tx: Tx, *, since: datetime) -> list[ModelRecord]:
    """Every hosted model that was asked since then, the latest first."""
    seen: dict[str, list[tuple[datetime, Asked]]] = defaultdict(list)
    for at, _, _, asked in _attempts(tx, since):
        if ":" in asked.deployment and asked.outcome not in NOT_SENT:
            seen[asked.deployment].append((at, asked))
    records = [_record(name, attempts) for name, attempts in seen.items()]
    return sorted(records, key=lambda record: record.last_at, reverse=True)


def measurements(tx: Tx, *, since: datetime) -> list[Measurement]:
    """What answers took and cost since then, the oldest first."""
    return [
        Measurement(
            name=asked.deployment,
            task=task,
            latency_s=asked.latency_s,
            cost_usd=None if cost is None else float(cost),
        )
        for _, task, cost, asked in _attempts(tx, since)
        if asked.outcome == "ok" and asked.deployment != OFFLINE
    ]


def _attempts(tx: Tx, since: datetime) -> Iterator[tuple[datetime, str, Decimal | None, Asked]]:
    """When, for which task, at which cost, and how it went; the oldest first."""
    latest = (
        select(M.c.at, M.c.task, M.c.cost_usd, M.c.trail)
        .where(M.c.at >= since, M.c.trail.is_not(None))
        .order_by(M.c.at.desc(), M.c.id.desc())
        .limit(CALLS_READ)
    )
    for row in reversed(tx.connection.execute(latest).all()):
        for asked in row.trail:
            yield row.at, row.task, row.cost_usd, Asked.model_validate(asked)


def _record(name: str, attempts: list[tuple[datetime, Asked]]) -> ModelRecord:
    answers_s = [asked.latency_s for _, asked in attempts if asked.outcome == "ok"]
    last_at, last = attempts[-1]
    return ModelRecord(
        name=name,
        answered=len(answers_s),
        failed=len(attempts) - len(answers_s),
        last_at=last_at,
        answers=last.outcome == "ok",
        said="" if last.outcome == "ok" else (last.said or last.outcome),
        latency_s=sum(answers_s) / len(answers_s) if answers_s else None,
    )
