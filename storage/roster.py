"""The roster as people read it: each artist with the sums of what it did, a page at a time."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Subquery, case, func, or_, select

from storage import tables
from storage.artists import CREATION
from storage.ledger import CHARGED
from storage.store import Tx
from storage.types import ArtistId, CycleState, Frozen, LifecycleState, Outcome

A = tables.artists
C = tables.cycles
L = tables.spend


class RosterRow(Frozen):
    """One artist and what became of its songs."""

    id: ArtistId
    slug: str
    name: str
    genre: str
    state: LifecycleState
    autopilot: bool
    version: int
    songs: int
    """Cycles that ended, however they did."""
    approved: int
    rejected: int
    in_the_making: int
    last_run_at: datetime | None
    accepted_at: datetime | None
    """When a person took it on; its content plan waits for that."""
    pause_reason: str | None
    spent_usd: Decimal
    """All that was charged or is reserved for it."""


class Newcomer(Frozen):
    """An artist that nobody asked for, and that waits until the owner takes it on."""

    slug: str
    name: str
    genre: str
    created_at: datetime


def newcomers(tx: Tx, *, limit: int = 20) -> list[Newcomer]:
    """Living artists that the label created by itself and nobody has taken on, the latest first."""
    V = tables.artist_versions  # noqa: N806 - a table's short name, as in the other modules
    rows = tx.connection.execute(
        select(A.c.slug, A.c.name, A.c.genre, A.c.created_at)
        .join(V, (V.c.artist_id == A.c.id) & (V.c.version == 1) & (V.c.who == CREATION))
        .where(A.c.accepted_at.is_(None), A.c.state != LifecycleState.RETIRED)
        .order_by(A.c.created_at.desc(), A.c.slug)
        .limit(limit)
    )
    return [Newcomer.model_validate(dict(row._mapping)) for row in rows]


def roster(
    tx: Tx,
    *,
    limit: int = 100,
    after_slug: str = "",
    offset: int = 0,
    states: tuple[LifecycleState, ...] = (),
    text: str = "",
) -> list[RosterRow]:
    """Artists in slug order with their sums; memory is that of one page, whatever the roster's size."""
    found = select(A).where(A.c.slug > after_slug, *_wanted(states, text))
    page = found.order_by(A.c.slug).limit(limit).offset(offset).subquery("page")
    songs, money = _songs(page), _money(page)
    counts = [
        func.coalesce(songs.c[name], 0).label(name)
        for name in ("songs", "approved", "rejected", "in_the_making")
    ]
    own = [page.c[name] for name in RosterRow.model_fields if name in page.c]
    rows = tx.connection.execute(
        select(*own, *counts, func.coalesce(money.c.spent_usd, 0).label("spent_usd"))
        .outerjoin(songs, songs.c.artist_id == page.c.id)
        .outerjoin(money, money.c.artist_id == page.c.id)
        .order_by(page.c.slug)
    )
    return [RosterRow.model_validate(dict(row._mapping)) for row in rows]


def roster_sizes(tx: Tx, *, text: str = "") -> dict[LifecycleState, int]:
    """How many artists there are in each state, among those whose name or genre holds the text."""
    counts = select(A.c.state, func.count()).where(*_wanted((), text)).group_by(A.c.state)
    found = {LifecycleState(state): count for state, count in tx.connection.execute(counts).all()}
    return dict.fromkeys(LifecycleState, 0) | found


def _wanted(states: tuple[LifecycleState, ...], text: str) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [A.c.state.in_(states)] if states else []
    if text := text.strip():
        wanted.append(
            or_(A.c.name.icontains(text, autoescape=True), A.c.genre.icontains(text, autoescape=True))
        )
    return wanted


def _songs(page: Subquery) -> Subquery:
    """One row an artist of the page: how many cycles ended, and how."""
    return (
        select(
            C.c.artist_id,
            _count(C.c.state == CycleState.ENDED).label("songs"),
            _count(C.c.outcome == Outcome.APPROVED).label("approved"),
            _count(C.c.outcome == Outcome.REJECTED).label("rejected"),
            _count(C.c.state != CycleState.ENDED).label("in_the_making"),
        )
        .where(C.c.artist_id.in_(select(page.c.id)))
        .group_by(C.c.artist_id)
        .subquery("songs")
    )


def _money(page: Subquery) -> Subquery:
    return (
        select(L.c.artist_id, func.sum(CHARGED).label("spent_usd"))
        .where(L.c.artist_id.in_(select(page.c.id)))
        .group_by(L.c.artist_id)
        .subquery("money")
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
