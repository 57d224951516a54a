"""X: how often our themes and moods were posted lately. Each call is paid, and counts cost less than posts.

https://docs.x.com/x-api/posts/counts/introduction
"""

from datetime import datetime
from decimal import Decimal

from agents.llm.offline.banks import theme_banks
from agents.trends.parts import number, rows
from agents.trends.protocol import Heard
from agents.vendors.api import Api
from configs.settings import Settings


class XCounts:
    """One count a theme, worldwide: growth of the last day over the mean of the week."""

    name = "x"
    by_country = False

    def __init__(self, api: Api, usd_per_call: Decimal | None) -> None:
        self._api = api
        self.account = api.account
        self.calls = len(theme_banks())
        self.price_usd = None if usd_per_call is None else usd_per_call * self.calls

    async def read(self, country: str, at: datetime) -> tuple[Heard, ...]:
        """Each theme by its growth. Raises ProviderError."""
        heard: list[Heard] = []
        for name in theme_banks():
            query = {
                "query": f'"{name.removeprefix("the ")}" (song OR music) -is:retweet',
                "granularity": "day",
            }
            days = rows(await self._api.json("GET", "/2/tweets/counts/recent", query=query), "data")
            counts = [number(day, "tweet_count") for day in days]
            mean = sum(counts) / len(counts) if counts else 0.0
            if mean > 0:
                heard.append(Heard(kind="theme", text=name, weight=min(3.0, counts[-1] / mean)))
        return tuple(heard)


def connect(settings: Settings) -> XCounts | None:
    """With a bearer token."""
    if settings.x_bearer_token is None:
        return None
    api = Api(
        name="X",
        base_url=settings.x_base_url,
        key=settings.x_bearer_token,
        key_setting="X_BEARER_TOKEN",
        timeout_s=20.0,
    )
    return XCounts(api, settings.x_usd_per_call)
