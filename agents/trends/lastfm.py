"""Last.fm: its top tags of now, with a free key. Errors come with status 200.

https://www.last.fm/api/show/chart.getTopTags
"""

from datetime import datetime
from decimal import Decimal

from pydantic import SecretStr

from agents.trends.parts import number, require_some, rows, text
from agents.trends.protocol import Heard
from agents.vendors.api import Api
from configs.settings import Settings
from storage.errors import ProviderRefusedError, ProviderUnavailableError

_PASSING = frozenset({8, 11, 16, 29})
"""Last.fm's codes for what may work later: backend, offline, temporary, rate limit."""


class LastFm:
    """The chart of tags; it knows no countries."""

    name = "lastfm"
    by_country = False
    calls = 1
    price_usd: Decimal | None = Decimal(0)

    def __init__(self, key: SecretStr, base_url: str = "https://ws.audioscrobbler.com") -> None:
        self._key = key
        self._api = Api(name="Last.fm", base_url=base_url, key_setting="LASTFM_API_KEY", timeout_s=20.0)
        self.account = Api(name="Last.fm", base_url=base_url, key=key).account

    async def read(self, country: str, at: datetime) -> tuple[Heard, ...]:
        """Tags by how many listeners use them. Raises ProviderError."""
        query = {
            "method": "chart.gettoptags",
            "api_key": self._key.get_secret_value(),
            "format": "json",
            "limit": "100",
        }
        answer = await self._api.json("GET", "/2.0/", query=query)
        if isinstance(answer, dict) and "error" in answer:
            told = f"Last.fm says: {text(answer, 'message')[:120] or 'nothing'}; check LASTFM_API_KEY"
            code = int(number(answer, "error"))
            raise ProviderUnavailableError(told) if code in _PASSING else ProviderRefusedError(told)
        tags = require_some(rows(answer, "tags", "tag"), "Last.fm")
        return tuple(
            Heard(kind=kind, text=text(tag, "name"), weight=number(tag, "reach"))
            for tag in tags
            for kind in ("genre", "words")
        )


def connect(settings: Settings) -> LastFm | None:
    """With a key."""
    return None if settings.lastfm_api_key is None else LastFm(settings.lastfm_api_key)
