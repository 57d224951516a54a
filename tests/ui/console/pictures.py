"""`make pictures`: the console in the middle of a label's work, photographed into docs/pictures.

A home is made with our own engines, the console is served on it, and Chromium looks: light, dark, and as
wide as a telephone. Palettes keep each PNG below 300 KB.
"""

import sys
import tempfile
import warnings
from pathlib import Path

from PIL import Image

from runtime.studio import StudioConfig
from tests.ui.console.band import Band
from tests.ui.console.conftest import CHROMIUM, FLAGS
from tests.ui.console.demo import fill
from tests.ui.console.house import opened, served

OUT = Path("docs/pictures")
LIMIT_BYTES = 300_000
WIDE, TALL = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
LOOKS = {
    "light": {"viewport": WIDE, "color_scheme": "light"},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "390": {"viewport": TALL, "color_scheme": "dark"},
}
PAGES = {
    "now": ("/", "#making .lm-steps"),
    "approvals": ("/approvals", "#card .lm-song"),
    "artists": ("/artists", "#roster li"),
    "artist": ("/artist?name={artist}", "#work img"),
    "calendar": ("/artist?name={artist}", "#calendar .lm-piece"),
    "changes": ("/artist?name={artist}", "#changes .lm-edits"),
    "inbox": ("/inbox", "#request h2"),
    "cycles": ("/cycles?cycle={cycle}", "#cycle .lm-steps"),
    "releases": ("/releases", "#release img"),
    "errors": ("/errors?fault=2f60b7d1c8e94a35", "#patch .lm-patch"),
    "settings": ("/settings", "#settings li"),
}
SCROLLED = {"calendar": "#calendar", "changes": "#changes"}
"""What further down a page is looked at."""
SETTLED_MS = 2_500
"""Covers and posters are there by then."""


def photograph(home: Path, wanted: list[str]) -> None:
    """Every wanted page in every look."""
    from playwright.sync_api import sync_playwright

    with opened(home, undo_s=10.0) as (label, stage):
        from storage.queries import list_cycles
        from storage.types import CycleState

        done = stage.read(list_cycles, states=(CycleState.ENDED,))[-1]
        names = {"artist": done.artist_slug, "cycle": done.cycle.id}
        with served(label, home) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            for look, context in LOOKS.items():
                page = browser.new_context(reduced_motion="reduce", **context).new_page()
                for name in wanted:
                    path, there = PAGES[name]
                    page.goto(url + path.format(**names), wait_until="domcontentloaded")
                    page.wait_for_selector(there)
                    page.wait_for_timeout(SETTLED_MS)
                    if name in SCROLLED:
                        page.evaluate(f"document.querySelector('{SCROLLED[name]}').scrollIntoView()")
                        page.mouse.wheel(0, -80)
                        page.wait_for_timeout(300)
                    _keep(page.screenshot(), OUT / f"console-{name}-{look}.png")
                page.context.close()
            browser.close()


def _keep(png: bytes, path: Path) -> None:
    """The picture in few enough colours that a repository may hold it."""
    import io

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64):
        picture.quantize(colours, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
        if path.stat().st_size < LIMIT_BYTES:
            return


def main() -> None:
    """Make the home and look at it; names of pages narrow it down."""
    warnings.simplefilter("ignore")
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with opened(home, sample_rate_hz=22_050, video_preset="sd", cover_px=1_200) as (label, stage):
            fill(Band(stage, StudioConfig.of(label.settings)), waiting=5, released=4, rejected=1)
        photograph(home, sys.argv[1:] or list(PAGES))


if __name__ == "__main__":
    main()
