"""Where released songs can be heard, and the numbers that are read there."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select, update

from storage import events, tables
from storage.database import insert_absent
from storage.errors import UsageError
from storage.releases import ReleaseState, release_of_cycle
from storage.store import Tx, write
from storage.types import ArtistId, CycleId, Frozen

L = tables.audience_links
N = tables.audience_reads
O = tables.observations  # noqa: E741 - a table's short name, as in the other modules
R = tables.releases


class HeardAt(Frozen):
    """A published song and every place where it can be heard, as far as anybody has said."""

    cycle_id: CycleId
    artist_id: ArtistId
    links: dict[str, str]
    """The service's own name for it, by service; said by a person."""
    urls: dict[str, str]
    """Addresses that its release has, by target."""
    read_at: dict[str, datetime]
    """When each service was last asked for it."""


class ListenerNumber(Frozen):
    """One number that a service says of one song."""

    cycle_id: CycleId
    artist_id: ArtistId
    metric: str
    value: float


@write
def link_song(tx: Tx, *, cycle_id: CycleId, source: str, ref: str, who: str) -> None:
    """Say where a released song can be heard; a new place takes the old one's.

    Raises UsageError for an unreleased song, and for a place that is another song's.
    """
    release = release_of_cycle(tx, cycle_id=cycle_id)
    if release is None:
        raise UsageError(f"{cycle_id} has no release yet: nobody can listen to it")
    other = tx.connection.execute(
        select(R.c.title, L.c.cycle_id)
        .join(R, R.c.cycle_id == L.c.cycle_id)
        .where(L.c.source == source, L.c.ref == ref, L.c.cycle_id != cycle_id)
    ).first()
    if other is not None:
        raise UsageError(
            f"{ref} at {source} is {other.title} ({other.cycle_id}): link that song elsewhere first, or give another address"
        )
    said = {"ref": ref, "who": who, "at": tx.clock.now()}
    if not insert_absent(tx.connection, L, cycle_id=cycle_id, source=source, **said):
        tx.connection.execute(update(L).where(L.c.cycle_id == cycle_id, L.c.source == source).values(**said))
    events.append(
        tx, "audience.linked", artist_id=release.artist_id, cycle_id=cycle_id, source=source, ref=ref, who=who
    )


def heard_at(tx: Tx, *, within: timedelta) -> list[HeardAt]:
    """Songs that were published within that time and not withdrawn, the newest first."""
    is_young = (R.c.state == ReleaseState.PUBLISHED) & (R.c.published_at > tx.clock.now() - within)
    rows = tx.connection.execute(
        select(R.c.cycle_id, R.c.artist_id, R.c.urls)
        .where(is_young)
        .order_by(R.c.published_at.desc(), R.c.id.desc())
    ).all()
    links: dict[str, dict[str, str]] = {}
    asked = select(L.c.cycle_id, L.c.source, L.c.ref).join(R, R.c.cycle_id == L.c.cycle_id)
    for cycle_id, source, ref in tx.connection.execute(asked.where(is_young)):
        links.setdefault(cycle_id, {})[source] = ref
    read_at: dict[str, dict[str, datetime]] = {}
    asked = select(N.c.cycle_id, N.c.source, N.c.at).join(R, R.c.cycle_id == N.c.cycle_id)
    for cycle_id, source, at in tx.connection.execute(asked.where(is_young)):
        read_at.setdefault(cycle_id, {})[source] = at
    return [
        HeardAt(
            cycle_id=row.cycle_id,
            artist_id=row.artist_id,
            links=links.get(row.cycle_id, {}),
            urls=row.urls,
            read_at=read_at.get(row.cycle_id, {}),
        )
        for row in rows
    ]


@write
def keep_numbers(
    tx: Tx, *, source: str, asked: tuple[CycleId, ...], numbers: tuple[ListenerNumber, ...]
) -> int:
    """Keep that a service was asked for songs and what it says of them, once a day each; says how many numbers are new."""
    now = tx.clock.now()
    for cycle_id in asked:
        if not insert_absent(tx.connection, N, cycle_id=cycle_id, source=source, at=now):
            tx.connection.execute(
                update(N).where(N.c.cycle_id == cycle_id, N.c.source == source).values(at=now)
            )
    kept = 0
    for one in numbers:
        key = f"{one.artist_id}/{source}/{one.cycle_id}/{one.metric}/{now.date().isoformat()}"
        kept += insert_absent(
            tx.connection,
            O,
            id=f"obs_{hashlib.sha256(key.encode()).hexdigest()[:26]}",
            artist_id=one.artist_id,
            cycle_id=one.cycle_id,
            source=source,
            metric=one.metric,
            value=one.value,
            samples=1,
            at=now,
        )
    events.append(tx, "audience.read", source=source, kept=kept)
    return kept
