"""The label at a moment, and the songs that wait for people, each from one read so that its numbers agree."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from storage import approval_rows, faults, queries, spending, timelines
from storage.approval_rows import Approval, ApprovalStatus
from storage.faults import ErrorGroup
from storage.ledger import Caps
from storage.model_health import ModelRecord, model_records
from storage.queries import CycleLine, LabelStatus
from storage.spending import DaySpend
from storage.store import Tx
from storage.timelines import ParkedCycle, ProviderUse, StepMark
from storage.types import CycleId, CycleState

UNDER_WAY = (CycleState.RUNNING, CycleState.PARKED, CycleState.DEFERRED, CycleState.QUEUED)
CYCLES_READ = 200
CYCLES_SHOWN, SONGS_SHOWN, FAULTS_SHOWN = 12, 8, 5
SPEND_DAYS = 14
SONGS_LISTED = 200
DECISIONS_LOOKED_AT = 12


@dataclass(frozen=True)
class Makers:
    """Who made what lately."""

    uses: tuple[ProviderUse, ...]
    """In seven days."""
    models: tuple[ModelRecord, ...]
    """Hosted models that were asked within a day."""


@dataclass(frozen=True)
class LabelOverview:
    """The label at this moment, from one read."""

    at: datetime
    status: LabelStatus
    approvals: tuple[Approval, ...]
    lines: tuple[CycleLine, ...]
    marks: dict[CycleId, tuple[StepMark, ...]]
    parked: tuple[ParkedCycle, ...]
    groups: tuple[ErrorGroup, ...]
    spend: tuple[DaySpend, ...]
    made: Makers


def label_overview(tx: Tx, *, caps: Caps, made: Makers | None = None) -> LabelOverview:
    """Everything the page shows, in one transaction, so that its numbers agree.

    Args:
        made: that of a moment ago, so that a week's steps are not scanned anew.
    """
    at = tx.clock.now()
    lines = queries.list_cycles(tx, states=UNDER_WAY, limit=CYCLES_READ)
    first = sorted(lines, key=lambda line: UNDER_WAY.index(line.cycle.state))[:CYCLES_SHOWN]
    today = at.astimezone(ZoneInfo(caps.timezone)).date()
    return LabelOverview(
        at=at,
        status=queries.label_status(tx, caps=caps),
        approvals=tuple(approval_rows.pending_approvals(tx, limit=SONGS_SHOWN)),
        lines=tuple(first),
        marks=timelines.timelines(tx, cycle_ids=tuple(line.cycle.id for line in first)),
        parked=tuple(timelines.parked_cycles(tx)),
        groups=tuple(faults.list_groups(tx, limit=FAULTS_SHOWN)),
        spend=tuple(spending.spend_by_day(tx, since_day=str(today - timedelta(days=SPEND_DAYS - 1)))),
        made=_makers(tx, at) if made is None else made,
    )


def _makers(tx: Tx, at: datetime) -> Makers:
    return Makers(
        uses=tuple(timelines.provider_uses(tx, since=at - timedelta(days=7))),
        models=tuple(model_records(tx, since=at - timedelta(days=1))),
    )


@dataclass(frozen=True)
class ReviewQueue:
    """Songs that wait, and decisions that may still be taken back."""

    at: datetime
    waiting: tuple[Approval, ...]
    undoable: tuple[Approval, ...]

    def after(self, approval_id: str | None, step: int = 1) -> str | None:
        """The song before or after one; the first where that one is not among them."""
        ids = [approval.id for approval in self.waiting]
        if not ids:
            return None
        if approval_id not in ids:
            return ids[0]
        return ids[(ids.index(approval_id) + step) % len(ids)]


def review_queue(tx: Tx) -> ReviewQueue:
    """The queue as it is now."""
    at = tx.clock.now()
    decided = approval_rows.decided_approvals(tx, limit=DECISIONS_LOOKED_AT)
    return ReviewQueue(
        at=at,
        waiting=tuple(approval_rows.pending_approvals(tx, limit=SONGS_LISTED)),
        undoable=tuple(each for each in decided if can_undo(each, at)),
    )


def can_undo(approval: Approval, at: datetime) -> bool:
    """Whether a decision has not taken effect yet."""
    return (
        approval.status is ApprovalStatus.DECIDED
        and approval.effective_at is not None
        and approval.effective_at > at
    )
