"""Apple Music: the most played songs of a country, with their genres. No key.

https://rss.marketingtools.apple.com
"""

from datetime import datetime
from decimal import Decimal

from agents.trends.parts import by_place, require_some, rows, text
from agents.trends.protocol import Heard
from agents.vendors.api import Api
from configs.settings import Settings


class AppleCharts:
    """The feed of the fifty most played."""

    name = "apple"
    by_country = True
    calls = 1
    price_usd: Decimal | None = Decimal(0)

    def __init__(self, base_url: str = "https://rss.marketingtools.apple.com") -> None:
        self._api = Api(name="Apple Music", base_url=base_url, timeout_s=20.0)
        self.account = self._api.account

    async def read(self, country: str, at: datetime) -> tuple[Heard, ...]:
        """Titles and genres by place. Raises ProviderError."""
        answer = await self._api.json("GET", f"/api/v2/{country.lower()}/music/most-played/50/songs.json")
        heard: list[Heard] = []
        for place, song in enumerate(require_some(rows(answer, "feed", "results"), "Apple Music")):
            heard.append(Heard(kind="words", text=text(song, "name"), weight=by_place(place)))
            heard += [
                Heard(kind="genre", text=text(genre, "name"), weight=by_place(place))
                for genre in rows(song.get("genres"))
            ]
        return tuple(heard)


def connect(_settings: Settings) -> AppleCharts:
    """No key is needed."""
    return AppleCharts()
