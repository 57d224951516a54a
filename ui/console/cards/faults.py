"""Faults by kind, and one with where it happened and what was tried."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from storage import patches
from storage.faults import ErrorGroup, ErrorReport, GroupStatus
from ui.console import plots
from ui.console.markup import Markup, ago, chip, el, empty, facts, page_link, section
from ui.wording import moment

DAYS = 14
"""What the plot looks back on."""


def fault_list(groups: Sequence[ErrorGroup], chosen: str | None, now: datetime) -> Markup:
    """Kinds of faults, the latest first."""
    if not groups:
        return empty("No fault is in this state.")
    rows = [
        el(
            "li",
            el(
                "button",
                el("span", el("b", group.title), el("small", f"{group.code} · ", ago(group.last_at, now))),
                el("span", f"{group.count} ×", cls="lm-count"),
                chip(group.status),
                type="button",
                data_act="pick",
                data_id=group.fingerprint,
                data_url=page_link("errors", fault=group.fingerprint),
                aria_current="true" if group.fingerprint == chosen else None,
            ),
        )
        for group in groups
    ]
    return el("ol", rows, cls="lm-queue wide")


def fault_counts(counts: Mapping[str, int]) -> Markup:
    """How many kinds are in each state, as bars."""
    most = max(counts.values(), default=0) or 1
    rows = [
        el(
            "li",
            el("span", name.replace("_", " ")),
            el("i", style=f"width: {70 * number / most:.0f}px"),
            el("b", number),
        )
        for name, number in counts.items()
    ]
    return el("ul", rows, cls="lm-tally")


def fault_days(groups: Sequence[tuple[datetime, GroupStatus]], now: datetime) -> Markup:
    """Kinds of faults by the day on which they were first seen, coloured by how they stand now."""
    if not groups:
        return Markup("")
    days = [(now.astimezone() - timedelta(days=back)).date() for back in reversed(range(DAYS))]
    born = Counter((first_at.astimezone().date(), status) for first_at, status in groups)
    series = [
        plots.Series(str(status), tuple(float(born[day, status]) for day in days)) for status in GroupStatus
    ]
    return section(
        "New kinds by day",
        plots.bars([f"{day.day}.{day.month}." for day in days], series, unit="kinds"),
        aside=f"{len(groups)} in two weeks",
    )


def fault_card(report: ErrorReport) -> Markup:
    """One kind of fault: what it is and how often it came."""
    group = report.group
    closed = (
        f"{group.status} by {group.resolved_by}, {moment(group.resolved_at)}" if group.resolved_by else None
    )
    return el(
        "article",
        el("header", el("h2", group.title), chip(group.status)),
        facts(
            (
                ("kind", group.code),
                ("fingerprint", group.fingerprint),
                ("seen", "once" if group.count == 1 else f"{group.count} times"),
                ("first", moment(group.first_at)),
                ("latest", moment(group.last_at)),
                ("closed", closed),
            )
        ),
        cls="lm-told",
    )


def fault_story(report: ErrorReport, now: datetime) -> Markup:
    """What was tried and where it happened. Its texts were redacted before they were kept."""
    latest = report.events[0] if report.events else None
    return el(
        "article",
        section("What was tried", _fixes(report)),
        section("Latest trace", el("pre", latest.trace or latest.message, cls="lm-trace"))
        if latest
        else None,
        section("Where it happened", _events(report, now)),
        cls="lm-told",
    )


def _fixes(report: ErrorReport) -> Markup:
    latest_patch = next((fix.id for fix in report.fixes if fix.action == patches.ACTION), None)
    rows = [
        el(
            "li",
            el("b", fix.action.replace("_", " ")),
            " ",
            chip(fix.status),
            el("span", f" {fix.reason} · {moment(fix.at)}", cls="lm-quiet"),
        )
        for fix in report.fixes
        if fix.id != latest_patch  # it stands above, whole
    ]
    return el("ul", rows, cls="lm-rows") if rows else empty("Nothing yet.")


def _events(report: ErrorReport, now: datetime) -> Markup:
    rows = [
        el(
            "li",
            el("a", f"{each.step or 'outside a step'}", href=page_link("cycles", cycle=each.cycle_id))
            if each.cycle_id
            else el("b", each.step or "outside a cycle"),
            el("span", each.message, " ", ago(each.at, now), cls="lm-quiet"),
        )
        for each in report.events
    ]
    return el("ul", rows, cls="lm-rows") if rows else empty("No occurrence is kept.")
