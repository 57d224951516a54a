"""Audiences' numbers on the label's rows: read where a key is set, and compared once songs are old enough.

A service is read at most once a week, under the same cache, breaker and count of calls as sources of trends.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from agents.audience.addresses import read_address
from agents.audience.outcome import SETTLED_AFTER, SETTLED_BEFORE, Reading, outcome_of
from agents.audience.protocol import AudienceSource, audience_sources
from configs.settings import Settings
from runtime.model_spend import caps_of
from runtime.trends import wait_s
from storage import audience, audience_links, trends
from storage.audience import REAL, Settled
from storage.audience_links import HeardAt, ListenerNumber
from storage.errors import ProviderError
from storage.store import StoreClient
from storage.trends import ReadingTerms
from storage.types import Frozen

FRESH_H = 7 * 24.0
READING_S = 60.0
"""Longest that one request may take."""
log = logging.getLogger(__name__)

USUAL_WITHIN = timedelta(days=365)
"""How far back songs tell what is usual."""


class Fetched(Frozen):
    """What became of one service."""

    source: str
    songs: int = 0
    """That are linked to it."""
    kept: int = 0
    """Numbers that are new."""
    why_not: str = ""
    """Why it was not read, or what went wrong; empty where it was read."""


async def fetch_audiences(
    store: StoreClient, settings: Settings, sources: Sequence[AudienceSource] | None = None
) -> list[Fetched]:
    """Read each service that there is a key for, where it is due, and compare what is old enough."""
    sources = audience_sources(settings) if sources is None else sources
    if not sources:
        return []
    heard = await store.read(audience_links.heard_at)
    told = [await _fetch(store, settings, source, heard) for source in sources]
    if any(one.kept for one in told):
        await compare_audiences(store)
    return told


async def compare_audiences(store: StoreClient) -> int:
    """Give each song that has none its outcome, by the first of its sources that can be compared; says how many.

    An outcome never changes: what is looked at again and again must have been fixed before.
    """
    settled = await store.read(
        audience.settled_of, after=SETTLED_AFTER, before=SETTLED_BEFORE, within=USUAL_WITHIN
    )
    by_source: dict[str, list[Reading]] = {source: [] for source in REAL}
    for one in settled:
        by_source[one.source].append(_reading(one))
    done = 0
    for song in sorted(settled, key=lambda one: (one.cycle_id, REAL.index(one.source))):
        found = None if song.is_compared else outcome_of(_reading(song), by_source[song.source])
        if found is not None:
            compared = tuple(one.model_dump() for one in found.compared)
            done += await store.write(
                audience.keep_outcome, song=song, outcome=found.outcome, compared=compared
            )
    return done


async def _fetch(
    store: StoreClient, settings: Settings, source: AudienceSource, heard: Sequence[HeardAt]
) -> Fetched:
    songs = {ref: song for song in heard if (ref := _ref(song, source.name))}
    if not songs:
        return Fetched(source=source.name, why_not="no song is linked: `labelmate audience link SONG URL`")
    refs = tuple(songs)
    batches = [refs[at : at + source.batch_max] for at in range(0, len(refs), source.batch_max)]
    name = f"{source.name} audience"
    terms = ReadingTerms(
        fresh_h=FRESH_H,
        calls_per_day=settings.trend_calls_per_day,
        calls=len(batches),
        price_usd=Decimal(0),
        caps=caps_of(settings),
    )
    reading = await store.write(trends.begin_reading, source=name, country="", terms=terms)
    if reading.why_not:
        return Fetched(source=source.name, songs=len(songs), why_not=reading.why_not)
    kept = 0
    try:
        for batch in batches:
            async with asyncio.timeout(READING_S):
                told = await source.read(batch)
            # Batch by batch, so that what was read before a failure stays.
            kept += await store.write(
                audience_links.keep_numbers, source=source.name, numbers=_numbers(told, songs)
            )
    except (ProviderError, TimeoutError) as error:
        why = str(error) or f"{source.name} took over {READING_S:.0f} s"
        await store.write(
            trends.fail_reading,
            source=name,
            country="",
            error=why,
            is_passing=not isinstance(error, ProviderError) or error.transient,
            retry_after_s=wait_s(error),
            reading=reading,
        )
        log.info("audiences: %s: %s", source.name, why)
        return Fetched(source=source.name, songs=len(songs), kept=kept, why_not=why)
    await store.write(
        trends.keep_reading, source=name, country="", terms=(), reading=reading, cost_usd=Decimal(0)
    )
    return Fetched(source=source.name, songs=len(songs), kept=kept)


def _ref(song: HeardAt, source: str) -> str | None:
    """A person's word, or else an address of the release."""
    found = [address for url in song.urls if (address := read_address(url)) and address.source == source]
    return song.links.get(source) or (found[0].ref if found else None)


def _numbers(told: dict[str, dict[str, float]], songs: dict[str, HeardAt]) -> tuple[ListenerNumber, ...]:
    return tuple(
        ListenerNumber(
            cycle_id=songs[ref].cycle_id, artist_id=songs[ref].artist_id, metric=metric, value=value
        )
        for ref, numbers in told.items()
        for metric, value in numbers.items()
    )


def _reading(song: Settled) -> Reading:
    return Reading(artist_id=song.artist_id, numbers=song.numbers)
