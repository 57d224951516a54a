"""Change sets: what an artist tries, one at a time, beside what it was before; kept or taken back, with reasons."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import RowMapping, case, exists, func, insert, select, update

from storage import events, tables
from storage.artists import add_version, artist_by_id, with_pins
from storage.clock import new_id
from storage.errors import ConflictError, NotFoundError
from storage.lessons import absorb, release
from storage.store import Tx, write
from storage.types import ArtistId, DeciderKind, Frozen, GeneEdit, Genes, LifecycleState, Outcome, Persona

A = tables.artists
C = tables.cycles
E = tables.evolutions
M = tables.lifecycle_changes
N = M.alias("latest_changes")
V = tables.artist_versions
COMPARED = 20
"""Latest songs of a version that its successor is compared with."""
NEIGHBOURS = 2000


class Evolution(Frozen):
    """One change set and what became of it."""

    id: str
    artist_id: ArtistId
    kind: Literal["refine", "explore"]
    status: Literal["trying", "kept", "rolled_back"]
    edits: tuple[GeneEdit, ...]
    style_note: str
    """One line that went into the artist's notes with it."""
    parent_version: int
    """What it is compared with, and where a roll back leads."""
    version: int
    before_approved: int
    before_decided: int
    approved: int
    decided: int
    """Persons' verdicts on songs that were begun after it."""
    chance_better: float | None
    """Probability that people approve more of it than of its parent, when it ended."""
    why: str
    who: str
    at: datetime
    ended_at: datetime | None


class Neighbour(Frozen):
    """Another artist's place in style."""

    slug: str
    genre: str
    genes: Genes


@write
def open_evolution(
    tx: Tx,
    *,
    artist_id: ArtistId,
    version: int,
    parent_version: int,
    kind: Literal["refine", "explore"],
    edits: tuple[GeneEdit, ...],
    style_note: str,
    genes: Genes,
    style_notes: str,
    who: str,
) -> Evolution:
    """Put a change on trial, as a version of the artist.

    Raises ConflictError while another is, on a newer version, or where a person has pinned all that would move.
    """
    if evolution_on_trial(tx, artist_id=artist_id) is not None:
        raise ConflictError("A change is on trial already; one at a time can be compared")
    before = _record(tx, artist_id, since=_kept_at(tx, artist_id))
    genes, style_notes = with_pins(tx, artist_id=artist_id, genes=genes, style_notes=style_notes)
    pinned = artist_by_id(tx, artist_id=artist_id).persona.pinned
    edits = tuple(edit for edit in edits if edit.gene not in pinned)
    if not edits:
        raise ConflictError("Every gene that would move is pinned; there is nothing to compare")
    changed = tx.connection.execute(
        update(A)
        .where(A.c.id == artist_id, A.c.version == version)
        .values(genes=genes.model_dump(mode="json"), style_notes=style_notes, version=A.c.version + 1)
    )
    if changed.rowcount == 0:
        raise ConflictError("The artist has changed meanwhile; look again")
    absorb(tx, artist_id=artist_id, genes=tuple(edit.gene for edit in edits))
    evolution_id, told = new_id("evo", tx.clock), [edit.model_dump(mode="json") for edit in edits]
    tx.connection.execute(
        insert(E).values(
            id=evolution_id,
            artist_id=artist_id,
            kind=kind,
            status="trying",
            edits=told,
            style_note=style_note,
            parent_version=parent_version,
            version=version + 1,
            before_approved=before[0],
            before_decided=before[1],
            who=who,
            at=tx.clock.now(),
        )
    )
    add_version(
        tx, artist_id, trigger="evolution", evidence={"evolution": evolution_id, "edits": told}, who=who
    )
    events.append(
        tx, "evolution.trying", artist_id=artist_id, evolution_id=evolution_id, kind_of=kind, who=who
    )
    return evolution_by_id(tx, evolution_id=evolution_id)


def count_song(tx: Tx, *, artist_id: ArtistId, cycle_id: str, approved: bool) -> None:
    """Count a person's verdict for the change on trial, if the song was begun after it. Part of learning."""
    begun = select(func.coalesce(C.c.started_at, C.c.created_at)).where(C.c.id == cycle_id)
    tx.connection.execute(
        update(E)
        .where(E.c.artist_id == artist_id, E.c.status == "trying", E.c.at <= begun.scalar_subquery())
        .values(approved=E.c.approved + int(approved), decided=E.c.decided + 1)
    )


@write
def close_evolution(
    tx: Tx,
    *,
    evolution_id: str,
    verdict: Literal["keep", "roll_back"],
    chance_better: float | None,
    why: str,
    who: str,
    unless: LifecycleState | None = None,
) -> Evolution:
    """Keep a change, or take it back: genes, notes and sound are the parent's again, as a new version.

    Raises ConflictError when it has ended already, or while the artist is in the state `unless`.
    """
    ended = tx.connection.execute(
        update(E)
        .where(E.c.id == evolution_id, E.c.status == "trying")
        .values(
            status="kept" if verdict == "keep" else "rolled_back",
            chance_better=chance_better,
            why=why,
            ended_at=tx.clock.now(),
        )
    )
    found = evolution_by_id(tx, evolution_id=evolution_id)
    if ended.rowcount == 0:
        raise ConflictError(f"The change has been {found.status.replace('_', ' ')} already; look again")
    artist = artist_by_id(tx, artist_id=found.artist_id)
    if artist.state is unless:
        raise ConflictError(
            f"{artist.persona.name} is {artist.state}, and its songs decide on this change; pause and resume the artist first"
        )
    if verdict == "roll_back":
        _restore(tx, found, why, who)
        _release_lessons(tx, found)
    events.append(
        tx,
        f"evolution.{found.status}",
        artist_id=found.artist_id,
        evolution_id=evolution_id,
        why=why,
        who=who,
    )
    return found


def evolution_by_id(tx: Tx, *, evolution_id: str) -> Evolution:
    """One change. Raises NotFoundError."""
    row = tx.connection.execute(select(E).where(E.c.id == evolution_id)).first()
    if row is None:
        raise NotFoundError(f"There is no change {evolution_id!r}; `labelmate artist changes` shows them")
    return _evolution(row._mapping)


def evolution_on_trial(tx: Tx, *, artist_id: ArtistId) -> Evolution | None:
    """The change that is being compared now."""
    row = tx.connection.execute(select(E).where(E.c.artist_id == artist_id, E.c.status == "trying")).first()
    return None if row is None else _evolution(row._mapping)


def evolutions_of(tx: Tx, *, artist_id: ArtistId, limit: int = 20) -> list[Evolution]:
    """An artist's changes, the latest first."""
    query = select(E).where(E.c.artist_id == artist_id).order_by(E.c.at.desc(), E.c.id.desc()).limit(limit)
    return [_evolution(row._mapping) for row in tx.connection.execute(query)]


def half_moved(tx: Tx, *, older_than: timedelta, limit: int = 1000) -> tuple[list[ArtistId], list[ArtistId]]:
    """Artists whose move was made and its change was not, because the process ended between the two.

    Those that evolve with nothing on trial, and those that the rules paused for their verdicts with something still on
    trial; none that moved less than `older_than` ago, whose change may be on its way.
    """
    trying = exists().where(E.c.artist_id == A.c.id, E.c.status == "trying")
    moved_at = select(func.max(M.c.at)).where(M.c.artist_id == A.c.id).scalar_subquery()
    last = M.c.seq == select(func.max(N.c.seq)).where(N.c.artist_id == M.c.artist_id).scalar_subquery()
    by_rule = exists().where(M.c.artist_id == A.c.id, last, M.c.who.startswith("policy:"))
    settled = select(A.c.id).where(moved_at < tx.clock.now() - older_than).order_by(A.c.slug).limit(limit)
    bare = settled.where(A.c.state == LifecycleState.EVOLVING, ~trying)
    stale = settled.where(
        A.c.state == LifecycleState.PAUSED, A.c.pause_reason.in_(("approval", "rejections")), by_rule, trying
    )
    return list(tx.connection.execute(bare).scalars()), list(tx.connection.execute(stale).scalars())


def neighbours_of(tx: Tx, *, artist_id: ArtistId, genre: str) -> list[Neighbour]:
    """The other artists of a genre that are not retired."""
    query = (
        select(A.c.slug, A.c.genre, A.c.genes)
        .where(A.c.genre == genre, A.c.id != artist_id, A.c.state != LifecycleState.RETIRED)
        .order_by(A.c.slug)
        .limit(NEIGHBOURS)
    )
    return [Neighbour.model_validate(dict(row._mapping)) for row in tx.connection.execute(query)]


def _restore(tx: Tx, ended: Evolution, why: str, who: str) -> None:
    parent = tx.connection.execute(
        select(V.c.persona, V.c.genes, V.c.style_notes).where(
            V.c.artist_id == ended.artist_id, V.c.version == ended.parent_version
        )
    ).one()
    now = artist_by_id(tx, artist_id=ended.artist_id)
    sound = Persona.model_validate(parent.persona).sound
    tx.connection.execute(
        update(A)
        .where(A.c.id == ended.artist_id)
        .values(
            persona=now.persona.model_copy(update={"sound": sound}).model_dump(mode="json"),
            genes=parent.genes,
            style_notes=parent.style_notes,
            version=A.c.version + 1,
        )
    )
    evidence: dict[str, object] = {"evolution": ended.id, "back_to": ended.parent_version, "why": why}
    add_version(tx, ended.artist_id, trigger="rolled_back", evidence=evidence, who=who)


def _release_lessons(tx: Tx, ended: Evolution) -> None:
    """What was taught about genes that have moved back steers songs again, but for what a kept change took up before."""
    kept = tx.connection.execute(
        select(E.c.at, E.c.edits).where(E.c.artist_id == ended.artist_id, E.c.status == "kept")
    ).all()
    for edit in ended.edits:
        moved_at = [row.at for row in kept if any(each["gene"] == edit.gene for each in row.edits)]
        release(tx, artist_id=ended.artist_id, gene=edit.gene, since=max(moved_at, default=None))


def _kept_at(tx: Tx, artist_id: ArtistId) -> datetime | None:
    """When the present version's songs began."""
    query = select(func.max(E.c.at)).where(E.c.artist_id == artist_id, E.c.status == "kept")
    return tx.connection.execute(query).scalar_one()


def _record(tx: Tx, artist_id: ArtistId, *, since: datetime | None) -> tuple[int, int]:
    """Approved and decided of the present version's latest songs, by persons."""
    latest = (
        select(C.c.outcome)
        .where(
            C.c.artist_id == artist_id,
            C.c.decided_by == DeciderKind.PERSON,
            C.c.outcome.in_((Outcome.APPROVED, Outcome.REJECTED)),
        )
        .order_by(C.c.ended_at.desc(), C.c.id.desc())
        .limit(COMPARED)
    )
    begun = func.coalesce(C.c.started_at, C.c.created_at)
    if since is not None:
        latest = latest.where(begun >= since)
    made_with_what_was_taken_back = exists().where(
        E.c.artist_id == artist_id, E.c.status == "rolled_back", E.c.at <= begun, begun < E.c.ended_at
    )
    latest = latest.where(~made_with_what_was_taken_back)
    seen = latest.subquery()
    row = tx.connection.execute(
        select(func.count(case((seen.c.outcome == Outcome.APPROVED, 1))), func.count(seen.c.outcome))
    ).one()
    return int(row[0]), int(row[1])


def _evolution(row: RowMapping) -> Evolution:
    return Evolution.model_validate(dict(row))
