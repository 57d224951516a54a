"""An artist's autopilot: the switch, its policy, and what has happened since it was thrown."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select, update

from storage import events, outbox, tables
from storage.approval_rows import Approval, approval_by_id
from storage.approvals import decide
from storage.artists import artist_by_id
from storage.errors import ConflictError
from storage.ledger import CHARGED
from storage.store import Tx, write
from storage.types import Artist, ArtistId, AutopilotPolicy, DeciderKind, Frozen, Outcome

A = tables.artists
C = tables.cycles
P = tables.approvals
WEEK = timedelta(days=7)


class FlightRow(Frozen):
    """The numbers that agents/autopilot.py decides on."""

    rejections: int
    errors: int
    spent_usd: Decimal
    approvals_week: int
    label_approvals_week: int


@write
def set_autopilot(
    tx: Tx, *, artist_id: ArtistId, policy: AutopilotPolicy | None, who: str, surface: str, reason: str
) -> Artist:
    """Switch it on with a policy, or off (None). Every throw is an event, and what is counted begins anew."""
    now = tx.clock.now()
    tx.connection.execute(
        update(A)
        .where(A.c.id == artist_id)
        .values(
            autopilot=policy is not None,
            autopilot_policy=None if policy is None else policy.model_dump(mode="json"),
            autopilot_since=None if policy is None else now,
        )
    )
    artist = artist_by_id(tx, artist_id=artist_id)
    events.append(
        tx,
        "artist.autopilot",
        artist_id=artist_id,
        is_on=policy is not None,
        policy=None if policy is None else policy.model_dump(mode="json"),
        who=who,
        surface=surface,
        reason=reason,
    )
    return artist


@write
def switch_off(tx: Tx, *, artist_id: ArtistId, reason: str) -> None:
    """The autopilot gives the wheel back by itself, and the owner is told."""
    artist = artist_by_id(tx, artist_id=artist_id)
    if not artist.autopilot:
        return
    set_autopilot(tx, artist_id=artist_id, policy=None, who="autopilot", surface="autopilot", reason=reason)
    outbox.enqueue(
        tx,
        kind="alert",
        dedupe_key=f"autopilot/{artist_id}/{artist.autopilot_since}",
        payload={"artist_id": artist_id, "text": f"{artist.persona.name}: {reason}"},
    )


@write
def approve(
    tx: Tx, *, approval_id: str, preview_sha256: str, label_per_week: int, reason: str, undo_s: float
) -> Approval:
    """Approve a song if the week's caps still allow it: counted and decided in one transaction.

    Raises ConflictError when a person was faster, the switch is off by now, or other artists took the last place.
    """
    # One row to lock makes concurrent approvals on PostgreSQL see each other's.
    tx.connection.execute(select(tables.label.c.id).with_for_update()).first()
    asked = approval_by_id(tx, approval_id=approval_id)
    policy = artist_by_id(tx, artist_id=asked.artist_id).autopilot_policy
    now = flight(tx, artist_id=asked.artist_id)
    if policy is None:
        raise ConflictError(f"The autopilot of {asked.artist_name} was switched off meanwhile")
    if now.approvals_week >= policy.releases_per_week or now.label_approvals_week >= label_per_week:
        raise ConflictError("The autopilots' songs of this week were approved meanwhile")
    return decide(
        tx,
        approval_id=approval_id,
        outcome=Outcome.APPROVED,
        decided_by=DeciderKind.AUTOPILOT,
        who="autopilot",
        surface="autopilot",
        reason=reason,
        undo_s=undo_s,
        preview_sha256=preview_sha256,
    )


def flight(tx: Tx, *, artist_id: ArtistId) -> FlightRow:
    """What has happened since the switch was thrown, and in the last seven days."""
    since = artist_by_id(tx, artist_id=artist_id).autopilot_since or tx.clock.now()
    week = tx.clock.now() - WEEK
    mine = C.c.artist_id == artist_id
    by_person = C.c.decided_by == DeciderKind.PERSON
    spent = select(func.sum(CHARGED)).where(tables.spend.c.artist_id == artist_id, tables.spend.c.at >= since)
    return FlightRow(
        rejections=_ended(tx, since, mine, by_person, C.c.outcome == Outcome.REJECTED),
        errors=_ended(tx, since, mine, C.c.outcome == Outcome.FAILED_INTERNAL),
        spent_usd=tx.connection.execute(spent).scalar_one() or Decimal(0),
        approvals_week=_approved(tx, week, P.c.artist_id == artist_id),
        label_approvals_week=_approved(tx, week),
    )


def _ended(tx: Tx, since: datetime, *where: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(C).where(C.c.ended_at >= since, *where)
    return tx.connection.execute(query).scalar_one()


def _approved(tx: Tx, since: datetime, *where: ColumnElement[bool]) -> int:
    """Counted by decision, not by release: a song that is being filmed is one already."""
    query = select(func.count()).select_from(P)
    query = query.where(
        P.c.decided_at >= since,
        P.c.decided_by == DeciderKind.AUTOPILOT,
        P.c.outcome == Outcome.APPROVED,
        *where,
    )
    return tx.connection.execute(query).scalar_one()
