"""Reading approvals: the row as people see it, and how a person names one."""

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, RowMapping, Select, func, or_, select

from storage import tables
from storage.errors import ConflictError, NotFoundError
from storage.store import Tx
from storage.types import ArtistId, CycleId, DeciderKind, Frozen, Outcome, Redo, SongEdits

P = tables.approvals
A = tables.artists


def words_sha256(edits: SongEdits | None) -> str:
    """Stands for other words; of none and of empty ones it is the same."""
    return hashlib.sha256((edits or SongEdits()).model_dump_json().encode()).hexdigest()


WRITTEN_SHA256 = words_sha256(None)
"""The words as the artist wrote them: what an answer is about that names no others."""


class ApprovalStatus(StrEnum):
    PENDING = "pending"
    DECIDED = "decided"
    SUPERSEDED = "superseded"
    """By a newer version of the song."""
    CLOSED = "closed"
    """Given up without a decision."""


class OfferedTake(Frozen):
    """What is known of one take that may be chosen."""

    number: int
    """From 1; the first is the one that the critic prefers."""
    score: float | None = None
    duration_s: float | None = None
    mp3_sha256: str | None = None
    preview_sha256: str | None = None

    def named(self) -> str:
        """`take 2 (0.81)`."""
        return f"take {self.number}" + ("" if self.score is None else f" ({self.score:.2f})")


class Approval(Frozen):
    """One question to people, with its answer if there is one."""

    id: str
    cycle_id: CycleId
    artist_id: ArtistId
    artist_slug: str
    artist_name: str
    revision: int
    title: str
    takes: int
    preview_sha256: str
    facts: dict[str, object]
    status: ApprovalStatus
    asked_at: datetime
    delivered_at: datetime | None
    """When people were first told of it, and its time began; None while no chat has it yet."""
    overdue_at: datetime
    """Until when there is time; of one that is not delivered, if it were delivered now."""
    is_overdue: bool
    """Past its time and still open; it can be decided all the same."""
    later_until: datetime | None
    """Put off by a person; until then it comes after the others."""
    outcome: Outcome | None
    take: int | None
    decided_by: DeciderKind | None
    who: str | None
    surface: str | None
    why: str | None
    redo: Redo | None
    """What it was sent back for."""
    edits: SongEdits | None
    """Other words that people put beside the question: an approval is of these; a rejection leaves them as they stood."""
    words_sha256: str
    """Tells whether somebody has put other words beside the question since; WRITTEN_SHA256 where nobody has."""
    decided_at: datetime | None
    effective_at: datetime | None

    @property
    def offered(self) -> tuple[OfferedTake, ...]:
        """The takes that may be chosen; of old questions, little is known of each."""
        told = self.facts.get("takes")
        known = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
        first = {"mp3_sha256": self.facts.get("mp3_sha256"), "preview_sha256": self.preview_sha256}
        known += [first] * (self.takes - len(known))
        return tuple(
            OfferedTake(
                number=number, **{name: each.get(name) for name in first | {"score": 0, "duration_s": 0}}
            )
            for number, each in enumerate(known[: self.takes], start=1)
        )

    @property
    def redoable(self) -> tuple[Redo, ...]:
        """What it may be sent back for: a recording that a person brought is theirs, with its words."""
        is_brought = self.facts.get("source") == "person"
        return tuple(part for part in Redo if not (is_brought and part in (Redo.SONG, Redo.LYRICS)))

    @property
    def wanted_title(self) -> str:
        """Under which it is released, as it stands."""
        return (self.edits and self.edits.title) or self.title

    @property
    def words(self) -> tuple[str, ...]:
        """Every lyric line as it was written, in order."""
        lines = self.facts.get("lines")
        return tuple(str(line) for line in lines) if isinstance(lines, list) else ()

    @property
    def wanted_words(self) -> tuple[str, ...]:
        """Every lyric line as it is released, as it stands."""
        return (self.edits and self.edits.lines) or self.words

    def require_words(self, seen: str) -> None:
        """Raise ConflictError where an open question has other words than those a person saw.

        `seen` is their `words_sha256` or its beginning; one that was answered tells who was faster instead.
        """
        if self.status == ApprovalStatus.PENDING and not self.words_sha256.startswith(seen):
            raise ConflictError(
                f"The words of {self.title} were changed meanwhile; look at them, then decide"
            )

    def edits_under(self, given: SongEdits) -> SongEdits:
        """The words beside the question with these laid over them: what `given` does not name stays as it stands."""
        return (self.edits or SongEdits()).model_copy(update=given.model_dump(exclude_unset=True))

    def told(self) -> str:
        """How it stands, in one line for people."""
        if self.status == ApprovalStatus.PENDING:
            return f"{self.title} is not decided"
        if self.redo is not None:
            return f"{self.title} was sent back for another {self.redo} by {self.who} ({self.surface})"
        if self.status == ApprovalStatus.SUPERSEDED:
            return f"{self.title} was replaced by a newer version; decide on that one"
        return f"{self.title} was {self.outcome} by {self.who} ({self.surface})"


class Decision(Frozen):
    """One line of an approval's audit trail."""

    seq: int
    action: str
    """decide, redo, edit, later, undo, supersede or close."""
    outcome: Outcome | None
    redo: Redo | None
    take: int | None
    decided_by: DeciderKind
    who: str
    surface: str
    why: str
    at: datetime


def approval_by_id(tx: Tx, *, approval_id: str) -> Approval:
    """One approval. Raises NotFoundError."""
    found = _read(tx, _select().where(P.c.id == approval_id))
    if not found:
        raise NotFoundError(f"There is no approval {approval_id}; `labelmate approval list` shows them")
    return found[0]


def pending_approvals(tx: Tx, *, limit: int = 50, offset: int = 0) -> list[Approval]:
    """Open questions, oldest first; those that were put off come last."""
    is_later = func.coalesce(P.c.later_until > tx.clock.now(), False)
    query = _select().where(P.c.status == ApprovalStatus.PENDING).order_by(is_later, P.c.asked_at, P.c.id)
    return _read(tx, query.limit(limit).offset(offset))


def decided_approvals(tx: Tx, *, limit: int = 50, offset: int = 0) -> list[Approval]:
    """Questions that were answered, closed or replaced, the latest first."""
    query = _select().where(P.c.status != ApprovalStatus.PENDING)
    latest = func.coalesce(P.c.decided_at, P.c.asked_at).desc()
    return _read(tx, query.order_by(latest, P.c.id.desc()).limit(limit).offset(offset))


def undecided(tx: Tx, *, artist_id: str | None = None) -> int:
    """How many songs wait for people: of one artist, or of all."""
    query = select(func.count()).select_from(P).where(P.c.status == ApprovalStatus.PENDING)
    if artist_id is not None:
        query = query.where(P.c.artist_id == artist_id)
    return tx.connection.execute(query).scalar_one()


def of_cycle(
    tx: Tx, *, cycle_id: str, revision: int | None = None, preview_sha256: str | None = None
) -> Approval | None:
    """The newest question of a cycle, if it has asked; narrowed to a revision and a preview."""
    query = (
        _select()
        .where(P.c.cycle_id == cycle_id)
        .order_by(P.c.revision.desc(), P.c.asked_at.desc(), P.c.id.desc())
    )
    if revision is not None:
        query = query.where(P.c.revision == revision)
    if preview_sha256 is not None:
        query = query.where(P.c.preview_sha256 == preview_sha256)
    found = _read(tx, query.limit(1))
    return found[0] if found else None


def is_peoples(tx: Tx, *, cycle_id: str) -> bool:
    """Whether a question of the cycle is open already, or a person has answered, put off or undone one."""
    D = tables.decisions  # noqa: N806 - a table's short name, as in the other modules
    asked = select(P.c.id).where(P.c.cycle_id == cycle_id)
    by_person = select(D.c.seq).where(D.c.approval_id.in_(asked), D.c.decided_by == DeciderKind.PERSON)
    is_open = asked.where(P.c.status == ApprovalStatus.PENDING)
    return any(tx.connection.execute(query.limit(1)).first() for query in (is_open, by_person))


def find_approval(tx: Tx, *, ref: str) -> Approval:
    """The approval a person means: its id or the beginning of it, its cycle's id, or the artist's slug.

    A cycle means its newest question, an artist its only open one or, where none is, its newest. Raises
    NotFoundError and, when several fit, ConflictError that lists them.
    """
    ref = ref.strip().lower()
    if not ref:
        raise NotFoundError("Name an approval; `labelmate approval list` shows them")
    if of_this_cycle := of_cycle(tx, cycle_id=ref):
        return of_this_cycle
    names: tuple[ColumnElement[bool], ...] = (
        P.c.id == ref,
        or_(P.c.id.startswith(ref, autoescape=True), P.c.id.startswith(f"apr_{ref}", autoescape=True)),
        (A.c.slug == ref) & (P.c.status == ApprovalStatus.PENDING),
    )
    for name in names:
        found = _read(tx, _select().where(name).order_by(P.c.asked_at, P.c.id).limit(6))
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(f"{each.id} ({each.title})" for each in found[:5])
            raise ConflictError(f"{ref!r} fits several: {listed}; give more of the id")
    newest = _select().where(A.c.slug == ref).order_by(P.c.asked_at.desc(), P.c.id.desc()).limit(1)
    if of_this_artist := _read(tx, newest):
        return of_this_artist[0]
    raise NotFoundError(f"There is no approval {ref!r}; `labelmate approval list` shows them")


def decisions_of(tx: Tx, *, approval_id: str) -> list[Decision]:
    """Everything that was done to an approval, oldest first."""
    D = tables.decisions  # noqa: N806 - a table's short name, as in the other modules
    rows = tx.connection.execute(select(D).where(D.c.approval_id == approval_id).order_by(D.c.seq))
    return [
        Decision.model_validate({name: row._mapping[name] for name in Decision.model_fields}) for row in rows
    ]


def _select() -> Select[tuple[object, ...]]:
    return select(P, A.c.slug.label("artist_slug"), A.c.name.label("artist_name")).join(
        A, A.c.id == P.c.artist_id
    )


def _read(tx: Tx, query: Select[tuple[object, ...]]) -> list[Approval]:
    now = tx.clock.now()
    return [_approval(row._mapping, now) for row in tx.connection.execute(query)]


def _approval(row: RowMapping, now: datetime) -> Approval:
    asked_at, overdue_at = row["asked_at"], row["overdue_at"]
    assert isinstance(asked_at, datetime)
    assert isinstance(overdue_at, datetime)
    if row["delivered_at"] is None:
        overdue_at = now + (overdue_at - asked_at)
    is_overdue = row["status"] == ApprovalStatus.PENDING and overdue_at <= now
    edits = None if row["edits"] is None else SongEdits.model_validate(row["edits"])
    return Approval.model_validate(
        {
            **row,
            "overdue_at": overdue_at,
            "is_overdue": is_overdue,
            "edits": edits,
            "words_sha256": words_sha256(edits),
        }
    )
