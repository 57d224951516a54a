"""The seam to everybody who lends footage: a search, and files to download.

A provider comes in by the entry-point group `labelmate.visuals`, our own as well as other packages': the entry is
called with the settings and returns a `FootageProvider`, or None where its key is not set. With none there is no
footage, and the visualizer draws every video.
"""

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Protocol

from agents.llm.door import Limits
from configs.providers import ProviderKind, load_providers
from configs.settings import Settings
from storage.types import Clearance, Frozen

GROUP = "labelmate.visuals"


class OfferedFile(Frozen):
    """One rendition of a clip, as its provider describes it."""

    url: str
    width: int
    height: int


class Offer(Frozen):
    """A clip that may be had."""

    provider: str
    id: str
    page_url: str
    author: str
    words: str = ""
    """Tags or title: what is told of its content."""
    duration_s: float
    files: tuple[OfferedFile, ...]


class Found(Frozen):
    """The answer to one search."""

    offers: tuple[Offer, ...]
    pause_s: float = 0.0
    """How long nothing more may be asked: by this answer the quota is used up."""


class FootageTerms(Frozen):
    """What may be done with a provider's clips."""

    licence: str
    credit: str
    """How an author is named: `{author}` stands for the name."""
    clearance: Clearance = Clearance.NEEDS_PERSON


class FootageProvider(Protocol):
    """Somebody outside who lends clips for nothing but their mention."""

    name: str
    base_url: str
    """Alone trusted where it is no public address."""
    limits: Limits
    terms: FootageTerms

    @property
    def account(self) -> str:
        """Tells base URL and key apart, for the gate; only its hash is seen."""
        ...

    async def check(self) -> str:
        """Ask something that costs nothing; what a person wants to know of it. Raises ProviderError."""
        ...

    async def search(self, query: str, *, is_upright: bool, width: int, height: int) -> Found:
        """Clips for a query, in the provider's own order; for a frame of that size.

        Raises ProviderUnavailableError or ProviderRefusedError.
        """
        ...


Factory = Callable[[Settings], FootageProvider | None]


def footage_providers(settings: Settings) -> tuple[FootageProvider, ...]:
    """Everybody whose key is set: those of providers.yaml in its order, then those of other packages by name."""
    order = [provider.name for provider in load_providers()[ProviderKind.VISUALS]]
    entries = sorted(
        entry_points(group=GROUP),
        key=lambda entry: (order.index(entry.name) if entry.name in order else len(order), entry.name),
    )
    factories: list[Factory] = [entry.load() for entry in entries]
    return tuple(provider for factory in factories if (provider := factory(settings)) is not None)
