"""The providers of each kind, from `providers.yaml`."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter

from configs.tables import read_table

if TYPE_CHECKING:
    from configs.settings import Settings


class ProviderKind(StrEnum):
    WORDS = "words"
    MUSIC = "music"
    VISUALS = "visuals"
    APPROVALS = "approvals"
    TRENDS = "trends"
    LISTENERS = "listeners"


class Provider(BaseModel):
    """Somebody, embedded or outside, who does one kind of work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """Stable and short, as it stands in rows: `openai`, `local`."""
    title: str
    variables: tuple[str, ...]
    """What must be set for it; none for an embedded one."""
    unlocks: str
    price: str
    available: bool
    """Whether this version can use it; False means that its key is only stored."""
    base_url: str | None = None
    """Of hosted models: the address, where it is not the SDK's default."""
    wire: str | None = None
    """Of hosted models: the protocol, where it is not OpenAI's."""
    structured: tuple[str, ...] | None = None
    """Of hosted models: ways to ask for a form, the strictest first; unset: all are tried."""
    models: tuple[str, ...] = ()
    """Of hosted models: patterns of names to choose from what is listed, the most wanted first."""

    def is_configured(self, settings: "Settings") -> bool:
        """Whether everything it needs is set."""
        shown = settings.shown()
        return all(shown[variable] for variable in self.variables)


@cache
def words_provider(name: str) -> Provider | None:
    """A provider of words by its name."""
    return next((one for one in load_providers()[ProviderKind.WORDS] if one.name == name), None)


@cache
def load_providers() -> dict[ProviderKind, tuple[Provider, ...]]:
    """Every provider by kind, in the order in which they are asked; read once."""
    table = read_table(Path(__file__).with_name("providers.yaml"))
    return TypeAdapter(dict[ProviderKind, tuple[Provider, ...]]).validate_python(table, strict=False)


def chain(kind: ProviderKind, settings: "Settings") -> tuple[Provider, ...]:
    """Those that are asked by their keys alone, the most wanted first; music is bought only where MUSIC_PROVIDERS says so."""
    return tuple(
        provider
        for provider in load_providers()[kind]
        if provider.available
        and provider.is_configured(settings)
        and (kind is not ProviderKind.MUSIC or not provider.variables)
    )


def providers_in_use(settings: "Settings") -> dict[str, str]:
    """Who makes what now, by kind, in words for people."""
    names = {str(kind): [each.title for each in chain(kind, settings)] for kind in ProviderKind}
    if settings.music_providers:
        names[ProviderKind.MUSIC] = [", ".join(settings.music_providers)]
    # All ways to be asked are open at once; of those who make something, the first is asked.
    return {
        kind: ", ".join(found if kind == ProviderKind.APPROVALS else found[:1])
        for kind, found in names.items()
        if found
    }
