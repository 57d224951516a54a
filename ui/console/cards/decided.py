"""What was decided: who, when, where and why."""

from collections.abc import Sequence
from datetime import datetime

from storage.approval_rows import Approval
from storage.overviews import can_undo
from storage.types import Outcome
from ui.console.cards.now import cover
from ui.console.markup import Markup, ago, chip, el, empty, page_link


def decided_list(approvals: Sequence[Approval], now: datetime) -> Markup:
    """Decisions, the latest first; one that has not taken effect can be undone."""
    if not approvals:
        return empty("Nothing was decided yet.")
    return el("ol", [_row(approval, now) for approval in approvals], cls="lm-decided")


def _row(approval: Approval, now: datetime) -> Markup:
    edited = approval.outcome is Outcome.APPROVED and approval.edits is not None and "with other words"
    return el(
        "li",
        cover(approval),
        el(
            "div",
            el("a", approval.title, href=page_link("cycles", cycle=approval.cycle_id)),
            el("span", f" · {approval.artist_name}", cls="lm-quiet"),
            el("p", approval.why, cls="lm-why") if approval.why else None,
        ),
        el(
            "div",
            _verdict(approval),
            edited and el("small", edited),
            el("small", _who(approval), " ", ago(approval.decided_at or approval.asked_at, now)),
            cls="lm-verdict",
        ),
        can_undo(approval, now) and el("button", "Undo", type="button", data_act="undo", data_id=approval.id),
    )


def _verdict(approval: Approval) -> Markup:
    if approval.redo is not None:
        return chip(f"redo {approval.redo}", "plain")
    if approval.outcome is not None:
        return chip(approval.outcome)
    return chip(approval.status, "plain")


def _who(approval: Approval) -> str:
    if approval.who is None:
        return "replaced by a newer version"
    return f"{approval.who}, {approval.surface}"
