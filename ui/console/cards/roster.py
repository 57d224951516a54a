"""The roster: one row an artist, made to be scanned."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zlib import crc32

from configs.palettes import load_palettes
from storage.roster import RosterRow
from storage.types import ArtistId, LifecycleState
from ui.console.markup import Markup, ago, chip, el, empty, media, page_link, text
from ui.wording import usd


def roster_list(rows: Sequence[RosterRow], pictures: Mapping[ArtistId, str], now: datetime) -> Markup:
    """Artists with what became of their songs."""
    if not rows:
        return empty("No artist fits. Clear the search, or make one with `labelmate artist create`.")
    return el("ol", [_row(row, pictures.get(row.id), now) for row in rows], cls="lm-roster")


def state_counts(sizes: dict[LifecycleState, int], chosen: LifecycleState | None) -> Markup:
    """How many there are in each state, as filters."""
    total = sum(sizes.values())
    filters = [_filter("all", total, "", chosen is None)]
    filters += [_filter(str(state), count, str(state), state is chosen) for state, count in sizes.items()]
    return el("div", filters, cls="lm-filters", role="group", aria_label="State")


def pager(page: int, pages: int) -> Markup:
    """Steps through a long list."""
    if pages < 2:
        return Markup("")
    return el(
        "div",
        el("button", "Back", type="button", data_act="page", data_to=page - 1, disabled=page == 0),
        el("span", f"{page + 1} of {pages}"),
        el("button", "Further", type="button", data_act="page", data_to=page + 1, disabled=page + 1 >= pages),
        cls="lm-pager",
    )


def avatar(name: str, sha256: str | None, palette: str | None = None) -> Markup:
    """The artist's picture, or the first letters in the artist's colours."""
    address = media(sha256)
    if address:
        return el("img", src=address, alt="", loading="lazy", cls="lm-cover")
    letters = "".join(word[0] for word in name.split()[:2] if word).upper()
    return el("i", letters, cls="lm-cover letters", style=_colours(palette or _palette_for(name)))


def _row(row: RosterRow, picture: str | None, now: datetime) -> Markup:
    decided = row.approved + row.rejected
    rate = f"{row.approved / decided:.0%}" if decided else "–"
    return el(
        "li",
        el(
            "a",
            avatar(row.name, picture),
            el("span", el("b", row.name), el("small", row.genre.replace("_", " "))),
            el("span", chip(row.state), row.autopilot and chip("autopilot", "auto"), cls="state"),
            _number(rate, f"{row.approved} of {decided} approved"),
            _number(row.songs, f"songs, {row.in_the_making} under way"),
            _number(usd(row.spent_usd), "spent"),
            el(
                "small",
                row.pause_reason or text("last run ", ago(row.last_run_at, now)),
                cls="last",
            ),
            href=page_link("artist", name=row.slug),
        ),
    )


def _number(value: object, told: str) -> Markup:
    return el("span", el("b", value), el("small", told), cls="number")


def _filter(name: str, count: int, value: str, is_chosen: bool) -> Markup:
    return el(
        "button",
        name,
        el("b", f"{count:,}".replace(",", " ")),
        type="button",
        data_act="state",
        data_to=value,
        aria_pressed="true" if is_chosen else "false",
    )


def _palette_for(name: str) -> str:
    """Always the same one for the same name."""
    names = list(load_palettes())
    return names[crc32(name.encode()) % len(names)]


def _colours(palette: str) -> str | None:
    family = load_palettes().get(palette)
    if family is None:
        return None
    css = [
        f"oklch({light} {chroma} {hue})" for light, chroma, hue in (family.deep, family.body, family.paper)
    ]
    return f"background:linear-gradient(135deg,{css[0]},{css[1]});color:{css[2]}"
