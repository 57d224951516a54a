"""The spend ledger: one cap over every paid call, reserved at the worst case before the call.

A reservation is written in the intent's own transaction and settled with the result. An unknown
outcome keeps its reservation charged. Days and months are those of LABEL_TIMEZONE.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, case, func, insert, select, update

from storage import events, outbox, tables
from storage.clock import new_id
from storage.errors import BudgetExceededError
from storage.store import Tx
from storage.types import Frozen

L = tables.spend
WARN_SHARE = Decimal("0.8")
CHARGED = func.coalesce(L.c.settled_usd, L.c.reserved_usd)

# Every paid attempt runs these: they are built once.
_SPENT = select(func.sum(case((L.c.day == bindparam("day"), CHARGED))), func.sum(CHARGED)).where(
    L.c.month == bindparam("month")
)
_STOPPED = select(tables.label.c.stopped_at).with_for_update()
_WAITING = select(tables.cycles.c.artist_id).where(
    tables.cycles.c.state == "deferred", tables.cycles.c.reason.startswith("budget")
)
_RESERVE = insert(L)
_SETTLE = (
    update(L)
    .where(L.c.idempotency_key == bindparam("key"))
    .values(settled_usd=bindparam("usd"), status=bindparam("now"))
)


class Caps(Frozen):
    """What may be spent, in whose days."""

    daily_usd: Decimal
    monthly_usd: Decimal
    timezone: str = "UTC"


class Spent(Frozen):
    """Money charged or reserved in one label day and its month."""

    day: str
    month: str
    day_usd: Decimal
    month_usd: Decimal
    caps: Caps


def spent(tx: Tx, *, caps: Caps) -> Spent:
    """What today and this month have cost so far, reservations included."""
    day, month = _period(tx.clock.now(), caps)
    sums = tx.connection.execute(_SPENT, {"day": day, "month": month}).one()
    day_usd, month_usd = (each or Decimal(0) for each in sums)
    return Spent(day=day, month=month, day_usd=day_usd, month_usd=month_usd, caps=caps)


def charged(tx: Tx, *, cycle_id: str) -> Decimal:
    """What one cycle has cost so far, or has reserved."""
    query = select(func.sum(CHARGED)).where(L.c.cycle_id == cycle_id)
    return tx.connection.execute(query).scalar_one() or Decimal(0)


def next_day(now: datetime, caps: Caps) -> datetime:
    """When the daily cap opens again."""
    local = now.astimezone(ZoneInfo(caps.timezone))
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(now.tzinfo)


def reserve(
    tx: Tx,
    *,
    key: str,
    artist_id: str,
    cycle_id: str | None,
    step: str | None,
    provider: str,
    worst_case_usd: Decimal,
    caps: Caps,
) -> None:
    """Set the worst case aside. Raises BudgetExceededError when a cap, the fair share or a stop forbids it.

    Fair share: an artist may always spend its equal part of the day's cap; beyond it only while no
    other artist that is below its own part waits for money.
    """
    require_not_stopped(tx)
    now = spent(tx, caps=caps)
    tomorrow_s = (next_day(tx.clock.now(), caps) - tx.clock.now()).total_seconds()
    if now.day_usd + worst_case_usd > caps.daily_usd:
        raise BudgetExceededError(
            f"{provider} may cost {worst_case_usd} USD and {now.day_usd} of today's {caps.daily_usd} are taken; "
            "it waits for tomorrow, or raise BUDGET_DAILY_USD",
            retry_after_s=tomorrow_s,
        )
    if now.month_usd + worst_case_usd > caps.monthly_usd:
        raise BudgetExceededError(
            f"{provider} may cost {worst_case_usd} USD and {now.month_usd} of this month's {caps.monthly_usd} are "
            "taken; it waits for the next month, or raise BUDGET_MONTHLY_USD",
            retry_after_s=tomorrow_s,
        )
    _require_fair_share(tx, artist_id, worst_case_usd, now)
    tx.connection.execute(
        _RESERVE,
        {
            "id": new_id("spd", tx.clock),
            "idempotency_key": key,
            "artist_id": artist_id,
            "cycle_id": cycle_id,
            "step": step,
            "provider": provider,
            "reserved_usd": worst_case_usd,
            "status": "reserved",
            "day": now.day,
            "month": now.month,
            "at": tx.clock.now(),
        },
    )
    _warn_once(tx, now, worst_case_usd)


def require_not_stopped(tx: Tx) -> None:
    """Raise BudgetExceededError while a person has stopped the label."""
    # One row to lock makes concurrent reservations on PostgreSQL see each other's sums.
    stopped = tx.connection.execute(_STOPPED).scalar_one_or_none()
    if stopped is not None:
        raise BudgetExceededError("The label is stopped: nothing is bought until `labelmate stop --resume`")


def settle(tx: Tx, *, key: str, cost_usd: Decimal) -> None:
    """Replace a reservation by what the call really cost."""
    tx.connection.execute(_SETTLE, {"key": key, "usd": cost_usd, "now": "settled"})


def release(tx: Tx, *, key: str) -> None:
    """Give a reservation back: it is known that nothing was bought."""
    tx.connection.execute(_SETTLE, {"key": key, "usd": Decimal(0), "now": "released"})


def mark_unknown(tx: Tx, *, key: str) -> None:
    """Keep a reservation charged because its purchase may have happened."""
    tx.connection.execute(update(L).where(L.c.idempotency_key == key).values(status="unknown"))


def reserve_again(tx: Tx, *, key: str) -> None:
    """An operator found the purchase: its reservation is an ordinary one again."""
    tx.connection.execute(
        update(L).where(L.c.idempotency_key == key, L.c.status == "unknown").values(status="reserved")
    )


def _period(now: datetime, caps: Caps) -> tuple[str, str]:
    local = now.astimezone(ZoneInfo(caps.timezone))
    return local.strftime("%Y-%m-%d"), local.strftime("%Y-%m")


def _require_fair_share(tx: Tx, artist_id: str, amount: Decimal, now: Spent) -> None:
    waiting = set(tx.connection.execute(_WAITING).scalars())
    if not waiting - {artist_id}:
        return
    takers = {
        row.artist_id: row.usd
        for row in tx.connection.execute(
            select(L.c.artist_id, func.sum(CHARGED).label("usd"))
            .where(L.c.day == now.day)
            .group_by(L.c.artist_id)
        )
    }
    share = now.caps.daily_usd / len(waiting | set(takers) | {artist_id})
    mine = takers.get(artist_id) or Decimal(0)
    others_below = {other for other in waiting - {artist_id} if (takers.get(other) or Decimal(0)) < share}
    if mine + amount > share and others_below:
        raise BudgetExceededError(
            f"This artist has used its part of today's money ({mine} of {share:.2f} USD) and "
            f"{len(others_below)} others wait for theirs"
        )


def _warn_once(tx: Tx, before: Spent, amount: Decimal) -> None:
    for name, period, used, cap in (
        ("day", before.day, before.day_usd + amount, before.caps.daily_usd),
        ("month", before.month, before.month_usd + amount, before.caps.monthly_usd),
    ):
        if cap and used >= cap * WARN_SHARE:
            said = outbox.enqueue(
                tx,
                kind="budget_warning",
                dedupe_key=f"budget/{name}/{period}",
                payload={"period": period, "used_usd": str(used), "cap_usd": str(cap)},
            )
            if said:
                events.append(tx, "budget.warning", period=period, used_usd=str(used), cap_usd=str(cap))
