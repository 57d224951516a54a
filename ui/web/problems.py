"""Errors as answers: problem+json (RFC 9457) with the error's code, its one line and a fitting status."""

import logging
import traceback

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agents.redaction import redact
from storage.errors import (
    AssetCorruptError,
    BudgetExceededError,
    ConfigurationError,
    ConflictError,
    DiskFullError,
    IllegalTransitionError,
    LabelError,
    NotAllowedError,
    NotFoundError,
    ProviderError,
    StoreUnavailableError,
    UsageError,
)

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
STATUS: tuple[tuple[type[LabelError], int], ...] = (
    (NotFoundError, 404),
    (IllegalTransitionError, 409),
    (ConflictError, 409),
    (NotAllowedError, 403),
    (UsageError, 422),
    (BudgetExceededError, 503),
    (StoreUnavailableError, 503),
    (DiskFullError, 507),
    (ProviderError, 502),
    (ConfigurationError, 503),
    (AssetCorruptError, 500),
)
"""The first that fits; every other LabelError is a 500."""


def problem(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """One error, as it leaves."""
    body = {"type": "about:blank", "status": status, "code": code, "message": message}
    return JSONResponse(body, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def status_of(error: LabelError) -> int:
    """The HTTP status of one of our errors."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def add_problems(app: FastAPI) -> None:
    """Let every error of an application leave as a problem."""
    app.add_exception_handler(LabelError, _label_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


async def _label_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, LabelError)
    retry_after_s = error.fields.get("retry_after_s")
    headers = {"Retry-After": str(int(float(retry_after_s)) or 1)} if retry_after_s else None
    status = 429 if isinstance(error, NotAllowedError) and headers else status_of(error)
    return problem(status, error.code, redact(error.message), headers)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, f"http_{error.status_code}", str(error.detail), headers)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # What was sent is not repeated: it may be a password in the wrong field.
    told = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    return problem(422, "invalid", "; ".join(told))


async def _unexpected(_request: Request, error: Exception) -> Response:
    log.error("unexpected: %s", redact("".join(traceback.format_exception(error))))
    return problem(
        500, "internal", f"Unexpected {type(error).__name__}; the details are in the console's log"
    )
