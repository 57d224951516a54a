"""Days on which the label could have made songs: only these count as idle for an artist that made none."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from storage import tables
from storage.cycles import Reviewing
from storage.database import insert_absent
from storage.ledger import Caps, spent
from storage.store import Tx, write
from storage.types import CycleState

D = tables.open_days


@write
def note_open_day(tx: Tx, *, caps: Caps, reviewing: Reviewing) -> bool:
    """Write today down if the label is not stopped, has money left and reviewers have room; says whether it could."""
    is_stopped = tx.connection.execute(select(tables.label.c.stopped_at)).scalar_one() is not None
    money = spent(tx, caps=caps)
    undecided = tx.connection.execute(
        select(func.count()).select_from(tables.cycles).where(tables.cycles.c.state == CycleState.WAITING)
    ).scalar_one()
    has_money = (caps.daily_usd == 0 or money.day_usd < caps.daily_usd) and (
        caps.monthly_usd == 0 or money.month_usd < caps.monthly_usd
    )
    could = not is_stopped and has_money and undecided < reviewing.per_label_max
    if could:
        insert_absent(tx.connection, D, day=day_of(tx.clock.now()))
    return could


def open_days_since(tx: Tx, *, at: datetime) -> list[str]:
    """The open days after the day of a moment, up to today, earliest first."""
    query = select(D.c.day).where(D.c.day > day_of(at), D.c.day <= day_of(tx.clock.now())).order_by(D.c.day)
    return list(tx.connection.execute(query).scalars())


def day_of(at: datetime) -> str:
    """The day as it is kept, in UTC."""
    return at.astimezone(UTC).date().isoformat()
