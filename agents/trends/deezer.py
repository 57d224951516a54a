"""Deezer: the hundred most played of a country, and the tempo of the first few. No key.

https://developers.deezer.com/api: errors come with status 200.
"""

from datetime import datetime
from decimal import Decimal

from agents.trends.parts import by_place, number, require_some, rows, text
from agents.trends.protocol import Heard
from agents.vendors.api import Api, Json
from configs.settings import Settings
from storage.errors import ProviderRefusedError, ProviderUnavailableError

CHARTS = {
    "US": 1313621735,
    "GB": 1111142221,
    "DE": 1111143121,
    "FR": 1109890291,
    "BR": 1111141961,
    "JP": 1362508955,
    "IT": 1116187241,
    "ES": 1116190041,
}
"""Deezer's own chart playlists; other countries get the chart of all."""
TIMED = 8
"""Tracks whose tempo is asked for, a call each."""
_QUOTA = 4
"""Deezer's code for too many calls."""


class DeezerCharts:
    """Chart playlists, then single tracks."""

    name = "deezer"
    by_country = True
    calls = 1 + TIMED
    price_usd: Decimal | None = Decimal(0)

    def __init__(self, base_url: str = "https://api.deezer.com") -> None:
        self._api = Api(name="Deezer", base_url=base_url, timeout_s=20.0)
        self.account = self._api.account

    async def read(self, country: str, at: datetime) -> tuple[Heard, ...]:
        """Titles by place, tempos of the first few. Raises ProviderError."""
        chart = f"/playlist/{CHARTS[country]}/tracks" if country in CHARTS else "/chart/0/tracks"
        tracks = require_some(rows(await self._get(chart, {"limit": "100"}), "data"), "Deezer")
        heard = [
            Heard(kind="words", text=text(track, "title"), weight=by_place(place))
            for place, track in enumerate(tracks)
        ]
        for place, track in enumerate(tracks[:TIMED]):
            if (track_id := int(number(track, "id"))) > 0:
                told = await self._get(f"/track/{track_id}", {})
                tempo_bpm = number(told, "bpm") if isinstance(told, dict) else 0.0
                heard.append(Heard(kind="tempo", value=tempo_bpm, weight=by_place(place)))
        return tuple(heard)

    async def _get(self, path: str, query: dict[str, str]) -> Json:
        answer = await self._api.json("GET", path, query=query)
        error = answer.get("error") if isinstance(answer, dict) else None
        if isinstance(error, dict):
            told = f"Deezer says: {text(error, 'message')[:120] or 'nothing'}"
            if number(error, "code") == _QUOTA:
                raise ProviderUnavailableError(told, retry_after_s=60.0)
            raise ProviderRefusedError(told)
        return answer


def connect(_settings: Settings) -> DeezerCharts:
    """No key is needed."""
    return DeezerCharts()
