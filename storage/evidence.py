"""What the lifecycle table decides on: each artist's counts, straight from the rows, a page of artists at a time.

Of a song no more than one small number leaves the database, read off an index, so that a sweep of any roster takes the
memory of one page.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Row,
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
from storage.types import ArtistId, DeciderKind, LifecycleState, Outcome

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
SEEN = FRESH | RECENT
UNMOVED = ("", None, "")
STATES = {state.value: state for state in LifecycleState}
FIRST = bindparam("first", type_=Text())
PAGE = select(A.c.id).where(
    A.c.slug >= FIRST,
    A.c.slug <= bindparam("final", type_=Text()),
    or_(A.c.state != LifecycleState.RETIRED, A.c.slug == FIRST),
)
"""The artists of a page, by the names at its ends; the first is retired only where it was asked for by its id."""
MADE_AT = func.coalesce(C.c.started_at, C.c.created_at)
BEGUN = bindparam("begun", type_=UtcTime())
"""When the window begins."""


class AudienceEvidence(NamedTuple):
    """What real listeners say of one artist's songs, under the same conditions as verdicts; nothing where it is not asked for."""

    songs: int = 0
    outcomes: float = 0.0
    """Their sum, 0 to 1 each."""
    career_songs: int = 0
    career_outcomes: float = 0.0
    sources: tuple[str, ...] = ()


class SongCounts(NamedTuple):
    """What one artist's songs add up to; see LifecycleEvidence."""

    approved: int = 0
    rejected: int = 0
    consecutive_rejections: int = 0
    since_change: int = 0
    """Verdicts on songs begun since the last change."""
    career_approved: int = 0
    career_rejected: int = 0
    errors: int = 0
    errors_since_change: int = 0


UNHEARD = AudienceEvidence()
UNSUNG = SongCounts()


class LifecycleEvidence(NamedTuple):
    """One artist's numbers at a check. Expired, cancelled and providers' failures count nowhere."""

    artist_id: ArtistId
    slug: str
    name: str
    version: int
    state: LifecycleState
    paused_at: datetime | None
    approved: int
    rejected: int
    """By the deciders that were asked for, the latest `last` in the window: the period, or since the last move."""
    errors: int
    """Cycles that ended `failed_internal` in the window."""
    consecutive_rejections: int
    """By the same deciders, unbroken until now, window or not; a move ends the streak."""
    idle_days: int
    """Days since the last run, or since creation, on which the label could have made a song."""
    paused_days: int
    failed_evolutions: int
    """Evolutions that failed since the last one that worked."""
    runs_since_evolution: int | None
    """Decided and faulty cycles that began since the last change; None if there was none."""
    career_approved: int
    career_rejected: int
    """The latest `career` verdicts since the last step up."""
    pause_cause: str | None
    """Why the rules paused it; None if a person did, or while it works."""
    open_faults: int
    """Error groups it ran into that nobody has resolved; one that is dismissed is not mended."""
    audience: AudienceEvidence


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
    found = _evidence(tx, window, A.c.id == artist_id, limit=1)
    if not found:
        raise NotFoundError(f"There is no artist {artist_id}")
    return found[0]


def evidence_page(tx: Tx, *, window: Window, limit: int, after_slug: str = "") -> list[LifecycleEvidence]:
    """The next artists that are not retired, in slug order."""
    wanted = and_(A.c.slug > after_slug, A.c.state != LifecycleState.RETIRED)
    return _evidence(tx, window, wanted, limit=limit)


def _evidence(tx: Tx, window: Window, wanted: ColumnElement[bool], *, limit: int) -> list[LifecycleEvidence]:
    last_seen_at = func.coalesce(A.c.last_run_at, A.c.created_at, type_=UtcTime())
    columns = [A.c[name] for name in ("id", "slug", "name", "version", "state", "paused_at", "pause_reason")]
    query = select(*columns, last_seen_at).where(wanted).order_by(A.c.slug).limit(limit)
    artists = tx.connection.execute(query).all()
    if not artists:
        return []
    now = tx.clock.now()
    asked = _questions(window)
    given = {
        "first": artists[0].slug,
        "final": artists[-1].slug,
        "begun": now - timedelta(days=window.days),
    }
    songs = _counted(tx.connection.execute(asked.songs, given), window)
    moves = _by_artist(tx, asked.moves, given)
    failed = _by_artist(tx, asked.failed_evolutions, given)
    groups = _by_artist(tx, asked.open_faults, given)
    heard = _heard(tx, asked.audience, given) if window.audience else {}
    days = open_days_since(tx, at=min(row[-1] for row in artists))
    found: list[LifecycleEvidence] = []
    for artist_id, slug, name, version, state, paused_at, pause_reason, seen_at in map(tuple, artists):
        sung = songs.get(artist_id, UNSUNG)
        _, changed_at, who = moves.get(artist_id, UNMOVED)
        found.append(
            LifecycleEvidence(
                artist_id=artist_id,
                slug=slug,
                name=name,
                version=version,
                state=STATES[state],
                paused_at=paused_at,
                approved=sung.approved,
                rejected=sung.rejected,
                errors=sung.errors,
                consecutive_rejections=sung.consecutive_rejections,
                idle_days=len(days) - bisect_right(days, day_of(seen_at)) if days else 0,
                # A clock that was set back makes nobody paused for less than no time.
                paused_days=max(0, (now - paused_at).days) if paused_at else 0,
                failed_evolutions=failed[artist_id][1] if artist_id in failed else 0,
                runs_since_evolution=None
                if changed_at is None
                else sung.since_change + sung.errors_since_change,
                career_approved=sung.career_approved,
                career_rejected=sung.career_rejected,
                pause_cause=pause_reason if paused_at and who.startswith("policy:") else None,
                open_faults=groups[artist_id][1] if artist_id in groups else 0,
                audience=heard.get(artist_id, UNHEARD),
            )
        )
    return found


class _Questions(NamedTuple):
    """What is asked of a page of artists: rows that begin with an artist's id, and none where nothing is known."""

    songs: Select[*tuple[Any, ...]]
    """One row a song, an artist's together and the latest first."""
    moves: Select[*tuple[Any, ...]]
    failed_evolutions: Select[*tuple[Any, ...]]
    open_faults: Select[*tuple[Any, ...]]
    audience: Select[*tuple[Any, ...]]
    """One row an artist and source."""


@cache
def _questions(window: Window) -> _Questions:
    """Made once: building a statement costs more than asking it for some hundred artists."""
    moves = _moves()
    return _Questions(
        songs=_songs(moves, window),
        moves=_lives(moves),
        failed_evolutions=_failed_evolutions(moves),
        open_faults=_open_faults(),
        audience=_audience(moves, window),
    )


def _by_artist(
    tx: Tx, query: Select[*tuple[Any, ...]], given: dict[str, Any]
) -> dict[str, Row[*tuple[Any, ...]]]:
    """Rows by their first column, the artist's id."""
    return {row[0]: row for row in tx.connection.execute(query, given)}


def _moves() -> Subquery:
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
        .where(M.c.artist_id.in_(PAGE))
        .group_by(M.c.artist_id)
        .subquery("moves")
    )


def _songs(moves: Subquery, window: Window) -> Select[*tuple[Any, ...]]:
    """Each artist's songs as marks, the latest first, in the order of the index and so without a sort."""
    marks = (
        (APPROVED, C.c.outcome == Outcome.APPROVED),
        (FAULT, C.c.outcome == Outcome.FAILED_INTERNAL),
        (FRESH, _is_of_now(moves)),
        (RECENT, C.c.ended_at > BEGUN),
        (CHANGED, _is_after_change(moves)),
        (RISEN, or_(moves.c.rose_at.is_(None), C.c.ended_at > moves.c.rose_at)),
    )
    mark = sum((case((condition, bit), else_=0) for bit, condition in marks), start=literal(0))
    return (
        select(C.c.artist_id, mark)
        .outerjoin(moves, moves.c.artist_id == C.c.artist_id)
        .where(
            C.c.artist_id.in_(PAGE),
            or_(_is_verdict(window.deciders), C.c.outcome == Outcome.FAILED_INTERNAL),
        )
        .order_by(C.c.artist_id, C.c.ended_at.desc(), C.c.id.desc())
        .execution_options(yield_per=5000)
    )


def _counted(rows: Iterable[Row[*tuple[Any, ...]]], window: Window) -> dict[str, SongCounts]:
    """Each artist's counts: a pass over its marks costs less than the database's window functions, and as little memory."""
    return {
        artist_id: _count((row[1] for row in songs), window)
        for artist_id, songs in groupby(rows, key=itemgetter(0))
    }


def _count(marks: Iterable[int], window: Window) -> SongCounts:
    approved = rejected = streak = since = career = career_approved = errors = faulty = place = fresh = 0
    is_unbroken = True
    for mark in marks:
        if mark & FAULT:
            errors += mark & SEEN == SEEN
            faulty += mark & CHANGED != 0
            continue
        good = mark & APPROVED
        place += 1
        since += mark & CHANGED != 0
        if mark & RISEN and place <= window.career:
            career += 1
            career_approved += good
        if not mark & FRESH:
            continue
        fresh += 1
        is_unbroken = is_unbroken and not good
        streak += is_unbroken
        if mark & RECENT and (window.last is None or fresh <= window.last):
            approved += good
            rejected += 1 - good
    return SongCounts(
        approved, rejected, streak, since, career_approved, career - career_approved, errors, faulty
    )


def _audience(moves: Subquery, window: Window) -> Select[*tuple[Any, ...]]:
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
        .where(U.c.artist_id.in_(PAGE))
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


def _lives(moves: Subquery) -> Select[*tuple[Any, ...]]:
    """When each artist last changed, and who moved it last."""
    return select(M.c.artist_id, moves.c.changed_at, M.c.who).join(moves, moves.c.moved_seq == M.c.seq)


def _failed_evolutions(moves: Subquery) -> Select[*tuple[Any, ...]]:
    failed = and_(M.c.trigger == "evolution_failed", M.c.seq > moves.c.worked_seq)
    joined = select(M.c.artist_id, func.count()).join(moves, moves.c.artist_id == M.c.artist_id)
    return joined.where(failed).group_by(M.c.artist_id)


def _open_faults() -> Select[*tuple[Any, ...]]:
    E, G = tables.error_events, tables.error_groups  # noqa: N806 - short names, as in the other modules
    return (
        select(E.c.artist_id, func.count(distinct(E.c.fingerprint)))
        .join(G, G.c.fingerprint == E.c.fingerprint)
        .where(E.c.artist_id.in_(PAGE), G.c.status != GroupStatus.RESOLVED)
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
