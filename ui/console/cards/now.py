"""The Now page: what waits, what is being made, what it costs."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from storage.approval_rows import Approval
from storage.faults import ErrorGroup
from storage.model_health import ModelRecord
from storage.queries import CycleLine, LabelStatus
from storage.spending import DaySpend
from storage.timelines import StepMark
from storage.types import CycleId, CycleState, LifecycleState
from ui.console import plots
from ui.console.cards.steps import at_now, step_line
from ui.console.markup import Markup, ago, chip, el, empty, media, page_link, section, text
from ui.wording import age, model_line, moment, usd


def figures(status: LabelStatus, oldest: Approval | None, now: datetime) -> Markup:
    """The five numbers people come for."""
    making = sum(
        status.cycles.get(state, 0) for state in (CycleState.RUNNING, CycleState.QUEUED, CycleState.DEFERRED)
    )
    waits = (
        f"the oldest for {age((now - oldest.asked_at).total_seconds())}" if oldest else "nothing to decide"
    )
    if status.overdue:
        waits = f"{status.overdue} overdue, {waits}"
    running = status.cycles.get(CycleState.RUNNING, 0)
    return el(
        "div",
        _figure("Waiting for you", status.undecided, waits, "approvals", "call" if status.undecided else ""),
        _figure("In the making", making, f"{running} at work now", "cycles"),
        _money("Today", status.spent.day_usd, status.spent.caps.daily_usd),
        _money("This month", status.spent.month_usd, status.spent.caps.monthly_usd),
        _figure(
            "Open errors",
            status.open_error_groups,
            _songs_parked(status),
            "errors",
            "bad" if status.open_error_groups else "",
        ),
        cls="lm-figures",
    )


def stopped(status: LabelStatus) -> Markup:
    """A banner while the label is stopped."""
    if not status.is_stopped:
        return Markup("")
    return el(
        "div",
        el("b", "Everything is stopped."),
        f" {status.label.stopped_by} stopped it {moment(status.label.stopped_at)}; nothing is bought until it goes on.",
        cls="lm-banner",
        role="status",
    )


def making(lines: Sequence[CycleLine], marks: dict[CycleId, tuple[StepMark, ...]], now: datetime) -> Markup:
    """Cycles under way as step lines."""
    rows = [
        el(
            "article",
            el(
                "header",
                el(
                    "a",
                    line.title or line.cycle.request.title or "untitled yet",
                    href=page_link("cycles", cycle=line.cycle.id),
                ),
                el("span", line.artist_name, cls="lm-quiet"),
                line.cycle.revision > 0 and chip(f"revision {line.cycle.revision}", "plain"),
                el("span", at_now(line.cycle, marks.get(line.cycle.id, ()), now), cls="lm-push"),
            ),
            step_line(line.cycle, marks.get(line.cycle.id, ()), now),
            line.cycle.reason
            and line.cycle.state is CycleState.DEFERRED
            and el("p", line.cycle.reason, cls="lm-quiet"),
            cls="lm-cycle",
        )
        for line in lines
    ]
    return section(
        "In the making",
        rows
        or empty(
            "Nothing is being made. ", el("a", "Ask an artist for a song", href=page_link("artists")), "."
        ),
    )


def waiting(approvals: Sequence[Approval], total: int, now: datetime) -> Markup:
    """The next songs to decide on, as covers."""
    cards = [
        el(
            "a",
            cover(approval),
            el("b", approval.title),
            el("span", approval.artist_name),
            el("small", _waits(approval, now), cls="late" if approval.is_overdue else None),
            href=page_link("approvals", ask=approval.id),
            cls="lm-tile",
        )
        for approval in approvals
    ]
    return section(
        "Waiting for you",
        el("div", cards, cls="lm-tiles") if cards else empty("Nothing waits for you."),
        aside=el("a", f"Review all {total}", href=page_link("approvals")) if total else None,
    )


def artists_waiting(status: LabelStatus) -> Markup:
    """What only a person can say of artists: nothing where there is nothing to say."""
    rows = [
        _artist_waits(
            each.name, each.slug, f"{each.wait}: look whether somebody else goes by this name, and record it"
        )
        for each in status.names_to_search
    ]
    rows += [
        _artist_waits(each.name, each.slug, f"{each.genre}; makes nothing by itself until you take it on")
        for each in status.newcomers
    ]
    return section("Artists wait for you", el("ul", rows, cls="lm-rows")) if rows else Markup("")


def _artist_waits(name: str, slug: str, told: str) -> Markup:
    return el("li", el("a", name, href=page_link("artist", name=slug)), el("span", told, cls="lm-quiet"))


def cover(approval: Approval) -> Markup:
    """A song's small cover, or its place."""
    address = media(approval.facts.get("thumbnail_sha256"))
    return (
        el("img", src=address, alt="", loading="lazy", cls="lm-cover")
        if address
        else el("i", cls="lm-cover none")
    )


def parked(count: int) -> Markup:
    """What is to be done about songs that do not go on by themselves."""
    told = (
        "Where a purchase is named, nobody can tell whether it was made: look at the vendor's own list, then "
        "paste the job's id, or buy again. The others failed too often: mend what they name, then let them go on."
    )
    return section("Parked", el("p", told, cls="lm-quiet"), aside=f"{count} set aside")


def headline(status: LabelStatus, now: datetime) -> Markup:
    """The day, and how the label does, in a sentence."""
    artists = status.artists
    working = (
        artists[LifecycleState.ACTIVE] + artists[LifecycleState.CANDIDATE] + artists[LifecycleState.EVOLVING]
    )
    told = f"{working} artists at work, {artists[LifecycleState.PAUSED]} paused"
    return el(
        "div",
        el("h1", now.astimezone().strftime("%A, %-d %B")),
        el("span", told, cls="lm-quiet"),
        cls="lm-title",
    )


def spend(days: Sequence[DaySpend], today: str, cap: Decimal, *, count: int = 14) -> Markup:
    """Two weeks of spending against the day's cap."""
    end = date.fromisoformat(today)
    labels = [end - timedelta(days=back) for back in reversed(range(count))]
    providers = sorted({each.provider for each in days if each.usd})
    taken = {(each.day, each.provider): float(each.usd) for each in days}
    series = [
        plots.Series(provider, tuple(taken.get((day.isoformat(), provider), 0.0) for day in labels))
        for provider in providers
    ]
    total = sum((each.usd for each in days), Decimal(0))
    if not total:
        return section("Spend", empty("Nothing was bought in the last two weeks: all was made here."))
    shown = [f"{day.day}.{day.month}." for day in labels]
    return section(
        "Spend", plots.bars(shown, series, unit="USD", line=float(cap)), aside=f"{usd(total)} in two weeks"
    )


def faults(groups: Sequence[ErrorGroup], now: datetime) -> Markup:
    """The latest open faults."""
    rows = [
        el(
            "li",
            el("a", group.title, href=page_link("errors", fault=group.fingerprint)),
            el("span", f"{group.count} ×, ", ago(group.last_at, now), cls="lm-quiet"),
        )
        for group in groups
    ]
    return section("Open errors", el("ul", rows, cls="lm-rows") if rows else empty("None."))


def providers(lines: Sequence[tuple[str, str, str]], models: Sequence[ModelRecord]) -> Markup:
    """Kind of work, who does it, and why; and which hosted models answer."""
    rows = [
        el("li", el("span", kind, cls="lm-kind"), el("b", who), el("span", why, cls="lm-quiet"))
        for kind, who, why in lines
    ]
    rows += [
        el(
            "li",
            el("span", "model", cls="lm-kind"),
            el("b", seen.name),
            el("span", model_line(seen), cls="lm-quiet" if seen.answers else "late"),
        )
        for seen in models
    ]
    return section("Who makes what", el("ul", rows, cls="lm-rows lm-providers"))


def _songs_parked(status: LabelStatus) -> str:
    count = status.cycles.get(CycleState.PARKED, 0)
    return f"{count or 'no'} song{'' if count == 1 else 's'} parked"


def _waits(approval: Approval, now: datetime) -> Markup:
    waited = age((now - approval.asked_at).total_seconds())
    return text("overdue, " if approval.is_overdue else None, waited)


def _figure(name: str, number: object, told: str, page: str, tone: str = "") -> Markup:
    return el(
        "a",
        el("span", name),
        el("strong", number),
        el("small", told),
        href=page_link(page),
        cls=f"lm-figure {tone}".strip(),
    )


def _money(name: str, used: Decimal, cap: Decimal) -> Markup:
    share = float(used / cap) if cap else 0.0
    return el(
        "a",
        el("span", name),
        el("strong", f"{used:.2f}", el("em", " USD")),
        plots.gauge(share),
        el("small", f"of {cap:.2f}" if cap else "nothing may be bought"),
        href=page_link("settings"),
        cls="lm-figure",
    )
