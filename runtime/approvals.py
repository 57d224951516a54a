"""Asking people, and the one way every surface decides.

Asking writes a row and a message in one transaction; the cycle then waits as a row, without an actor.
A decision is one compare-and-set on that row, whoever makes it; it takes effect `UNDO_S` later, and
the supervisor brings the cycle back then.
"""

from collections.abc import Callable
from typing import Literal

from configs.settings import Settings
from runtime.signals import Suspend
from storage import approvals
from storage.artists import Fence
from storage.store import StoreClient
from storage.types import (
    Artwork,
    Brief,
    Critique,
    CycleId,
    CycleState,
    DeciderKind,
    Frozen,
    Master,
    Outcome,
    Reflection,
    Verdict,
)


class Question(Frozen):
    """What people are asked to decide, with what they need for it."""

    cycle_id: CycleId
    revision: int
    brief: Brief
    master: Master
    critique: Critique
    artwork: Artwork
    reflection: Reflection

    def facts(self) -> dict[str, object]:
        """What every surface shows beside the preview."""
        return {
            "genre": self.brief.genre,
            "mood": self.brief.mood,
            "theme": self.brief.theme,
            "tempo_bpm": self.brief.tempo_bpm,
            "key": f"{self.brief.key} {self.brief.mode}",
            "duration_s": round(self.master.duration_s, 1),
            "score": round(self.critique.score, 3),
            "feedback": self.critique.feedback,
            "findings": [finding.text for finding in self.critique.findings],
            "reflection": self.reflection.summary,
            "cover_sha256": self.artwork.cover.sha256,
            "mp3_sha256": self.master.mp3.sha256,
        }


class Decision(Frozen):
    """What a policy says of a question."""

    outcome: Literal[Outcome.APPROVED, Outcome.REJECTED]
    who: str
    reason: str


Policy = Callable[[Question], Decision]


def demo_policy(question: Question) -> Decision:
    """`labelmate demo` has nobody to ask: what the critic passed is approved, and says so."""
    reason = f"demo: the critic gave {question.critique.score:.2f}"
    return Decision(outcome=Outcome.APPROVED, who="demo", reason=reason)


async def ask_people(
    store: StoreClient, fence: Fence, question: Question, settings: Settings, policy: Policy | None
) -> Verdict:
    """The verdict that has taken effect; raises Suspend while there is none."""
    approval = await store.write(
        approvals.ask,
        fence=fence,
        cycle_id=question.cycle_id,
        revision=question.revision,
        title=question.brief.title,
        takes=1,
        preview_sha256=question.artwork.preview.sha256,
        facts=question.facts(),
        deadline_h=settings.approval_deadline_h,
    )
    if policy is not None and approval.status == "pending":
        decision = policy(question)
        await store.write(
            approvals.decide,
            approval_id=approval.id,
            outcome=decision.outcome,
            decided_by=DeciderKind.POLICY,
            who=decision.who,
            surface="policy",
            take=1,
            reason=decision.reason,
            undo_s=0.0,
            preview_sha256=approval.preview_sha256,
        )
    verdict = await store.read(approvals.effective_verdict, approval_id=approval.id)
    if verdict is None:
        raise Suspend(CycleState.WAITING, f"waits for a decision on {approval.id}")
    return verdict
