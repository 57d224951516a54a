"""Google Trends: how searches for our genres have grown in a country, through pytrends.

pytrends 4.9.2 talks to the network in its constructor, and its own retries fail with current urllib3: it is built for
one reading, in a thread, and asked once.
"""

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import Any

from agents.trends.protocol import Heard
from agents.vendors.tls import trusted_tls
from configs.genres import load_genres
from configs.settings import Settings
from storage.errors import ProviderError, ProviderRefusedError, ProviderUnavailableError

GOOGLE = "https://trends.google.com/trends"
AT_ONCE = 5
"""Terms that one question compares, by Google's rule."""
TIMEFRAME = "today 3-m"
LATELY = 0.15
"""Share of the days that count as now."""
TIMEOUT_S = (5.0, 15.0)
READING_S = 90.0


class GoogleTrends:
    """Growth: the mean of the last days over the mean of all."""

    name = "google"
    by_country = True
    calls = 2 * -(-len(load_genres()) // AT_ONCE) + 1
    price_usd: Decimal | None = Decimal(0)
    account = ""

    def __init__(self, base_url: str = GOOGLE) -> None:
        self._base_url = base_url

    async def read(self, country: str, at: datetime) -> tuple[Heard, ...]:
        """Each genre that is searched for at all, by its growth. Raises ProviderError."""
        try:
            async with asyncio.timeout(READING_S):
                return await asyncio.to_thread(self._read, country)
        except TimeoutError as error:
            raise ProviderUnavailableError(f"Google Trends took over {READING_S:.0f} s") from error

    def _read(self, country: str) -> tuple[Heard, ...]:
        import httpx2
        from pytrends.exceptions import ResponseError

        heard: list[Heard] = []
        try:
            asking = _client(self._base_url)
            titles = [genre.title for genre in load_genres().values()]
            for start in range(0, len(titles), AT_ONCE):
                some = titles[start : start + AT_ONCE]
                asking.build_payload([f"{title} music" for title in some], timeframe=TIMEFRAME, geo=country)
                table: Any = asking.interest_over_time()
                heard += [_growth(title, list(table[f"{title} music"])) for title in some if not table.empty]
        except (OSError, httpx2.HTTPError, ResponseError) as error:  # requests' errors are OSErrors
            raise _account(error) from error
        except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
            raise ProviderUnavailableError(
                "Google Trends answers in another form than pytrends reads"
            ) from error
        return tuple(heard)


def _client(base_url: str) -> Any:  # noqa: ANN401 - pytrends has no types
    import httpx2
    from pytrends.request import TrendReq

    class Asking(TrendReq):
        """pytrends at an address of our choice, without the loops of its cookie."""

        def GetGoogleCookie(self) -> dict[str, str | None]:  # noqa: N802 - pytrends' name
            answer = httpx2.get(
                f"{base_url}/explore/", params={"geo": "US"}, timeout=TIMEOUT_S[1], verify=trusted_tls()
            )
            return {name: value for name, value in answer.cookies.items() if name == "NID"}

        def _get_data(self, url: str, *args: Any, **how: Any) -> Any:  # noqa: ANN401
            return super()._get_data(url.replace(GOOGLE, base_url), *args, **how)

    return Asking(hl="en-US", tz=0, timeout=TIMEOUT_S)


def _growth(title: str, values: list[Any]) -> Heard:
    numbers = [float(value) for value in values]
    lately = numbers[-max(1, round(LATELY * len(numbers))) :]
    mean = sum(numbers) / len(numbers)
    return Heard(
        kind="genre", text=title, weight=min(3.0, sum(lately) / len(lately) / mean) if mean > 0 else 0.0
    )


def _account(error: Exception) -> ProviderError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    told = (
        f"Google Trends answers {status}"
        if status
        else f"Google Trends did not answer: {type(error).__name__}"
    )
    if status is None or status == 429 or status >= 500:
        return ProviderUnavailableError(told, retry_after_s=3600.0 if status == 429 else None)
    return ProviderRefusedError(told)


def connect(_settings: Settings) -> GoogleTrends:
    """No key is needed."""
    return GoogleTrends()
