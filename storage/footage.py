"""What footage was shown in which songs, and what persons said of these: what agents/visuals/footage/standing.py weighs."""

from datetime import datetime, timedelta

from sqlalchemy import select

from storage import tables
from storage.store import Tx
from storage.types import CycleStep, DeciderKind, Frozen, Outcome

LOOK_BACK_DAYS = 365
"""Older verdicts have faded to nearly nothing."""
WORDS = {Outcome.APPROVED: True, Outcome.REJECTED: False}


class FootageShown(Frozen):
    """A clip in a song's pictures."""

    provider: str
    clip_id: str
    author: str
    at: datetime
    approved: bool | None
    """None where no person decided: an expired question and an autopilot's word teach nothing."""


def footage_shown(tx: Tx, *, limit: int = 5000) -> list[FootageShown]:
    """Every clip of every song of the last year, once a song and question, with a person's verdict if there is one.

    People decide on what the preview shows: clips that only a film shows are shown, and not judged.
    """
    C, F, L, P = tables.cycles, tables.assets, tables.step_assets, tables.approvals  # noqa: N806 - short names
    since = tx.clock.now() - timedelta(days=LOOK_BACK_DAYS)
    rows = tx.connection.execute(
        select(F.c.sha256, F.c.provider, F.c.facts, L.c.step, C.c.id, C.c.created_at)
        .add_columns(P.c.revision, P.c.outcome, P.c.decided_by, P.c.decided_at)
        .join(L, L.c.sha256 == F.c.sha256)
        .join(C, C.c.id == L.c.cycle_id)
        .outerjoin(
            P,
            (P.c.cycle_id == L.c.cycle_id) & (P.c.revision == L.c.revision) & (L.c.step == CycleStep.PAINT),
        )
        .where(F.c.kind == "footage", C.c.created_at > since)
        .order_by(C.c.created_at.desc(), C.c.id, F.c.sha256, L.c.revision, L.c.step)
        .limit(limit)
    )
    judged: dict[tuple[object, ...], FootageShown] = {}
    only_shown: dict[tuple[object, ...], FootageShown] = {}
    for row in rows:
        shown = FootageShown(
            provider=row.provider,
            clip_id=str(row.facts.get("clip_id", "")),
            author=str(row.facts.get("author", "")),
            at=row.decided_at or row.created_at,
            approved=WORDS.get(row.outcome) if row.decided_by == DeciderKind.PERSON else None,
        )
        if shown.approved is None:
            only_shown.setdefault((row.id, row.sha256), shown)
        else:
            judged[row.id, row.sha256, row.revision] = shown
    known = {key[:2] for key in judged}
    return [*judged.values(), *(shown for key, shown in only_shown.items() if key not in known)]
