"""What an artist remembers of its songs, and of what people said of them."""

from datetime import datetime

from sqlalchemy import func, insert, select, true, union, update

from storage import tables
from storage.artists import Fence, require_fence
from storage.people import without_names
from storage.store import Tx, write
from storage.types import DeciderKind, MadePiece, Outcome, Remark

M = tables.memory
A = tables.approvals
C = tables.cycles
KNOWN_PIECES = 20
"""How many of its latest songs an artist knows while it makes one."""
REMARKS = 5
REMARK_CHARS = 240


@write
def remember(tx: Tx, *, fence: Fence, cycle_id: str, piece: MadePiece) -> None:
    """Keep one song; a repeat for the same cycle replaces what was kept."""
    require_fence(tx, fence)
    kept = {"piece": piece.model_dump(mode="json"), "at": tx.clock.now()}
    if tx.connection.execute(update(M).where(M.c.cycle_id == cycle_id).values(**kept)).rowcount == 0:
        tx.connection.execute(insert(M).values(cycle_id=cycle_id, artist_id=fence.artist_id, **kept))


def memory_of(tx: Tx, *, artist_id: str, limit: int, before: datetime | None = None) -> tuple[MadePiece, ...]:
    """An artist's latest songs, the last one last; `before` leaves out what came at that moment or later."""
    query = select(M.c.piece).where(M.c.artist_id == artist_id)
    if before is not None:
        query = query.where(M.c.at < before)
    rows = tx.connection.execute(query.order_by(M.c.at.desc(), M.c.cycle_id.desc()).limit(limit))
    return tuple(MadePiece.model_validate(piece) for piece in reversed(rows.scalars().all()))


def remarks_of(
    tx: Tx, *, artist_id: str, cycle_id: str, before: datetime | None = None
) -> tuple[Remark, ...]:
    """Why people turned this artist's songs down or sent them back, as a cycle knows it; the last one last.

    It knows what was said before it began, and why it was sent back itself: the same however often a step of it
    is walked, and, with `before`, the same in a replay of what was made until then. Words alone: whoever may
    decide, or has decided, is not named in them.
    """
    ended = true() if before is None else A.c.decided_at < before
    sent_back = select(func.max(A.c.decided_at)).where(A.c.cycle_id == cycle_id, A.c.redo.is_not(None), ended)
    began = select(func.coalesce(C.c.started_at, C.c.created_at)).where(C.c.id == cycle_id)
    turned_down = (A.c.outcome == Outcome.REJECTED) | A.c.redo.is_not(None)
    query = (
        select(A.c.title, A.c.redo, A.c.why)
        .where(A.c.artist_id == artist_id, A.c.decided_by == DeciderKind.PERSON, turned_down, A.c.why != "")
        .where(A.c.decided_at <= func.coalesce(sent_back.scalar_subquery(), began.scalar_subquery()))
        .order_by(A.c.decided_at.desc(), A.c.id.desc())
        .limit(REMARKS)
    )
    names = _names(tx)
    return tuple(
        Remark(
            title=row.title,
            verdict=row.redo or str(Outcome.REJECTED),
            words=without_names(names, row.why)[:REMARK_CHARS],
        )
        for row in reversed(tx.connection.execute(query).all())
    )


def _names(tx: Tx) -> set[str]:
    """Everybody who may decide, and everybody who has."""
    D = tables.decisions  # noqa: N806 - a table's short name, as in the other modules
    decided = select(D.c.who).where(D.c.decided_by == DeciderKind.PERSON)
    known = union(select(tables.people.c.alias), decided)
    return set(tx.connection.execute(known).scalars())
