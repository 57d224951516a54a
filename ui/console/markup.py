"""HTML that cannot be broken out of: whatever is not `Markup` already is text, and is escaped."""

import html
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from ui.wording import age, moment

VOID = frozenset({"img", "input", "br", "hr", "source"})


class Markup(str):
    """HTML that is safe to be shown as it is."""

    __slots__ = ()


def el(tag: str, *children: object, **attributes: object) -> Markup:
    """One element. `cls` is its class, `data_act` becomes `data-act`; None and False leave an attribute out."""
    named = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in VOID:
        return Markup(f"<{tag}{named}>")
    return Markup(f"<{tag}{named}>{text(*children)}</{tag}>")


def text(*children: object) -> Markup:
    """Children one after the other: markup as it is, lists opened, everything else escaped."""
    return Markup("".join(_flat(children)))


def page_link(page: str, **query: object) -> str:
    """A link to a page of the console; relative, so that it holds wherever the console is mounted."""
    wanted = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{page or './'}?{urlencode(wanted)}" if wanted else page or "./"


def media(sha256: object) -> str | None:
    """Where a file is served, by its content; None for what is no content address."""
    name = str(sha256 or "")
    is_address = len(name) == 64 and all(digit in "0123456789abcdef" for digit in name)
    return f"/media/{name}" if is_address else None


def outside(url: str) -> str | None:
    """A link that leads out, if it is one a browser may follow."""
    return url if url.startswith(("https://", "http://")) else None


def chip(word: object, tone: str = "") -> Markup:
    """A word in a small frame; `tone` colours it."""
    return el("span", str(word).replace("_", " "), cls=f"lm-chip {tone or word}")


def ago(at: datetime | None, now: datetime) -> Markup:
    """How long since, with the moment itself as a hint."""
    if at is None:
        return el("span", "never", cls="lm-quiet")
    told = age((now - at).total_seconds())
    return el("time", f"{told} ago", datetime=at.isoformat(), title=moment(at))


def facts(pairs: Iterable[tuple[str, object]]) -> Markup:
    """Names and values, one under the other; those without a value are left out."""
    rows = [(name, value) for name, value in pairs if value not in (None, "", (), [])]
    return el("dl", [(el("dt", name), el("dd", value)) for name, value in rows], cls="lm-facts")


def section(title: str, *body: object, aside: object = None, cls: str = "") -> Markup:
    """A titled part of a page."""
    head = el("header", el("h2", title), aside and el("span", aside, cls="lm-quiet"))
    return el("section", head, *body, cls=f"lm-section {cls}".strip())


def empty(*words: object) -> Markup:
    """What stands where there is nothing yet."""
    return el("p", *words, cls="lm-empty")


def _flat(children: Iterable[object]) -> Iterable[str]:
    for child in children:
        if child is None or child is False:
            continue
        if isinstance(child, Markup):
            yield child
        elif isinstance(child, list | tuple):
            yield from _flat(child)
        else:
            yield html.escape(str(child), quote=True)


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    known = {"cls": "class", "for_": "for"}.get(name, name.replace("_", "-"))
    return f" {known}" if value is True else f' {known}="{html.escape(str(value), quote=True)}"'
