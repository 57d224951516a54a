"""What reflections taught: one row a song and lesson, so that evidence can be counted, and fades with time."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from storage import tables
from storage.artists import Fence, require_fence
from storage.database import insert_absent
from storage.store import Tx
from storage.types import DrawnLesson, KnownLesson

L = tables.lesson_evidence
HALF_LIFE_DAYS = 60.0
FAINT = 0.2
"""Evidence below which a lesson is forgotten."""
_FORGOTTEN = timedelta(days=365)
_ROWS_MAX = 500


def note_lessons(tx: Tx, *, fence: Fence, cycle_id: str, drawn: tuple[DrawnLesson, ...]) -> None:
    """Keep what a song taught; a repeat for the same song adds nothing."""
    require_fence(tx, fence)
    for lesson in drawn:
        insert_absent(
            tx.connection,
            L,
            cycle_id=cycle_id,
            artist_id=fence.artist_id,
            is_absorbed=False,
            at=tx.clock.now(),
            **lesson.model_dump(),
        )


def absorb(tx: Tx, *, artist_id: str, genes: tuple[str, ...]) -> None:
    """These genes have moved: what was taught about them steers no further song by itself."""
    for gene in genes:
        tx.connection.execute(
            update(L)
            .where(L.c.artist_id == artist_id, L.c.about == "music", L.c.key.startswith(f"{gene}/"))
            .values(is_absorbed=True)
        )


def release(tx: Tx, *, artist_id: str, gene: str, since: datetime | None) -> None:
    """This gene has moved back: what was taught about it after `since`, or ever, is in no gene."""
    mine = (L.c.artist_id == artist_id, L.c.about == "music", L.c.key.startswith(f"{gene}/"))
    fresh = () if since is None else (L.c.at > since,)
    tx.connection.execute(update(L).where(*mine, *fresh).values(is_absorbed=False))


def lessons_of(tx: Tx, *, artist_id: str, besides: str = "", limit: int = 8) -> tuple[KnownLesson, ...]:
    """What an artist knows by now, the best proven first; `besides` leaves one song's own out."""
    now = tx.clock.now()
    rows = tx.connection.execute(
        select(L)
        .where(L.c.artist_id == artist_id, L.c.cycle_id != besides, L.c.at >= now - _FORGOTTEN)
        .order_by(L.c.at.desc(), L.c.cycle_id.desc())
        .limit(_ROWS_MAX)
    ).all()
    evidence: dict[str, float] = {}
    for row in rows:
        age_days = max(0.0, (now - row.at).total_seconds() / 86_400)
        evidence[row.key] = evidence.get(row.key, 0.0) + 0.5 ** (age_days / HALF_LIFE_DAYS)
    latest = {row.key: row for row in reversed(rows)}
    known = [
        KnownLesson(
            key=key,
            about=row.about,
            text=row.text,
            step=row.step,
            songs=sum(each.key == key for each in rows),
            evidence=round(evidence[key], 2),
            is_absorbed=all(each.is_absorbed for each in rows if each.key == key),
        )
        for key, row in latest.items()
        if evidence[key] >= FAINT
    ]
    return tuple(sorted(known, key=lambda lesson: (-lesson.evidence, lesson.key))[:limit])
