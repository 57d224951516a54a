"""Asking people, and the one way every surface decides.

Asking writes a row and a message in one transaction; the cycle then waits as a row, without an actor.
A decision is one compare-and-set on that row, whoever makes it; it takes effect `UNDO_S` later, and
the supervisor brings the cycle back then.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal

from configs.settings import Settings
from runtime.signals import Suspend
from storage import approval_rows, approvals, autopilot
from storage.approval_rows import Approval, ApprovalStatus
from storage.artists import Fence
from storage.errors import ConflictError
from storage.store import StoreClient
from storage.types import (
    Artwork,
    Asset,
    Brief,
    Clearance,
    CycleId,
    CycleState,
    DeciderKind,
    Frozen,
    Lyrics,
    Outcome,
    Reflection,
    Take,
    Verdict,
)


class Question(Frozen):
    """What people are asked to decide, with what they need for it."""

    cycle_id: CycleId
    revision: int
    brief: Brief
    lyrics: Lyrics
    takes: tuple[Take, ...]
    """The one that the critic prefers first; `take` in a decision counts them from 1."""
    artwork: Artwork
    reflection: Reflection
    objections: tuple[str, ...] = ()
    """Why only a person may decide it (agents/lexicon/objections.py)."""
    song_price_usd: Decimal | None
    """What sending the whole song back would cost; None where nobody knows."""

    def facts(self) -> dict[str, object]:
        """What every surface shows beside the preview: of the first take, and of each where there are several."""
        price, first = self.song_price_usd, self.takes[0]
        return {
            "genre": self.brief.genre,
            "mood": self.brief.mood,
            "theme": self.brief.theme,
            "tempo_bpm": self.brief.tempo_bpm,
            "key": f"{self.brief.key} {self.brief.mode}",
            "duration_s": round(first.master.duration_s, 1),
            "score": round(first.critique.score, 3),
            "feedback": first.critique.feedback,
            "findings": [finding.text for finding in first.critique.findings],
            "reflection": self.reflection.summary,
            "source": first.master.source,
            "objections": list(self.objections),
            "rights": _rights(first.song.origin),
            "arm_id": self.brief.arm_id,
            "sections": [[section.section, len(section.lines)] for section in self.lyrics.sections],
            "lines": [line for section in self.lyrics.sections for line in section.lines],
            "explicit": self.lyrics.explicit,
            "song_price_usd": None if price is None else str(price),
            "cover_sha256": self.artwork.cover.sha256,
            "thumbnail_sha256": self.artwork.thumbnail.sha256,
            "mp3_sha256": first.master.mp3.sha256,
            "takes": self._takes(),
        }

    def _takes(self) -> list[dict[str, object]]:
        """What tells one take from another."""
        previews = (self.artwork.preview, *self.artwork.other_previews)
        return [
            {
                "score": round(take.critique.score, 3),
                "feedback": take.critique.feedback,
                "duration_s": round(take.master.duration_s, 1),
                "tempo_bpm": take.master.tempo_bpm,
                "mp3_sha256": take.master.mp3.sha256,
                "preview_sha256": preview.sha256,
            }
            for take, preview in zip(self.takes, previews, strict=True)
        ]


def _rights(origin: Asset) -> str:
    """What whoever made the recording lets be done with it; nothing for what is the label's own."""
    if origin.clearance is Clearance.CLEARED:
        return ""
    forbidden = "may not be released: " if origin.clearance is Clearance.BLOCKED else "yours to clear: "
    return forbidden + origin.licence


class Decision(Frozen):
    """What a policy says of a question: an approval, or why people are asked."""

    approves: bool
    decided_by: DeciderKind
    who: str
    reason: str


Policy = Callable[[Question], Awaitable[Decision]]


async def demo_policy(question: Question) -> Decision:
    """`labelmate demo` has nobody to ask: what the critic passed is approved, and says so."""
    reason = f"demo: the critic gave {question.takes[0].critique.score:.2f}"
    return Decision(approves=True, decided_by=DeciderKind.POLICY, who="demo", reason=reason)


async def ask_people(
    store: StoreClient, fence: Fence, question: Question, settings: Settings, policy: Policy | None
) -> Verdict:
    """The verdict that has taken effect; raises Suspend while there is none.

    A policy is heard once, before people are: a song that any of them has touched is theirs in every version.
    """
    decision = None
    if policy is not None and not await store.read(approval_rows.is_peoples, cycle_id=question.cycle_id):
        decision = await policy(question)
    facts = question.facts()
    if decision is not None and not decision.approves:
        facts["left_to_people"] = decision.reason
    approval = await store.write(
        approvals.ask,
        fence=fence,
        cycle_id=question.cycle_id,
        revision=question.revision,
        title=question.brief.title,
        takes=len(question.takes),
        preview_sha256=question.artwork.preview.sha256,
        facts=facts,
        deadline_h=settings.approval_deadline_h,
    )
    if decision is not None and decision.approves and approval.status == ApprovalStatus.PENDING:
        with suppress(ConflictError):  # a person was faster, and theirs is the verdict
            await _approve(store, approval, decision, settings)
    verdict = await store.read(approvals.effective_verdict, approval_id=approval.id)
    if verdict is None:
        raise Suspend(CycleState.WAITING, f"waits for a decision on {approval.id}")
    return verdict


async def _approve(store: StoreClient, approval: Approval, decision: Decision, settings: Settings) -> None:
    if decision.decided_by is DeciderKind.AUTOPILOT:
        await store.write(
            autopilot.approve,
            approval_id=approval.id,
            preview_sha256=approval.preview_sha256,
            label_per_week=settings.autopilot_releases_per_week,
            reason=decision.reason,
            undo_s=settings.undo_s,
        )
        return
    await store.write(
        approvals.decide,
        approval_id=approval.id,
        outcome=Outcome.APPROVED,
        decided_by=decision.decided_by,
        who=decision.who,
        surface=decision.decided_by,
        reason=decision.reason,
        undo_s=0.0,
        preview_sha256=approval.preview_sha256,
    )
