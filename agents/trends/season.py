"""The embedded source: what the months bring (configs/trends.yaml). No call leaves the machine."""

from datetime import datetime
from decimal import Decimal

from agents.trends.protocol import Heard
from configs.settings import Settings
from configs.trends import load_trends
from storage.types import TrendTerm

NAME = "season"


class Season:
    """Read from a table, so it is always there and never stale."""

    name = NAME
    by_country = True
    calls = 0
    price_usd: Decimal | None = Decimal(0)
    account = ""

    async def read(self, country: str, at: datetime) -> tuple[Heard, ...]:
        """Nothing that would have to be kept: `terms_of` tells the table as it is."""
        return ()


def terms_of(country: str, at: datetime) -> tuple[TrendTerm, ...]:
    """The month's terms in a country; the south lives six months apart."""
    table = load_trends()
    month = (at.month + 5) % 12 + 1 if country in table.south else at.month
    return tuple(
        TrendTerm(kind=kind, term=term, score=score, source=NAME, country=country, at=at)
        for kind, scores in table.seasons[month].items()
        for term, score in scores.items()
    )


def connect(_settings: Settings) -> Season:
    """Always there."""
    return Season()
