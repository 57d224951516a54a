"""The seam to everybody who makes music elsewhere: submit an order, poll the job, fetch its takes.

A provider comes in by the entry-point group `labelmate.music`, our own as well as other packages': the entry is
called with the settings and returns a `MusicProvider`, or None where what it needs is not set. The embedded engine
needs no job and no money; it is the step's own local work (agents/composer.py, agents/producer.py).
"""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from agents.llm.door import Limits
from agents.music.order import MusicOrder
from configs.settings import Settings
from storage.errors import ConfigurationError
from storage.types import Clearance, EffectPolicy, Frozen

GROUP = "labelmate.music"
INBOX = "inbox"
"""In MUSIC_PROVIDERS: a person makes the song elsewhere and brings it (runtime/inbox.py)."""


class JobState(StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class JobStatus(Frozen):
    """What the provider says of a job."""

    state: JobState
    message: str = ""
    look_again_s: float = 5.0
    has_takes: bool = False
    """Some can be fetched already, while others of the same job are still made."""


class FetchedTake(Frozen):
    """One take as it was brought."""

    path: Path
    media_type: str
    expected_s: float | None = None
    """How long the provider says that it lasts: much less is a recording cut off."""


class Job(Frozen):
    """What a submission bought."""

    id: str
    takes: tuple[FetchedTake, ...] = ()
    """Of providers that answer an order with the audio itself; the others are polled."""


class Terms(Frozen):
    """What may be done with the audio."""

    licence: str
    """The provider's plan and terms, as they stand in the release's papers."""
    clearance: Clearance = Clearance.NEEDS_PERSON
    sings: bool = True
    """Whether lyrics are sung."""


class Batch(Frozen):
    """What one order brought, and on what terms."""

    provider: str
    terms: Terms
    takes: tuple[FetchedTake, ...]
    cost_usd: Decimal = Decimal(0)
    ai_role: str = "generated"
    """`human` for what a person made."""


class MusicProvider(Protocol):
    """Somebody outside who makes a song's audio."""

    name: str
    policy: EffectPolicy
    """What may be assumed of a submission whose answer was lost: AT_MOST_ONCE until proven better."""
    limits: Limits
    """How often it may be called."""
    terms: Terms

    @property
    def account(self) -> str:
        """Tells base URL and key apart, for the gate; only its hash is seen."""
        ...

    async def check(self) -> str:
        """Ask something that costs nothing; what a person wants to know of it, such as the credits left.

        Raises ProviderError where it does not answer, or does not take the key.
        """
        ...

    def price_usd(self, order: MusicOrder) -> Decimal | None:
        """The most one job can cost; None where nobody knows."""
        ...

    async def submit(self, order: MusicOrder, idempotency_key: str, folder: Path) -> Job:
        """Buy one job. Audio that comes with the answer is written to `folder`.

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
    """The configured vendors in the order of MUSIC_PROVIDERS. Raises ConfigurationError for an unknown name."""
    factories = {entry.name: entry for entry in entry_points(group=GROUP)}
    chosen: list[MusicProvider] = []
    for name in settings.music_providers:
        if name == INBOX:
            continue
        if name not in factories:
            known = ", ".join(sorted((*factories, INBOX)))
            raise ConfigurationError(f"MUSIC_PROVIDERS names {name!r}; there are: {known}")
        factory: Factory = factories[name].load()
        provider = factory(settings)
        if provider is None:
            raise ConfigurationError(
                f"MUSIC_PROVIDERS names {name!r}, whose key or address is not set; `labelmate init` asks for it"
            )
        chosen.append(provider)
    return tuple(chosen)
