"""A cycle as its eleven steps, from plan to learn."""

from collections.abc import Sequence
from datetime import datetime

from storage.cycles import Cycle
from storage.timelines import StepMark
from storage.types import CycleState, CycleStep, Frozen, StepStatus
from ui.console.markup import Markup, chip, el
from ui.wording import age

ORDER = tuple(CycleStep)
UNDER_WAY = {
    CycleState.PARKED: "parked",
    CycleState.DEFERRED: "deferred",
    CycleState.WAITING: "waiting",
    CycleState.QUEUED: "queued",
}


class Stage(Frozen):
    """One step on the line."""

    name: CycleStep
    state: str
    """done, running, waiting, parked, deferred, queued, failed or todo."""
    told: str


def stages(cycle: Cycle, marks: Sequence[StepMark], now: datetime) -> tuple[Stage, ...]:
    """Every step by its latest revision; what a newer plan will make anew is still to be done."""
    latest = {mark.name: mark for mark in sorted(marks, key=lambda mark: mark.revision)}
    at = ORDER.index(CycleStep(cycle.step)) if cycle.step in {*ORDER} else -1
    found = []
    for index, name in enumerate(ORDER):
        mark = latest.get(name)
        stale = mark is not None and index > at and mark.revision < cycle.revision
        found.append(_stage(cycle, name, None if stale else mark, now))
    return tuple(found)


def step_line(cycle: Cycle, marks: Sequence[StepMark], now: datetime, *, with_names: bool = True) -> Markup:
    """The eleven steps as a line of segments."""
    line = stages(cycle, marks, now)
    drawn = [
        el(
            "li",
            el("i"),
            with_names and el("span", stage.name),
            cls=stage.state,
            title=f"{stage.name}: {stage.told}",
        )
        for stage in line
    ]
    told = next((f"{stage.name}: {stage.told}" for stage in line if stage.state not in ("done", "todo")), "")
    return el(
        "ol",
        drawn,
        cls="lm-steps",
        aria_label=told or f"{sum(s.state == 'done' for s in line)} of 11 steps done",
    )


def at_now(cycle: Cycle, marks: Sequence[StepMark], now: datetime) -> Markup:
    """What a cycle is doing, in words."""
    stage = next((stage for stage in stages(cycle, marks, now) if stage.state not in ("done", "todo")), None)
    if stage is None:
        return chip(cycle.outcome or cycle.state)
    return el("span", el("b", stage.name), f" {stage.told}", cls=f"lm-doing {stage.state}")


def _stage(cycle: Cycle, name: CycleStep, mark: StepMark | None, now: datetime) -> Stage:
    if mark is None:
        return Stage(name=name, state="todo", told="to come")
    by = "" if mark.provider in ("embedded", "") else f" by {mark.provider}"
    match mark.status:
        case StepStatus.DONE:
            took = age((mark.ended_at - mark.started_at).total_seconds()) if mark.ended_at else ""
            return Stage(name=name, state="done", told=f"done in {took}{by}")
        case StepStatus.UNKNOWN:
            return Stage(name=name, state="parked", told=f"nobody can tell whether {mark.provider} was paid")
        case StepStatus.FAILED:
            return Stage(name=name, state="failed", told=mark.error or "failed")
        case _:
            state = UNDER_WAY.get(cycle.state, "running" if cycle.state is CycleState.RUNNING else "failed")
            since = age((now - mark.started_at).total_seconds())
            told = f"waits for a decision, {since}" if state == "waiting" else f"for {since}{by}"
            return Stage(name=name, state=state, told=told)
