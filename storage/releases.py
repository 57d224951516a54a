"""Releases: the finished bags, and how far each has come on its way to listeners."""

from datetime import UTC, date, datetime, time
from enum import StrEnum

from sqlalchemy import RowMapping, insert, select, update

from storage import events, outbox, tables
from storage.artists import Fence, artist_by_id, require_fence
from storage.errors import ConflictError, NotFoundError, UsageError
from storage.store import Tx, write
from storage.types import ArtistId, CycleId, Frozen, Release

R = tables.releases
A = tables.artists


class ReleaseState(StrEnum):
    BUILT = "built"
    """The bag is complete on disk; nobody has looked yet whether somebody else goes by the artist's name."""
    READY = "ready"
    """It may be published."""
    PUBLISHED = "published"
    """A person has put it out: `urls` says where."""
    WITHDRAWN = "withdrawn"
    """It was taken back for good."""


MOVES = {
    ReleaseState.PUBLISHED: (ReleaseState.READY, ReleaseState.PUBLISHED),
    ReleaseState.WITHDRAWN: (ReleaseState.BUILT, ReleaseState.READY, ReleaseState.PUBLISHED),
}
"""From where a person moves a release; from published again, where addresses are added or taken away."""


class ReleaseRow(Frozen):
    """A release as it stands."""

    id: str
    cycle_id: CycleId
    artist_id: ArtistId
    artist_slug: str
    artist_name: str
    title: str
    directory: str
    """Relative to the releases folder."""
    manifest_sha256: str
    state: ReleaseState
    release_date: str
    """YYYY-MM-DD; the day on which the bag was packed."""
    published_at: datetime | None = None
    """When a person first recorded that it is out."""
    urls: dict[str, str]
    """By target."""
    isrc: str | None
    upc: str | None
    created_at: datetime

    @property
    def waits_for(self) -> str | None:
        """What a person does before it may be published; nothing where it may."""
        if self.state is not ReleaseState.BUILT:
            return None
        return (
            f"look whether somebody else goes by the name {self.artist_name}, and record what you found with "
            f"`labelmate artist searched {self.artist_slug} --found …`"
        )


@write
def record_release(
    tx: Tx,
    *,
    fence: Fence,
    cycle_id: CycleId,
    release: Release,
    release_date: str,
) -> ReleaseRow:
    """Keep a cycle's one release, ready if the artist's name was searched; a repeat returns what was kept.

    The first that is not asks the owner for a search, once for each artist.

    Raises ConflictError when the cycle already has another release.
    """
    require_fence(tx, fence)
    kept = tx.connection.execute(select(R.c.id, R.c.manifest_sha256).where(R.c.cycle_id == cycle_id)).first()
    if kept is not None:
        if (kept.id, kept.manifest_sha256) != (release.id, release.manifest_sha256):
            raise ConflictError(f"{cycle_id} already has the release {kept.id}; a cycle makes one")
        return release_by_id(tx, release_id=release.id)
    artist = artist_by_id(tx, artist_id=fence.artist_id)
    is_searched = artist.persona.name_search is not None
    tx.connection.execute(
        insert(R).values(
            **release.model_dump(),
            cycle_id=cycle_id,
            artist_id=fence.artist_id,
            state=ReleaseState.READY if is_searched else ReleaseState.BUILT,
            release_date=release_date,
            urls={},
            created_at=tx.clock.now(),
        )
    )
    events.append(
        tx,
        "release.built",
        artist_id=fence.artist_id,
        cycle_id=cycle_id,
        epoch=fence.epoch,
        release_id=release.id,
        directory=release.directory,
    )
    if not is_searched:
        outbox.enqueue(
            tx,
            kind="name_search",
            dedupe_key=f"name_search/{artist.id}",
            payload={"artist_id": artist.id, "slug": artist.slug, "name": artist.persona.name},
        )
    return release_by_id(tx, release_id=release.id)


@write
def set_release_state(
    tx: Tx,
    *,
    release_id: str,
    before: ReleaseState,
    after: ReleaseState,
    who: str,
    urls: dict[str, str] | None = None,
    on: date | None = None,
    isrc: str | None = None,
    upc: str | None = None,
) -> ReleaseRow:
    """Move a release on, by compare-and-set; new addresses and codes are added to those it has.

    `urls` is by target, like a release's own; an empty address takes its target away.

    `on` is the UTC day on which it came out, where that is not now; it corrects the one that was recorded.

    Raises ConflictError when it has moved meanwhile, is withdrawn, or is to go out before its artist's name was
    searched; UsageError for a day before it was built, or to come, and for a target to take away that it has not.
    """
    told = urls or {}
    # Held from here on: of two who add an address at once neither overwrites the other's.
    tx.connection.execute(select(R.c.id).where(R.c.id == release_id).with_for_update())
    row = release_by_id(tx, release_id=release_id)
    if row.state is ReleaseState.BUILT and after is not ReleaseState.WITHDRAWN:
        raise ConflictError(f"{row.title} waits: {row.waits_for}")
    if before not in MOVES.get(after, ()):
        raise ConflictError(f"{row.title} is {row.state}: nothing that is {before} becomes {after}")
    if unknown := [target for target, url in told.items() if not url and target not in row.urls]:
        known = ", ".join(sorted(row.urls)) or "no place"
        raise UsageError(f"{row.title} is on record at {known}, not at {unknown[0][:60]!r}")
    if after != ReleaseState.PUBLISHED:
        published_at = row.published_at
    elif on is None:
        published_at = row.published_at or tx.clock.now()
    else:
        published_at = _moment_of(on, row, now=tx.clock.now())
    moved = tx.connection.execute(
        update(R)
        .where(R.c.id == release_id, R.c.state == before)
        .values(
            state=after,
            published_at=published_at,
            urls={target: url for target, url in (row.urls | told).items() if url},
            isrc=isrc or row.isrc,
            upc=upc or row.upc,
        )
    )
    if moved.rowcount == 0:
        raise ConflictError(f"{row.title} is {row.state}, no longer {before}; look again")
    events.append(
        tx,
        "release.state",
        artist_id=row.artist_id,
        cycle_id=row.cycle_id,
        release_id=release_id,
        before=before,
        after=after,
        who=who,
        urls=told,
        published_at=published_at and published_at.isoformat(),
    )
    return release_by_id(tx, release_id=release_id)


def _moment_of(day: date, row: ReleaseRow, *, now: datetime) -> datetime:
    """The beginning of a day on which a release can have come out, but never before it was there."""
    built, today = row.created_at.astimezone(UTC).date(), now.astimezone(UTC).date()
    if day < built:
        raise UsageError(f"{row.title} was built on {built}: it cannot have come out on {day}")
    if day > today:
        raise UsageError(f"{day} is yet to come, today is {today} in UTC: record it when {row.title} is out")
    return max(datetime.combine(day, time(), tzinfo=UTC), row.created_at)


def release_by_id(tx: Tx, *, release_id: str) -> ReleaseRow:
    """One release. Raises NotFoundError."""
    row = tx.connection.execute(_select().where(R.c.id == release_id)).first()
    if row is None:
        raise NotFoundError(f"There is no release {release_id}; `labelmate release list` shows them")
    return _release(row._mapping)


def release_of_cycle(tx: Tx, *, cycle_id: str) -> ReleaseRow | None:
    """A cycle's release, if it made one."""
    row = tx.connection.execute(_select().where(R.c.cycle_id == cycle_id)).first()
    return None if row is None else _release(row._mapping)


def list_releases(
    tx: Tx, *, artist_id: str | None = None, limit: int = 50, offset: int = 0
) -> list[ReleaseRow]:
    """Releases, newest first."""
    query = _select().order_by(R.c.created_at.desc(), R.c.id.desc()).limit(limit).offset(offset)
    if artist_id is not None:
        query = query.where(R.c.artist_id == artist_id)
    return [_release(row._mapping) for row in tx.connection.execute(query)]


def _select():  # noqa: ANN202 - SQLAlchemy's own type of this select is unreadable
    return select(R, A.c.slug.label("artist_slug"), A.c.name.label("artist_name")).join(
        A, A.c.id == R.c.artist_id
    )


def _release(row: RowMapping) -> ReleaseRow:
    return ReleaseRow.model_validate(dict(row))
