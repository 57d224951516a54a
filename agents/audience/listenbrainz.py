"""ListenBrainz: how often a recording was listened to, and by how many, with a user's token.

https://listenbrainz.readthedocs.io/en/latest/users/api/popularity.html
"""

from pydantic import SecretStr

from agents.audience.protocol import counts_of
from agents.trends.parts import rows, text
from agents.vendors.api import Api
from configs.settings import Settings
from storage.errors import ProviderUnavailableError

_METRICS = {"total_listen_count": "listens", "total_user_count": "listeners"}


class ListenBrainz:
    """Popularity of recordings, by their MusicBrainz ids."""

    name = "listenbrainz"
    known = "13dd61c7-ce73-4e97-9f0c-9f0e53144411"
    batch_max = 50

    def __init__(self, token: SecretStr, base_url: str) -> None:
        self._api = Api(
            name="ListenBrainz",
            base_url=base_url,
            key=token,
            key_prefix="Token ",
            key_setting="LISTENBRAINZ_TOKEN",
            timeout_s=20.0,
        )
        self.account = self._api.account

    async def read(self, refs: tuple[str, ...]) -> dict[str, dict[str, float]]:
        """Listens and listeners by recording; null means that nobody listened yet. Raises ProviderError."""
        told = await self._api.json("POST", "/1/popularity/recording", body={"recording_mbids": list(refs)})
        if not isinstance(told, list):
            raise ProviderUnavailableError("ListenBrainz answers without a list of recordings")
        found: dict[str, dict[str, float]] = {}
        for recording in rows(told):
            if text(recording, "recording_mbid") in refs:
                heard = {field: recording.get(field) or 0 for field in _METRICS if field in recording}
                found[text(recording, "recording_mbid")] = counts_of(heard, _METRICS)
        return found


def connect(settings: Settings) -> ListenBrainz | None:
    """With a token."""
    token = settings.listenbrainz_token
    return None if token is None else ListenBrainz(token, settings.listenbrainz_base_url)
