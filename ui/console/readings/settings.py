"""Settings as people see them: value, fallback, bounds, and who turned what."""

from configs.about import about
from configs.bounds import bounds
from configs.knobs import Group
from configs.names import variable
from configs.providers import load_providers
from configs.settings import Settings
from storage import knobs
from storage.knobs import Knob
from ui.console.cards.settings import ProviderLine, Setting, SettingGroup
from ui.console.reception import Reception


async def groups(reception: Reception) -> tuple[SettingGroup, ...]:
    """Every group that is used; keys and what they open have a list of their own."""
    now = await reception.settings()
    started = reception.label.launch.settings()
    turned = {knob.name: knob for knob in await reception.store.read(knobs.knobs)}
    used = [group for group in Settings.groups if group.is_used]
    return tuple(_group(group, now.shown(), started.shown(), turned) for group in used)


def choices(setting: Setting) -> list[str]:
    """The words a setting may be, where they can be listed."""
    if setting.allowed.startswith("one of "):
        return setting.allowed.removeprefix("one of ").split(", ")
    return ["True", "False"] if setting.allowed == "true or false" else []


def find(every: tuple[SettingGroup, ...], name: str) -> Setting | None:
    """One live setting by its name."""
    live = (setting for group in every if group.is_live for setting in group.settings)
    return next((setting for setting in live if setting.name == name), None)


def provider_lines(settings: Settings) -> list[ProviderLine]:
    """Who could do what, and which keys are there: names only, never a value."""
    shown = settings.shown()
    return [
        ProviderLine(
            kind=str(kind),
            title=provider.title,
            keys=tuple((name, bool(shown.get(name))) for name in provider.variables),
            available=provider.available,
            unlocks=provider.unlocks,
            price=provider.price,
        )
        for kind, providers in load_providers().items()
        for provider in providers
    ]


def _group(
    group: type[Group], now: dict[str, str], started: dict[str, str], turned: dict[str, Knob]
) -> SettingGroup:
    return SettingGroup(
        title=group.title,
        is_live=group.is_live,
        settings=tuple(
            Setting(
                name=(name := variable(Settings, field)),
                about=about(group)[field],
                allowed=bounds(group, field),
                value=now[name],
                fallback=started[name],
                turned_by=turned[name].who if name in turned else None,
                turned_at=turned[name].at if name in turned else None,
            )
            for field in group.model_fields
        ),
    )
