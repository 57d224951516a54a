"""Whatever an SDK or the socket below it raises, as one of our errors.

Both SDKs let some failures through as they are: a JSON error of a malformed chunk, a disconnect of the HTTP
library. So this goes by what an exception carries, not by an SDK's own tree.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import cast

from agents.llm.deployment import Deployment
from agents.llm.wires.retry_after import retry_after_s
from agents.redaction import redact
from storage.errors import (
    AuthFailed,
    ContentFiltered,
    ContextOverflow,
    InvalidRequest,
    LLMError,
    MalformedResponse,
    ModelGone,
    ProviderUnavailable,
    QuotaExhausted,
    RateLimited,
    Timeout,
)

_TOLD_CHARS = 200
_OVERFLOW = re.compile(
    r"context.{0,3}(length|window)|maximum context|too many (input )?tokens|prompt is too long|input is too long|"
    r"(exceed|over)\w*.{0,40}\btokens?\b.{0,20}(limit|allowed|max)",
    re.IGNORECASE,
)
_FILTERED = re.compile(r"content.{0,3}(filter|policy|management)|safety|responsible.?ai", re.IGNORECASE)
_NO_MONEY = re.compile(
    r"insufficient.{0,3}(quota|balance|funds|credit)|billing|exceeded your current quota|credit balance",
    re.IGNORECASE,
)
_NOT_SENT = frozenset(
    {"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "LocalProtocolError"}
)


class Fault:
    """What an exception tells, wherever it stands."""

    def __init__(self, error: BaseException) -> None:
        self.status: int | None = getattr(error, "status_code", None)
        response = getattr(error, "response", None)
        self.headers = cast("Mapping[str, str]", getattr(response, "headers", {}))
        self.kind, self.text = _body(getattr(error, "body", None))
        self.text = self.text or str(error)

    @property
    def said(self) -> str:
        """A provider's own words, cut and without anything that looks like a key."""
        return redact(" ".join(self.text.split()))[:_TOLD_CHARS]


def translate(error: BaseException, deployment: Deployment) -> LLMError:  # noqa: PLR0911 - a table, as rows
    """The error as one of ours, in words that hold neither key nor prompt."""
    who = deployment.name
    if isinstance(error, LLMError):
        return error
    names = {cls.__name__ for cls in type(error).__mro__}
    if isinstance(error, (asyncio.TimeoutError, TimeoutError)) or names & {
        "APITimeoutError",
        "TimeoutException",
    }:
        return Timeout(f"{who} did not answer in time")
    fault = Fault(error)
    if fault.status is not None and fault.status >= 400:
        return by_status(fault, who)
    if fault.kind:
        return by_kind(fault, who)
    if names & {"APIConnectionError", "TransportError", "OSError", "StreamError"}:
        sent = not {type(error).__name__, type(error.__cause__).__name__} & _NOT_SENT
        how = "broke off" if sent else "cannot be reached; is its address right?"
        return ProviderUnavailable(f"{who} {how}", sent=int(sent))
    if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)) or "APIResponseValidationError" in names:
        return MalformedResponse(f"{who} sent something that is no JSON")
    if "APIError" in names:
        return ProviderUnavailable(f"{who} failed: {fault.said}", sent=1)
    return MalformedResponse(f"{who} sent something that is not of its protocol ({type(error).__name__})")


def by_status(fault: Fault, who: str) -> LLMError:  # noqa: PLR0911 - as above
    """A refusal, from its HTTP status and what its body says."""
    said, status = fault.said, fault.status or 0
    told = f"{fault.kind} {fault.text}"
    if (status == 429 and _NO_MONEY.search(told)) or status == 402:
        return QuotaExhausted(f"{who}: the account has no money left; add some there ({said})")
    if status == 429:
        return RateLimited(f"{who} asks for fewer calls", retry_after_s=retry_after_s(fault.headers))
    if status in (401, 403):
        return AuthFailed(f"{who} does not accept its key; set another one ({status}: {said})")
    if status == 404:
        return ModelGone(f"{who} is not known there; choose another model ({said})")
    if status == 408:
        return Timeout(f"{who} did not answer in time")
    if status == 409 or status >= 500:
        return ProviderUnavailable(
            f"{who} failed with {status}: {said}", retry_after_s=retry_after_s(fault.headers), sent=0
        )
    if status == 413 or _OVERFLOW.search(told):
        return ContextOverflow(f"{who} cannot read so much ({said})")
    if _FILTERED.search(told):
        return ContentFiltered(f"{who} filtered the request ({said})")
    return InvalidRequest(f"{who} refuses the request: {said}", status=status)


def by_kind(fault: Fault, who: str) -> LLMError:
    """A failure in the middle of a stream, from the type that it gives itself."""
    if "rate_limit" in fault.kind:
        return RateLimited(f"{who} asks for fewer calls")
    if _FILTERED.search(fault.kind):
        return ContentFiltered(f"{who} filtered the answer ({fault.said})")
    if fault.kind == "invalid_request_error":
        return InvalidRequest(f"{who} refuses the request: {fault.said}")
    return ProviderUnavailable(f"{who} failed: {fault.said}", sent=1)


def _body(body: object) -> tuple[str, str]:
    """Kind and message of an error body of either provider's form, or of an older one's."""
    if isinstance(body, str):
        return "", body
    if not isinstance(body, Mapping):
        return "", ""
    told = cast("Mapping[str, object]", body)
    inner = told.get("error")
    if isinstance(inner, Mapping):
        told = cast("Mapping[str, object]", inner)
    elif isinstance(inner, str):
        return "", inner
    kind = " ".join(str(told[name]) for name in ("type", "code") if told.get(name))
    return kind, str(told.get("message") or "")
