"""Spotify: a country's chart and the genres of its artists, where an app may read them.

Apps of after November 2024 may not read Spotify's own playlists: those get a refusal, which is said in one line.
https://developer.spotify.com/documentation/web-api
"""

import base64
from datetime import datetime
from decimal import Decimal

from pydantic import SecretStr

from agents.trends.parts import by_place, require_some, rows, text
from agents.trends.protocol import Heard
from agents.vendors.api import Api, Json
from configs.settings import Settings
from storage.errors import ProviderRefusedError, ProviderUnavailableError

CHARTS = {
    "": "37i9dQZEVXbMDoHDwVN2tF",
    "US": "37i9dQZEVXbLRQDuF5jeBp",
    "GB": "37i9dQZEVXbLnolsZ8PSNw",
    "DE": "37i9dQZEVXbJiZcmkrIHGU",
    "JP": "37i9dQZEVXbKXQ4mDTEBXq",
    "BR": "37i9dQZEVXbMXbN3EUUhlg",
}
"""The Top 50 playlists; other countries get the world's."""
ARTISTS = 50


class SpotifyCharts:
    """Client credentials, one playlist, its artists."""

    name = "spotify"
    by_country = True
    calls = 3
    price_usd: Decimal | None = Decimal(0)

    def __init__(
        self,
        client_id: SecretStr,
        client_secret: SecretStr,
        *,
        base_url: str = "https://api.spotify.com",
        accounts_url: str = "https://accounts.spotify.com",
    ) -> None:
        pair = f"{client_id.get_secret_value()}:{client_secret.get_secret_value()}"
        basic = SecretStr(base64.b64encode(pair.encode()).decode())
        setting = "SPOTIPY_CLIENT_ID and SPOTIPY_CLIENT_SECRET"
        self._accounts = Api(
            name="Spotify",
            base_url=accounts_url,
            key=basic,
            key_prefix="Basic ",
            key_setting=setting,
            timeout_s=20.0,
        )
        self._base_url = base_url
        self.account = self._accounts.account

    async def read(self, country: str, at: datetime) -> tuple[Heard, ...]:
        """Titles and genres by place. Raises ProviderError."""
        token = await self._accounts.json("POST", "/api/token", query={"grant_type": "client_credentials"})
        bearer = text(token, "access_token") if isinstance(token, dict) else ""
        if not bearer:
            raise ProviderUnavailableError("Spotify gives no token")
        api = Api(name="Spotify", base_url=self._base_url, key=SecretStr(bearer), timeout_s=20.0)
        items = require_some(await self._chart(api, CHARTS.get(country, CHARTS[""])), "Spotify")
        tracks = [track for item in items if isinstance(track := item.get("track"), dict)]
        heard = [
            Heard(kind="words", text=text(track, "name"), weight=by_place(place))
            for place, track in enumerate(tracks)
        ]
        places: dict[str, int] = {}
        for place, track in enumerate(tracks):
            for artist in rows(track.get("artists"))[:1]:
                places.setdefault(text(artist, "id"), place)
        places.pop("", None)
        query = {"ids": ",".join(list(places)[:ARTISTS])}
        for artist in rows(await api.json("GET", "/v1/artists", query=query), "artists") if places else ():
            weight = by_place(places.get(text(artist, "id"), ARTISTS))
            named = artist.get("genres")
            genres = named if isinstance(named, list) else []
            heard += [
                Heard(kind="genre", text=genre, weight=weight)
                for genre in genres[:10]
                if isinstance(genre, str)
            ]
        return tuple(heard)

    async def _chart(self, api: Api, playlist_id: str) -> list[dict[str, object]]:
        try:
            answer: Json = await api.json("GET", f"/v1/playlists/{playlist_id}/tracks", query={"limit": "50"})
        except ProviderRefusedError as error:
            raise ProviderRefusedError(
                "Spotify does not let this app read its charts, as it is with newer apps; take spotify out of "
                "TREND_SOURCES"
            ) from error
        return rows(answer, "items")


def connect(settings: Settings) -> SpotifyCharts | None:
    """With an app's id and secret."""
    if settings.spotipy_client_id is None or settings.spotipy_client_secret is None:
        return None
    return SpotifyCharts(settings.spotipy_client_id, settings.spotipy_client_secret)
