"""The console's application over a real socket, on the test's own home; a browser's and a program's client."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from configs.settings import Settings
from runtime.label import open_label
from tests import homes
from tests.storage.stage import Stage
from ui.web.app import build_app
from ui.web.auth import Doorkeeper
from ui.web.binding import address_of, listen
from ui.web.server import server_config

TOKEN = "token-made-up-for-this-test"  # pragma: allowlist secret
LOGINS = "ann:the first password,bob:the second one"  # pragma: allowlist secret


@dataclass(frozen=True)
class Site:
    """A served label."""

    address: str
    stage: Stage
    """What happens to its label behind it."""

    def client(self, *, origin: bool = True, **headers: str) -> httpx.Client:
        """A client; with `origin` it says where it comes from, as a browser on our own page does."""
        own = {"Origin": self.address, "Sec-Fetch-Site": "same-origin"} if origin else {}
        return httpx.Client(base_url=self.address, headers={**own, **headers}, timeout=30)

    def program(self, token: str = TOKEN) -> httpx.Client:
        return self.client(origin=False, Authorization=f"Bearer {token}")

    @contextmanager
    def signed_in(self, alias: str, password: str) -> Iterator[httpx.Client]:
        with self.client() as client:
            answer = client.post("/login", data={"alias": alias, "password": password})
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            yield client


@contextmanager
def served(home: Path, *, with_console: bool = False, **changed: object) -> Iterator[Site]:
    """Serve a home that no label runs in, from a thread with a loop of its own."""
    settings = Settings.load(home, **changed)
    homes.ready(settings.home)
    # The address that decides who may come in may be one that a test must not open to the network.
    listening = listen("127.0.0.1", 0)
    ready = threading.Event()
    servers: list[uvicorn.Server] = []
    stages: list[Stage] = []

    async def serve() -> None:
        async with open_label(settings) as label:
            app = build_app(label, Doorkeeper(settings, label.store), with_console=with_console)
            server = uvicorn.Server(server_config(app))
            servers.append(server)
            stages.append(Stage(label.store._store, None))
            ready.set()
            await server.serve(sockets=[listening])

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(30)
    try:
        yield Site(address_of(listening), stages[0])
    finally:
        servers[0].should_exit = True
        thread.join(30)
        listening.close()


@pytest.fixture
def site(home: Path) -> Iterator[Callable[..., Site]]:
    """Serve the home with these settings until the test ends."""
    with ExitStack() as open_sites:
        yield lambda **changed: open_sites.enter_context(served(home, **changed))
