"""Sums for monitoring: what was done and what it cost, by step, provider and outcome; never by artist."""

from decimal import Decimal

from sqlalchemy import func, select

from storage import tables
from storage.faults import GroupStatus
from storage.store import Tx
from storage.types import Frozen, Outcome, StepStatus

C = tables.cycles
S = tables.steps
M = tables.model_calls
G = tables.error_groups


class StepSum(Frozen):
    """Steps of one kind that one provider did."""

    name: str
    provider: str
    status: StepStatus
    steps: int
    cpu_s: float
    cost_usd: Decimal


class ModelSum(Frozen):
    """Calls of one model that ended in one way."""

    provider: str
    model: str
    task: str
    outcome: str
    calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: Decimal
    latency_s: float


class Gauges(Frozen):
    """All sums at one moment."""

    steps: tuple[StepSum, ...]
    model_calls: tuple[ModelSum, ...]
    ended: dict[Outcome, int]
    """Cycles that ended, by outcome."""
    error_groups: dict[GroupStatus, int]


def gauges(tx: Tx) -> Gauges:
    """Four aggregates over whole tables: ask no more often than somebody looks."""
    steps = select(
        S.c.name,
        S.c.provider,
        S.c.status,
        func.count().label("steps"),
        func.sum(S.c.cpu_s).label("cpu_s"),
        func.sum(S.c.cost_usd).label("cost_usd"),
    ).group_by(S.c.name, S.c.provider, S.c.status)
    calls = select(
        M.c.provider,
        M.c.model,
        M.c.task,
        M.c.outcome,
        func.count().label("calls"),
        func.coalesce(func.sum(M.c.tokens_in), 0).label("tokens_in"),
        func.coalesce(func.sum(M.c.tokens_out), 0).label("tokens_out"),
        func.sum(M.c.cost_usd).label("cost_usd"),
        func.sum(M.c.latency_s).label("latency_s"),
    ).group_by(M.c.provider, M.c.model, M.c.task, M.c.outcome)
    ended = select(C.c.outcome, func.count()).where(C.c.outcome.is_not(None)).group_by(C.c.outcome)
    groups = select(G.c.status, func.count()).group_by(G.c.status)
    run = tx.connection.execute
    return Gauges(
        steps=tuple(StepSum.model_validate(dict(row)) for row in run(steps).mappings()),
        model_calls=tuple(ModelSum.model_validate(dict(row)) for row in run(calls).mappings()),
        ended=dict.fromkeys(Outcome, 0) | {Outcome(outcome): count for outcome, count in run(ended)},
        error_groups=dict.fromkeys(GroupStatus, 0)
        | {GroupStatus(state): count for state, count in run(groups)},
    )
