"""What an artist remembers of its songs, and of what people said of them."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from storage import tables
from storage.artists import Fence, require_fence
from storage.store import Tx, write
from storage.types import DeciderKind, MadePiece, Outcome, Remark

M = tables.memory
A = tables.approvals
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


def remarks_of(tx: Tx, *, artist_id: str, before: datetime | None = None) -> tuple[Remark, ...]:
    """Why people turned this artist's latest songs down or sent them back, the last one last.

    Words alone: people's aliases are taken out of them.
    """
    turned_down = (A.c.outcome == Outcome.REJECTED) | A.c.redo.is_not(None)
    query = select(A.c.title, A.c.redo, A.c.why).where(
        A.c.artist_id == artist_id, A.c.decided_by == DeciderKind.PERSON, turned_down, A.c.why != ""
    )
    if before is not None:
        query = query.where(A.c.decided_at < before)
    rows = tx.connection.execute(query.order_by(A.c.decided_at.desc(), A.c.id.desc()).limit(REMARKS)).all()
    aliases = tx.connection.execute(select(tables.people.c.alias)).scalars().all()
    return tuple(
        Remark(
            title=row.title,
            verdict=row.redo or str(Outcome.REJECTED),
            words=_without(aliases, row.why)[:REMARK_CHARS],
        )
        for row in reversed(rows)
    )


def _without(aliases: Sequence[str], words: str) -> str:
    for alias in aliases:
        words = re.sub(rf"(?<!\w){re.escape(alias)}(?!\w)", "somebody", words, flags=re.IGNORECASE)
    return words
