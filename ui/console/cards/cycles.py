"""Cycles: the list, and one told step by step."""

from collections.abc import Sequence
from datetime import datetime

from storage.model_calls import RecordedCall
from storage.queries import CycleLine, CycleOverview
from storage.timelines import StepMark
from storage.types import Brief, CycleState, Event, Reflection, StepStatus
from ui.console.cards.steps import at_now, step_line
from ui.console.markup import Markup, ago, chip, el, empty, facts, page_link, section, text
from ui.views import StepLine
from ui.wording import age, moment, usd

PROMPT_SHOWN = 6_000
"""Characters of one message."""


def cycle_list(lines: Sequence[CycleLine], chosen: str | None, now: datetime) -> Markup:
    """Cycles, newest first."""
    if not lines:
        return empty("No cycle fits.")
    rows = [
        el(
            "li",
            el(
                "button",
                el(
                    "span",
                    el("b", line.title or line.cycle.request.title or "untitled yet"),
                    el("small", f"{line.artist_name} · ", ago(line.cycle.created_at, now)),
                ),
                chip(line.cycle.outcome or line.cycle.state),
                type="button",
                data_act="pick",
                data_id=line.cycle.id,
                data_url=page_link("cycles", cycle=line.cycle.id),
                aria_current="true" if line.cycle.id == chosen else None,
            ),
        )
        for line in lines
    ]
    return el("ol", rows, cls="lm-queue")


def cycle_card(
    told: CycleOverview,
    title: str,
    marks: Sequence[StepMark],
    brief: Brief | None,
    reflection: Reflection | None,
    calls: Sequence[RecordedCall],
    now: datetime,
) -> Markup:
    """One cycle whole, without its log."""
    cycle = told.cycle
    took = ((cycle.ended_at or now) - cycle.started_at).total_seconds() if cycle.started_at else None
    return el(
        "article",
        el(
            "header",
            el(
                "div",
                el("h2", title),
                el(
                    "p",
                    el("a", told.artist.persona.name, href=page_link("artist", name=told.artist.slug)),
                    f" · {cycle.id}",
                    cls="lm-quiet",
                ),
            ),
            at_now(cycle, marks, now)
            if cycle.state is not CycleState.ENDED
            else chip(cycle.outcome or "ended"),
        ),
        step_line(cycle, marks, now),
        facts(
            (
                ("why", cycle.reason),
                ("decided by", cycle.decided_by),
                ("asked for by", cycle.requested_by),
                ("began", moment(cycle.started_at)),
                ("took", None if took is None else age(took)),
                ("cost", usd(told.cost_usd)),
                (
                    "release",
                    told.release
                    and el("a", told.release.title, href=page_link("releases", release=told.release.id)),
                ),
                ("question", told.approval and told.approval.told()),
            )
        ),
        section("Steps", _steps([StepLine.of(row) for row in told.steps])),
        brief
        and section("Why this song", el("ul", [el("li", each) for each in brief.reasons], cls="lm-rows")),
        reflection and section("Reflection", _reflection(reflection)),
        section("Model calls", _calls(calls)) if calls else None,
        cls="lm-told",
    )


def log(events: Sequence[Event]) -> Markup:
    """What happened, line by line."""
    lines = [
        el(
            "li",
            el("time", event.at.astimezone().strftime("%H:%M:%S")),
            el("b", event.kind),
            el("span", _body(event)),
        )
        for event in events
    ]
    return el("ol", lines, cls="lm-log") if lines else empty("Nothing happened yet.")


def prompts(calls: Sequence[RecordedCall]) -> Markup:
    """What each model was asked, and what it said, to be opened one by one."""
    kept = [_exchange(call) for call in calls if call.messages]
    return el("div", kept, cls="lm-prompts") if kept else empty("No model was asked anything.")


def _steps(lines: Sequence[StepLine]) -> Markup:
    rows = [
        el(
            "tr",
            el("td", el("b", line.name), line.revision > 0 and el("small", f" revision {line.revision}")),
            el("td", chip(line.status, "parked" if line.status is StepStatus.UNKNOWN else str(line.status))),
            el("td", line.provider, data_name="by"),
            el("td", "–" if line.duration_s is None else f"{line.duration_s:.1f} s", data_name="took"),
            el("td", f"{line.cpu_s:.1f} s", data_name="computing"),
            el("td", usd(line.cost_usd), data_name="cost"),
            el("td", line.attempts, data_name="attempts"),
            el("td", line.error or "", cls="error"),
        )
        for line in lines
    ]
    head = el(
        "tr", [el("th", name) for name in ("step", "", "by", "took", "computing", "cost", "attempts", "")]
    )
    return el("table", el("thead", head), el("tbody", rows), cls="lm-table") if rows else empty("None yet.")


def _calls(calls: Sequence[RecordedCall]) -> Markup:
    rows = [
        el(
            "tr",
            el("td", el("b", call.task), el("small", f" {call.step} {call.call_number}")),
            el("td", f"{call.provider} {call.model}", data_name="model"),
            el("td", f"{call.tokens_in or 0} + {call.tokens_out or 0}", data_name="tokens"),
            el("td", "unknown" if call.cost_usd is None else usd(call.cost_usd), data_name="cost"),
            el("td", f"{call.latency_s:.2f} s", data_name="took"),
            el("td", "" if call.outcome == "ok" else call.outcome, cls="error"),
        )
        for call in calls
    ]
    head = el("tr", [el("th", name) for name in ("task", "model", "tokens", "cost", "took", "")])
    return el("table", el("thead", head), el("tbody", rows), cls="lm-table")


def _exchange(call: RecordedCall) -> Markup:
    said = [*(call.messages or ()), *((("reply", call.reply),) if call.reply else ())]
    return el(
        "details",
        el("summary", f"{call.step} {call.call_number}: {call.task} ", el("code", call.prompt_sha256[:12])),
        [text(el("h4", role), el("pre", _cut(words), cls="lm-trace")) for role, words in said],
    )


def _cut(words: str) -> str:
    """A page holds many calls; `labelmate cycle show --prompts` has the whole of each."""
    return words if len(words) <= PROMPT_SHOWN else f"{words[:PROMPT_SHOWN]} …"


def _reflection(told: Reflection) -> Markup:
    edits = [
        el("li", f"{edit.gene.replace('_', ' ')} {edit.delta:+.2f}: {edit.because}") for edit in told.edits
    ]
    return el(
        "div",
        el("p", told.summary, cls="lm-feedback"),
        facts(
            (
                ("keep", "; ".join(told.keep)),
                ("change", "; ".join(told.change)),
                ("note", told.style_note),
                ("by", told.source),
            )
        ),
        el("ul", edits, cls="lm-findings") if edits else None,
    )


def _body(event: Event) -> str:
    return " ".join(f"{name}={value}" for name, value in event.body.items() if value not in (None, "", []))
