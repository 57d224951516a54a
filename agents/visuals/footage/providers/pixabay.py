"""Pixabay (https://pixabay.com/api/docs/#api_search_videos): the key in the query, 100 requests a minute, 24 h cache."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from agents.llm.door import Limits
from agents.vendors.api import Answer, Api
from agents.visuals.footage.protocol import FootageTerms, Found, Offer, OfferedFile
from agents.visuals.footage.providers.answers import number, offer, read_list, rendition, text
from configs.settings import Settings
from storage.errors import ProviderRefusedError, ProviderUnavailableError
from storage.types import Clearance

QUERY_CHARS = 100
PER_PAGE = 100
RENDITIONS = ("large", "medium", "small", "tiny")


def connect(settings: Settings) -> "Pixabay | None":
    """The account of the settings."""
    if settings.pixabay_api_key is None:
        return None
    api = Api("pixabay", settings.pixabay_base_url, key_setting="PIXABAY_API_KEY", timeout_s=30.0)
    return Pixabay(api, settings.pixabay_api_key)


@dataclass(frozen=True)
class Pixabay:
    """`GET /api/videos/`."""

    api: Api
    key: SecretStr
    name: str = "pixabay"
    limits: Limits = field(default_factory=lambda: Limits(calls_per_s=80 / 60, burst=20, at_once=4))
    """What is asked at once counts in the minute, too."""
    terms: FootageTerms = field(
        default_factory=lambda: FootageTerms(
            licence="Pixabay Content License (https://pixabay.com/service/license-summary/)",
            credit="Video by {author} from Pixabay",
            clearance=Clearance.CLEARED,
        )
    )

    @property
    def base_url(self) -> str:
        return self.api.base_url

    @property
    def account(self) -> str:
        return f"{self.api.base_url} {self.key.get_secret_value()}"

    async def check(self) -> str:
        answer = await self._ask({"q": "sky", "per_page": "3"})
        left = answer.headers.get("x-ratelimit-remaining", "")
        return f"works, {left} requests left this minute" if left.isdigit() else "works"

    async def search(self, query: str, *, is_upright: bool, width: int, height: int) -> Found:
        answer = await self._ask(
            {
                "q": query[:QUERY_CHARS],
                "video_type": "film",
                "min_width": str(min(width, height) if is_upright else width),
                "safesearch": "true",
                "order": "popular",
                "per_page": str(PER_PAGE),
            }
        )
        offers = map(_offer, read_list(self.api, answer, "hits"))
        # It cannot be asked for an orientation.
        turned = (
            each for each in offers if each and all((f.height > f.width) == is_upright for f in each.files)
        )
        return Found(offers=tuple(turned), pause_s=_pause_s(answer))

    async def _ask(self, query: dict[str, str]) -> Answer:
        answer = await self.api.call(
            "GET", "/api/videos/", query={"key": self.key.get_secret_value(), **query}
        )
        # A wrong key is no 401 there.
        if answer.status == 400 and b"api key" in answer.body.lower():
            raise ProviderRefusedError("pixabay does not take the key; check PIXABAY_API_KEY")
        if answer.status == 429:
            wait_s = _reset_s(answer)
            raise ProviderUnavailableError("pixabay's quota of this minute is used up", retry_after_s=wait_s)
        self.api.require_success(answer)
        return answer


def _offer(hit: Any) -> Offer | None:  # noqa: ANN401 - whatever a vendor sends
    if not isinstance(hit, dict):
        return None
    files = hit.get("videos")
    return offer(
        "pixabay",
        hit,
        author=hit.get("user"),
        page=hit.get("pageURL"),
        words=text(hit.get("tags")),
        files=(_file(files.get(name)) for name in RENDITIONS) if isinstance(files, dict) else (),
    )


def _file(told: Any) -> OfferedFile | None:  # noqa: ANN401
    """A rendition that there is: of those there are not, the address is empty and the size 0."""
    if not isinstance(told, dict) or not number(told.get("size")):
        return None
    return rendition(told, "url")


def _pause_s(answer: Answer) -> float:
    return _reset_s(answer) if answer.headers.get("x-ratelimit-remaining") == "0" else 0.0


def _reset_s(answer: Answer) -> float:
    """Seconds until the minute's quota is whole again."""
    reset = answer.headers.get("x-ratelimit-reset", "")
    return min(max(1.0, float(reset)), 3600.0) if reset.isdigit() else 60.0
