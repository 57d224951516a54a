"""Updates that Telegram brings, instead of being asked for: one address, one secret, nothing else answers."""

import asyncio
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from telegram import Update
from telegram.ext import Application

from ui.telegram.office import Office

BODY_MAX_BYTES = 1_000_000
HEADER = b"x-telegram-bot-api-secret-token"
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class _Server(uvicorn.Server):
    """Leaves signals to the bot."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def webhook(application: Application, office: Office, updates: list[str]) -> AsyncIterator[int]:
    """Listen on 127.0.0.1 and tell Telegram the public address; yields the port."""
    secret = secrets.token_urlsafe(32)
    config = uvicorn.Config(
        _Door(application, secret),
        host="127.0.0.1",
        port=office.settings.telegram_webhook_port,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0.02)
    if serving.done():
        await serving
    try:
        await application.bot.set_webhook(
            str(office.settings.telegram_webhook_url),
            secret_token=secret,
            allowed_updates=updates,
            drop_pending_updates=False,
        )
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


class _Door:
    """The smallest application there is: a POST with the secret is an update."""

    def __init__(self, application: Application, secret: str) -> None:
        self._application = application
        self._secret = secret.encode()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        status = await self._status(scope, receive) if scope["type"] == "http" else 404
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def _status(self, scope: MutableMapping[str, Any], receive: Receive) -> int:
        given = dict(scope["headers"]).get(HEADER, b"")
        if scope["method"] != "POST" or not hmac.compare_digest(given, self._secret):
            return 403
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if len(body) > BODY_MAX_BYTES:
                return 413
            if not part.get("more_body"):
                break
        try:
            update = Update.de_json(json.loads(body), self._application.bot)
        except (ValueError, KeyError, TypeError):
            return 400
        await self._application.update_queue.put(update)
        return 200
