"""What was spent, day by day and by provider, for people who would rather look than read."""

from decimal import Decimal

from sqlalchemy import func, select

from storage import tables
from storage.ledger import CHARGED
from storage.store import Tx
from storage.types import Frozen

L = tables.spend


class DaySpend(Frozen):
    """What one provider took on one label day."""

    day: str
    """YYYY-MM-DD in LABEL_TIMEZONE."""
    provider: str
    usd: Decimal


def spend_by_day(tx: Tx, *, since_day: str) -> list[DaySpend]:
    """Charged or reserved sums from that day on, the oldest first."""
    rows = tx.connection.execute(
        select(L.c.day, L.c.provider, func.sum(CHARGED).label("usd"))
        .where(L.c.day >= since_day)
        .group_by(L.c.day, L.c.provider)
        .order_by(L.c.day, L.c.provider)
    )
    return [DaySpend.model_validate(dict(row._mapping)) for row in rows]
