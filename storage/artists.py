"""Artists: their rows, their versions, and who may act for one (epoch and lease)."""

import re
import unicodedata
from datetime import datetime

from sqlalchemy import RowMapping, Text, bindparam, func, insert, select, type_coerce, update

from storage import events, lineage, outbox, tables
from storage.clock import new_id
from storage.database import database_now_s
from storage.errors import ConflictError, Fenced, NotFoundError
from storage.store import Tx, write
from storage.types import Artist, ArtistId, Asset, Frozen, Genes, LifecycleState, Persona

A = tables.artists
CREATION = "policy:creation"
"""Who adds the artists that nobody asked for."""


class Fence(Frozen):
    """Proof of ownership that every write of an artist's actor carries."""

    artist_id: ArtistId
    epoch: int


class Activation(Frozen):
    """What an actor is given when it claims an artist."""

    artist: Artist
    fence: Fence


def slugify(name: str) -> str:
    """ASCII letters, digits and single dashes; never empty."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:60] or "artist"


@write
def add_artist(
    tx: Tx,
    *,
    persona: Persona,
    genes: Genes,
    who: str,
    state: LifecycleState,
    roster_max: int | None = None,
    style_notes: str = "",
    pictures: tuple[Asset, ...] = (),
    import_key: str | None = None,
) -> Artist:
    """Insert an artist with version 1, and the pictures its persona names; the owner is told of one that nobody asked for.

    `import_key` names what it is imported from: a second time returns the artist that came of it.

    Raises ConflictError on a taken name or a full roster.
    """
    if import_key is not None and (there := imported(tx).get(import_key)):
        return artist_by_id(tx, artist_id=there)
    if roster_max is not None:
        living = tx.connection.execute(
            select(func.count()).select_from(A).where(A.c.state != LifecycleState.RETIRED)
        ).scalar_one()
        if living >= roster_max:
            raise ConflictError(
                f"The roster holds {living} artists and ROSTER_MAX is {roster_max}; raise it or retire one"
            )
    slug = slugify(persona.name)
    taken = tx.connection.execute(
        select(A.c.slug).where((A.c.slug == slug) | (A.c.name == persona.name))
    ).first()
    if taken is not None:
        raise ConflictError(
            f"There is already an artist called {persona.name} ({taken.slug}); choose another name"
        )
    artist_id = new_id("art", tx.clock)
    now = tx.clock.now()
    lineage.keep_assets(tx, pictures)
    tx.connection.execute(
        insert(A).values(
            id=artist_id,
            slug=slug,
            name=persona.name,
            genre=persona.genre,
            state=state,
            persona=persona.model_dump(mode="json"),
            genes=genes.model_dump(mode="json"),
            style_notes=style_notes,
            created_at=now,
        )
    )
    evidence: dict[str, object] | None = {"imported": import_key} if import_key else None
    add_version(tx, artist_id, trigger="created", evidence=evidence, who=who)
    events.append(tx, "artist.created", artist_id=artist_id, name=persona.name, genre=persona.genre, who=who)
    if who == CREATION:
        outbox.enqueue(
            tx,
            kind="newcomer",
            dedupe_key=f"newcomer/{artist_id}",
            payload={"artist_id": artist_id, "name": persona.name, "genre": persona.genre},
        )
    return artist_by_id(tx, artist_id=ArtistId(artist_id))


@write
def change_persona(
    tx: Tx,
    *,
    artist_id: ArtistId,
    version: int,
    persona: Persona,
    trigger: str,
    evidence: dict[str, object] | None,
    who: str,
    pictures: tuple[Asset, ...] = (),
) -> Artist:
    """Give an artist another voice, sound or avatar, a version of its own as every change.

    Raises ConflictError when the artist has changed since `version` was read.
    """
    changed = tx.connection.execute(
        update(A)
        .where(A.c.id == artist_id, A.c.version == version)
        .values(persona=persona.model_dump(mode="json"), version=A.c.version + 1)
    )
    if changed.rowcount == 0:
        raise ConflictError(f"{persona.name} has changed meanwhile; look again")
    lineage.keep_assets(tx, pictures)
    add_version(tx, artist_id, trigger=trigger, evidence=evidence, who=who)
    return artist_by_id(tx, artist_id=artist_id)


@write
def accept_artist(tx: Tx, *, artist_id: ArtistId, who: str) -> Artist:
    """Take an artist on: from now on its content plan is followed. A second time changes nothing."""
    taken_on = tx.connection.execute(
        update(A)
        .where(A.c.id == artist_id, A.c.accepted_at.is_(None))
        .values(accepted_at=tx.clock.now(), accepted_by=who)
    )
    if taken_on.rowcount:
        events.append(tx, "artist.accepted", artist_id=artist_id, who=who)
    return artist_by_id(tx, artist_id=artist_id)


@write
def set_state(
    tx: Tx,
    *,
    artist_id: ArtistId,
    before: LifecycleState,
    after: LifecycleState,
    trigger: str,
    evidence: dict[str, object] | None,
    bound: float | None,
    reason: str | None,
    who: str,
) -> Artist:
    """Move an artist along the lifecycle table, by compare-and-set on its present state."""
    now = tx.clock.now()
    pausing = after == LifecycleState.PAUSED
    moved = tx.connection.execute(
        update(A)
        .where(A.c.id == artist_id, A.c.state == before)
        .values(state=after, paused_at=now if pausing else None, pause_reason=reason if pausing else None)
    )
    if moved.rowcount == 0:
        present = artist_by_id(tx, artist_id=artist_id).state
        raise ConflictError(
            f"The artist is {present}, no longer {before}; look again and repeat if it still makes sense"
        )
    tx.connection.execute(
        insert(tables.lifecycle_changes).values(
            artist_id=artist_id,
            before=before,
            trigger=trigger,
            after=after,
            evidence=evidence,
            bound=bound,
            reason=reason,
            who=who,
            at=now,
        )
    )
    events.append(
        tx,
        "artist.state",
        artist_id=artist_id,
        before=before,
        after=after,
        trigger=trigger,
        reason=reason,
        who=who,
    )
    return artist_by_id(tx, artist_id=artist_id)


@write
def claim_artist(tx: Tx, *, artist_id: ArtistId, owner: str, lease_s: float) -> Activation:
    """Take ownership: a new epoch fences every earlier owner. Raises ConflictError while a lease lives."""
    now_s = database_now_s(tx.connection)
    claimed = tx.connection.execute(
        update(A)
        .where(A.c.id == artist_id, (A.c.lease_until_s < now_s) | (A.c.lease_owner == owner))
        .values(epoch=A.c.epoch + 1, lease_owner=owner, lease_until_s=now_s + lease_s)
        .returning(A.c.epoch)
    ).scalar_one_or_none()
    if claimed is None:
        holder = tx.connection.execute(
            select(A.c.lease_owner, A.c.lease_until_s).where(A.c.id == artist_id)
        ).first()
        if holder is None:
            raise NotFoundError(f"There is no artist {artist_id}")
        raise ConflictError(
            f"{artist_id} is held by {holder.lease_owner} for {holder.lease_until_s - now_s:.0f} s more",
            owner=holder.lease_owner,
        )
    return Activation(
        artist=artist_by_id(tx, artist_id=artist_id), fence=Fence(artist_id=artist_id, epoch=claimed)
    )


@write
def renew_lease(tx: Tx, *, fence: Fence, lease_s: float) -> None:
    """Prolong ownership; raises Fenced when somebody newer owns the artist."""
    require_fence(tx, fence)
    tx.connection.execute(
        update(A)
        .where(A.c.id == fence.artist_id)
        .values(lease_until_s=database_now_s(tx.connection) + lease_s)
    )


@write
def release_artist(tx: Tx, *, fence: Fence) -> None:
    """Give up ownership after a flush, so that the next claim need not wait."""
    require_fence(tx, fence)
    tx.connection.execute(
        update(A).where(A.c.id == fence.artist_id).values(lease_until_s=0.0, lease_owner=None)
    )


@write
def expire_lease(tx: Tx, *, artist_id: ArtistId, owner: str) -> None:
    """End a dead owner's lease. The supervisor alone calls it, once it has seen that owner's process dead."""
    tx.connection.execute(
        update(A)
        .where(A.c.id == artist_id, A.c.lease_owner == owner)
        .values(lease_until_s=0.0, lease_owner=None)
    )


# Built once: it stands before every write of every step, and building costs more than running it.
_FENCE = select(A.c.epoch, A.c.state).where(A.c.id == bindparam("artist_id")).with_for_update()


def require_fence(tx: Tx, fence: Fence) -> RowMapping:
    """The artist's row, locked, if the epoch still holds; raises Fenced otherwise."""
    row = tx.connection.execute(_FENCE, {"artist_id": fence.artist_id}).first()
    if row is None or row.epoch != fence.epoch:
        raise Fenced(
            f"{fence.artist_id} has a newer owner; this one (epoch {fence.epoch}) stops and writes nothing more",
            epoch=fence.epoch,
        )
    return row._mapping


def artist_by_id(tx: Tx, *, artist_id: ArtistId) -> Artist:
    """One artist by id. Raises NotFoundError."""
    row = tx.connection.execute(select(A).where(A.c.id == artist_id)).first()
    if row is None:
        raise NotFoundError(f"There is no artist {artist_id}")
    return _artist(row._mapping)


def artist_by_name(tx: Tx, *, name: str) -> Artist:
    """One artist by slug, name or id, as a person types it. Raises NotFoundError naming the nearest."""
    row = tx.connection.execute(
        select(A).where((A.c.slug == slugify(name)) | (A.c.name == name) | (A.c.id == name))
    ).first()
    if row is None:
        slugs = tx.connection.execute(select(A.c.slug).order_by(A.c.slug).limit(8)).scalars().all()
        raise NotFoundError(f"There is no artist {name!r}; there are: {', '.join(slugs) or 'none yet'}")
    return _artist(row._mapping)


def imported(tx: Tx) -> dict[str, ArtistId]:
    """Artists that came of an import, by the key of what they came from."""
    V = tables.artist_versions  # noqa: N806 - a table's short name, as in the other modules
    rows = tx.connection.execute(
        select(V.c.artist_id, V.c.evidence).where(V.c.version == 1, V.c.evidence.is_not(None))
    )
    return {str(row.evidence["imported"]): row.artist_id for row in rows if "imported" in row.evidence}


def avatars_of(tx: Tx, *, artist_ids: tuple[ArtistId, ...]) -> dict[ArtistId, str]:
    """The sha256 of the avatar of each of these artists that has one."""
    rows = tx.connection.execute(select(A.c.id, A.c.persona).where(A.c.id.in_(artist_ids)))
    shown = {row.id: Persona.model_validate(row.persona).avatar_sha256 for row in rows}
    return {artist_id: sha256 for artist_id, sha256 in shown.items() if sha256}


def faceless(tx: Tx, *, limit: int) -> list[Artist]:
    """Artists without an avatar that may still sing: they joined before avatars were drawn."""
    # A quote inside a value would be escaped: these very characters are the key with a text.
    has_none = type_coerce(A.c.persona, Text).not_like('%"avatar_sha256": "%')
    rows = tx.connection.execute(
        select(A).where(has_none, A.c.state != LifecycleState.RETIRED).order_by(A.c.slug).limit(limit)
    )
    return [_artist(row._mapping) for row in rows]


def artist_as_of(tx: Tx, *, artist_id: ArtistId, at: datetime) -> Artist:
    """One artist with the persona, genes and notes it had at a moment. Raises NotFoundError."""
    V = tables.artist_versions  # noqa: N806 - a table's short name, as in the other modules
    artist = artist_by_id(tx, artist_id=artist_id)
    then = tx.connection.execute(
        select(V.c.version, V.c.persona, V.c.genes, V.c.style_notes)
        .where(V.c.artist_id == artist_id, V.c.at <= at)
        .order_by(V.c.version.desc())
        .limit(1)
    ).first()
    return artist if then is None else Artist.model_validate({**dict(artist), **then._mapping})


def list_artists(tx: Tx, *, limit: int = 1000, after_slug: str = "") -> list[Artist]:
    """The roster in slug order, a page at a time."""
    rows = tx.connection.execute(select(A).where(A.c.slug > after_slug).order_by(A.c.slug).limit(limit))
    return [_artist(row._mapping) for row in rows]


def _artist(row: RowMapping) -> Artist:
    return Artist.model_validate({name: row[name] for name in Artist.model_fields})


def add_version(tx: Tx, artist_id: str, *, trigger: str, evidence: dict[str, object] | None, who: str) -> int:
    """Keep the artist as its row is now, as the version that the row names; part of the write that changed it."""
    row = tx.connection.execute(select(A).where(A.c.id == artist_id)).one()
    tx.connection.execute(
        insert(tables.artist_versions).values(
            artist_id=artist_id,
            version=row.version,
            persona=row.persona,
            genes=row.genes,
            style_notes=row.style_notes,
            trigger=trigger,
            evidence=evidence,
            who=who,
            at=tx.clock.now(),
        )
    )
    return row.version


def with_pins(tx: Tx, *, artist_id: ArtistId, genes: Genes, style_notes: str) -> tuple[Genes, str]:
    """Genes and notes of a change, but for what a person has pinned: that stays as it is."""
    present = artist_by_id(tx, artist_id=artist_id)
    pinned = present.persona.pinned
    held = {name: value for name, value in present.genes if name in pinned}
    return genes.model_copy(update=held), present.style_notes if "style_notes" in pinned else style_notes
