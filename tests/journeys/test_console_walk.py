"""A person in a browser: asks for a song, hears it, approves it, sees the release, pauses the artist, reads why."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from runtime.label import Label
from storage import artists, queries
from storage.types import Artist, CycleState, DeciderKind, LifecycleState, Outcome
from tests.ui.console.conftest import CHROMIUM, FLAGS
from ui.web.app import build_app
from ui.web.auth import Doorkeeper
from ui.web.binding import address_of, listen
from ui.web.server import server_config

pytestmark = [pytest.mark.walk, pytest.mark.cluster]
PATIENCE_MS = 180_000
"""A song is made meanwhile, and the machine may be busy."""


@pytest.fixture
def console(label: Label) -> Iterator[str]:
    """The running label's console, served from a thread with a loop of its own."""
    listening = listen("127.0.0.1", 0)
    servers: list[uvicorn.Server] = []
    ready = threading.Event()

    async def serve() -> None:
        app = build_app(label, Doorkeeper(label.settings, label.store))
        servers.append(uvicorn.Server(server_config(app)))
        ready.set()
        await servers[0].serve(sockets=[listening])

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(120)
        yield address_of(listening)
    finally:
        servers[0].should_exit = True
        thread.join(30)
        listening.close()


@pytest.mark.skipif(
    not CHROMIUM.exists(), reason="there is no Chromium; `apt-get install chromium` brings it"
)
def test_from_a_wish_to_a_release_and_a_pause(label: Label, console: str):
    from playwright.sync_api import sync_playwright

    artist = asyncio.run(label.create_artist(seed=61, genre=None, who="test"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        outside: list[str] = []
        page.on(
            "request", lambda asked: outside.append(asked.url) if _is_outside(asked.url, console) else None
        )
        title = _walk(page, console, artist)
        browser.close()
    assert outside == []

    songs = asyncio.run(label.store.read(queries.list_cycles, artist_id=artist.id))
    assert [(song.title, song.cycle.outcome, song.cycle.decided_by) for song in songs] == [
        (title, Outcome.APPROVED, DeciderKind.PERSON)
    ]
    now = asyncio.run(label.store.read(artists.artist_by_id, artist_id=artist.id))
    assert (now.state, now.pause_reason) == (LifecycleState.PAUSED, "a rest")


def _walk(page, console: str, artist: Artist) -> str:
    here = f"{console}/artist?name={artist.slug}"
    page.goto(here, wait_until="domcontentloaded")
    page.wait_for_selector("#moves #move-pause")
    page.fill("#song-title input, #song-title textarea", "A Walk in the Park")
    page.fill("#song-seconds input, #song-seconds textarea", "10")
    page.click("#song-ask")
    page.wait_for_selector(f"#songs >> text={CycleState.WAITING}")

    page.goto(f"{console}/approvals", wait_until="domcontentloaded")
    page.click("#waiting >> text=A Walk in the Park")
    page.wait_for_selector(
        "#card h2 >> text=A Walk in the Park"
    )  # songs of other journeys may wait before it
    page.wait_for_function("document.querySelector('.lm-player audio').duration > 5")
    page.click("#card [data-play]")
    page.wait_for_selector(".lm-player.playing")
    page.wait_for_selector("html:not([data-held])")  # nobody decides in the moment in which a song comes
    page.click("#approve")
    page.wait_for_selector("#lm-notice >> text=Approved: A Walk in the Park")

    page.goto(f"{console}/releases", wait_until="domcontentloaded")
    page.wait_for_selector("#release-grid >> text=A Walk in the Park")

    page.goto(here, wait_until="domcontentloaded")
    page.click("#moves #move-pause")
    page.fill("#move-why input, #move-why textarea", "a rest")
    page.click("#move-yes")
    page.wait_for_selector("#life >> text=a rest")
    return "A Walk in the Park"


def _is_outside(url: str, console: str) -> bool:
    return not url.startswith((console, "data:", "blob:"))
