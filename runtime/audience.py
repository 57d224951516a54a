"""Audiences' numbers on the label's rows: read where a key is set, and compared once songs are old enough.

A song is asked for at most once a week, until it is too old to be compared, under the same breaker and count of calls as
sources of trends: where a day's calls are too few, those go first that were asked for the longest ago.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from agents.audience.addresses import read_address
from agents.audience.outcome import COMPARED_AT, SETTLED_AFTER, SETTLED_BEFORE, Reading, outcome_of
from agents.audience.protocol import AudienceSource, audience_sources
from agents.redaction import account_mark
from configs.settings import Settings
from runtime.model_spend import caps_of
from runtime.trends import wait_s
from storage import audience, audience_links, timelines, trends
from storage.audience import BRIEF, REAL, Settled
from storage.audience_links import HeardAt, ListenerNumber
from storage.errors import ProviderError
from storage.store import StoreClient
from storage.trends import ReadingTerms
from storage.types import Frozen

FRESH = timedelta(days=7)
NEVER = datetime.min.replace(tzinfo=UTC)
READING_S = 60.0
"""Longest that one request may take."""
log = logging.getLogger(__name__)

USUAL_WITHIN = timedelta(days=365)
"""How far back songs tell what is usual."""


UNLINKED = (
    f"no song is linked that was published within {SETTLED_BEFORE.days} days: `labelmate release published RELEASE`, then "
    "`labelmate audience link SONG URL`"
)


class Fetched(Frozen):
    """What became of one service."""

    source: str
    songs: int = 0
    """That are linked to it."""
    kept: int = 0
    """Numbers that are new."""
    why_not: str = ""
    """Why it was not read, or what went wrong; empty where it was read."""
    waiting: int = 0
    """Songs that are due and were not asked for: another day's calls are theirs."""
    unclear: tuple[str, ...] = ()
    """Cycles whose releases have several addresses there, or one that another song has: a link says which one is right."""


async def fetch_audiences(
    store: StoreClient, settings: Settings, sources: Sequence[AudienceSource] | None = None
) -> list[Fetched]:
    """Read each service that there is a key for, where it is due, and compare what is old enough."""
    told: list[Fetched] = []
    for source in audience_sources(settings) if sources is None else sources:
        heard = await store.read(audience_links.heard_at, within=SETTLED_BEFORE)
        told.append(await _fetch(store, settings, source, heard))
    await compare_audiences(store, settings)
    return told


async def compare_audiences(store: StoreClient, settings: Settings) -> int:
    """Give each song that is due its outcome, by the first of `REAL` that can be compared by then; says how many.

    An outcome never changes: what is looked at again and again must have been fixed before. So a song waits for an age at
    which its slower sources have spoken, or the one that is read most often would always be the one that counts.
    """
    settled = await store.read(
        audience.settled_of,
        after=SETTLED_AFTER,
        before=SETTLED_BEFORE,
        due=COMPARED_AT,
        within=USUAL_WITHIN,
    )
    by_source: dict[str, list[Reading]] = {source: [] for source in REAL}
    for one in settled:
        by_source[one.source].append(_reading(one))
    done: set[str] = set()
    for song in sorted(settled, key=lambda one: REAL.index(one.source)):
        if not song.is_due or song.cycle_id in done:
            continue
        found = outcome_of(_reading(song), by_source[song.source])
        if found is not None:
            # What may stay for a while only is not kept in what is kept for good: of it the share, which is our own.
            hidden = {"value", "usual"} if song.source in BRIEF else set[str]()
            compared = tuple(
                one.model_dump(exclude=hidden) | {"share": round(one.share, 6)} for one in found.compared
            )
            await store.write(audience.keep_outcome, song=song, outcome=found.outcome, compared=compared)
            done.add(song.cycle_id)
    return len(done)


async def _fetch(
    store: StoreClient, settings: Settings, source: AudienceSource, heard: Sequence[HeardAt]
) -> Fetched:
    songs, unclear = _songs_at(heard, source.name)
    told = Fetched(source=source.name, songs=len(songs), unclear=unclear)
    if not songs:
        return told.model_copy(update={"why_not": UNLINKED})
    now = await store.read(timelines.label_now)
    due = _due(songs, source.name, now)
    if not due:
        return told.model_copy(update={"why_not": "what is known is fresh"})
    batches = [due[at : at + source.batch_max] for at in range(0, len(due), source.batch_max)]
    name = f"{source.name} audience"
    terms = ReadingTerms(
        fresh_h=0.0,  # each song has its own
        calls_per_day=settings.trend_calls_per_day,
        calls=len(batches),
        is_partial=True,
        price_usd=Decimal(0),
        caps=caps_of(settings),
        account=account_mark(source.account),
    )
    reading = await store.write(trends.begin_reading, source=name, country="", terms=terms)
    if reading.why_not:
        return told.model_copy(update={"why_not": reading.why_not, "waiting": len(due)})
    kept = read = 0
    try:
        for batch in batches[: reading.calls]:
            async with asyncio.timeout(READING_S):
                heard_of = await source.read(batch)
            # Batch by batch, so that what was read before a failure stays.
            kept += await store.write(
                audience_links.keep_numbers,
                source=source.name,
                asked=tuple(songs[ref].cycle_id for ref in batch),
                numbers=_numbers(heard_of, songs),
            )
            read += len(batch)
            await store.write(trends.go_on_reading, source=name, country="")
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
        return told.model_copy(update={"kept": kept, "waiting": len(due) - read, "why_not": why})
    await store.write(
        trends.keep_reading, source=name, country="", terms=(), reading=reading, cost_usd=Decimal(0)
    )
    return told.model_copy(update={"kept": kept, "waiting": len(due) - read})


def _songs_at(heard: Sequence[HeardAt], source: str) -> tuple[dict[str, HeardAt], tuple[str, ...]]:
    """Songs by the service's name for them, and those of which nobody can say which one they are there.

    A person's word comes first, then the address of the release's target of that name, then its only other one.
    """
    songs = {ref: song for song in heard if (ref := song.links.get(source))}
    by_address: dict[str, list[HeardAt]] = {}
    unclear: list[str] = []
    for song in heard:
        refs = set() if source in song.links else _refs(song.urls, source)
        if len(refs) > 1:
            unclear.append(song.cycle_id)
        elif refs:
            by_address.setdefault(refs.pop(), []).append(song)
    for ref, claimants in by_address.items():
        if ref in songs or len(claimants) > 1:
            unclear += [song.cycle_id for song in claimants]
        else:
            songs[ref] = claimants[0]
    return songs, tuple(sorted(unclear))


def _refs(urls: dict[str, str], source: str) -> set[str]:
    found = {
        target.casefold(): address.ref
        for target, url in urls.items()
        if (address := read_address(url)) and address.source == source
    }
    return {found[source]} if source in found else set(found.values())


def _due(songs: dict[str, HeardAt], source: str, now: datetime) -> tuple[str, ...]:
    """Those that were not asked for within a week, the longest ago first."""
    asked = {ref: song.read_at.get(source) for ref, song in songs.items()}
    due = [ref for ref, at in asked.items() if at is None or now - at >= FRESH]
    return tuple(sorted(due, key=lambda ref: asked[ref] or NEVER))


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
