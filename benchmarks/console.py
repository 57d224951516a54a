"""How soon a page of the console is ready, with a small label and with a thousand artists and two hundred songs.

    python -m benchmarks.console [--rounds 3]

A browser opens each page anew; ready is when its last card is drawn. Then one of two open browsers decides on a
song, and the other is watched until it says so. The least of the rounds counts, because the machine is shared.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

PAGE_TARGET_S = 2.5
SHOWN_TARGET_S = 2.0
RATIO_TARGET = 2.0
PAGES = {
    "": "#figures .lm-figure",
    "approvals": "#card .lm-song",
    "artists": "#roster li",
    "cycles": "#cycle h2",
    "releases": "#release-grid p",
    "errors": "#fault p",
    "settings": "#settings li",
}
"""What each page draws last."""
SONGS = ((41, "synthwave"), (42, "lofi"), (43, "house"))


def ready_s(browser, url: str, selector: str) -> float:
    context = browser.new_context()
    page = context.new_page()
    begun_s = time.perf_counter()
    page.goto(url, wait_until="domcontentloaded")
    page.wait_for_selector(selector)
    took_s = time.perf_counter() - begun_s
    context.close()
    return took_s


def pages_s(browser, url: str, rounds: int) -> dict[str, float]:
    """The least time of each page."""
    return {
        name: min(ready_s(browser, f"{url}/{name}", selector) for _ in range(rounds))
        for name, selector in PAGES.items()
    }


def shown_elsewhere_s(browser, url: str) -> float:
    """From a press in one browser until another one says what was decided."""
    here, there = browser.new_context().new_page(), browser.new_context().new_page()
    for page in (here, there):
        page.goto(f"{url}/approvals", wait_until="domcontentloaded")
        page.wait_for_selector("#card .lm-song")
    here.wait_for_selector("html:not([data-held])")
    begun_s = time.perf_counter()
    here.click("#approve")
    there.wait_for_selector("#overtaken >> text=by owner (console)")
    return time.perf_counter() - begun_s


def main() -> int:
    from playwright.sync_api import sync_playwright

    from runtime.studio import StudioConfig
    from tests.ui.console.band import Band
    from tests.ui.console.conftest import CHROMIUM, FLAGS
    from tests.ui.console.crowd import crowd
    from tests.ui.console.house import opened, served

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    if not CHROMIUM.exists():
        sys.stderr.write(f"there is no {CHROMIUM}; `apt-get install chromium` brings it\n")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="labelmate-bench-"))
    try:
        with opened(folder / "home") as (label, stage):
            band = Band(stage, StudioConfig.of(label.settings))
            for seed, genre in SONGS:
                band.song(band.artist(seed, genre=genre), 900 + seed)
            with served(label, folder / "home") as url, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
                ready_s(browser, url, PAGES[""])  # the first page of a process loads what all share
                few = pages_s(browser, url, rounds)
                shown_s = shown_elsewhere_s(browser, url)
                stage.write(crowd, artists=1_000, songs=200)
                many = pages_s(browser, url, rounds)
                browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("page         3 artists   1,000 artists, 200 songs")
    for name, few_s in few.items():
        print(f"{name or 'now':10} {few_s:8.2f} s {many[name]:8.2f} s   x{many[name] / few_s:.2f}")
    print(f"targets: {PAGE_TARGET_S:g} s; at most x{RATIO_TARGET:g}")
    print(f"decided in one browser, told in another: {shown_s:.2f} s, target {SHOWN_TARGET_S:g} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
