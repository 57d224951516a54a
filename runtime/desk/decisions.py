"""Songs that wait for a person: the words they come out in, the decision, and taking it back."""

from typing import Literal

from runtime.desk.actor import Seat
from storage import approvals, cycles
from storage.approval_rows import Approval
from storage.errors import UsageError
from storage.types import DeciderKind, Outcome, Redo, SongEdits

NOT_OURS = frozenset({Redo.SONG, Redo.LYRICS})
"""What cannot be made anew where the recording was brought."""
HOUR_S = 3600.0


class Decisions(Seat):
    """Everybody who reviews decides: nothing here is the owner's alone."""

    async def approve(
        self, asked: Approval, *, take: int = 1, reason: str = "", edits: SongEdits | None = None
    ) -> Approval:
        """The song is released, in these words; None are those that people have put beside the question."""
        wanted = asked.edits if edits is None else edits
        return await self._decide(asked, Outcome.APPROVED, take, reason, wanted)

    async def edit(self, asked: Approval, edits: SongEdits) -> Approval:
        """Other words for a song that waits: whoever approves it next approves them; empty ones take them back."""
        return await self._store.write(
            approvals.edit_words,
            approval_id=asked.id,
            edits=edits,
            who=self.actor.alias,
            surface=self.actor.surface,
            preview_sha256=asked.preview_sha256,
            words_sha256=asked.words_sha256,
        )

    async def reject(self, asked: Approval, *, reason: str) -> Approval:
        """The song is not released. Raises UsageError without a reason: the artist learns from it."""
        if not reason.strip():
            raise UsageError("Say why, so that the artist learns from it")
        return await self._decide(asked, Outcome.REJECTED, 1, reason, None)

    async def send_back(self, asked: Approval, redo: Redo, *, reason: str = "") -> Approval:
        """A part is made anew, and people are asked again; only `song` may buy music.

        Raises UsageError for what cannot be made anew: the music and words of a recording that was brought.
        """
        if redo in NOT_OURS:
            cycle = await self._store.read(cycles.cycle_by_id, cycle_id=asked.cycle_id)
            if cycle.request.recording is not None:
                raise UsageError("The recording was brought as it is; change the words by hand, or reject it")
        return await self._store.write(
            approvals.send_back,
            approval_id=asked.id,
            redo=redo,
            who=self.actor.alias,
            surface=self.actor.surface,
            reason=reason,
            undo_s=(await self._label.live.now()).undo_s,
            preview_sha256=asked.preview_sha256,
        )

    async def put_off(self, asked: Approval) -> Approval:
        """The question comes after the others for a while."""
        return await self._store.write(
            approvals.put_off,
            approval_id=asked.id,
            for_s=(await self._label.live.now()).later_h * HOUR_S,
            who=self.actor.alias,
            surface=self.actor.surface,
        )

    async def undo(self, approval_id: str) -> Approval:
        """Take a decision back before it takes effect."""
        return await self._store.write(
            approvals.undo, approval_id=approval_id, who=self.actor.alias, surface=self.actor.surface
        )

    async def give_up(self, asked: Approval, *, reason: str) -> Approval:
        """Close an undecided song as expired; it teaches nothing."""
        return await self._store.write(
            approvals.close_expired,
            approval_id=asked.id,
            decided_by=DeciderKind.PERSON,
            who=self.actor.alias,
            surface=self.actor.surface,
            reason=reason,
        )

    async def _decide(
        self,
        asked: Approval,
        outcome: Literal[Outcome.APPROVED, Outcome.REJECTED],
        take: int,
        reason: str,
        edits: SongEdits | None,
    ) -> Approval:
        return await self._store.write(
            approvals.decide,
            approval_id=asked.id,
            outcome=outcome,
            decided_by=DeciderKind.PERSON,
            who=self.actor.alias,
            surface=self.actor.surface,
            take=take,
            reason=reason,
            undo_s=(await self._label.live.now()).undo_s,
            preview_sha256=asked.preview_sha256,
            edits=edits,
            words_sha256=asked.words_sha256 if outcome is Outcome.APPROVED else None,
        )
