"""Where released songs can be heard, and the numbers that are read there."""

import hashlib

from sqlalchemy import select, update

from storage import events, tables
from storage.database import insert_absent
from storage.errors import UsageError
from storage.releases import ReleaseState, release_of_cycle
from storage.store import Tx, write
from storage.types import ArtistId, CycleId, Frozen

L = tables.audience_links
O = tables.observations  # noqa: E741 - a table's short name, as in the other modules
R = tables.releases


class HeardAt(Frozen):
    """A released song and every place where it can be heard, as far as anybody has said."""

    cycle_id: CycleId
    artist_id: ArtistId
    links: dict[str, str]
    """The service's own name for it, by service; said by a person."""
    urls: tuple[str, ...]
    """Addresses that its release has."""


class ListenerNumber(Frozen):
    """One number that a service says of one song."""

    cycle_id: CycleId
    artist_id: ArtistId
    metric: str
    value: float


@write
def link_song(tx: Tx, *, cycle_id: CycleId, source: str, ref: str, who: str) -> None:
    """Say where a released song can be heard; a new place takes the old one's. Raises UsageError for an unreleased one."""
    release = release_of_cycle(tx, cycle_id=cycle_id)
    if release is None:
        raise UsageError(f"{cycle_id} has no release yet: nobody can listen to it")
    said = {"ref": ref, "who": who, "at": tx.clock.now()}
    if not insert_absent(tx.connection, L, cycle_id=cycle_id, source=source, **said):
        tx.connection.execute(update(L).where(L.c.cycle_id == cycle_id, L.c.source == source).values(**said))
    events.append(
        tx, "audience.linked", artist_id=release.artist_id, cycle_id=cycle_id, source=source, ref=ref, who=who
    )


def heard_at(tx: Tx, *, limit: int = 5000) -> list[HeardAt]:
    """Released songs that were not withdrawn, the newest first."""
    rows = tx.connection.execute(
        select(R.c.cycle_id, R.c.artist_id, R.c.urls)
        .where(R.c.state != ReleaseState.WITHDRAWN)
        .order_by(R.c.created_at.desc(), R.c.id.desc())
        .limit(limit)
    ).all()
    links: dict[str, dict[str, str]] = {}
    for cycle_id, source, ref in tx.connection.execute(select(L.c.cycle_id, L.c.source, L.c.ref)):
        links.setdefault(cycle_id, {})[source] = ref
    return [
        HeardAt(
            cycle_id=row.cycle_id,
            artist_id=row.artist_id,
            links=links.get(row.cycle_id, {}),
            urls=tuple(row.urls.values()),
        )
        for row in rows
    ]


@write
def keep_numbers(tx: Tx, *, source: str, numbers: tuple[ListenerNumber, ...]) -> int:
    """Keep what a service says of songs, once a day each; says how many numbers are new."""
    now = tx.clock.now()
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
