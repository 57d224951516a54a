"""An artist's past: what it was at each version, how it moved through its life, and what it made last."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from storage import tables
from storage.ledger import CHARGED
from storage.store import Tx
from storage.types import ArtistId, Event, Frozen, Genes, LifecycleState, Outcome, Persona

V = tables.artist_versions
M = tables.lifecycle_changes
C = tables.cycles
L = tables.spend
F = tables.assets
K = tables.step_assets
E = tables.events


class ArtistVersion(Frozen):
    """An artist as it was from a moment on."""

    version: int
    persona: Persona
    genes: Genes
    style_notes: str
    trigger: str
    """created, reflection, evolve …"""
    evidence: dict[str, object] | None
    who: str
    at: datetime


class LifecycleChange(Frozen):
    """One move along the lifecycle table, with what it was decided on."""

    before: LifecycleState
    trigger: str
    after: LifecycleState
    evidence: dict[str, object] | None
    bound: float | None
    reason: str | None
    """What a person said, or the rule that moved it."""
    who: str
    at: datetime


class ArtistMoney(Frozen):
    """What an artist cost, and what came of it."""

    spent_usd: Decimal
    """Charged or reserved."""
    approved: int

    @property
    def per_approved_usd(self) -> Decimal | None:
        """None while nothing was approved."""
        return self.spent_usd / self.approved if self.approved else None


def versions_of(tx: Tx, *, artist_id: ArtistId, limit: int = 50) -> list[ArtistVersion]:
    """An artist's versions, the latest first."""
    query = select(V).where(V.c.artist_id == artist_id).order_by(V.c.version.desc()).limit(limit)
    rows = tx.connection.execute(query).mappings()
    return [
        ArtistVersion.model_validate({name: row[name] for name in ArtistVersion.model_fields}) for row in rows
    ]


def lifecycle_changes_of(tx: Tx, *, artist_id: ArtistId, limit: int = 50) -> list[LifecycleChange]:
    """An artist's moves, the latest first."""
    query = select(M).where(M.c.artist_id == artist_id).order_by(M.c.seq.desc()).limit(limit)
    rows = tx.connection.execute(query).mappings()
    return [
        LifecycleChange.model_validate({name: row[name] for name in LifecycleChange.model_fields})
        for row in rows
    ]


def artist_money(tx: Tx, *, artist_id: ArtistId) -> ArtistMoney:
    """What an artist has cost so far, and how many of its songs were approved."""
    spent = select(func.sum(CHARGED)).where(L.c.artist_id == artist_id)
    approved = select(func.count()).select_from(C)
    approved = approved.where(C.c.artist_id == artist_id, C.c.outcome == Outcome.APPROVED)
    return ArtistMoney(
        spent_usd=tx.connection.execute(spent).scalar_one() or Decimal(0),
        approved=tx.connection.execute(approved).scalar_one(),
    )


def autopilot_throws(tx: Tx, *, artist_id: ArtistId, limit: int = 10) -> list[Event]:
    """When the autopilot was switched, by whom and why, the latest first."""
    query = (
        select(E)
        .where(E.c.artist_id == artist_id, E.c.kind == "artist.autopilot")
        .order_by(E.c.seq.desc())
        .limit(limit)
    )
    return [Event.model_validate(dict(row._mapping)) for row in tx.connection.execute(query)]


def latest_media(
    tx: Tx, *, artist_ids: tuple[ArtistId, ...], kinds: tuple[str, ...]
) -> dict[ArtistId, dict[str, str]]:
    """The newest file of each kind of each of these artists, by its sha256; deleted media are passed over."""
    place = func.row_number().over(partition_by=(C.c.artist_id, F.c.kind), order_by=F.c.created_at.desc())
    ranked = (
        select(C.c.artist_id, F.c.kind, F.c.sha256, place.label("place"))
        .join(K, K.c.cycle_id == C.c.id)
        .join(F, F.c.sha256 == K.c.sha256)
        .where(C.c.artist_id.in_(artist_ids), F.c.kind.in_(kinds), F.c.media_deleted_at.is_(None))
        .subquery()
    )
    found: dict[ArtistId, dict[str, str]] = {artist_id: {} for artist_id in artist_ids}
    for row in tx.connection.execute(select(ranked).where(ranked.c.place == 1)):
        found[row.artist_id][row.kind] = row.sha256
    return found
