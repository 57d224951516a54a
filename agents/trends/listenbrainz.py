"""ListenBrainz: what its listeners played this week, with the tags of these recordings. No key.

https://listenbrainz.readthedocs.io/en/latest/users/api/statistics.html
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from agents.trends.parts import number, require_some, rows, text
from agents.trends.protocol import Heard
from agents.vendors.api import Api
from configs.settings import Settings

TAGGED = 50
"""Recordings whose tags are asked for, all in one call."""


class ListenBrainz:
    """Sitewide statistics; it knows no countries."""

    name = "listenbrainz"
    by_country = False
    calls = 2
    price_usd: Decimal | None = Decimal(0)

    def __init__(self, base_url: str = "https://api.listenbrainz.org") -> None:
        self._api = Api(name="ListenBrainz", base_url=base_url, timeout_s=20.0)
        self.account = self._api.account

    async def read(self, country: str, at: datetime) -> tuple[Heard, ...]:
        """Titles and tags, each by its number of listens. Raises ProviderError."""
        query = {"range": "week", "count": "100"}
        answer = await self._api.json("GET", "/1/stats/sitewide/recordings", query=query)
        played = require_some(rows(answer, "payload", "recordings"), "ListenBrainz")
        heard = [
            Heard(kind="words", text=text(one, "track_name"), weight=number(one, "listen_count"))
            for one in played
        ]
        listens = {text(one, "recording_mbid"): number(one, "listen_count") for one in played}
        listens.pop("", None)
        if listens:
            heard += await self._tags(dict(list(listens.items())[:TAGGED]))
        return tuple(heard)

    async def _tags(self, listens: dict[str, float]) -> list[Heard]:
        query = {"recording_mbids": ",".join(listens), "inc": "tag"}
        answer = await self._api.json("GET", "/1/metadata/recording/", query=query)
        heard: list[Heard] = []
        for mbid, told in answer.items() if isinstance(answer, dict) else ():
            tags: dict[str, Any] = told.get("tag") if isinstance(told, dict) else None  # type: ignore[assignment]
            named = rows(tags, "recording") or rows(tags, "artist")
            for tag in named[:10]:
                weight = listens.get(mbid, 0.0)
                heard.append(Heard(kind="genre", text=text(tag, "tag"), weight=weight))
                heard.append(Heard(kind="words", text=text(tag, "tag"), weight=weight))
        return heard


def connect(_settings: Settings) -> ListenBrainz:
    """No key is needed."""
    return ListenBrainz()
