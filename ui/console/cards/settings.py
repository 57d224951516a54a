"""Settings: what each is, where its value comes from, who turned it."""

from collections.abc import Sequence
from datetime import datetime

from storage.knobs import KnobChange
from storage.types import Frozen
from ui.console.markup import Markup, ago, chip, el, empty, section


class Setting(Frozen):
    """One setting as it stands."""

    name: str
    """As in `.env`."""
    about: str
    allowed: str
    """Such as `a number from 0 to 1`; empty where any text will do."""
    value: str
    fallback: str
    """What `.env` and the defaults say."""
    turned_by: str | None
    turned_at: datetime | None


class SettingGroup(Frozen):
    title: str
    settings: tuple[Setting, ...]
    is_live: bool


class ProviderLine(Frozen):
    """Somebody who does one kind of work."""

    kind: str
    title: str
    keys: tuple[tuple[str, bool], ...]
    """Variables and whether each is set; never a value."""
    available: bool
    unlocks: str
    price: str


def setting_groups(groups: Sequence[SettingGroup], chosen: str | None, now: datetime) -> Markup:
    """Every setting that may be turned while the label runs."""
    return el("div", [section(group.title, _rows(group, chosen, now)) for group in groups], cls="lm-settings")


def setting_card(setting: Setting, complaint: str = "") -> Markup:
    """The one that is being changed; a complaint stands at its field."""
    return el(
        "div",
        el("h3", setting.name),
        el("p", setting.about),
        el("p", setting.allowed, cls="lm-quiet") if setting.allowed else None,
        el("p", "Without a change here: ", el("b", setting.fallback or "unset"), cls="lm-quiet"),
        el("p", complaint, cls="lm-complaint", role="alert") if complaint else None,
        cls="lm-setting",
    )


def fixed_groups(groups: Sequence[SettingGroup]) -> Markup:
    """Settings that are read when the label starts."""
    rows = [
        el("li", el("span", setting.name), el("b", setting.value or "unset"), title=setting.about)
        for group in groups
        for setting in group.settings
    ]
    return section("Read at the start, from .env", el("ul", rows, cls="lm-rows lm-fixed"))


def provider_list(lines: Sequence[ProviderLine]) -> Markup:
    """Who could do what, and whether its key is there."""
    rows = [
        el(
            "li",
            el("span", line.kind, cls="lm-kind"),
            el("b", line.title),
            el(
                "span",
                [chip(name, "approved" if is_set else "plain") for name, is_set in line.keys]
                or chip("embedded", "approved"),
            ),
            el("span", _use(line), cls="lm-quiet"),
            title=line.unlocks,
        )
        for line in lines
    ]
    return section(
        "Providers",
        el("ul", rows, cls="lm-rows lm-providers keys"),
        aside="a filled mark: the key is present",
    )


def audit(changes: Sequence[KnobChange], now: datetime) -> Markup:
    """Who turned what when, the latest first."""
    rows = [
        el(
            "li",
            el("b", change.name),
            el(
                "span",
                el("del", change.before or "as in .env"),
                " ",
                el("ins", change.after or "as in .env"),
                cls="lm-diff inline",
            ),
            el("small", change.who, " ", ago(change.at, now)),
        )
        for change in changes
    ]
    return section(
        "What was changed", el("ol", rows, cls="lm-rows") if rows else empty("Nothing was changed yet.")
    )


def _rows(group: SettingGroup, chosen: str | None, now: datetime) -> Markup:
    rows = [
        el(
            "li",
            el(
                "button",
                el("span", el("b", setting.name), el("small", setting.about)),
                el("span", setting.value or "unset", cls="value"),
                el("small", setting.turned_by, " ", ago(setting.turned_at, now), cls="turned")
                if setting.turned_by
                else None,
                type="button",
                data_act="pick",
                data_id=setting.name,
                aria_current="true" if setting.name == chosen else None,
            ),
        )
        for setting in group.settings
    ]
    return el("ul", rows, cls="lm-knobs")


def _use(line: ProviderLine) -> str:
    if not line.available:
        return "its key is kept, not used yet"
    return line.price
