"""Reviewing: one song bound to one question and the preview that was shown, and what a person may answer."""

from dataclasses import dataclass, fields
from typing import Literal

from pydantic import ValidationError

from storage import approval_rows
from storage.approval_rows import Approval, ApprovalStatus
from storage.errors import UsageError
from storage.overviews import ReviewQueue, review_queue
from storage.types import Redo, SongEdits
from ui.console.markup import Markup
from ui.console.notices import attempt, said
from ui.console.reception import Reception

Answer = Literal["approve", "reject", "redo", "later"]
DONE = {"approve": "Approved", "reject": "Rejected", "redo": "Sent back", "later": "Put off"}


@dataclass(frozen=True)
class Bound:
    """What the card on the screen is about; it travels with the page, not with the server."""

    approval_id: str
    preview_sha256: str
    words_sha256: str
    """Of the words that people have put beside the question by then."""

    @classmethod
    def of(cls, approval: Approval) -> "Bound":
        return cls(approval.id, approval.preview_sha256, approval.words_sha256)

    @classmethod
    def read(cls, text: str | None) -> "Bound | None":
        parts = (text or "").split(":")
        return cls(*parts) if len(parts) == len(fields(cls)) and all(parts) else None

    def __str__(self) -> str:
        return f"{self.approval_id}:{self.preview_sha256}:{self.words_sha256}"


@dataclass(frozen=True)
class Typed:
    """What a person put in for this song."""

    why: str = ""
    take: int = 1
    title: str = ""
    lines: str = ""
    part: str | None = None
    """What it is sent back for."""


@dataclass(frozen=True)
class Answered:
    """How an answer went; `next_id` is the song to show now, if the page should move on."""

    notice: Markup
    moved: bool
    next_id: str | None = None


class Review:
    """Everything the Approvals page does, apart from how it is shown."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    async def queue(self) -> ReviewQueue:
        return await self._reception.store.read(review_queue)

    async def approval(self, approval_id: str) -> Approval | None:
        """The question, whatever has become of it; None where there is none of this id."""
        found, _ = await attempt(
            self._reception.store.read(approval_rows.approval_by_id, approval_id=approval_id)
        )
        return found

    async def answer(self, alias: str | None, bound: Bound | None, answer: Answer, typed: Typed) -> Answered:
        """Decide on what was shown. When it fails, the page stays where it is, with what was typed."""
        asked = None if bound is None else await self.approval(bound.approval_id)
        if bound is None or asked is None:
            return Answered(said("Choose a song first.", "bad"), moved=False)
        if answer == "approve" and bound.words_sha256 != asked.words_sha256 and is_open(asked):
            told = f"The words of {asked.title} were changed meanwhile: choose it again to see them, then decide."
            return Answered(said(told, "bad"), moved=False)
        before = await self.queue()
        # The person decides on the version on the screen, whatever has been made since.
        seen = asked.model_copy(update={"preview_sha256": bound.preview_sha256})
        settled, why = await attempt(self._give(alias, seen, answer, typed))
        if settled is None:
            return Answered(why, moved=False)
        following = before.after(asked.id)
        after = await self.queue()
        waiting = [each.id for each in after.waiting]
        next_id = following if following in waiting and following != asked.id else after.after(None)
        return Answered(said(f"{DONE[answer]}: {settled.title}"), moved=True, next_id=next_id)

    async def undo(self, alias: str | None, approval_id: str) -> Answered:
        """Take a decision back; its song is shown again."""
        desk = await self._reception.desk(alias)
        undone, why = await attempt(desk.decisions.undo(approval_id))
        if undone is None:
            return Answered(why, moved=False)
        return Answered(said(f"{undone.title} is open again."), moved=True, next_id=undone.id)

    async def _give(self, alias: str | None, seen: Approval, answer: Answer, typed: Typed) -> Approval:
        desk = await self._reception.desk(alias)
        match answer:
            case "approve":
                return await desk.decisions.approve(
                    seen, take=typed.take, reason=typed.why.strip(), edits=edits(seen, typed)
                )
            case "reject":
                return await desk.decisions.reject(seen, reason=typed.why)
            case "redo":
                if typed.part not in {*Redo}:
                    raise UsageError("Say what is to be made anew: title, lyrics, cover, video or song")
                return await desk.decisions.send_back(seen, Redo(typed.part), reason=typed.why.strip())
            case "later":
                return await desk.decisions.put_off(seen)


def edits(asked: Approval, typed: Typed) -> SongEdits:
    """Other words, where they differ from what was asked about; empty where they are as they were written.

    Raises UsageError for a title of no length.
    """
    title = typed.title.strip()
    lines = tuple(line.strip() for line in typed.lines.splitlines() if line.strip())
    changed: dict[str, object] = {}
    if title != asked.title:
        changed["title"] = title
    if lines != tuple(line.strip() for line in asked.words):
        changed["lines"] = lines
    try:
        return SongEdits.model_validate(changed)
    except ValidationError:
        raise UsageError("A title has 1 to 120 characters") from None


def is_open(approval: Approval) -> bool:
    """Whether it can still be decided."""
    return approval.status is ApprovalStatus.PENDING
