"""Guarded downloads: public addresses at every redirect, with limits of size, type and time; whole files or none.

What comes of a large file before its server breaks off can be kept for the next attempt, which asks for the rest.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from agents.vendors.addresses import origin, public_address
from agents.vendors.api import reason
from agents.vendors.tls import trusted_tls
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
    what: str = "audio"
    """What is expected, as it is told."""

    @property
    def accept(self) -> str:
        """What the server is told that we want."""
        return f"{self.media_types[0]}*, */*;q=0.5"


AUDIO = Limits(
    bytes_max=250_000_000, whole_s=600.0, media_types=("audio/", "application/octet-stream", "binary/")
)
"""A quarter of an hour of 24-bit stereo, at a quarter of a megabyte a second."""


VIDEO = Limits(
    bytes_max=80_000_000,
    whole_s=180.0,
    media_types=("video/", "application/octet-stream", "binary/"),
    what="video",
)
"""A minute of footage at 10 Mbit/s."""


async def download(
    url: str,
    target: Path,
    limits: Limits,
    *,
    trusted: str = "",
    headers: dict[str, str] | None = None,
    resume: bool = False,
) -> str:
    """Bring a file to `target` and return its media type.

    With `resume`, what came of a file stays beside `target` when its server breaks off, and the next download to
    there asks for the rest alone, provided that the server still has the same file (RFC 9110, If-Range).

    The address that the operator configured (`trusted`) may be of this machine, over plain HTTP, and alone is
    sent `headers`, which may hold a key; every other one must be public, over TLS, wherever redirects lead.

    Raises:
        ProviderRefusedError: the address, the type or the size is not allowed; nothing is left behind.
        ProviderUnavailableError: the server did not answer, or not in time.
    """
    part = _Part(target.with_name(target.name + ".part"), may_stay=resume)
    home = origin(trusted) if trusted else None
    try:
        async with asyncio.timeout(limits.whole_s):
            for _ in range(REDIRECTS_MAX + 1):
                sent = headers if origin(url) == home else None
                moved, media_type = await _hop(
                    url, part, limits, is_trusted=origin(url) == home, headers=sent
                )
                if moved is None:
                    part.path.replace(target)
                    return media_type
                try:
                    url = urljoin(url, moved)
                except ValueError as error:
                    raise ProviderRefusedError(f"{_host(url)} redirects to no web address") from error
        raise ProviderRefusedError(f"{_host(url)} redirects more than {REDIRECTS_MAX} times")
    except ProviderRefusedError:
        part.may_stay = False
        raise
    except TimeoutError as error:
        raise ProviderUnavailableError(
            f"{_host(url)} did not send the file within {limits.whole_s:.0f} s"
        ) from error
    finally:
        part.leave()


@dataclass
class _Part:
    """What has come of a file, and beside it the mark by which its server knows that very file again."""

    path: Path
    may_stay: bool

    @property
    def _mark_path(self) -> Path:
        return self.path.with_name(self.path.name + ".etag")

    def asks(self) -> dict[str, str]:
        """Headers that ask for the rest; none where there is nothing to go on from."""
        if not (self.may_stay and self.path.is_file() and self._mark_path.is_file()):
            return {}
        return {"Range": f"bytes={self.path.stat().st_size}-", "If-Range": self._mark_path.read_text()}

    def size_for(self, answer: "Response") -> int:
        """How many bytes of the file the answer leaves out. Raises ProviderUnavailableError for a wrong place."""
        if answer.status_code != 206:
            return 0
        size = self.path.stat().st_size
        if not answer.headers.get("content-range", "").startswith(f"bytes {size}-"):
            self.may_stay = False
            raise ProviderUnavailableError("the file's server goes on at another place than it was asked for")
        return size

    def mark(self, answer: "Response") -> None:
        """Only a strong mark tells two files apart byte for byte."""
        etag = answer.headers.get("etag", "")
        if self.may_stay and etag.startswith('"') and answer.headers.get("accept-ranges") == "bytes":
            self._mark_path.write_text(etag)
        else:
            self._mark_path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Only what can be gone on with stays."""
        if not (self.may_stay and self.path.is_file() and self._mark_path.is_file()):
            self.path.unlink(missing_ok=True)
            self._mark_path.unlink(missing_ok=True)


async def _hop(
    url: str, part: _Part, limits: Limits, *, is_trusted: bool, headers: dict[str, str] | None
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
        verify=trusted_tls(), trust_env=False, timeout=httpx2.Timeout(SILENCE_S, connect=15.0)
    )
    try:
        request = client.build_request(
            "GET",
            pinned,
            headers={"Host": parts.netloc, "Accept": limits.accept, **part.asks(), **(headers or {})},
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
            f"{_host(url)} broke the download off: {reason(error, SILENCE_S, limits.whole_s)}"
        ) from error


async def _keep(answer: "Response", part: _Part, limits: Limits, host: str) -> str:
    """Write a body to `part`, as long as it is within the limits."""
    if answer.status_code == 416:  # the file is shorter now: it is another one
        part.may_stay = False
        raise ProviderUnavailableError(f"{host} has another file there than before")
    if answer.status_code not in (200, 206):
        text = f"{host} answers {answer.status_code} for the file"
        is_passing = answer.status_code in (404, 408, 425, 429) or answer.status_code >= 500
        raise ProviderUnavailableError(text) if is_passing else ProviderRefusedError(text)
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type and not media_type.startswith(limits.media_types):
        raise ProviderRefusedError(f"{host} sent {media_type[:60]!r} in place of {limits.what}")
    size = part.size_for(answer)
    announced = answer.headers.get("content-length", "")
    if announced.isdigit() and size + int(announced) > limits.bytes_max:
        raise ProviderRefusedError(_too_large(host, limits))
    if not size:
        part.mark(answer)
    with part.path.open("ab" if size else "wb") as sink:
        async for chunk in answer.aiter_bytes(1 << 16):
            size += len(chunk)
            if size > limits.bytes_max:
                raise ProviderRefusedError(_too_large(host, limits))
            await asyncio.to_thread(sink.write, chunk)
    if not size:
        raise ProviderError(f"{host} sent an empty file")
    return media_type or "application/octet-stream"


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url)[:80]


def _too_large(host: str, limits: Limits) -> str:
    return f"{host} sends more than {limits.bytes_max // 1_000_000} MB"
