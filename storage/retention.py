"""What is thrown away with time: media of songs nobody wanted, acknowledgements nobody will ask for, and numbers that are lent.

All work in small chunks, so that no commit waits for them. Rows and hashes of assets stay.
"""

from datetime import timedelta

from sqlalchemy import and_, delete, not_, or_, select, update

from storage import events, tables
from storage.assets import AssetStore
from storage.audience import BRIEF, LENT_FOR
from storage.database import database_now_s
from storage.store import StoreClient, Tx, write
from storage.types import CycleState, Outcome

F = tables.assets
C = tables.cycles
L = tables.step_assets
UNWANTED = (Outcome.REJECTED, Outcome.CANCELLED)


def rejected_media(tx: Tx, *, days: int, limit: int) -> list[str]:
    """Addresses of audio, pictures and video that only unwanted songs used, `days` after these ended.

    Unwanted are rejected and cancelled cycles, and of ended ones the revisions that were superseded.
    What a wanted song's asset was made from is kept with it, but for footage: that is in the film, and its library
    still has it.
    """
    is_recent = or_(C.c.state != CycleState.ENDED, C.c.ended_at > tx.clock.now() - timedelta(days=days))
    is_wanted = and_(C.c.outcome.not_in(UNWANTED), L.c.revision == C.c.revision)
    links = select(L.c.sha256).join(C, C.c.id == L.c.cycle_id)
    in_use = links.where(is_recent)
    kept = links.where(or_(is_recent, is_wanted))
    kept_parents = select(tables.asset_parents.c.parent_sha256).where(tables.asset_parents.c.sha256.in_(kept))
    is_needed = or_(
        F.c.sha256.in_(in_use),
        and_(F.c.kind != "footage", or_(F.c.sha256.in_(kept), F.c.sha256.in_(kept_parents))),
    )
    is_media = or_(*(F.c.media_type.startswith(f"{kind}/") for kind in ("audio", "image", "video")))
    found = tx.connection.execute(
        select(F.c.sha256)
        .where(is_media, F.c.media_deleted_at.is_(None))
        .where(F.c.sha256.in_(select(L.c.sha256)), not_(is_needed))
        .order_by(F.c.created_at, F.c.sha256)
        .limit(limit)
    )
    return list(found.scalars())


@write
def mark_media_deleted(tx: Tx, *, sha256s: list[str]) -> int:
    """Note that the files are gone; says of how many it was not known."""
    marked = tx.connection.execute(
        update(F)
        .where(F.c.sha256.in_(sha256s), F.c.media_deleted_at.is_(None))
        .values(media_deleted_at=tx.clock.now())
    ).rowcount
    if marked:
        events.append(tx, "media.deleted", sha256s=sha256s)
    return marked


async def expire_rejected_media(store: StoreClient, assets: AssetStore, *, days: int, limit: int = 50) -> int:
    """Delete one chunk of rejected media and say how many files; 0 means that none are left.

    Files go first and rows are marked after, so a crash between is found and mended by the next sweep.
    """
    unwanted = await store.read(rejected_media, days=days, limit=limit)
    for sha256 in unwanted:
        assets.delete(sha256)
    return await store.write(mark_media_deleted, sha256s=unwanted) if unwanted else 0


@write
def prune_writes(tx: Tx, *, older_than_s: float, limit: int) -> int:
    """Forget the results of up to `limit` old writes; their callers have long had their answer."""
    W = tables.writes  # noqa: N806 - a table's short name, as in the other modules
    old = (
        select(W.c.write_id)
        .where(W.c.at_s < database_now_s(tx.connection) - older_than_s)
        .order_by(W.c.at_s)
        .limit(limit)
    )
    return tx.connection.execute(delete(W).where(W.c.write_id.in_(old))).rowcount


@write
def forget_lent_numbers(tx: Tx, *, limit: int) -> int:
    """Delete up to `limit` numbers whose source's terms let them stay no longer; says how many.

    How a song compares with others stays: that is the label's own.
    """
    O = tables.observations  # noqa: E741, N806 - a table's short name, as in the other modules
    old = (
        select(O.c.id)
        .where(O.c.source.in_(BRIEF), O.c.at < tx.clock.now() - LENT_FOR)
        .order_by(O.c.at)
        .limit(limit)
    )
    gone = tx.connection.execute(delete(O).where(O.c.id.in_(old))).rowcount
    if gone:
        events.append(tx, "audience.forgotten", numbers=gone)
    return gone
