"""One small label with real songs for the whole session, and a browser where there is one."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime.label import Label
from runtime.studio import StudioConfig
from tests.storage.stage import Stage
from tests.ui.console.band import Band
from tests.ui.console.house import opened, served
from ui.console.reception import Reception

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three artists and three songs that wait; made once, copied for each who changes it."""
    home = tmp_path_factory.mktemp("made") / "home"
    with opened(home) as (label, stage):
        band = Band(stage, StudioConfig.of(label.settings))
        for seed, genre in ((41, "synthwave"), (42, "lofi"), (43, "house")):
            band.song(band.artist(seed, genre=genre), 900 + seed)
    return home


@pytest.fixture
def there(made_home: Path, tmp_path: Path) -> Iterator[tuple[Label, Stage]]:
    """The label on a copy of the made home."""
    shutil.copytree(made_home, tmp_path / "home")
    with opened(tmp_path / "home") as opening:
        yield opening


@pytest.fixture
def label(there: tuple[Label, Stage]) -> Label:
    return there[0]


@pytest.fixture
def stage(there: tuple[Label, Stage]) -> Stage:
    return there[1]


@pytest.fixture
def reception(label: Label) -> Reception:
    from tests.ui.console.house import who

    return Reception(label, who)


@pytest.fixture
def band(label: Label, stage: Stage) -> Band:
    return Band(stage, StudioConfig.of(label.settings))


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """One browser a module: while Playwright is started, no other test of this process can run a loop of its own."""
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium; `apt-get install chromium` brings it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


class Served:
    """A console on its own home, and what its pages asked for and complained of."""

    def __init__(self, url: str, stage: Stage, browser) -> None:
        self.url, self.stage, self._browser = url, stage, browser
        self.complaints: list[str] = []
        self._contexts: list[object] = []

    def page(self, path: str = "/", *, who: str = "owner", **context):
        """A page in a browser of its own, watched."""
        opened = self._browser.new_context(reduced_motion="reduce", **context)
        opened.add_cookies([{"name": "who", "value": who, "url": self.url}])
        self._contexts.append(opened)
        page = opened.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: self._outside(request.url))
        page.on("console", self._told)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.goto(self.url + path, wait_until="domcontentloaded")
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def _outside(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"left the machine: {url}")

    def _told(self, told) -> None:
        # Gradio's client says this of its own open stream when a page is left for another.
        is_leaving = "AbortError" in told.text or "Connection errored out" in told.text
        if told.type == "error" and not is_leaving:
            self.complaints.append(f"console: {told.text}")


@pytest.fixture(scope="module")
def open_console(
    made_home: Path, tmp_path_factory: pytest.TempPathFactory, chromium
) -> Iterator[Callable[[], Served]]:
    """One console a module: building its pages takes seconds."""
    home = tmp_path_factory.mktemp("console") / "home"
    shutil.copytree(made_home, home)
    with opened(home) as (label, stage), served(label, home) as url:
        console = Served(url, stage, chromium)
        yield lambda: console


@pytest.fixture
def console(open_console) -> Iterator[Served]:
    """The module's console, with nothing decided; nothing may have left the machine, and no page complained."""
    console = open_console()
    console.complaints.clear()
    _undecided(console.stage)
    yield console
    console.close()
    assert console.complaints == []


def _undecided(stage: Stage) -> None:
    from tests.ui.console.rewind import rewind

    stage.write(rewind)
