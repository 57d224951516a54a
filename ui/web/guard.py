"""What every request passes before anything else sees it: whose it is, where it comes from, and what may leave.

A plain ASGI layer, because the console's streams and the media's ranges must pass unbuffered.
"""

import logging
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agents.redaction import redact
from storage.errors import LabelError, NotAllowedError
from ui.web.auth import Door, Doorkeeper, Visitor
from ui.web.problems import problem, status_of

log = logging.getLogger(__name__)
VISITOR = "labelmate.visitor"
"""Where the scope holds who asks."""
PUBLIC = ("/health", "/login")
FOR_PROGRAMS = ("/api/", "/metrics", "/media/", "/gradio_api/")
CLOSED = re.compile(r"/gradio_api/(upload|file[=/]|proxy=|stream/)")
"""Gradio's own ways to bring and fetch files: no page of ours has any use for them."""
CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Gradio's pages build functions from text and have scripts and styles in the page; none comes from outside.
CONSOLE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
PLAIN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PLAIN = ("/api/", "/login", "/logout", "/health", "/metrics", "/media/")
NOT_KEPT = ("/api/", "/login", "/logout", "/health", "/metrics")


class Guard:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper) -> None:
        self._app = app
        self._doorkeeper = doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                _add_headers(connection.url.path, MutableHeaders(scope=message))
            await send(message)

        try:
            # Public pages answer while the store does not.
            is_public = connection.url.path in PUBLIC
            visitor = None if is_public else await self._doorkeeper.visitor(connection)
            scope[VISITOR] = visitor
            answer = _closed(connection.url.path) or self._refusal(connection, visitor) or self._app
        except LabelError as error:
            answer = problem(status_of(error), error.code, redact(error.message))
        try:
            await answer(scope, receive, send_guarded)
        except Exception:  # noqa: BLE001 - answered and logged by problems.py; the server would log it unredacted
            log.debug("a request to %s failed", connection.url.path)

    def _refusal(self, connection: HTTPConnection, visitor: Visitor | None) -> Response | None:
        """The answer to a request that goes no further."""
        path, method = connection.url.path, connection.scope.get("method", "GET")
        host = connection.headers.get("host", "")
        # A page elsewhere may give its own name our address; it then arrives with that name. Where people sign
        # in, it has no session under that name, and a proxy in front of us may use a name of its own.
        if self._doorkeeper.is_open and _name_of(host) not in LOOPBACK_NAMES:
            return problem(421, "wrong_host", "This console answers to 127.0.0.1 and localhost only")
        may_change = method not in CHANGES_NOTHING or connection.scope["type"] == "websocket"
        by_token = visitor is not None and visitor.door is Door.BEARER
        if may_change and not by_token and not _is_same_origin(connection.headers, host):
            return problem(
                403,
                "foreign_origin",
                "A change has to come from this console's own pages, or with the API token as a bearer",
            )
        if visitor is not None or path in PUBLIC:
            return None
        if path.startswith(FOR_PROGRAMS) or method not in CHANGES_NOTHING:
            return problem(
                401, "sign_in", "Sign in at /login, or send the API token", {"WWW-Authenticate": "Bearer"}
            )
        if not self._doorkeeper.asks_for_logins:
            return problem(
                401,
                "sign_in",
                "The console needs CONSOLE_LOGINS here; the API token opens /api/v1 and /metrics",
                {"WWW-Authenticate": "Bearer"},
            )
        return RedirectResponse("/login", status_code=303)


def visitor_of(connection: HTTPConnection) -> Visitor:
    """Who asks. Raises NotAllowedError for a stranger, whom the guard lets through to public pages only."""
    visitor = connection.scope.get(VISITOR)
    if not isinstance(visitor, Visitor):
        raise NotAllowedError("Sign in first")
    return visitor


def _closed(path: str) -> Response | None:
    is_closed = CLOSED.match(path) is not None
    return (
        problem(404, "not_found", "Files are at /media; recordings go to /api/v1/recordings")
        if is_closed
        else None
    )


def _is_same_origin(headers: Headers, host: str) -> bool:
    """Whether a browser says that the request comes from our own pages; who says nothing is not believed."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return False
    own_site = site is None or site == "same-origin"
    own_origin = origin is None or (bool(host) and urlsplit(origin).netloc.lower() == host.lower())
    return own_site and own_origin


def _name_of(host: str) -> str:
    """The name in a Host header, without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _add_headers(path: str, headers: MutableHeaders) -> None:
    for name, value in ALWAYS.items():
        headers[name] = value
    headers["Content-Security-Policy"] = PLAIN_POLICY if path.startswith(PLAIN) else CONSOLE_POLICY
    if path.startswith(NOT_KEPT):
        headers["Cache-Control"] = "no-store"
    elif path.startswith("/media/"):
        headers.setdefault("Cache-Control", "private, no-cache")
