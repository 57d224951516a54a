"""The head of every page: where one is, what waits, and whether the label runs."""

from storage.people import Role
from storage.types import Frozen
from ui.console.markup import Markup, el, page_link, text

PAGES = (
    ("Now", ""),
    ("Approvals", "approvals"),
    ("Artists", "artists"),
    ("Inbox", "inbox"),
    ("Cycles", "cycles"),
    ("Releases", "releases"),
    ("Errors", "errors"),
    ("Settings", "settings"),
)


class Standing(Frozen):
    """What the head of a page tells."""

    alias: str
    role: Role
    undecided: int
    overdue: int
    to_make: int
    """Songs that wait to be made by hand."""
    faults: int
    is_stopped: bool
    is_running: bool


def header(page: str, standing: Standing) -> Markup:
    """Name, pages with their badges, and how the label stands."""
    badges = {
        "approvals": _badge(standing.undecided, "late" if standing.overdue else "", "songs wait for you"),
        "inbox": _badge(standing.to_make, "", "songs wait to be made by hand"),
        "errors": _badge(standing.faults, "bad", "kinds of faults are open"),
    }
    links = [
        el(
            "a",
            name,
            badges.get(path),
            href=page_link(path),
            aria_current="page" if path == page else None,
        )
        for name, path in PAGES
    ]
    return text(
        el("a", _mark(), el("b", "labelmate"), href=page_link(""), cls="lm-brand"),
        el("nav", links, aria_label="Pages"),
        el("div", _state(standing), el("span", standing.alias, title=str(standing.role)), cls="lm-who"),
    )


def _state(standing: Standing) -> Markup:
    if standing.is_stopped:
        return el("span", "stopped", cls="lm-state stopped", title="Nothing is bought")
    if not standing.is_running:
        return el("span", "not running", cls="lm-state off", title="`labelmate up` starts it")
    return el("span", "running", cls="lm-state on")


def _badge(count: int, tone: str, told: str) -> Markup | None:
    if not count:
        return None
    return el("span", "99+" if count > 99 else count, cls=f"lm-badge {tone}".strip(), title=f"{count} {told}")


def _mark() -> Markup:
    """Three bars of a meter: the label's sign."""
    bars = [
        el("rect", x=x, y=16 - tall, width=3.4, height=tall, rx=1.7)
        for x, tall in ((1, 8), (6.3, 15), (11.6, 11))
    ]
    return el("svg", bars, viewBox="0 0 16 16", aria_hidden="true")
