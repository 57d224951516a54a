"""Questions to people, and their answers.

An answer names what was seen: the approval's `preview_sha256`, in the body or as If-Match, and to approve words that
people have changed, its `words_sha256`. Of two who answer at once the first is taken, and the other hears 409 with who was faster.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field
from starlette.exceptions import HTTPException

from runtime.label import Label
from storage import approval_rows
from storage.approval_rows import WRITTEN_SHA256, Approval, Decision
from storage.errors import ConflictError
from storage.types import Frozen, Redo, SongEdits
from ui.web.door import IfMatch, Limit, Offset, TheDesk, TheLabel, tag_of
from ui.web.media import address_of_sha256

router = APIRouter(prefix="/approvals", tags=["approvals"])
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Words = Annotated[str, Field(max_length=2_000)]


class ApprovalList(Frozen):
    """Questions in their order."""

    approvals: tuple[Approval, ...]
    undecided: int
    """All that wait, on this page or not."""


class Question(Frozen):
    """One question with its preview and what was done about it."""

    approval: Approval
    preview_url: str
    history: tuple[Decision, ...]


class Seen(Frozen):
    """What every answer says of the version it is about."""

    preview_sha256: Sha256 | None = None


class Approve(Seen):
    words_sha256: Sha256 = WRITTEN_SHA256
    """The words that were seen, as the question says; to be named where people have put others beside it."""
    reason: Words = ""
    take: Annotated[int, Field(ge=1, le=100)] = 1
    edits: SongEdits | None = None
    """Laid over the words that stand beside the question: what is not named stays, null is as it was written."""


class Reject(Seen):
    reason: Annotated[str, Field(min_length=1, max_length=2_000)]
    """Why; the artist learns from it."""


class SendBack(Seen):
    reason: Words = ""
    redo: Redo
    """What is made anew; only `song` may buy music again."""


@router.get("")
async def list_approvals(
    label: TheLabel,
    *,
    status: Literal["pending", "decided"] = "pending",
    limit: Limit = 50,
    offset: Offset = 0,
) -> ApprovalList:
    """What waits, oldest first; or what was answered, latest first."""
    query = approval_rows.pending_approvals if status == "pending" else approval_rows.decided_approvals
    rows = await label.store.read(query, limit=limit, offset=offset)
    return ApprovalList(approvals=tuple(rows), undecided=await label.store.read(approval_rows.undecided))


@router.get("/{approval_id}")
async def show_approval(approval_id: str, label: TheLabel, response: Response) -> Question:
    """One question; its ETag is what an answer gives back as If-Match."""
    approval = await label.store.read(approval_rows.approval_by_id, approval_id=approval_id)
    history = await label.store.read(approval_rows.decisions_of, approval_id=approval_id)
    response.headers["ETag"] = f'"{approval.preview_sha256}"'
    return Question(
        approval=approval, preview_url=address_of_sha256(approval.preview_sha256), history=tuple(history)
    )


@router.post("/{approval_id}/approve")
async def approve(
    approval_id: str, answer: Approve, label: TheLabel, desk: TheDesk, if_match: IfMatch = None
) -> Approval:
    """Release the song; it takes effect UNDO_S later."""
    asked = await _seen(label, approval_id, answer, if_match)
    asked.require_words(answer.words_sha256)
    edits = None if answer.edits is None else asked.edits_under(answer.edits)
    return await desk.decisions.approve(asked, take=answer.take, reason=answer.reason, edits=edits)


@router.post("/{approval_id}/reject")
async def reject(
    approval_id: str, answer: Reject, label: TheLabel, desk: TheDesk, if_match: IfMatch = None
) -> Approval:
    """Do not release the song; it takes effect UNDO_S later."""
    return await desk.decisions.reject(
        await _seen(label, approval_id, answer, if_match), reason=answer.reason
    )


@router.post("/{approval_id}/redo")
async def redo(
    approval_id: str, answer: SendBack, label: TheLabel, desk: TheDesk, if_match: IfMatch = None
) -> Approval:
    """Have a part made anew; people are asked about the result."""
    asked = await _seen(label, approval_id, answer, if_match)
    return await desk.decisions.send_back(asked, answer.redo, reason=answer.reason)


@router.post("/{approval_id}/later")
async def later(approval_id: str, label: TheLabel, desk: TheDesk) -> Approval:
    """Put the question behind the others for LATER_H hours."""
    asked = await label.store.read(approval_rows.approval_by_id, approval_id=approval_id)
    return await desk.decisions.put_off(asked)


@router.post("/{approval_id}/undo")
async def undo(approval_id: str, desk: TheDesk) -> Approval:
    """Take an answer back before it takes effect."""
    return await desk.decisions.undo(approval_id)


async def _seen(label: Label, approval_id: str, answer: Seen, if_match: str | None) -> Approval:
    """The question as the asker saw it: the store compares the preview again with what there is by then."""
    by_header = tag_of(if_match)
    seen = answer.preview_sha256 or by_header
    if seen is None:
        raise HTTPException(
            428, "Say what you saw: the approval's preview_sha256, in the body or as If-Match"
        )
    if by_header is not None and by_header != seen:
        raise ConflictError("preview_sha256 and If-Match name two versions; give one")
    asked = await label.store.read(approval_rows.approval_by_id, approval_id=approval_id)
    return asked.model_copy(update={"preview_sha256": seen})
