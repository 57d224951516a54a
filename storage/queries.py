"""What people ask: how is this song doing, how is the label doing. Roster and evidence stand beside."""

import json
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, func, or_, select

from storage import inbox, tables
from storage.approval_rows import Approval, ApprovalStatus, of_cycle, undecided
from storage.artists import artist_by_id
from storage.cycles import Cycle, cycle_by_id, cycle_from_row
from storage.errors import ConflictError, NotFoundError
from storage.evidence import LifecycleEvidence, lifecycle_evidence
from storage.faults import open_group_count
from storage.label import Label, the_label
from storage.ledger import CHARGED, Caps, Spent, spent
from storage.lineage import assets_of
from storage.name_searches import UnsearchedName, names_to_search
from storage.releases import ReleaseRow, release_of_cycle
from storage.roster import Newcomer, RosterRow, newcomers, roster
from storage.steps import StepRow, steps_of
from storage.store import Tx
from storage.types import Artist, Asset, CycleState, CycleStep, Frozen, LifecycleState

__all__ = [
    "CycleLine",
    "CycleOverview",
    "LabelStatus",
    "LifecycleEvidence",
    "RosterRow",
    "cycle_overview",
    "find_cycle",
    "label_status",
    "lifecycle_evidence",
    "list_cycles",
    "next_due_at",
    "roster",
    "title_of",
]

C = tables.cycles
S = tables.steps
A = tables.artists
P = tables.approvals


class CycleOverview(Frozen):
    """Everything about one song's cycle."""

    cycle: Cycle
    artist: Artist
    steps: tuple[StepRow, ...]
    assets: tuple[Asset, ...]
    approval: Approval | None
    release: ReleaseRow | None
    cost_usd: Decimal
    """Charged or reserved for it."""


class CycleLine(Frozen):
    """A cycle in a list."""

    cycle: Cycle
    artist_slug: str
    artist_name: str
    title: str | None
    """Once it was planned; a revision may bring another."""


class LabelStatus(Frozen):
    """How the label stands now."""

    label: Label
    artists: dict[LifecycleState, int]
    cycles: dict[CycleState, int]
    """Cycles that have not ended, by state: running, waiting, parked, deferred, queued."""
    undecided: int
    overdue: int
    to_make: int
    """Songs that people are asked to make by hand."""
    open_error_groups: int
    names_to_search: tuple[UnsearchedName, ...]
    """Artists whose first release waits for a person's search."""
    newcomers: tuple[Newcomer, ...]
    """Artists that the label created by itself and nobody has taken on yet, the latest first."""
    spent: Spent

    @property
    def is_stopped(self) -> bool:
        return self.label.stopped_at is not None


def cycle_overview(tx: Tx, *, cycle_id: str) -> CycleOverview:
    """One cycle with its steps, files, cost, question and release. Raises NotFoundError."""
    cycle = cycle_by_id(tx, cycle_id=cycle_id)
    cost = select(func.sum(CHARGED)).where(tables.spend.c.cycle_id == cycle_id)
    return CycleOverview(
        cycle=cycle,
        artist=artist_by_id(tx, artist_id=cycle.artist_id),
        steps=tuple(steps_of(tx, cycle_id=cycle_id)),
        assets=tuple(assets_of(tx, cycle_id=cycle_id)),
        approval=of_cycle(tx, cycle_id=cycle_id),
        release=release_of_cycle(tx, cycle_id=cycle_id),
        cost_usd=tx.connection.execute(cost).scalar_one() or Decimal(0),
    )


def list_cycles(
    tx: Tx,
    *,
    artist_id: str | None = None,
    states: tuple[CycleState, ...] = (),
    limit: int = 50,
    offset: int = 0,
) -> list[CycleLine]:
    """Cycles, newest first."""
    plan = (
        select(S.c.output)
        .where(S.c.cycle_id == C.c.id, S.c.name == CycleStep.PLAN, S.c.output.is_not(None))
        .order_by(S.c.revision.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(C, A.c.slug.label("artist_slug"), A.c.name.label("artist_name"), plan.label("plan"))
        .join(A, A.c.id == C.c.artist_id)
        .order_by(C.c.created_at.desc(), C.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    if artist_id is not None:
        query = query.where(C.c.artist_id == artist_id)
    if states:
        query = query.where(C.c.state.in_(states))
    return [
        CycleLine(
            cycle=cycle_from_row(row._mapping),
            artist_slug=row.artist_slug,
            artist_name=row.artist_name,
            title=None if row.plan is None else json.loads(row.plan).get("title"),
        )
        for row in tx.connection.execute(query)
    ]


def title_of(tx: Tx, *, cycle_id: str) -> str | None:
    """What a cycle's song was planned to be called last; None before its plan."""
    plans = select(S.c.output).where(
        S.c.cycle_id == cycle_id, S.c.name == CycleStep.PLAN, S.c.output.is_not(None)
    )
    plan = tx.connection.execute(plans.order_by(S.c.revision.desc()).limit(1)).scalar_one_or_none()
    return None if plan is None else json.loads(plan).get("title")


def find_cycle(tx: Tx, *, ref: str) -> Cycle:
    """The cycle a person means, by its id or the beginning of it. Raises NotFoundError, ConflictError."""
    ref = ref.strip().lower()
    fits = or_(C.c.id.startswith(ref, autoescape=True), C.c.id.startswith(f"cyc_{ref}", autoescape=True))
    ids = tx.connection.execute(select(C.c.id).where(fits).order_by(C.c.id).limit(6)).scalars().all()
    if not ref or not ids:
        raise NotFoundError(f"There is no cycle {ref!r}; `labelmate cycle list` shows them")
    if len(ids) > 1 and ref not in ids:
        raise ConflictError(f"{ref!r} fits several: {', '.join(ids[:5])}; give more of the id")
    return cycle_by_id(tx, cycle_id=ref if ref in ids else ids[0])


def label_status(tx: Tx, *, caps: Caps) -> LabelStatus:
    """Counts and money of the whole label, in a handful of aggregates."""
    artists = tx.connection.execute(select(A.c.state, func.count()).group_by(A.c.state)).all()
    cycles = tx.connection.execute(
        select(C.c.state, func.count()).where(C.c.state != CycleState.ENDED).group_by(C.c.state)
    ).all()
    is_late = and_(P.c.delivered_at.is_not(None), P.c.overdue_at <= tx.clock.now())
    late = and_(P.c.status == ApprovalStatus.PENDING, is_late)
    return LabelStatus(
        label=the_label(tx),
        artists=dict.fromkeys(LifecycleState, 0) | {LifecycleState(state): count for state, count in artists},
        cycles={state: 0 for state in CycleState if state != CycleState.ENDED}
        | {CycleState(state): count for state, count in cycles},
        undecided=undecided(tx),
        overdue=tx.connection.execute(select(func.count()).select_from(P).where(late)).scalar_one(),
        to_make=tx.connection.execute(inbox.waits_for()).scalar_one(),
        open_error_groups=open_group_count(tx),
        names_to_search=tuple(names_to_search(tx)),
        newcomers=tuple(newcomers(tx)),
        spent=spent(tx, caps=caps),
    )


def next_due_at(tx: Tx) -> datetime | None:
    """When the next cycle of an artist that is not paused becomes due, perhaps in the past; None: never."""
    decided = select(func.min(P.c.effective_at)).where(
        P.c.cycle_id == C.c.id, P.c.status.in_((ApprovalStatus.DECIDED, ApprovalStatus.CLOSED))
    )
    able = A.c.state != LifecycleState.PAUSED
    moments = (
        select(func.min(C.c.due_at)).where(C.c.state.in_((CycleState.QUEUED, CycleState.DEFERRED))),
        select(func.min(decided.scalar_subquery())).where(C.c.state == CycleState.WAITING),
    )
    found = (
        tx.connection.execute(query.join(A, A.c.id == C.c.artist_id).where(able)).scalar_one()
        for query in moments
    )
    known = [at for at in found if at is not None]
    return min(known, default=None)
