"""The seam to everybody who makes music for money: submit a brief, poll the job, fetch its takes.

A provider comes in by the entry-point group `labelmate.music`: the entry is called with the settings and
returns a `MusicProvider`, or None where its keys are not set. The embedded engine needs no job and no
money; it is the step's own local work (agents/composer.py, agents/producer.py).
"""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from configs.settings import Settings
from storage.errors import ConfigurationError
from storage.types import Brief, EffectPolicy, Frozen, Lyrics

GROUP = "labelmate.music"


class JobState(StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class JobStatus(Frozen):
    """What the provider says of a job."""

    state: JobState
    message: str = ""
    look_again_s: float = 5.0


class FetchedTake(Frozen):
    """One take as it was downloaded."""

    path: Path
    media_type: str
    licence: str
    """The provider's plan and terms, as they stand in the release's papers."""


class MusicProvider(Protocol):
    """Somebody outside who makes a song's audio."""

    name: str
    policy: EffectPolicy
    """What may be assumed of a submission whose answer was lost: AT_MOST_ONCE until proven better."""
    account: str
    """Tells base URL and key apart, for the gate; only its hash is seen."""

    def price_usd(self, brief: Brief) -> Decimal | None:
        """The most one job can cost; None where nobody knows."""
        ...

    async def submit(self, brief: Brief, lyrics: Lyrics, idempotency_key: str) -> str:
        """Buy one job; returns the provider's id of it.

        Raises ProviderUnavailableError or ProviderRefusedError only where nothing was bought for certain (it
        answered so, or no connection came about); OutcomeUnknownError where the request may have arrived.
        """
        ...

    async def find(self, idempotency_key: str) -> str | None:
        """The job of an earlier submission; only LOOKUP providers are asked."""
        ...

    async def poll(self, job_id: str) -> JobStatus:
        """How far the job is."""
        ...

    async def fetch(self, job_id: str, folder: Path) -> tuple[FetchedTake, ...]:
        """Download every take of a finished job into `folder`."""
        ...


Factory = Callable[[Settings], MusicProvider | None]


def music_providers(settings: Settings) -> tuple[MusicProvider, ...]:
    """The configured providers in the order of MUSIC_PROVIDERS. Raises ConfigurationError for an unknown name."""
    factories = {entry.name: entry for entry in entry_points(group=GROUP)}
    chosen: list[MusicProvider] = []
    for name in settings.music_providers:
        if name not in factories:
            known = ", ".join(sorted(factories)) or "none is installed"
            raise ConfigurationError(f"MUSIC_PROVIDERS names {name!r}; there are: {known}")
        factory: Factory = factories[name].load()
        provider = factory(settings)
        if provider is None:
            raise ConfigurationError(
                f"MUSIC_PROVIDERS names {name!r}, whose key is not set; `labelmate init` asks for it"
            )
        chosen.append(provider)
    return tuple(chosen)
