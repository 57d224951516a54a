"""What a source of trends is, and how the chosen ones are found."""

import math
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from importlib.metadata import entry_points
from typing import Literal, Protocol

from configs.settings import Settings
from storage.errors import ConfigurationError
from storage.types import Frozen

GROUP = "labelmate.trends"
"""The entry points through which sources come in, built-in ones too."""
HEARD_MAX = 2_000
"""Most that is taken from one reading."""
TEXT_MAX = 200
WORLD = ""
"""The country of sources that know of none."""


class Heard(Frozen):
    """One thing that a source says, as it says it: data, never shown to a model."""

    kind: Literal["genre", "theme", "words", "tempo"]
    """`genre` and `theme` are names that are looked up; `words` are titles and tags, in which themes and moods are looked for."""
    text: str = ""
    value: float = 0.0
    """Of a tempo: beats a minute."""
    weight: float = 1.0
    """How much of it there is, by the source's own measure."""


class TrendSource(Protocol):
    """Somebody who says what is played or spoken of."""

    name: str
    by_country: bool
    """False: one reading is the whole world's."""
    calls: int
    """Most requests that one reading takes."""
    price_usd: Decimal | None
    """US dollars of one reading; None where nobody knows."""
    account: str
    """Tells address and key apart, empty where neither can be another; it is only ever hashed. Who was refused is tried again with another."""

    async def read(self, country: str, at: datetime) -> tuple[Heard, ...]:
        """What is in the air in a country (ISO 3166, two letters) now.

        Raises ProviderUnavailableError where it may work later, ProviderRefusedError where it will not.
        """
        ...


Factory = Callable[[Settings], TrendSource | None]


def trend_sources(settings: Settings) -> tuple[TrendSource, ...]:
    """The sources that TREND_SOURCES names, in its order. Raises ConfigurationError for one that there is not."""
    factories = {entry.name: entry for entry in entry_points(group=GROUP)}
    chosen: list[TrendSource] = []
    for name in settings.trend_sources:
        if name not in factories:
            raise ConfigurationError(
                f"TREND_SOURCES names {name[:40]!r}; there are: {', '.join(sorted(factories))}"
            )
        factory: Factory = factories[name].load()
        source = factory(settings)
        if source is None:
            raise ConfigurationError(f"TREND_SOURCES names {name!r}, whose key is not set")
        chosen.append(source)
    return tuple(chosen)


def sane(heard: tuple[Heard, ...]) -> tuple[Heard, ...]:
    """What can be weighed of a reading: finite, positive, short, and not too much of it."""
    kept = [
        one.model_copy(update={"text": one.text[:TEXT_MAX], "weight": min(one.weight, 1e12)})
        for one in heard[:HEARD_MAX]
        if math.isfinite(one.weight) and one.weight > 0 and math.isfinite(one.value)
    ]
    return tuple(kept)
