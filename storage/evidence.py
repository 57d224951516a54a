"""What the lifecycle table decides on: each artist's counts, straight from the rows, a page of artists at a time.

Of a song no more than one character leaves the database, read off an index, and of an artist one row, so that a sweep of
any roster takes the memory of one page.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    distinct,
    func,
    literal,
    or_,
    select,
    true,
)

from storage import tables
from storage.columns import UtcTime
from storage.errors import NotFoundError
from storage.faults import GroupStatus
from storage.open_days import day_of, open_days_since
from storage.store import Tx
from storage.types import (
    UNHEARD,
    ArtistId,
    AudienceEvidence,
    Cause,
    DeciderKind,
    Evidence,
    LifecycleState,
    Outcome,
)

A = tables.artists
C = tables.cycles
M = tables.lifecycle_changes
U = tables.audience_outcomes
STEPS_UP = ("promote", "evolved", "resume")
"""Triggers from which a career is counted anew."""
CHANGES = ("evolve", "return")
"""Triggers after which an artist tries something else."""
APPROVED, FAULT, FRESH, RECENT, CHANGED, RISEN = 1, 2, 4, 8, 16, 32
"""What is known of a song: its outcome (neither is a rejection), and whether it ended since the last move, within the window,
was begun and ended since the change, and ended since the last step up."""
MARKS = bytes(range(48, 48 + 64)).decode()
"""The character of each sum of these."""
PAGE = (
    select(A.c.id)
    .where(A.c.slug > bindparam("after_slug", type_=Text()), A.c.state != LifecycleState.RETIRED)
    .order_by(A.c.slug)
    .limit(bindparam("limit"))
)
"""The next artists that are not retired."""
READ = select(A.c.id).where(
    A.c.slug > bindparam("after_slug", type_=Text()), A.c.slug <= bindparam("last_slug", type_=Text())
)
"""Those artists once they are read: on PostgreSQL somebody may join between two questions, and push nobody out."""
ONE = select(A.c.id).where(A.c.id == bindparam("artist_id", type_=Text()))
MADE_AT = func.coalesce(C.c.started_at, C.c.created_at)
BEGUN = bindparam("begun", type_=UtcTime())
"""When the window begins."""
STATES = {state.value: state for state in LifecycleState}
CAUSES = {cause.value: cause for cause in Cause}


class LifecycleEvidence(NamedTuple):
    """One artist at a check: who it is, and what the rules decide on."""

    artist_id: ArtistId
    slug: str
    name: str
    version: int
    state: LifecycleState
    paused_at: datetime | None
    evidence: Evidence


@dataclass(frozen=True)
class Window:
    """What is looked at."""

    days: int
    last: int | None = None
    """At most so many of the latest verdicts."""
    career: int = 60
    deciders: tuple[str, ...] = (DeciderKind.PERSON,)
    audience: bool = False
    """Whether audiences are looked at too."""


def lifecycle_evidence(tx: Tx, *, artist_id: ArtistId, window: Window) -> LifecycleEvidence:
    """One artist's evidence. Raises NotFoundError."""
    found = _evidence(tx, window, _questions(ONE, ONE, window), {"artist_id": artist_id})
    if not found:
        raise NotFoundError(f"There is no artist {artist_id}")
    return found[0]


def evidence_page(tx: Tx, *, window: Window, limit: int, after_slug: str = "") -> list[LifecycleEvidence]:
    """The next artists that are not retired, in slug order."""
    return _evidence(tx, window, _questions(PAGE, READ, window), {"after_slug": after_slug, "limit": limit})


class _Questions(NamedTuple):
    """What is asked of a page of artists."""

    lives: Select[*tuple[Any, ...]]
    """One row an artist."""
    open_faults: Select[*tuple[Any, ...]]
    """Rows that begin with an artist's id, and none where nothing is known; so is the next."""
    audience: Select[*tuple[Any, ...]]
    """One row an artist and source."""


@cache
def _questions(page: Select[*tuple[str]], read: Select[*tuple[str]], window: Window) -> _Questions:
    """Made once: building a statement costs more than asking it for some hundred artists."""
    return _Questions(
        lives=_lives(page, _moves(page), window),
        open_faults=_open_faults(read),
        audience=_audience(read, _moves(read), window),
    )


def _evidence(tx: Tx, window: Window, asked: _Questions, of: dict[str, str | int]) -> list[LifecycleEvidence]:
    now = tx.clock.now()
    given = {**of, "begun": now - timedelta(days=window.days)}
    lives = [tuple(row) for row in tx.connection.execute(asked.lives, given)]
    if not lives:
        return []
    given["last_slug"] = lives[-1][2]
    groups = dict(map(tuple, tx.connection.execute(asked.open_faults, given)))
    heard = _heard(tx, asked.audience, given) if window.audience else {}
    days = open_days_since(tx, at=min(life[0] for life in lives))
    found: list[LifecycleEvidence] = []
    for (
        seen_at, artist_id, slug, name, version, state, paused_at, pause_reason, songs, has_changed, who, failed
    ) in lives:  # fmt: skip
        sung = _count(songs, window) if songs else UNSUNG
        approved, rejected, errors, streak, since_change, career_approved, career_rejected = sung
        counts = Evidence(
            approved,
            rejected,
            errors,
            streak,
            idle_days=len(days) - bisect_right(days, day_of(seen_at)) if days else 0,
            # A clock that was set back makes nobody paused for less than no time.
            paused_days=max(0, (now - paused_at).days) if paused_at else 0,
            failed_evolutions=failed,
            runs_since_evolution=since_change if has_changed else None,
            career_approved=career_approved,
            career_rejected=career_rejected,
            # What a person gave as a reason is no cause of the rules, whatever it says.
            pause_cause=CAUSES.get(pause_reason) if paused_at and who and who.startswith("policy:") else None,
            open_faults=groups.get(artist_id, 0),
            audience=heard.get(artist_id, UNHEARD),
        )
        found.append(LifecycleEvidence(artist_id, slug, name, version, STATES[state], paused_at, counts))
    return found


def _moves(page: Select[*tuple[str]]) -> Subquery:
    """When each artist was last moved, changed and raised."""

    def latest(column: ColumnElement[Any], *triggers: str) -> ColumnElement[Any]:
        return func.max(case((M.c.trigger.in_(triggers), column)))

    return (
        select(
            M.c.artist_id,
            func.max(M.c.at).label("moved_at"),
            func.max(M.c.seq).label("moved_seq"),
            latest(M.c.at, *CHANGES).label("changed_at"),
            latest(M.c.at, *STEPS_UP).label("rose_at"),
            func.coalesce(latest(M.c.seq, "evolved"), 0).label("worked_seq"),
        )
        .where(M.c.artist_id.in_(page))
        .group_by(M.c.artist_id)
        .subquery("moves")
    )


def _lives(page: Select[*tuple[str]], moves: Subquery, window: Window) -> Select[*tuple[Any, ...]]:
    """When each artist was last at work, its own row, its songs, whether it changed, who moved it last, and its failed evolutions."""
    last, failed = M.alias("last"), M.alias("failed")
    failures = (
        select(func.count())
        .where(
            failed.c.artist_id == A.c.id,
            failed.c.trigger == "evolution_failed",
            failed.c.seq > moves.c.worked_seq,
        )
        .scalar_subquery()
    )
    return (
        select(
            func.coalesce(A.c.last_run_at, A.c.created_at, type_=UtcTime()),
            *(A.c[name] for name in ("id", "slug", "name", "version", "state", "paused_at", "pause_reason")),
            _songs(moves, window),
            moves.c.changed_at.is_not(None),
            last.c.who,
            case((moves.c.moved_seq.is_not(None), failures), else_=0),
        )
        .outerjoin(moves, moves.c.artist_id == A.c.id)
        .outerjoin(last, last.c.seq == moves.c.moved_seq)
        .where(A.c.id.in_(page))
        .order_by(A.c.slug)
    )


def _songs(moves: Subquery, window: Window) -> ColumnElement[str]:
    """An artist's songs as a character each, the latest first, or NULL: in the order of the index, and so without a sort."""
    marks = (
        (APPROVED, C.c.outcome == Outcome.APPROVED),
        (FAULT, C.c.outcome == Outcome.FAILED_INTERNAL),
        (FRESH, _is_of_now(moves)),
        (RECENT, C.c.ended_at > BEGUN),
        (CHANGED, _is_after_change(moves)),
        (RISEN, or_(moves.c.rose_at.is_(None), C.c.ended_at > moves.c.rose_at)),
    )
    mark = sum((case((condition, bit), else_=0) for bit, condition in marks), start=literal(1))
    ordered = (
        select(func.substr(MARKS, mark, 1).label("mark"))
        .where(
            C.c.artist_id == A.c.id,
            or_(_is_verdict(window.deciders), C.c.outcome == Outcome.FAILED_INTERNAL),
        )
        .order_by(C.c.ended_at.desc(), C.c.id.desc())
        .correlate(A, moves)
        .subquery("ordered")
    )
    # Both databases join what an ordered subquery gives in its order (SQLite's flattening rule 16; PostgreSQL, 9.21).
    return select(func.aggregate_strings(ordered.c.mark, "")).scalar_subquery()


def _unless(wanted: int, unwanted: int = 0) -> bytes:
    """The marks without all that is wanted, or with any of what is not: those to leave out."""
    return bytes(
        mark for bits, mark in enumerate(MARKS.encode()) if bits & wanted != wanted or bits & unwanted
    )


_NO_VERDICT_SINCE_RISE = _unless(RISEN, FAULT)
_NO_VERDICT_OF_NOW = _unless(FRESH, FAULT)
_NOT_RECENT = _unless(RECENT)
_NOT_APPROVED = _unless(APPROVED)
_NO_FAULT_SEEN = _unless(FAULT | FRESH | RECENT)
_NOT_CHANGED = _unless(CHANGED)
_Counts = tuple[int, int, int, int, int, int, int]
UNSUNG: _Counts = (0, 0, 0, 0, 0, 0, 0)


def _count(songs: str, window: Window) -> _Counts:
    """Approved, rejected, errors, rejections in a row, runs since the change, and the career's approved and rejected.

    Whole strings of marks at a time, which costs less than either a pass over them or the database's window functions.
    """
    marks = songs.encode()
    career = marks.translate(None, _NO_VERDICT_SINCE_RISE)[: window.career]
    fresh = marks.translate(None, _NO_VERDICT_OF_NOW)
    seen = fresh.translate(None, _NOT_RECENT)[: window.last]
    approved = len(seen.translate(None, _NOT_APPROVED))
    career_approved = len(career.translate(None, _NOT_APPROVED))
    return (
        approved,
        len(seen) - approved,
        len(marks.translate(None, _NO_FAULT_SEEN)),
        len(fresh) - len(fresh.lstrip(_NOT_APPROVED)),
        len(marks.translate(None, _NOT_CHANGED)),
        career_approved,
        len(career) - career_approved,
    )


def _audience(page: Select[*tuple[str]], moves: Subquery, window: Window) -> Select[*tuple[Any, ...]]:
    """Outcomes of released songs, by the rules that verdicts are counted by, where `at` stands for the verdict's time.

    An outcome comes weeks after its song: one of a song from before the move, or before the step up, speaks of what was then.
    """
    is_of_now = and_(_is_of_now(moves, U.c.at), or_(moves.c.moved_at.is_(None), moves.c.moved_at <= MADE_AT))
    is_risen = or_(moves.c.rose_at.is_(None), and_(U.c.at > moves.c.rose_at, moves.c.rose_at <= MADE_AT))
    latest = (U.c.at.desc(), U.c.cycle_id.desc())
    ranked = (
        select(
            U.c.artist_id,
            U.c.source,
            U.c.outcome,
            U.c.at,
            is_risen.label("is_risen"),
            is_of_now.label("is_fresh"),
            _so_far(true(), U.c.artist_id, *latest).label("place"),
            _so_far(is_of_now, U.c.artist_id, *latest).label("fresh_place"),
        )
        .join(C, C.c.id == U.c.cycle_id)
        .outerjoin(moves, moves.c.artist_id == U.c.artist_id)
        .where(U.c.artist_id.in_(page))
        .subquery("heard")
    )
    R = ranked.c  # noqa: N806 - a table's short name, as in the other modules
    is_seen = and_(R.is_fresh, R.at > BEGUN)
    if window.last is not None:
        is_seen = and_(is_seen, R.fresh_place <= window.last)
    in_career = and_(R.is_risen, R.place <= window.career)
    return (
        select(
            R.artist_id,
            R.source,
            _number(is_seen),
            func.coalesce(func.sum(case((is_seen, R.outcome))), 0.0),
            _number(in_career),
            func.coalesce(func.sum(case((in_career, R.outcome))), 0.0),
        )
        .where(or_(is_seen, in_career))
        .group_by(R.artist_id, R.source)
        .order_by(R.artist_id, R.source)
    )


def _heard(tx: Tx, query: Select[*tuple[Any, ...]], given: dict[str, Any]) -> dict[str, AudienceEvidence]:
    """What an artist's sources say together."""
    found: dict[str, AudienceEvidence] = {}
    for artist_id, source, songs, outcomes, career_songs, career_outcomes in tx.connection.execute(
        query, given
    ):
        before = found.get(artist_id, UNHEARD)
        found[artist_id] = AudienceEvidence(
            songs=before.songs + songs,
            outcomes=before.outcomes + outcomes,
            career_songs=before.career_songs + career_songs,
            career_outcomes=before.career_outcomes + career_outcomes,
            sources=(*before.sources, source),
        )
    return found


def _is_of_now(moves: Subquery, at: ColumnElement[Any] = C.c.ended_at) -> ColumnElement[bool]:
    """Known since the last move; and, where the artist has changed, begun since, or it was made with what was before."""
    is_after_move = or_(moves.c.moved_at.is_(None), at > moves.c.moved_at)
    return and_(is_after_move, or_(moves.c.changed_at.is_(None), _is_after_change(moves, at)))


def _is_after_change(moves: Subquery, at: ColumnElement[Any] = C.c.ended_at) -> ColumnElement[bool]:
    return and_(at > moves.c.changed_at, moves.c.changed_at <= MADE_AT)


def _open_faults(page: Select[*tuple[str]]) -> Select[*tuple[Any, ...]]:
    E, G = tables.error_events, tables.error_groups  # noqa: N806 - short names, as in the other modules
    return (
        select(E.c.artist_id, func.count(distinct(E.c.fingerprint)))
        .join(G, G.c.fingerprint == E.c.fingerprint)
        .where(E.c.artist_id.in_(page), G.c.status != GroupStatus.RESOLVED)
        .group_by(E.c.artist_id)
    )


def _is_verdict(deciders: tuple[str, ...]) -> ColumnElement[bool]:
    return and_(C.c.outcome.in_((Outcome.APPROVED, Outcome.REJECTED)), C.c.decided_by.in_(deciders))


def _so_far(
    condition: ColumnElement[bool], partition: ColumnElement[Any], *latest: ColumnElement[Any]
) -> ColumnElement[int]:
    """How many rows up to this one meet it: one sort serves all places of a query."""
    return func.sum(case((condition, 1), else_=0)).over(
        partition_by=partition, order_by=latest, rows=(None, 0)
    )


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))
