"""YouTube: how often videos were watched and liked, with a key of the Data API. One unit of quota for fifty videos.

https://developers.google.com/youtube/v3/docs/videos/list
"""

import json
from typing import Any

from pydantic import SecretStr

from agents.audience.protocol import counts_of
from agents.trends.parts import rows, text
from agents.vendors.api import Answer, Api
from configs.settings import Settings
from storage.errors import ProviderRefusedError, ProviderUnavailableError

_METRICS = {"viewCount": "views", "likeCount": "likes", "commentCount": "comments"}
_SPENT = frozenset({"quotaExceeded", "dailyLimitExceeded", "rateLimitExceeded", "userRateLimitExceeded"})
_SPENT_S = 6 * 3600.0
"""A day's quota comes back at midnight in California."""
_BAD_KEY = frozenset({"keyInvalid", "keyExpired", "API_KEY_INVALID"})


class YouTube:
    """Public statistics of videos."""

    name = "youtube"
    known = "jNQXAC9IVRw"
    batch_max = 50

    def __init__(self, key: SecretStr, base_url: str) -> None:
        # In a header: Google takes a key in the address too, where others would log it.
        self._api = Api(
            name="YouTube",
            base_url=base_url,
            key=key,
            key_header="X-Goog-Api-Key",
            key_prefix="",
            key_setting="YOUTUBE_API_KEY",
            timeout_s=20.0,
        )
        self.account = self._api.account

    async def read(self, refs: tuple[str, ...]) -> dict[str, dict[str, float]]:
        """Views, likes and comments by video; likes and comments where the channel shows them. Raises ProviderError."""
        query = {"part": "statistics", "id": ",".join(refs), "fields": "items(id,statistics)"}
        answer = await self._api.call("GET", "/youtube/v3/videos", query=query)
        self._require_success(answer)
        try:
            told = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise self._api.no_json(answer, buys=False) from error
        if not isinstance(told, dict) or not isinstance(told.get("items"), list):
            raise ProviderUnavailableError("YouTube answers without a list of videos")
        found: dict[str, dict[str, float]] = {}
        for video in rows(told, "items"):
            shown = video.get("statistics")
            if text(video, "id") in refs and isinstance(shown, dict):
                found[text(video, "id")] = counts_of(shown, _METRICS)
        return found

    def _require_success(self, answer: Answer) -> None:
        """Raise what a status tells: Google says 403 of a spent quota and 400 of a wrong key."""
        reasons = _reasons(answer)
        if answer.status in (403, 429) and reasons & _SPENT:
            raise ProviderUnavailableError(
                "YouTube's quota for this key is used up; it comes back by itself within a day",
                retry_after_s=_SPENT_S,
            )
        if answer.status == 400 and reasons & _BAD_KEY:
            raise ProviderRefusedError("YouTube does not know the key; check YOUTUBE_API_KEY")
        self._api.require_success(answer)


def _reasons(answer: Answer) -> set[str]:
    """Google's own names for what went wrong."""
    if answer.status < 400:
        return set()
    try:
        told: dict[str, Any] = json.loads(answer.body)
    except (ValueError, RecursionError):
        return set()
    return {text(row, "reason") for name in ("errors", "details") for row in rows(told, "error", name)}


def connect(settings: Settings) -> YouTube | None:
    """With a key."""
    key = settings.youtube_api_key
    return None if key is None else YouTube(key, settings.youtube_base_url)
