"""The content plan as a calendar: four weeks and a bit, a week a row."""

from collections.abc import Sequence
from datetime import date, timedelta

from storage.content_plan import PlanEntry
from storage.types import PieceKind
from ui.console.markup import Markup, chip, el, empty, page_link, section

WEEKS = 5


def weeks_from(today: date) -> tuple[date, date]:
    """The first and the last day that the calendar shows: whole weeks, this one first."""
    first = today - timedelta(days=today.weekday())
    return first, first + timedelta(days=7 * WEEKS - 1)


def calendar(entries: Sequence[PlanEntry], today: date, *, accepted: bool, chosen: str) -> Markup:
    """The weeks with what each day holds; an entry is picked by a click."""
    if not entries:
        words = (
            "Nothing is planned; the running label draws the coming weeks within minutes."
            if accepted
            else "It makes nothing by itself: accept it, and its calendar is drawn and followed."
        )
        return section("Calendar", empty(words))
    first, _ = weeks_from(today)
    days = [first + timedelta(days=ahead) for ahead in range(7 * WEEKS)]
    names = [el("span", day.strftime("%a"), cls="lm-quiet") for day in days[:7]]
    cells = [_day(day, [entry for entry in entries if entry.day == day], today, chosen) for day in days]
    return section("Calendar", el("div", names, cells, cls="lm-calendar"))


def entry_line(entry: PlanEntry | None) -> Markup:
    """What the picked entry is."""
    if entry is None:
        return el("p", "Pick an entry to change it.", cls="lm-quiet")
    what = f"{entry.kind} {entry.platform}".strip().replace("_", " ")
    song = entry.cycle_id and el("a", "its song", href=page_link("cycles", cycle=entry.cycle_id))
    return el(
        "p",
        el("b", f"{entry.day.strftime('%A %d %B')}: {what}"),
        " ",
        chip(entry.status, "plain"),
        " ",
        song,
        entry.changed_by and el("span", f" written by {entry.changed_by}", cls="lm-quiet"),
    )


def _day(day: date, entries: Sequence[PlanEntry], today: date, chosen: str) -> Markup:
    tone = "today" if day == today else "over" if day < today else None
    pieces = [_piece(entry, is_chosen=entry.id == chosen) for entry in entries]
    label = day.strftime("%d %b").lstrip("0") if day.day == 1 or day.weekday() == 0 else str(day.day)
    return el("div", el("small", label), pieces, cls=f"lm-day {tone or ''}".strip())


def _piece(entry: PlanEntry, *, is_chosen: bool) -> Markup:
    is_song = entry.kind is PieceKind.SONG
    words = (entry.title or entry.theme or "song") if is_song else entry.platform.replace("_", " ")
    return el(
        "button",
        words,
        type="button",
        cls=f"lm-piece {entry.kind} {entry.status}",
        data_act="pick",
        data_id=entry.id,
        title=f"{entry.kind}, {entry.status}" if is_song else f"{entry.kind}: {entry.shown_text}",
        aria_pressed="true" if is_chosen else None,
    )
