"""Guarded downloads: public addresses at every redirect, with limits of size, type and time; whole files or none."""

import asyncio
import ssl
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from agents.vendors.addresses import origin, public_address
from storage.errors import ProviderError, ProviderRefusedError, ProviderUnavailableError

if TYPE_CHECKING:
    from httpx2 import Response

REDIRECTS_MAX = 5
SILENCE_S = 30.0
"""How long a server may send nothing."""
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Limits:
    """What a download may be."""

    bytes_max: int
    whole_s: float
    media_types: tuple[str, ...]
    """Prefixes such as `audio/`; what a server does not name is judged by whoever opens the file."""


AUDIO = Limits(
    bytes_max=250_000_000, whole_s=600.0, media_types=("audio/", "application/octet-stream", "binary/")
)
"""A quarter of an hour of 24-bit stereo, at a quarter of a megabyte a second."""


async def download(
    url: str, target: Path, limits: Limits, *, trusted: str = "", headers: dict[str, str] | None = None
) -> str:
    """Bring a file to `target` and return its media type.

    The address that the operator configured (`trusted`) may be of this machine, over plain HTTP, and alone is
    sent `headers`, which may hold a key; every other one must be public, over TLS, wherever redirects lead.

    Raises:
        ProviderRefusedError: the address, the type or the size is not allowed; nothing is left behind.
        ProviderUnavailableError: the server did not answer, or not in time.
    """
    part = target.with_name(target.name + ".part")
    home = origin(trusted) if trusted else None
    try:
        async with asyncio.timeout(limits.whole_s):
            for _ in range(REDIRECTS_MAX + 1):
                sent = headers if origin(url) == home else None
                moved, media_type = await _hop(
                    url, part, limits, is_trusted=origin(url) == home, headers=sent
                )
                if moved is None:
                    part.replace(target)
                    return media_type
                try:
                    url = urljoin(url, moved)
                except ValueError as error:
                    raise ProviderRefusedError(f"{_host(url)} redirects to no web address") from error
        raise ProviderRefusedError(f"{_host(url)} redirects more than {REDIRECTS_MAX} times")
    except TimeoutError as error:
        raise ProviderUnavailableError(
            f"{_host(url)} did not send the file within {limits.whole_s:.0f} s"
        ) from error
    finally:
        part.unlink(missing_ok=True)


async def _hop(
    url: str, part: Path, limits: Limits, *, is_trusted: bool, headers: dict[str, str] | None
) -> tuple[str | None, str]:
    """One request: where it moved to, or the file's media type once it is in `part`."""
    import httpx2

    scheme, host, port = origin(url)
    address = host
    if not is_trusted:
        if scheme != "https":
            raise ProviderRefusedError(f"{_host(url)} offers the file without TLS")
        address = await public_address(host, port)
    shown = f"[{address}]" if ":" in address else address
    parts = urlsplit(url)
    # To the address that was checked: a second look-up of the name might lead elsewhere.
    pinned = parts._replace(netloc=f"{shown}:{port}", fragment="").geturl()
    client = httpx2.AsyncClient(
        verify=_tls(), trust_env=False, timeout=httpx2.Timeout(SILENCE_S, connect=15.0)
    )
    try:
        request = client.build_request(
            "GET",
            pinned,
            headers={"Host": parts.netloc, "Accept": "audio/*, */*;q=0.5", **(headers or {})},
            extensions={"sni_hostname": host},
        )
    except (ValueError, httpx2.InvalidURL) as error:  # a name or a path that no request can hold
        raise ProviderRefusedError(f"no web address: {url[:120]!r}") from error
    try:
        async with client:
            answer = await client.send(request, stream=True)
            try:
                if answer.status_code in _MOVED and "location" in answer.headers:
                    return answer.headers["location"], ""
                return None, await _keep(answer, part, limits, _host(url))
            finally:
                await answer.aclose()
    except httpx2.HTTPError as error:
        raise ProviderUnavailableError(
            f"{_host(url)} broke the download off: {error or type(error).__name__}"
        ) from error


async def _keep(answer: "Response", part: Path, limits: Limits, host: str) -> str:
    """Write a body to `part`, as long as it is within the limits."""
    if answer.status_code != 200:
        text = f"{host} answers {answer.status_code} for the file"
        is_passing = answer.status_code in (404, 408, 425, 429) or answer.status_code >= 500
        raise ProviderUnavailableError(text) if is_passing else ProviderRefusedError(text)
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type and not media_type.startswith(limits.media_types):
        raise ProviderRefusedError(f"{host} sent {media_type[:60]!r} in place of audio")
    announced = answer.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limits.bytes_max:
        raise ProviderRefusedError(_too_large(host, limits))
    size = 0
    with part.open("wb") as sink:
        async for chunk in answer.aiter_bytes(1 << 16):
            size += len(chunk)
            if size > limits.bytes_max:
                raise ProviderRefusedError(_too_large(host, limits))
            await asyncio.to_thread(sink.write, chunk)
    if not size:
        raise ProviderError(f"{host} sent an empty file")
    return media_type or "application/octet-stream"


@cache
def _tls() -> ssl.SSLContext:
    """Loading the roots takes milliseconds: once a process."""
    return ssl.create_default_context()


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url)[:80]


def _too_large(host: str, limits: Limits) -> str:
    return f"{host} sends more than {limits.bytes_max // 1_000_000} MB"
