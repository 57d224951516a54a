"""A vendor's HTTP interface: JSON calls whose failures say what is known of the money."""

import asyncio
import json
import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import SecretStr

from agents.redaction import redact
from agents.vendors.tls import trusted_tls
from storage.errors import OutcomeUnknownError, ProviderRefusedError, ProviderUnavailableError

if TYPE_CHECKING:
    from httpx2 import Response

Json: TypeAlias = dict[str, Any] | list[Any] | str | float | bool | None
"""Whatever a vendor sends: whoever reads it does so with care."""
ANSWER_BYTES_MAX = 4_000_000
CONNECT_S = 15.0
MESSAGE_CHARS = 200
_BUSY = frozenset({408, 425, 429, 503})


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    media_type: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True)
class Api:
    """One vendor at one address."""

    name: str
    base_url: str
    key: SecretStr | None = None
    key_header: str = "Authorization"
    key_prefix: str = "Bearer "
    key_setting: str = ""
    """What an operator is told to check when the key is not accepted."""
    timeout_s: float = 60.0
    bytes_max: int = field(default=ANSWER_BYTES_MAX)

    @property
    def account(self) -> str:
        """Tells base URL and key apart; it is only ever hashed."""
        return f"{self.base_url} {self.key.get_secret_value() if self.key else ''}"

    def headers(self) -> dict[str, str]:
        """The key, where there is one."""
        return {self.key_header: self.key_prefix + self.key.get_secret_value()} if self.key else {}

    async def json(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, object] | None = None,
        query: dict[str, str] | None = None,
        buys: bool = False,
    ) -> Json:
        """One call and its JSON.

        Raises:
            ProviderUnavailableError: nothing was bought, and it may work later; `retry_after_s` if the vendor says so.
            ProviderRefusedError: nothing was bought, and the same request will not succeed.
            OutcomeUnknownError: a call that `buys` went out and its answer was lost or makes no sense.
        """
        answer = await self.call(method, path, body=body, query=query, buys=buys)
        self.require_success(answer, buys=buys)
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise self.no_json(answer, buys=buys) from error

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, object] | None = None,
        query: dict[str, str] | None = None,
        buys: bool = False,
    ) -> Answer:
        """One call and its whole answer, whatever its status. Raises as `json` does."""
        import httpx2

        # It would log every address that it asks, and those of some vendors contain the key.
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        sent = False
        try:
            async with (
                asyncio.timeout(self.timeout_s + CONNECT_S),
                httpx2.AsyncClient(
                    verify=trusted_tls(), timeout=httpx2.Timeout(self.timeout_s, connect=CONNECT_S)
                ) as client,
                client.stream(
                    method, self.base_url + path, json=body, params=query, headers=self.headers()
                ) as answer,
            ):
                sent = True
                whole = await self._read(answer)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol) as error:
            raise ProviderUnavailableError(
                f"{self.name} cannot be reached at {self.base_url}: {reason(error, CONNECT_S, self.timeout_s)}"
            ) from error
        except (httpx2.HTTPError, TimeoutError, _TooLong) as error:
            why = reason(error, self.timeout_s, self.timeout_s + CONNECT_S)
            told = f"{self.name} did not answer {'whole' if sent else 'at all'}: {why}"
            raise OutcomeUnknownError(told) if buys else ProviderUnavailableError(told) from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(answer.status_code, media_type, headers, whole)

    async def _read(self, answer: "Response") -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in answer.aiter_bytes():
            size += len(part)
            if size > self.bytes_max:
                raise _TooLong(f"more than {self.bytes_max // 1000} kB came")
            parts.append(part)
        return b"".join(parts)

    def require_success(self, answer: Answer, *, buys: bool = False) -> None:
        """Raise what a status other than 2xx tells."""
        if 200 <= answer.status < 300:
            return
        told = f"{self.name} answers {answer.status}: {self.told_by(answer)}"
        wait_s = _retry_after_s(answer)
        # After minutes of work, a proxy's time-out proves nothing; only who limits orders says that none was taken.
        is_known = not buys or answer.status == 429 or (answer.status == 503 and wait_s is not None)
        if answer.status in _BUSY and is_known:
            raise ProviderUnavailableError(told, retry_after_s=wait_s)
        if answer.status in (401, 403):
            raise ProviderRefusedError(f"{told}; check {self.key_setting or 'its key'}")
        if answer.status == 402:
            raise ProviderUnavailableError(f"{told}; its credits are used up", retry_after_s=3600.0)
        if answer.status >= 500 or answer.status in _BUSY:
            raise OutcomeUnknownError(told) if buys else ProviderUnavailableError(told)
        raise ProviderRefusedError(told)

    def no_json(self, answer: Answer, *, buys: bool) -> Exception:
        """The error for a success that is no JSON."""
        if answer.media_type == "text/html":
            # A page, and not the interface: nothing there takes orders.
            return ProviderRefusedError(
                f"{self.name} answers with a web page; check its address {self.base_url}"
            )
        told = f"{self.name} answers with what is no JSON: {self.told_by(answer)}"
        return OutcomeUnknownError(told) if buys else ProviderUnavailableError(told)

    def told_by(self, answer: Answer) -> str:
        """The vendor's own words on one line, without secrets."""
        if answer.media_type == "text/html":
            return "a web page"
        return one_line(answer.body[:4000].decode("utf-8", "replace"))


class _TooLong(Exception):  # noqa: N818 - only ever caught here
    pass


def reason(error: Exception, silence_s: float, whole_s: float) -> str:
    """What a failed call tells of itself; of one that took too long, in a silence or in all, httpx tells nothing."""
    import httpx2

    if isinstance(error, httpx2.ConnectTimeout):
        return "nobody answers there"
    if isinstance(error, httpx2.TimeoutException):
        return f"nothing moved for {silence_s:g} s"
    if isinstance(error, TimeoutError):
        return f"it was not done in {whole_s:g} s"
    return str(error) or type(error).__name__


def one_line(text: str) -> str:
    """A vendor's words as they may stand in an error: nothing that a screen or a database would trip over."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text[: 20 * MESSAGE_CHARS])
    return " ".join(redact(shown).split())[:MESSAGE_CHARS] or "nothing"


def _retry_after_s(answer: Answer) -> float | None:
    wait = answer.headers.get("retry-after", "")
    return min(float(wait), 86_400.0) if re.fullmatch(r"\d{1,6}(\.\d+)?", wait) else None
