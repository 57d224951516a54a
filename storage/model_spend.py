"""Money of single model calls in the spend ledger: reserved at the worst case, settled once, kept when unknown."""

from decimal import Decimal

from sqlalchemy import func, select, update

from storage import ledger, tables
from storage.store import Tx, write

L = tables.spend
PREFIX = "llm/"
"""How the keys of model calls begin; those of a step's own purchase are bare hashes."""


@write
def reserve_call(
    tx: Tx,
    *,
    key: str,
    artist_id: str,
    cycle_id: str | None,
    step: str | None,
    provider: str,
    worst_case_usd: Decimal,
    caps: ledger.Caps,
) -> None:
    """Set one attempt's worst case aside. Raises BudgetExceededError."""
    ledger.reserve(
        tx,
        key=PREFIX + key,
        artist_id=artist_id,
        cycle_id=cycle_id,
        step=step,
        provider=provider,
        worst_case_usd=worst_case_usd,
        caps=caps,
    )


@write
def settle_call(tx: Tx, *, key: str, cost_usd: Decimal) -> None:
    """Replace an attempt's reservation by what it cost; 0 gives it back."""
    if cost_usd:
        ledger.settle(tx, key=PREFIX + key, cost_usd=cost_usd)
    else:
        ledger.release(tx, key=PREFIX + key)


@write
def keep_call(tx: Tx, *, key: str) -> None:
    """Nobody knows whether the provider charges for it: the reservation stays."""
    ledger.mark_unknown(tx, key=PREFIX + key)


@write
def keep_orphans(tx: Tx, *, cycle_id: str, step: str) -> Decimal:
    """Mark what attempts of a step reserved whose process died; returns what stays charged for them."""
    mine = (L.c.cycle_id == cycle_id) & (L.c.step == step) & L.c.idempotency_key.startswith(PREFIX)
    kept = tx.connection.execute(
        select(func.sum(L.c.reserved_usd)).where(mine, L.c.status == "reserved")
    ).scalar_one()
    tx.connection.execute(update(L).where(mine, L.c.status == "reserved").values(status="unknown"))
    return kept or Decimal(0)
