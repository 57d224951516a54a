"""A patch: why, what its tests said, and its lines in colour. All of it is a model's text, and is escaped."""

from storage.patches import Patch
from ui.console.markup import Markup, chip, el, facts, section
from ui.wording import moment, usd

TONES = {
    "proposed": "waiting",
    "applied": "approved",
    "worked": "approved",
    "failed": "rejected",
    "stuck": "rejected",
    "returned": "rejected",
}
RESULTS = {"passed": "approved", "failed": "rejected", "timed_out": "rejected", "untested": "plain"}


def patch_card(patch: Patch) -> Markup:
    """One patch whole."""
    cost = "price unknown" if patch.cost_usd is None else usd(patch.cost_usd)
    by = f"{patch.source}, {cost}" if patch.source else None
    applied = f"by {patch.applied_by}, {moment(patch.applied_at)}" if patch.applied_at else None
    reverted = f"by {patch.reverted_by}, {moment(patch.reverted_at)}" if patch.reverted_at else None
    tested = patch.result and el(
        "span", chip(patch.result, RESULTS.get(patch.result, "plain")), " ", ", ".join(patch.tests or ())
    )
    return section(
        "Patch",
        facts(
            (
                (
                    "state",
                    el("span", chip(patch.status, TONES.get(patch.status, "plain")), " ", patch.reason),
                ),
                ("cause", patch.cause),
                ("written by", by),
                ("tests", tested),
                ("applied", applied),
                ("taken back", reverted),
                ("id", patch.id),
            )
        ),
        diff_lines(patch.diff) if patch.diff else None,
        el(
            "details",
            el("summary", "What its tests said"),
            el("pre", patch.output, cls="lm-trace"),
            open=patch.result not in (None, "passed"),
        )
        if patch.output
        else None,
    )


def diff_lines(diff: str) -> Markup:
    """A unified diff, a line each."""
    return el("pre", [el("span", f"{line}\n", cls=_kind(line)) for line in diff.splitlines()], cls="lm-patch")


def _kind(line: str) -> str:
    if line.startswith(("+++", "---")):
        return "file"
    return {"+": "in", "-": "out", "@": "place"}.get(line[:1], "same")
