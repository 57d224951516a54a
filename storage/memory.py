"""What an artist remembers of its songs, and of what people said of them."""

from datetime import datetime

from sqlalchemy import func, insert, select, true, union, update

from storage import tables
from storage.artists import Fence, require_fence
from storage.people import without_names
from storage.store import Tx, write
from storage.types import DeciderKind, Frozen, MadePiece, Outcome, Remark

M = tables.memory
A = tables.approvals
C = tables.cycles
KNOWN_PIECES = 20
"""How many of its latest songs an artist knows while it makes one."""
SUNG_SONGS = 2_000
"""How many songs' lines the embedded writer is told of: about four megabytes, and more than its banks can fill anew."""
_SONGS_AT_ONCE = 100
REMARKS = 5
REMARK_CHARS = 240


UNDECIDED = "undecided"
"""Outcome of a song that nobody has decided on yet."""


class Found(Frozen):
    """A song that a search found."""

    cycle_id: str
    artist: str
    at: datetime
    piece: MadePiece


@write
def remember(tx: Tx, *, fence: Fence, cycle_id: str, piece: MadePiece) -> None:
    """Keep one song from when it was made; what is known of it later takes the place of what was kept.

    What was known before it was decided on is kept beside it: songs that were planned meanwhile knew no more.
    """
    require_fence(tx, fence)
    told = (piece.title, piece.theme, piece.mood, piece.hook, piece.lesson, *piece.lines)
    kept = {
        "piece": piece.model_dump(mode="json"),
        "words": "\n".join(part for part in told if part).lower(),
        "theme": piece.theme,
        "key": f"{piece.key} {piece.mode}",
        "tempo_bpm": piece.tempo_bpm,
        "score": piece.score,
        "outcome": piece.outcome,
    }
    now = tx.clock.now()
    known = tx.connection.execute(select(M.c.piece, M.c.outcome).where(M.c.cycle_id == cycle_id)).first()
    if piece.outcome != UNDECIDED and (known is None or known.outcome == UNDECIDED):
        kept |= {"decided_at": now, "noted": known.piece if known else None}
    if known is None:
        tx.connection.execute(insert(M).values(cycle_id=cycle_id, artist_id=fence.artist_id, at=now, **kept))
    else:
        tx.connection.execute(update(M).where(M.c.cycle_id == cycle_id).values(**kept))


def search_memory(
    tx: Tx,
    *,
    text: str = "",
    artist_id: str | None = None,
    theme: str = "",
    key: str = "",
    tempo_bpm: tuple[float, float] | None = None,
    score_min: float | None = None,
    outcome: str = "",
    limit: int = 50,
) -> list[Found]:
    """Songs in whose title, theme, mood, hook, lesson or lines every word of the text stands, the newest first.

    Args:
        key: a tonic such as `F#`, or tonic and mode, such as `F# minor`.
        tempo_bpm: slowest and fastest.
    """
    query = select(M.c.cycle_id, tables.artists.c.name.label("artist"), M.c.at, M.c.piece).join(
        tables.artists, tables.artists.c.id == M.c.artist_id
    )
    for word in text.lower().split():
        query = query.where(M.c.words.contains(word, autoescape=True))
    if artist_id is not None:
        query = query.where(M.c.artist_id == artist_id)
    if theme:
        query = query.where(M.c.theme.icontains(theme, autoescape=True))
    if key:
        query = query.where((M.c.key == key) | M.c.key.startswith(f"{key} ", autoescape=True))
    if tempo_bpm is not None:
        query = query.where(M.c.tempo_bpm.between(*tempo_bpm))
    if score_min is not None:
        query = query.where(M.c.score >= score_min)
    if outcome:
        query = query.where(M.c.outcome == outcome)
    rows = tx.connection.execute(query.order_by(M.c.at.desc(), M.c.cycle_id.desc()).limit(limit))
    return [Found.model_validate(dict(row._mapping)) for row in rows]


def memory_of(
    tx: Tx, *, artist_id: str, limit: int, before: datetime | None = None, besides: str = ""
) -> tuple[MadePiece, ...]:
    """An artist's latest songs, the last one last, undecided ones too.

    `before` leaves out what was made at that moment or later, and what was decided then of an earlier song;
    `besides` leaves out the song of one cycle.
    """
    query = select(M.c.piece, M.c.noted, M.c.decided_at).where(
        M.c.artist_id == artist_id, M.c.cycle_id != besides
    )
    if before is not None:
        query = query.where(M.c.at < before)
    rows = tx.connection.execute(query.order_by(M.c.at.desc(), M.c.cycle_id.desc()).limit(limit)).all()

    known = (
        noted if before is not None and decided_at is not None and decided_at >= before else piece
        for piece, noted, decided_at in reversed(rows)
    )
    return tuple(MadePiece.model_validate(piece) for piece in known)


def sung_by(tx: Tx, *, artist_id: str, besides: str = "") -> frozenset[str]:
    """Every line and hook of an artist's songs in lower case, in no order; titles and lessons of theirs stand among them.

    They are read from what the search reads, so that no song is unpacked for it; `besides` leaves out the song of one cycle.
    """
    query = select(M.c.words).where(M.c.artist_id == artist_id, M.c.cycle_id != besides)
    query = query.order_by(M.c.at.desc(), M.c.cycle_id.desc()).limit(SUNG_SONGS)
    rows = tx.connection.execute(query, execution_options={"yield_per": _SONGS_AT_ONCE})
    return frozenset(line for words in rows.scalars() for line in words.split("\n") if line)


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
