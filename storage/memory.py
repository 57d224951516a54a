"""What an artist remembers of its songs."""

from datetime import datetime

from sqlalchemy import insert, select, update

from storage import tables
from storage.artists import Fence, require_fence
from storage.store import Tx, write
from storage.types import MadePiece

M = tables.memory
KNOWN_PIECES = 20
"""How many of its latest songs an artist knows while it makes one."""


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
