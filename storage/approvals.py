"""Approvals: one question to people for each (cycle, revision, preview), decided once, by whoever is first.

Every change is a compare-and-set on the row's status, leaves a row in `decisions`, an event, and one
message for the surfaces that show the question. A decision takes effect `undo_s` after it is made.
"""

from datetime import timedelta
from typing import Literal

from sqlalchemy import insert, or_, select, update

from storage import deadlines, events, outbox, tables
from storage.approval_rows import Approval, ApprovalStatus, approval_by_id, of_cycle
from storage.artists import Fence, require_fence
from storage.clock import new_id
from storage.errors import ConflictError, UsageError
from storage.store import Tx, write
from storage.types import CycleId, CycleState, DeciderKind, Outcome, Redo, SongEdits, Verdict

P = tables.approvals
C = tables.cycles


@write
def ask(
    tx: Tx,
    *,
    fence: Fence,
    cycle_id: CycleId,
    revision: int,
    title: str,
    takes: int,
    preview_sha256: str,
    facts: dict[str, object],
    deadline_h: float,
) -> Approval:
    """Ask once for this preview; earlier questions of the cycle that are still open are superseded."""
    require_fence(tx, fence)
    asked = of_cycle(tx, cycle_id=cycle_id, revision=revision, preview_sha256=preview_sha256)
    if asked is not None:
        return asked
    for earlier in tx.connection.execute(
        select(P.c.id).where(P.c.cycle_id == cycle_id, P.c.status == ApprovalStatus.PENDING)
    ).scalars():
        _supersede(tx, earlier, why="a newer version was made")
    # What was sent back is answered by this question; left as decided, it would wake the cycle again and again.
    tx.connection.execute(
        update(P)
        .where(P.c.cycle_id == cycle_id, P.c.status == ApprovalStatus.DECIDED, P.c.redo.is_not(None))
        .values(status=ApprovalStatus.SUPERSEDED)
    )
    now = tx.clock.now()
    approval_id = new_id("apr", tx.clock)
    tx.connection.execute(
        insert(P).values(
            id=approval_id,
            cycle_id=cycle_id,
            artist_id=fence.artist_id,
            revision=revision,
            title=title,
            takes=takes,
            preview_sha256=preview_sha256,
            facts=facts,
            status=ApprovalStatus.PENDING,
            asked_at=now,
            delivered_at=deadlines.delivered_when_asked(tx),
            overdue_at=now + timedelta(hours=deadline_h),
        )
    )
    outbox.enqueue(
        tx, kind="approval", dedupe_key=f"approval/{approval_id}", payload={"approval_id": approval_id}
    )
    events.append(
        tx,
        "approval.asked",
        artist_id=fence.artist_id,
        cycle_id=cycle_id,
        epoch=fence.epoch,
        approval_id=approval_id,
        revision=revision,
        preview_sha256=preview_sha256,
    )
    return approval_by_id(tx, approval_id=approval_id)


@write
def decide(
    tx: Tx,
    *,
    approval_id: str,
    outcome: Literal[Outcome.APPROVED, Outcome.REJECTED],
    decided_by: DeciderKind,
    who: str,
    surface: str,
    take: int = 1,
    reason: str = "",
    undo_s: float,
    preview_sha256: str | None = None,
    edits: SongEdits | None = None,
    words_sha256: str | None = None,
) -> Approval:
    """Approve or reject a song. `preview_sha256` and `words_sha256` are what the person saw, where the surface knows it.

    Raises ConflictError that tells who decided what, when somebody was faster or the song has changed.
    """
    approval = _as_shown(tx, approval_id, preview_sha256)
    if words_sha256 is not None:
        approval.require_words(words_sha256)
    if not 1 <= take <= approval.takes:
        raise UsageError(f"{approval.title} has {approval.takes} take(s); there is no take {take}")
    if edits is not None:
        _require_fitting(approval, outcome, edits)
    answer = {
        "outcome": outcome,
        "take": take,
        "decided_by": decided_by,
        "who": who,
        "surface": surface,
        "why": reason,
    }
    # A rejection leaves the words that people put beside the question: it may be undone.
    words = {"edits": _kept(edits)} if outcome is Outcome.APPROVED else {}
    _answer(tx, approval, undo_s, **answer, **words)
    _note(tx, approval, "decide", **answer)
    return approval_by_id(tx, approval_id=approval_id)


@write
def edit_words(
    tx: Tx,
    *,
    approval_id: str,
    edits: SongEdits,
    who: str,
    surface: str,
    preview_sha256: str,
    words_sha256: str,
) -> Approval:
    """Put other words beside an open question: whoever approves it next approves them. No decision yet.

    Raises ConflictError as `decide` does, also when somebody has changed the words since they were seen.
    """
    approval = _as_shown(tx, approval_id, preview_sha256)
    approval.require_words(words_sha256)
    _require_fitting(approval, Outcome.APPROVED, edits)
    _move(tx, approval_id, edits=_kept(edits))
    _note(tx, approval, "edit", decided_by=DeciderKind.PERSON, who=who, surface=surface)
    return approval_by_id(tx, approval_id=approval_id)


@write
def send_back(
    tx: Tx,
    *,
    approval_id: str,
    redo: Redo,
    who: str,
    surface: str,
    reason: str = "",
    undo_s: float,
    preview_sha256: str | None = None,
) -> Approval:
    """Have a part of the song made anew; people are asked about the result. Raises ConflictError as `decide` does."""
    approval = _as_shown(tx, approval_id, preview_sha256)
    answer = {"redo": redo, "decided_by": DeciderKind.PERSON, "who": who, "surface": surface, "why": reason}
    _answer(tx, approval, undo_s, **answer)
    _note(tx, approval, "redo", **answer)
    return approval_by_id(tx, approval_id=approval_id)


@write
def put_off(tx: Tx, *, approval_id: str, for_s: float, who: str, surface: str) -> Approval:
    """Move an open question behind the others for a while: no decision, and nobody is kept from deciding."""
    approval = approval_by_id(tx, approval_id=approval_id)
    _move(tx, approval_id, later_until=tx.clock.now() + timedelta(seconds=for_s))
    _note(tx, approval, "later", decided_by=DeciderKind.PERSON, who=who, surface=surface)
    return approval_by_id(tx, approval_id=approval_id)


@write
def undo(tx: Tx, *, approval_id: str, who: str, surface: str) -> Approval:
    """Take a decision back before it takes effect; the question is open again, with the words it was approved under."""
    now = tx.clock.now()
    _require_making(tx, approval_by_id(tx, approval_id=approval_id))
    undone = tx.connection.execute(
        update(P)
        .where(P.c.id == approval_id, P.c.status == ApprovalStatus.DECIDED, P.c.effective_at > now)
        .values(
            status=ApprovalStatus.PENDING,
            outcome=None,
            take=None,
            decided_by=None,
            who=None,
            surface=None,
            why=None,
            redo=None,
            decided_at=None,
            effective_at=None,
        )
    )
    approval = approval_by_id(tx, approval_id=approval_id)
    if undone.rowcount == 0:
        raise ConflictError(f"It is too late to undo: {approval.told()}")
    _note(tx, approval, "undo", decided_by=DeciderKind.PERSON, who=who, surface=surface)
    return approval


@write
def close_expired(
    tx: Tx, *, approval_id: str, decided_by: DeciderKind, who: str, surface: str, reason: str
) -> Approval:
    """Give an undecided song up as expired, by a person or a policy. It teaches nothing."""
    approval = approval_by_id(tx, approval_id=approval_id)
    now = tx.clock.now()
    _move(
        tx,
        approval_id,
        status=ApprovalStatus.CLOSED,
        outcome=Outcome.EXPIRED,
        decided_by=decided_by,
        who=who,
        surface=surface,
        why=reason,
        decided_at=now,
        effective_at=now,
    )
    _note(
        tx,
        approval,
        "close",
        outcome=Outcome.EXPIRED,
        decided_by=decided_by,
        who=who,
        surface=surface,
        why=reason,
    )
    return approval_by_id(tx, approval_id=approval_id)


def withdraw(tx: Tx, *, cycle_id: str, outcome: Outcome, who: str, reason: str) -> None:
    """Close what a cycle still asks when it ends: nobody decides on a song that is no longer made.

    A decision that had not taken effect is closed too, or its undo would ask about a song that has ended.
    """
    now = tx.clock.now()
    is_open = or_(
        P.c.status == ApprovalStatus.PENDING,
        (P.c.status == ApprovalStatus.DECIDED) & (P.c.effective_at > now),
    )
    answer = {
        "outcome": outcome,
        "decided_by": DeciderKind.POLICY,
        "who": who,
        "surface": "label",
        "why": reason,
    }
    for approval_id in tx.connection.execute(
        select(P.c.id).where(P.c.cycle_id == cycle_id, is_open)
    ).scalars():
        tx.connection.execute(
            update(P)
            .where(P.c.id == approval_id)
            .values(status=ApprovalStatus.CLOSED, redo=None, decided_at=now, effective_at=now, **answer)
        )
        _note(tx, approval_by_id(tx, approval_id=approval_id), "close", **answer)


def effective_verdict(tx: Tx, *, approval_id: str) -> Verdict | None:
    """The decision once it can no longer be undone; None before."""
    approval = approval_by_id(tx, approval_id=approval_id)
    if approval.effective_at is None or approval.effective_at > tx.clock.now():
        return None
    return Verdict.model_validate(
        {
            "outcome": approval.outcome,
            "decided_by": approval.decided_by,
            "who": approval.who,
            "surface": approval.surface,
            "take": approval.take or 1,
            "reason": approval.why or "",
            "decided_at": approval.decided_at,
            "redo": approval.redo,
            "edits": approval.edits if approval.outcome is Outcome.APPROVED else None,
        }
    )


def _as_shown(tx: Tx, approval_id: str, preview_sha256: str | None) -> Approval:
    """The question, if it is still the one that the person saw."""
    approval = approval_by_id(tx, approval_id=approval_id)
    if preview_sha256 is not None and preview_sha256 != approval.preview_sha256:
        raise ConflictError(f"{approval.title} is no longer the version that was shown; look at the new one")
    _require_making(tx, approval)
    return approval


def _kept(edits: SongEdits | None) -> object:
    """As it stands in the row: nothing, where nothing differs."""
    return None if edits in (None, SongEdits()) else edits.model_dump(mode="json")


def _require_making(tx: Tx, approval: Approval) -> None:
    """Nothing can be decided on a song that somebody has cancelled."""
    if approval.status not in (ApprovalStatus.PENDING, ApprovalStatus.DECIDED):
        return  # how it was closed says more
    cancelled_by = tx.connection.execute(
        select(C.c.cancel_requested_by).where(C.c.id == approval.cycle_id)
    ).scalar_one()
    if cancelled_by is not None:
        raise ConflictError(f"{approval.title} is no longer made: {cancelled_by} cancelled it")


def _require_fitting(approval: Approval, outcome: Outcome, edits: SongEdits) -> None:
    if outcome is not Outcome.APPROVED:
        raise UsageError("Only an approved song can be edited; a rejected one is not released")
    lines = approval.facts.get("lines")
    there_are = len(lines) if isinstance(lines, list) else 0
    if edits.lines is not None and len(edits.lines) != there_are:
        raise UsageError(
            f"{approval.title} has {there_are} lines and {len(edits.lines)} were given; each line has its time, "
            "so change words and keep the lines"
        )


def _answer(tx: Tx, approval: Approval, undo_s: float, **values: object) -> None:
    """Settle a question; its cycle wakes when the answer can no longer be undone."""
    now = tx.clock.now()
    effective_at = now + timedelta(seconds=undo_s)
    decided = {"status": ApprovalStatus.DECIDED, "decided_at": now, "effective_at": effective_at}
    _move(tx, approval.id, **values, **decided)
    # `cycle list` and `labelmate status` tell when it goes on.
    tx.connection.execute(
        update(C)
        .where(C.c.id == approval.cycle_id, C.c.state == CycleState.WAITING)
        .values(due_at=effective_at)
    )


def _supersede(tx: Tx, approval_id: str, *, why: str) -> None:
    _move(tx, approval_id, status=ApprovalStatus.SUPERSEDED)
    approval = approval_by_id(tx, approval_id=approval_id)
    _note(tx, approval, "supersede", decided_by=DeciderKind.POLICY, who="label", surface="policy", why=why)


def _move(tx: Tx, approval_id: str, **values: object) -> None:
    """The compare-and-set: only a pending question moves."""
    moved = tx.connection.execute(
        update(P).where(P.c.id == approval_id, P.c.status == ApprovalStatus.PENDING).values(**values)
    )
    if moved.rowcount == 0:
        raise ConflictError(approval_by_id(tx, approval_id=approval_id).told())


def _note(
    tx: Tx,
    approval: Approval,
    action: str,
    *,
    decided_by: DeciderKind,
    who: str,
    surface: str,
    why: str = "",
    outcome: Outcome | None = None,
    take: int | None = None,
    redo: Redo | None = None,
) -> None:
    decision = {
        "action": action,
        "outcome": outcome,
        "redo": redo,
        "take": take,
        "decided_by": decided_by,
        "who": who,
    }
    seq = tx.connection.execute(
        insert(tables.decisions)
        .values(approval_id=approval.id, **decision, surface=surface, why=why, at=tx.clock.now())
        .returning(tables.decisions.c.seq)
    ).scalar_one()
    outbox.enqueue(
        tx,
        kind="verdict",
        dedupe_key=f"verdict/{seq}",
        payload={"approval_id": approval.id, **decision, "surface": surface},
    )
    events.append(
        tx,
        f"approval.{action}",
        artist_id=approval.artist_id,
        cycle_id=approval.cycle_id,
        approval_id=approval.id,
        outcome=outcome,
        redo=redo,
        decided_by=decided_by,
        who=who,
        surface=surface,
    )
