"""Pexels (https://www.pexels.com/api/documentation/#videos-search): the key as it is, 200 requests an hour."""

import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from agents.llm.door import Limits
from agents.vendors.api import Answer, Api
from agents.visuals.footage.protocol import FootageTerms, Found, Offer, OfferedFile
from agents.visuals.footage.providers.answers import address, offer, read_list, rendition
from configs.settings import Settings
from storage.errors import ProviderUnavailableError
from storage.types import Clearance

PER_PAGE = 40
"""At most 80; a page costs one request however long it is."""
QUOTA_S = 3600.0
LATEST_RESET_S = 31 * 86_400.0


def connect(settings: Settings) -> "Pexels | None":
    """The account of the settings."""
    if settings.pexels_api_key is None:
        return None
    return Pexels(
        Api(
            "pexels",
            settings.pexels_base_url,
            settings.pexels_api_key,
            key_prefix="",
            key_setting="PEXELS_API_KEY",
            timeout_s=30.0,
        )
    )


@dataclass(frozen=True)
class Pexels:
    """`GET /videos/search`."""

    api: Api
    name: str = "pexels"
    limits: Limits = field(default_factory=lambda: Limits(calls_per_s=160 / 3600, burst=40, at_once=4))
    """What is asked at once counts in the hour, too."""
    terms: FootageTerms = field(
        default_factory=lambda: FootageTerms(
            licence="Pexels License (https://www.pexels.com/license/)",
            credit="Video by {author} on Pexels",
            clearance=Clearance.CLEARED,
        )
    )

    @property
    def base_url(self) -> str:
        return self.api.base_url

    @property
    def account(self) -> str:
        return self.api.account

    async def check(self) -> str:
        answer = await self._ask({"query": "sky", "per_page": "1"})
        left = answer.headers.get("x-ratelimit-remaining", "")
        return f"works, {left} requests left" if left.isdigit() else "works"

    async def search(self, query: str, *, is_upright: bool, width: int, height: int) -> Found:
        answer = await self._ask(
            {
                "query": query,
                "orientation": "portrait" if is_upright else "landscape",
                "size": "medium" if max(width, height) > 1280 else "small",
                "locale": "en-US",
                "page": "1",
                "per_page": str(PER_PAGE),
            }
        )
        offers = map(_offer, read_list(self.api, answer, "videos"))
        return Found(offers=tuple(each for each in offers if each is not None), pause_s=_pause_s(answer))

    async def _ask(self, query: dict[str, str]) -> Answer:
        answer = await self.api.call("GET", "/videos/search", query=query)
        # Then it tells no time, and neither limits nor reset: the quota of an hour is the one that runs out.
        if answer.status == 429 and not answer.headers.get("retry-after"):
            raise ProviderUnavailableError("pexels' quota is used up", retry_after_s=QUOTA_S)
        self.api.require_success(answer)
        return answer


def _offer(video: Any) -> Offer | None:  # noqa: ANN401 - whatever a vendor sends
    if not isinstance(video, dict):
        return None
    user, files, page = video.get("user"), video.get("video_files"), video.get("url")
    return offer(
        "pexels",
        video,
        author=user.get("name") if isinstance(user, dict) else None,
        page=page,
        words=_slug_words(address(page)),
        files=map(_file, files) if isinstance(files, list) else (),
    )


def _file(told: Any) -> OfferedFile | None:  # noqa: ANN401
    """A whole file of known size; streams and files of unknown size are none."""
    if not isinstance(told, dict) or told.get("quality") not in ("hd", "sd", "uhd"):
        return None
    if told.get("file_type") != "video/mp4" or urlsplit(address(told.get("link"))).path.endswith(".m3u8"):
        return None
    return rendition(told, "link")


def _slug_words(page_url: str) -> str:
    """The title that stands in the page's address: `…/video/waves-at-night-1234/`."""
    return " ".join(re.findall(r"[a-z]+", urlsplit(page_url).path.lower().removeprefix("/video")))


def _pause_s(answer: Answer) -> float:
    """Until the quota is whole again, where this was the last of it; the reset is told as a time of day (Unix)."""
    if answer.headers.get("x-ratelimit-remaining") != "0":
        return 0.0
    reset = answer.headers.get("x-ratelimit-reset", "")
    return min(max(60.0, int(reset) - time.time()), LATEST_RESET_S) if reset.isdigit() else QUOTA_S
