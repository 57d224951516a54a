"""Reading the chosen sources now and then, and what they say together.

Each source and country is read at most once in `TREND_FRESH_H`, within `TREND_CALLS_PER_DAY`, behind a breaker that is
a row; what a source costs goes through the ledger. Whoever plans reads rows, never the network.
"""

import asyncio
import logging
from datetime import timedelta
from decimal import Decimal

from agents.redaction import account_mark
from agents.trends import season
from agents.trends.protocol import WORLD, TrendSource, trend_sources
from agents.trends.vocabulary import scored
from agents.trends.weighing import FORGOTTEN_H, weighed
from configs.settings import Settings
from runtime.model_spend import caps_of
from storage import timelines, trends
from storage.errors import ProviderError
from storage.store import StoreClient
from storage.trends import ReadingTerms
from storage.types import Frozen, Trend

READING_S = 120.0
"""Longest that one source may take for one country."""
log = logging.getLogger(__name__)


class Told(Frozen):
    """What became of one source in one country."""

    source: str
    country: str
    terms: int = 0
    why_not: str = ""
    """Why it was not read, or what went wrong; empty where it was read."""


async def refresh(
    store: StoreClient, settings: Settings, sources: tuple[TrendSource, ...] | None = None
) -> list[Told]:
    """Read what is due of the chosen sources, one after the other. Raises ConfigurationError for an unknown one."""
    told: list[Told] = []
    for source in trend_sources(settings) if sources is None else sources:
        if not source.calls:  # embedded: it is read where it is needed
            continue
        for country in settings.trend_countries if source.by_country else (WORLD,):
            told.append(await _read(store, settings, source, country))  # noqa: PERF401 - one after the other, by design
    return told


async def trends_now(store: StoreClient, settings: Settings) -> tuple[Trend, ...]:
    """What all chosen sources say together, the strongest first; empty where none is chosen."""
    if not settings.trend_sources:
        return ()
    now = await store.read(timelines.label_now)
    terms = await store.read(
        trends.terms_of,
        sources=settings.trend_sources,
        countries=settings.trend_countries,
        since=now - timedelta(hours=FORGOTTEN_H),
    )
    if season.NAME in settings.trend_sources:
        terms += [term for country in settings.trend_countries for term in season.terms_of(country, now)]
    return weighed(terms, now)


async def _read(store: StoreClient, settings: Settings, source: TrendSource, country: str) -> Told:
    terms = ReadingTerms(
        fresh_h=settings.trend_fresh_h,
        calls_per_day=settings.trend_calls_per_day,
        calls=source.calls,
        price_usd=source.price_usd,
        caps=caps_of(settings),
        account=account_mark(source.account),
    )
    reading = await store.write(trends.begin_reading, source=source.name, country=country, terms=terms)
    if reading.why_not:
        return Told(source=source.name, country=country, why_not=reading.why_not)
    now = await store.read(timelines.label_now)
    try:
        async with asyncio.timeout(READING_S):
            heard = await source.read(country, now)
    except (ProviderError, TimeoutError) as error:
        why = str(error) or f"{source.name} took over {READING_S:.0f} s"
        await store.write(
            trends.fail_reading,
            source=source.name,
            country=country,
            error=why,
            is_passing=not isinstance(error, ProviderError) or error.transient,
            retry_after_s=wait_s(error),
            reading=reading,
        )
        log.info("trends: %s %s: %s", source.name, country, why)
        return Told(source=source.name, country=country, why_not=why)
    kept = scored(heard, source=source.name, country=country, at=now)
    await store.write(
        trends.keep_reading,
        source=source.name,
        country=country,
        terms=kept,
        reading=reading,
        cost_usd=source.price_usd or Decimal(0),
    )
    return Told(source=source.name, country=country, terms=len(kept))


def wait_s(error: Exception) -> float | None:
    """Seconds after which a provider says that it may be asked again."""
    wait = error.fields.get("retry_after_s") if isinstance(error, ProviderError) else None
    return None if wait is None else float(wait)
