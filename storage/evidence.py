"""What the lifecycle table decides on: one artist's counts, straight from the rows."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from storage import tables
from storage.artists import artist_by_id
from storage.store import Tx
from storage.types import ArtistId, CycleState, DeciderKind, Frozen, LifecycleState, Outcome

C = tables.cycles
M = tables.lifecycle_changes
STREAK_MAX = 100
"""Verdicts read for a streak of rejections; no threshold is as high."""


class LifecycleEvidence(Frozen):
    """One artist's numbers at a check. Expired, cancelled and providers' failures count nowhere."""

    artist_id: ArtistId
    state: LifecycleState
    since: datetime
    """Where the window begins: the period's start, or the artist's last move if that was later."""
    approved: int
    rejected: int
    """By the deciders that were asked for, the latest `last` in the window."""
    errors: int
    """Cycles that ended `failed_internal` in the window."""
    consecutive_rejections: int
    """By persons, unbroken until now, window or not; a move ends the streak."""
    idle_days: int
    """Whole days since the last run, or since creation."""
    paused_days: int
    failed_evolutions: int
    """Evolutions that failed since the last one that worked."""
    runs_since_evolution: int | None
    """Decided and faulty cycles since the last evolution; None if there was none."""


def lifecycle_evidence(
    tx: Tx,
    *,
    artist_id: ArtistId,
    days: int,
    last: int | None = None,
    deciders: tuple[str, ...] = (DeciderKind.PERSON,),
) -> LifecycleEvidence:
    """An artist's evidence of the last `days`, and at most the `last` latest verdicts of these `deciders`."""
    artist, now = artist_by_id(tx, artist_id=artist_id), tx.clock.now()
    moved_at = _last_move(tx, artist_id)
    since = max(now - timedelta(days=days), moved_at or artist.created_at)
    outcomes = _verdicts(tx, artist_id, since=since, deciders=deciders, limit=last)
    streak = _verdicts(tx, artist_id, since=moved_at, deciders=(DeciderKind.PERSON,), limit=STREAK_MAX)
    evolved_at = _last_move(tx, artist_id, "evolve")
    return LifecycleEvidence(
        artist_id=artist_id,
        state=artist.state,
        since=since,
        approved=outcomes.count(Outcome.APPROVED),
        rejected=outcomes.count(Outcome.REJECTED),
        errors=_count(tx, artist_id, since, C.c.outcome == Outcome.FAILED_INTERNAL),
        consecutive_rejections=next(
            (index for index, outcome in enumerate(streak) if outcome != Outcome.REJECTED), len(streak)
        ),
        idle_days=(now - (artist.last_run_at or artist.created_at)).days,
        paused_days=(now - artist.paused_at).days if artist.paused_at else 0,
        failed_evolutions=_failed_evolutions(tx, artist_id),
        runs_since_evolution=None
        if evolved_at is None
        else _count(tx, artist_id, evolved_at, _is_run(deciders)),
    )


def _verdicts(
    tx: Tx, artist_id: str, *, since: datetime | None, deciders: tuple[str, ...], limit: int | None
) -> list[str]:
    """Outcomes of decided cycles, newest first."""
    query = (
        select(C.c.outcome)
        .where(C.c.artist_id == artist_id, C.c.state == CycleState.ENDED, _is_verdict(deciders))
        .order_by(C.c.ended_at.desc(), C.c.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(C.c.ended_at > since)
    return list(tx.connection.execute(query).scalars())


def _is_verdict(deciders: tuple[str, ...]) -> ColumnElement[bool]:
    return and_(C.c.outcome.in_((Outcome.APPROVED, Outcome.REJECTED)), C.c.decided_by.in_(deciders))


def _is_run(deciders: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(_is_verdict(deciders), C.c.outcome == Outcome.FAILED_INTERNAL)


def _count(tx: Tx, artist_id: str, since: datetime, condition: ColumnElement[bool]) -> int:
    return tx.connection.execute(
        select(func.count()).select_from(C).where(C.c.artist_id == artist_id, C.c.ended_at > since, condition)
    ).scalar_one()


def _last_move(tx: Tx, artist_id: str, trigger: str | None = None) -> datetime | None:
    query = select(func.max(M.c.at)).where(M.c.artist_id == artist_id)
    if trigger is not None:
        query = query.where(M.c.trigger == trigger)
    return tx.connection.execute(query).scalar_one()


def _failed_evolutions(tx: Tx, artist_id: str) -> int:
    worked = select(func.coalesce(func.max(M.c.seq), 0)).where(
        M.c.artist_id == artist_id, M.c.trigger == "evolved"
    )
    return tx.connection.execute(
        select(func.count())
        .select_from(M)
        .where(
            M.c.artist_id == artist_id, M.c.trigger == "evolution_failed", M.c.seq > worked.scalar_subquery()
        )
    ).scalar_one()
