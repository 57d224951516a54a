"""Songs of other artists that a new one may be too near to: found by the marks that they share, never by reading all."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, func, insert, select

from storage import tables
from storage.memory import UNDECIDED
from storage.store import Tx, write
from storage.types import Frozen, MadePiece, OthersSong, Outcome

K = tables.song_marks
M = tables.memory
A = tables.artists
KINDS = "mws"
"""First letters of marks: of melody, words and sound."""
LIKEST = 8
"""Most songs that a new one is compared with in full for what it shares of one kind."""
NOTHING = "-"
"""The mark of a song of which nothing is known that could be alike: it is looked at once, and found by nobody."""
IN_THE_WORLD = (UNDECIDED, Outcome.APPROVED)
"""What was turned down is nobody's any more."""


class Unmarked(Frozen):
    """A song that nobody finds yet."""

    cycle_id: str
    artist_id: str
    piece: MadePiece


def keep_marks(tx: Tx, *, artist_id: str, cycle_id: str, marks: tuple[str, ...]) -> None:
    """Let a song be found by its marks; part of the write that keeps the song. Those of an earlier draft are gone."""
    tx.connection.execute(delete(K).where(K.c.cycle_id == cycle_id))
    rows = [{"mark": mark, "cycle_id": cycle_id, "artist_id": artist_id} for mark in sorted(set(marks))]
    if rows:
        tx.connection.execute(insert(K), rows)


def unmarked(tx: Tx, *, limit: int) -> tuple[Unmarked, ...]:
    """Songs that were kept before there were marks, the newest first."""
    query = (
        select(M.c.cycle_id, M.c.artist_id, M.c.piece)
        .where(M.c.outcome.in_(IN_THE_WORLD), ~exists().where(K.c.cycle_id == M.c.cycle_id))
        .order_by(M.c.at.desc(), M.c.cycle_id.desc())
        .limit(limit)
    )
    return tuple(Unmarked.model_validate(dict(row._mapping)) for row in tx.connection.execute(query))


@write
def mark_song(tx: Tx, *, song: Unmarked, marks: tuple[str, ...]) -> None:
    """Let an older song be found, unless a draft of it has left its own marks meanwhile."""
    if tx.connection.execute(select(K.c.mark).where(K.c.cycle_id == song.cycle_id).limit(1)).first() is None:
        keep_marks(tx, artist_id=song.artist_id, cycle_id=song.cycle_id, marks=marks or (NOTHING,))


def songs_like(tx: Tx, *, marks: tuple[str, ...], besides: str) -> tuple[OthersSong, ...]:
    """Other artists' songs that share most marks of a kind, the likest in melody first, then in words and in sound.

    Each kind is looked up by itself: a copy of the melody alone is not hidden by songs that share a little of everything.
    `besides` is whose new song it is.
    """
    found: dict[str, OthersSong] = {}
    for kind in KINDS:
        mine = [mark for mark in marks if mark.startswith(kind)]
        for row in tx.connection.execute(_sharing(mine, besides)) if mine else ():
            piece = MadePiece.model_validate(row.piece)
            found.setdefault(row.cycle_id, OthersSong(cycle_id=row.cycle_id, artist=row.name, piece=piece))
    return tuple(found.values())


def songs_of_cycles(tx: Tx, *, cycle_ids: tuple[str, ...], before: datetime) -> tuple[OthersSong, ...]:
    """The songs of some cycles as they were known at a moment, in the order of the ids."""
    query = (
        select(M.c.cycle_id, A.c.name, M.c.piece, M.c.noted, M.c.decided_at)
        .join(A, A.c.id == M.c.artist_id)
        .where(M.c.cycle_id.in_(cycle_ids))
    )
    found = {
        row.cycle_id: OthersSong(
            cycle_id=row.cycle_id,
            artist=row.name,
            piece=MadePiece.model_validate(
                row.noted
                if row.noted and row.decided_at is not None and row.decided_at >= before
                else row.piece
            ),
        )
        for row in tx.connection.execute(query)
    }
    return tuple(found[cycle_id] for cycle_id in cycle_ids if cycle_id in found)


def _sharing(marks: list[str], besides: str) -> Select[str, str, Any]:
    shared = (
        select(K.c.cycle_id, func.count().label("shared"))
        .where(K.c.mark.in_(marks), K.c.artist_id != besides)
        .group_by(K.c.cycle_id)
        .subquery("shared")
    )
    return (
        select(M.c.cycle_id, A.c.name, M.c.piece)
        .join(shared, shared.c.cycle_id == M.c.cycle_id)
        .join(A, A.c.id == M.c.artist_id)
        .where(M.c.outcome.in_(IN_THE_WORLD))
        .order_by(shared.c.shared.desc(), M.c.cycle_id)
        .limit(LIKEST)
    )
