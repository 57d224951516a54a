"""What an artist tries: its own changes, one at a time, and the label's experiments."""

from collections.abc import Sequence
from datetime import datetime

from storage.evolutions import Evolution
from storage.experiments import ArmStats, ExperimentRow
from ui.console import plots
from ui.console.markup import Markup, ago, chip, el, empty, section
from ui.wording import trial_line

TRYING = "trying"


def changes(rows: Sequence[Evolution], now: datetime) -> Markup:
    """Change sets, the latest first: what moved and why, how the trial went, and a way back while it lasts."""
    drawn = [_change(row, now) for row in rows]
    return section("Changes", el("ol", drawn, cls="lm-life") if drawn else empty("It has not changed yet."))


def experiments(rows: Sequence[ExperimentRow]) -> Markup:
    """What is being tried, each variant with what this artist's songs were rewarded with, and what can be done."""
    shown = [
        each
        for each in rows
        if each.status == "running" or each.winner_arm_id or any(arm.assigned for arm in each.arms)
    ]
    if not shown:
        return section("Experiments", empty("Nothing is being tried."))
    return section("Experiments", [_experiment(each) for each in shown])


def _change(row: Evolution, now: datetime) -> Markup:
    edits = [
        el(
            "li",
            el("b", f"{edit.gene.replace('_', ' ')} {edit.delta:+.2f}"),
            el("span", edit.because, cls="lm-quiet"),
        )
        for edit in row.edits
    ]
    notes = el("div", el("ins", row.style_note), cls="lm-diff") if row.style_note else None
    return el(
        "li",
        el(
            "div",
            chip(row.status, {"kept": "approved", "rolled_back": "plain"}.get(row.status, "running")),
            chip(row.kind, "plain"),
            el("small", f"version {row.parent_version} → {row.version}, {row.who} ", ago(row.at, now)),
            row.status == TRYING and _button("Roll back", "roll_back", row.id),
        ),
        el("ul", edits, cls="lm-edits"),
        notes,
        el("p", trial_line(row), cls="lm-quiet"),
    )


def _experiment(row: ExperimentRow) -> Markup:
    is_running = row.status == "running"
    has_winner = row.winner_arm_id is not None
    ends = (
        _button("Stop", "stop", row.id)
        if is_running
        else has_winner and _button("Withdraw", "withdraw", row.id)
    )
    return el(
        "div",
        el("h4", row.parameter.replace("_", " "), " ", chip(row.status, "plain"), ends),
        el("ul", [_arm(row, arm, is_running=is_running) for arm in row.arms], cls="lm-arms"),
    )


def _arm(row: ExperimentRow, arm: ArmStats, *, is_running: bool) -> Markup:
    is_winner = arm.arm_id == row.winner_arm_id
    told = (
        f"{arm.reward_sum:g} of {arm.rewarded} approved"
        if arm.rewarded
        else f"{arm.assigned} songs, none decided"
    )
    return el(
        "li",
        el("span", arm.value, is_winner and chip("winner", "approved")),
        plots.gauge(arm.reward_sum / arm.rewarded if arm.rewarded else 0.0, warn_from=2.0),
        el("small", told),
        is_running and _button("Promote", "promote", row.id, arm=arm.arm_id),
    )


def _button(word: str, act: str, row_id: str, *, arm: str | None = None) -> Markup:
    return el("button", word, type="button", cls="lm-act", data_act=act, data_id=row_id, data_arm=arm)
