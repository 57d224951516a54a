"""Chartmetric, for whoever has an account: Spotify's chart of a country with track genres.

A refresh token buys a bearer of one hour. https://api.chartmetric.com/apidoc
"""

from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import SecretStr

from agents.trends.parts import by_place, require_some, rows, text
from agents.trends.protocol import Heard
from agents.vendors.api import Api
from configs.settings import Settings
from storage.errors import ProviderUnavailableError


class Chartmetric:
    """Yesterday's chart: today's is not there yet."""

    name = "chartmetric"
    by_country = True
    calls = 2
    price_usd: Decimal | None = Decimal(0)

    def __init__(self, refresh_token: SecretStr, base_url: str = "https://api.chartmetric.com") -> None:
        self._refresh_token = refresh_token
        self._base_url = base_url
        self.account = Api(name="Chartmetric", base_url=base_url, key=refresh_token).account

    async def read(self, country: str, at: datetime) -> tuple[Heard, ...]:
        """Titles and genres by place. Raises ProviderError."""
        door = Api(
            name="Chartmetric",
            base_url=self._base_url,
            key_setting="CHARTMETRIC_REFRESH_TOKEN",
            timeout_s=20.0,
        )
        body: dict[str, object] = {"refreshtoken": self._refresh_token.get_secret_value()}
        told = await door.json("POST", "/api/token", body=body)
        bearer = text(told, "token") if isinstance(told, dict) else ""
        if not bearer:
            raise ProviderUnavailableError("Chartmetric gives no token")
        api = Api(name="Chartmetric", base_url=self._base_url, key=SecretStr(bearer), timeout_s=20.0)
        day = (at - timedelta(days=1)).date().isoformat()
        query = {"date": day, "country_code": country, "type": "regional", "interval": "daily"}
        chart = rows(await api.json("GET", "/api/charts/spotify", query=query), "obj", "data")
        heard: list[Heard] = []
        for place, track in enumerate(require_some(chart, "Chartmetric")):
            heard.append(Heard(kind="words", text=text(track, "name"), weight=by_place(place)))
            heard += [
                Heard(kind="genre", text=genre.strip(), weight=by_place(place))
                for genre in text(track, "track_genre").split(",")
            ]
        return tuple(heard)


def connect(settings: Settings) -> Chartmetric | None:
    """With a refresh token."""
    token = settings.chartmetric_refresh_token
    return None if token is None else Chartmetric(token)
