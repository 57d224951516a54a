"""What was read of trends, and how each source does: cache, breaker, budget and age, all in rows."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from storage import ledger, tables
from storage.database import insert_absent
from storage.errors import BudgetExceededError
from storage.store import Tx, write
from storage.types import Frozen, TrendTerm

T = tables.trend_terms
S = tables.trend_sources
FAILURES_MAX = 3
"""Failures in a row after which a source is left alone."""
ALONE_H = 1.0
ALONE_MAX_H = 24.0
"""How long: at first, and at most, doubling with each failure."""
ERROR_CHARS = 240


ORPHANED_S = 150.0
"""Longer than any reading takes until it ends or `go_on_reading` is called (READING_S in runtime/trends.py and
runtime/audience.py): one that was begun before was interrupted."""


class ReadingTerms(Frozen):
    """Under what a source may be read."""

    fresh_h: float
    """What was read within these hours is not read again."""
    calls_per_day: int
    calls: int
    """That this reading takes at most."""
    is_partial: bool = False
    """Whether fewer calls are of use, where the day leaves no room for all."""
    price_usd: Decimal | None
    """Of this reading; None where nobody knows, and then it is not bought."""
    account: str
    """Fingerprint of the address and key with which it is read: a source is left alone with the one that failed, not with another."""
    caps: ledger.Caps


class Reading(Frozen):
    """Whether a source may be read now."""

    why_not: str = ""
    """Empty: it may."""
    purchase: str = ""
    """Key of the money that is set aside for it."""
    calls: int = 0
    """Requests that it may make."""


class SourceState(Frozen):
    """How one source does in one country."""

    source: str
    country: str
    read_at: datetime | None
    tried_at: datetime
    failures: int
    closed_until: datetime | None
    account: str
    """Fingerprint of the address and key with which it was asked last."""
    error: str | None
    day: str
    calls: int
    """Requests on that day."""


@write
def begin_reading(tx: Tx, *, source: str, country: str, terms: ReadingTerms) -> Reading:
    """Count a reading's calls and set its money aside, or say why it has to wait."""
    tx.connection.execute(select(tables.label.c.id).with_for_update()).first()  # of two, one begins
    now = tx.clock.now()
    day = now.date().isoformat()
    known = tx.connection.execute(select(S).where(S.c.source == source, S.c.country == country)).first()
    if known is not None and (why_not := _not_now(known, terms, now)):
        return Reading(why_not=why_not)
    if known is not None and _is_under_way(known):  # its reader was interrupted, and may have been charged
        ledger.mark_unknown(tx, key=_purchase(source, country, known.tried_at))
    used = select(func.coalesce(func.sum(S.c.calls), 0)).where(S.c.source == source, S.c.day == day)
    room = terms.calls_per_day - tx.connection.execute(used).scalar_one()
    granted = min(terms.calls, room) if terms.is_partial else terms.calls
    if room < max(1, granted):
        return Reading(why_not=f"TREND_CALLS_PER_DAY ({terms.calls_per_day}) leaves no room today")
    purchase = ""
    if terms.price_usd is None:
        return Reading(why_not=f"nobody knows what {source} charges; set its price")
    if terms.price_usd:
        purchase = _purchase(source, country, now)
        try:
            ledger.reserve(
                tx, key=purchase, artist_id="label", cycle_id=None, step=None, provider=source,
                worst_case_usd=terms.price_usd, caps=terms.caps,
            )  # fmt: skip
        except BudgetExceededError as error:
            return Reading(why_not=str(error))
    calls = granted + (known.calls if known is not None and known.day == day else 0)
    seen = {"tried_at": now, "day": day, "calls": calls, "error": None}
    if known is None or known.account != terms.account:
        seen |= {"account": terms.account, "failures": 0, "closed_until": None}
    if not insert_absent(
        tx.connection,
        S,
        source=source,
        country=country,
        read_at=None,
        **seen,
    ):
        tx.connection.execute(update(S).where(S.c.source == source, S.c.country == country).values(**seen))
    return Reading(purchase=purchase, calls=granted)


@write
def go_on_reading(tx: Tx, *, source: str, country: str) -> None:
    """Say that a reading of several requests is still under way; of one that costs nothing, for money hangs on when it was begun."""
    mine = (S.c.source == source) & (S.c.country == country)
    tx.connection.execute(update(S).where(mine).values(tried_at=tx.clock.now()))


@write
def keep_reading(
    tx: Tx, *, source: str, country: str, terms: tuple[TrendTerm, ...], reading: Reading, cost_usd: Decimal
) -> None:
    """Put a reading in the place of the one before."""
    if reading.purchase:
        ledger.settle(tx, key=reading.purchase, cost_usd=cost_usd)
    tx.connection.execute(delete(T).where(T.c.source == source, T.c.country == country))
    for term in terms:
        tx.connection.execute(insert(T).values(**term.model_dump()))
    mine = (S.c.source == source) & (S.c.country == country)
    tried_at = tx.connection.execute(select(S.c.tried_at).where(mine)).scalar_one()
    # Never before it was begun, whatever was done to the clock: a reading that ended is not taken for an orphan.
    read_at = max(tx.clock.now(), tried_at)
    tx.connection.execute(
        update(S).where(mine).values(read_at=read_at, failures=0, closed_until=None, error=None)
    )


@write
def fail_reading(
    tx: Tx,
    *,
    source: str,
    country: str,
    error: str,
    is_passing: bool,
    retry_after_s: float | None,
    reading: Reading,
) -> SourceState:
    """Keep what was known, and leave the source alone for a while: at once where it refuses, else after a few failures."""
    if reading.purchase:  # some of its calls may have been charged
        ledger.mark_unknown(tx, key=reading.purchase)
    now = tx.clock.now()
    mine = (S.c.source == source) & (S.c.country == country)
    failures = tx.connection.execute(select(S.c.failures).where(mine)).scalar_one() + 1
    alone_h = 0.0
    if not is_passing:
        alone_h = ALONE_MAX_H
    elif failures >= FAILURES_MAX:
        alone_h = min(ALONE_MAX_H, ALONE_H * 2 ** min(10, failures - FAILURES_MAX))
    alone_h = min(ALONE_MAX_H, max(alone_h, (retry_after_s or 0.0) / 3600))
    tx.connection.execute(
        update(S)
        .where(mine)
        .values(
            failures=failures,
            closed_until=now + timedelta(hours=alone_h) if alone_h else None,
            error=error[:ERROR_CHARS],
        )
    )
    return next(state for state in source_states(tx) if (state.source, state.country) == (source, country))


def _not_now(known: Row[*tuple[Any, ...]], terms: ReadingTerms, now: datetime) -> str:
    """Why a source that was read before has to wait; empty where it has not."""
    if known.read_at is not None and now - known.read_at < timedelta(hours=terms.fresh_h):
        return "what is known is fresh"
    is_closed = known.closed_until is not None and known.closed_until > now
    if is_closed and known.account == terms.account:
        return f"left alone until {known.closed_until:%Y-%m-%d %H:%M} UTC: {known.error}"
    is_recent = timedelta(0) <= now - known.tried_at < timedelta(seconds=ORPHANED_S)
    return "it is being read already" if is_recent and _is_under_way(known) else ""


def _is_under_way(known: Row[*tuple[Any, ...]]) -> bool:
    """Whether a reading was begun and has not ended, well or ill."""
    return known.error is None and (known.read_at is None or known.read_at < known.tried_at)


def _purchase(source: str, country: str, tried_at: datetime) -> str:
    return f"trend/{source}/{country}/{tried_at.isoformat()}"


def terms_of(
    tx: Tx, *, sources: tuple[str, ...], countries: tuple[str, ...], since: datetime
) -> list[TrendTerm]:
    """What the chosen sources said of these countries and of the world, since a moment."""
    rows = tx.connection.execute(
        select(T)
        .where(T.c.source.in_(sources), T.c.country.in_((*countries, "")), T.c.at >= since)
        .order_by(T.c.source, T.c.country, T.c.kind, T.c.term)
    )
    return [TrendTerm.model_validate(dict(row._mapping)) for row in rows]


def source_states(tx: Tx) -> list[SourceState]:
    """How every source does that was ever read."""
    rows = tx.connection.execute(select(S).order_by(S.c.source, S.c.country))
    return [SourceState.model_validate(dict(row._mapping)) for row in rows]
