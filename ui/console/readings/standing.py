"""What the Now page and the head of every page read."""

from configs.providers import ProviderKind, chain, load_providers
from configs.settings import Settings
from storage import queries
from storage.timelines import ProviderUse
from storage.types import CycleStep
from ui.console.cards.header import Standing
from ui.console.reception import Reception

WORK = {
    ProviderKind.MUSIC: (CycleStep.COMPOSE,),
    ProviderKind.WORDS: (CycleStep.WRITE, CycleStep.PLAN),
    ProviderKind.VISUALS: (CycleStep.PAINT,),
}
EMBEDDED = frozenset({"embedded", "local", "offline"})


async def standing(reception: Reception, alias: str | None) -> Standing:
    """What the head of every page tells."""
    actor = await reception.actor(alias)
    told = await reception.store.read(queries.label_status, caps=await reception.caps())
    return Standing(
        alias=actor.alias,
        role=actor.role,
        undecided=told.undecided,
        overdue=told.overdue,
        to_make=told.to_make,
        faults=told.open_error_groups,
        is_stopped=told.is_stopped,
        is_running=reception.label.running is not None,
    )


def makers(settings: Settings, uses: tuple[ProviderUse, ...]) -> list[tuple[str, str, str]]:
    """Kind of work, who does it, and why: what was chosen, what has a key, what was used lately."""
    return [(str(kind), *_maker(kind, settings, uses)) for kind in WORK]


def _maker(kind: ProviderKind, settings: Settings, uses: tuple[ProviderUse, ...]) -> tuple[str, str]:
    if kind is ProviderKind.MUSIC and settings.music_providers:
        first, *others = settings.music_providers
        then = f", then {', '.join(others)}" if others else ""
        outage = "the embedded engine stands in" if settings.on_outage == "engine" else "songs wait"
        return first, f"chosen in MUSIC_PROVIDERS{then}; when it fails, {outage}{_lately(kind, uses)}"
    usable = chain(kind, settings)
    who = usable[0] if usable else load_providers()[kind][-1]
    is_embedded = not who.variables
    keyed = [each.title for each in load_providers()[kind] if each.variables and each.is_configured(settings)]
    if not is_embedded:
        why = "the first with a key"
    elif keyed and kind is ProviderKind.MUSIC:
        why = f"{', '.join(keyed)} could be asked: MUSIC_PROVIDERS names nobody"
    elif keyed:
        why = f"the keys of {', '.join(keyed)} are kept, and this version does not use them yet"
    else:
        why = "no key is set: made here, free"
    return who.title, why + _lately(kind, uses)


def _lately(kind: ProviderKind, uses: tuple[ProviderUse, ...]) -> str:
    mine = [use for use in uses if use.step in WORK[kind]]
    others = sorted({use.provider for use in mine if use.provider not in EMBEDDED})
    count = sum(use.count for use in mine)
    if not count:
        return ""
    return f"; {count} times in seven days" + (f", {', '.join(others)} among them" if others else "")
