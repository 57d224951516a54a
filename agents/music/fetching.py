"""Bringing the takes of a finished job: what is refused of one does not cost the others."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urljoin

from agents.music.protocol import FetchedTake
from agents.vendors.api import Api
from agents.vendors.download import AUDIO, download
from storage.errors import ProviderError, UnusableTakeError


async def fetch_takes(
    api: Api, wanted: Sequence[tuple[str, float | None]], folder: Path
) -> tuple[FetchedTake, ...]:
    """Download takes by address, each with the length that its vendor states, into `folder`.

    Raises:
        ProviderUnavailableError: one of them cannot be had now; the whole job is asked for again.
        UnusableTakeError: none of them may be taken.
    """
    takes: list[FetchedTake] = []
    refused: list[str] = []
    for number, (address, expected_s) in enumerate(wanted, start=1):
        path = folder / f"take-{number}"
        try:
            url = urljoin(api.base_url + "/", address)
            media_type = await download(url, path, AUDIO, trusted=api.base_url, headers=api.headers())
        except ValueError:
            refused.append("an address that is none")
        except ProviderError as error:
            if error.transient:
                raise
            refused.append(str(error))
        else:
            takes.append(FetchedTake(path=path, media_type=media_type, expected_s=expected_s))
    if not takes:
        raise UnusableTakeError(f"{api.name} has no take that may be had: {'; '.join(refused)}")
    return tuple(takes)
