"""What a service of listeners' numbers is, and which ones there are a key for."""

import re
from typing import Any, Protocol

from configs.settings import Settings

_COUNT = re.compile(r"\d{1,15}")


class AudienceSource(Protocol):
    """A service that says how often a song was played, by the service's own name for it."""

    name: str
    known: str
    """A song of somebody else that it certainly knows, for trying a key."""
    batch_max: int
    """Songs that one request may ask for."""
    account: str
    """Tells address and key apart; it is only ever hashed. Who was refused is tried again with another."""

    async def read(self, refs: tuple[str, ...]) -> dict[str, dict[str, float]]:
        """Numbers by song and metric; a song that the service does not know is left out.

        Raises ProviderUnavailableError where it may work later, ProviderRefusedError where it will not.
        """
        ...


def audience_sources(settings: Settings) -> tuple[AudienceSource, ...]:
    """Those whose key is set."""
    from agents.audience import listenbrainz, youtube

    found = (youtube.connect(settings), listenbrainz.connect(settings))
    return tuple(source for source in found if source is not None)


def counts_of(row: dict[str, Any], metrics: dict[str, str]) -> dict[str, float]:
    """Our metrics by a service's own fields, sent as numbers or as text; what is no count is left out."""
    told = {metric: row.get(field) for field, metric in metrics.items()}
    # Of True and None the texts are no digits.
    return {metric: float(str(count)) for metric, count in told.items() if _COUNT.fullmatch(str(count))}
