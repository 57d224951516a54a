"""The console as a person meets it: a real browser, real songs, one label."""

from datetime import timedelta

import pytest

from agents.niches import moved
from agents.publicist import draw
from storage import approval_rows, approvals, artists, content_plan, evolutions, experiments, releases
from storage.label import is_stopped
from storage.timelines import label_now
from storage.types import Artist, GeneEdit, Release
from tests.storage.stage import Stage
from tests.ui.console.conftest import Served
from tests.ui.console.rewind import rewind

pytestmark = pytest.mark.walk


def chosen(page) -> str:
    return page.locator("#card [data-approval]").get_attribute("data-approval")


def shown_after(page, before: str) -> str:
    """The next song, once it is there."""
    page.wait_for_function(
        "before => document.querySelector('#card [data-approval]')?.dataset.approval !== before", arg=before
    )
    page.wait_for_selector("html:not([data-held])")
    return chosen(page)


def ready(page) -> None:
    page.wait_for_selector("#card .lm-song")
    page.wait_for_selector("#approve")
    page.wait_for_selector("#waiting [aria-current]")
    page.wait_for_selector("html:not([data-held])")


def pending(console: Served) -> list[str]:
    return [each.id for each in console.stage.read(approval_rows.pending_approvals)]


def decisions(console: Served, approval_id: str):
    return console.stage.read(approval_rows.decisions_of, approval_id=approval_id)


def test_the_queue_is_walked_with_the_keyboard_and_haste_decides_once_and_on_nothing_unseen(
    console: Served,
) -> None:
    page = console.page("/approvals")
    ready(page)
    first, second, third = pending(console)
    assert chosen(page) == first
    page.keyboard.press("j")
    assert shown_after(page, first) == second
    page.keyboard.press("k")
    assert shown_after(page, second) == first
    page.keyboard.press("a")
    assert shown_after(page, first) == second
    page.keyboard.press("l")
    assert shown_after(page, second) == third
    assert [each.action for each in decisions(console, second)] == ["later"]
    page.keyboard.press("r")  # without a reason it asks for one
    page.keyboard.type("a jar of rain")  # a and r are letters here, not keys
    assert page.locator("#why textarea, #why input").input_value() == "a jar of rain"
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    shown_after(page, third)
    (rejected,) = decisions(console, third)
    assert (rejected.outcome, rejected.why, rejected.who) == ("rejected", "a jar of rain", "owner")
    assert [each.outcome for each in decisions(console, first)] == ["approved"]

    console.stage.write(rewind)
    page.reload(wait_until="domcontentloaded")
    ready(page)
    page.evaluate(FIRST_PICK_IS_SLOW)
    for key in "jja":  # faster than a page can follow
        page.keyboard.press(key)
    page.wait_for_function("window.came")
    page.wait_for_selector(f"#card [data-approval={third}]")
    page.wait_for_selector("html:not([data-held])")
    assert pending(console) == [first, second, third]
    page.keyboard.press("a")
    page.wait_for_selector("#undos .lm-undo")
    assert pending(console) == [first, second]

    seen = shown_after(page, third)
    (other,) = {first, second} - {seen}
    page.dblclick("#approve")
    assert shown_after(page, seen) == other
    assert pending(console) == [other]
    assert [each.action for each in decisions(console, seen)] == ["decide"]

    console.stage.write(rewind)
    page.reload(wait_until="domcontentloaded")
    ready(page)
    page.evaluate(CLICK_AS_IT_COMES, first)
    page.click("#approve")
    assert shown_after(page, first) == second
    page.wait_for_function("window.clicked")
    page.keyboard.press("j")
    assert shown_after(page, second) == third
    assert pending(console) == [second, third]


FIRST_PICK_IS_SLOW = """() => {
    const send = window.fetch;
    window.fetch = async (...what) => {
        if (String(what[1]?.body).includes('"act":"pick"')) {
            window.fetch = send;
            await new Promise((done) => setTimeout(done, 600));
            setTimeout(() => { window.came = true; }, 400);  // with its answer
        }
        return send(...what);
    };
}"""
"""Of two requests that were sent one after the other, the second may reach the server first."""
CLICK_AS_IT_COMES = """before => new MutationObserver((_, watch) => {
    const id = document.querySelector('#card [data-approval]')?.dataset.approval;
    if (!id || id === before) return;
    watch.disconnect();
    document.querySelector('#approve').click();  // the page's own observer is older, and has seen the song
    window.clicked = true;
}).observe(document, {childList: true, subtree: true})"""


def test_what_is_typed_and_played_survives_refreshes_and_of_two_reviewers_one_wins(console: Served) -> None:
    page, ben = console.page("/approvals", who="ada"), console.page("/approvals", who="ben")
    ready(page)
    ready(ben)
    first, second, third = pending(console)
    page.wait_for_function("document.querySelector('.lm-player audio').duration > 5")
    page.click("#card [data-play]")
    page.wait_for_selector(".lm-player.playing")
    box = page.locator("#card .lm-wave").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    page.wait_for_function("document.querySelector('.lm-player audio').currentTime > 4")

    page.fill("#why textarea, #why input", "for the first alone")
    ben.fill("#why textarea, #why input", "I like it too")
    for last in (second, third):  # what waits is drawn anew, twice
        console.stage.write(approvals.put_off, approval_id=last, for_s=3_600.0, who="cy", surface="telegram")
        page.wait_for_function(IS_LAST, arg=last)
    assert page.locator("#why textarea, #why input").input_value() == "for the first alone"
    assert chosen(page) == first
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    shown_after(page, first)
    assert page.locator("#why textarea, #why input").input_value() == ""
    page.keyboard.press("k")
    shown_after(page, second)

    page.click("#approve")
    page.wait_for_selector("#undos .lm-undo")
    assert first not in pending(console)
    shown_after(page, first)
    page.keyboard.press("u")
    page.wait_for_function(
        "id => document.querySelector('#card [data-approval]')?.dataset.approval === id", arg=first
    )
    assert first in pending(console)

    ben.wait_for_selector("#overtaken >> text=by ada (console)", state="hidden")
    page.wait_for_selector("html:not([data-held])")
    page.click("#approve")
    ben.wait_for_selector("#overtaken >> text=by ada (console)")
    ben.click("#approve")
    ben.wait_for_selector("#lm-notice >> text=by ada (console)")
    assert ben.locator("#why textarea, #why input").input_value() == "I like it too"
    assert [(each.action, each.who) for each in decisions(console, first)] == [
        ("decide", "ada"),
        ("undo", "ada"),
        ("decide", "ada"),
    ]


IS_LAST = "id => [...document.querySelectorAll('#waiting [data-act=pick]')].at(-1)?.dataset.id === id"


def test_the_label_is_stopped_and_goes_on_and_a_setting_is_changed_and_given_back(console: Served) -> None:
    page = console.page("/")
    page.wait_for_selector("#figures .lm-figure")
    page.click("#stop")
    page.wait_for_selector("#stop-yes")
    assert not console.stage.read(is_stopped)
    page.click("#stop-yes")
    page.wait_for_selector("#stopped .lm-banner")
    assert console.stage.read(is_stopped)
    page.click("#resume")
    page.wait_for_selector("#stopped .lm-banner", state="detached")
    assert not console.stage.read(is_stopped)

    page.goto(f"{console.url}/settings", wait_until="domcontentloaded")
    page.click("#settings [data-id=LATER_H]")
    page.wait_for_selector("#setting-value textarea, #setting-value input")
    page.fill("#setting-value textarea, #setting-value input", "soon")
    page.click("#setting-save")
    page.wait_for_selector("#setting .lm-complaint")
    # A button takes no press while its last one is still being closed, which may be after its answer is shown.
    page.click("#settings [data-id=LATER_H]")
    page.wait_for_selector("#setting .lm-complaint", state="detached")
    page.fill("#setting-value textarea, #setting-value input", "12")
    page.click("#setting-save")
    page.wait_for_selector("#settings [data-id=LATER_H] .value >> text=12.0")
    page.wait_for_selector("#audit >> text=LATER_H")
    page.click("#setting-back")
    page.wait_for_selector("#settings [data-id=LATER_H] .value >> text=4.0")


def test_an_artists_plan_changes_and_experiments_are_steered(console: Served) -> None:
    stage = console.stage
    artist = with_a_life(stage)
    page = console.page(f"/artist?name={artist.slug}")
    page.click("#artist-accept")
    page.wait_for_selector("#lm-notice >> text=is taken on")
    page.click("#calendar .lm-piece.song >> nth=0")
    page.fill("#plan-theme textarea, #plan-theme input", "rain on tin")
    page.click("#plan-save")
    page.wait_for_selector("#calendar .lm-piece.song >> text=rain on tin")
    page.click("#calendar .lm-piece.post >> nth=0")
    page.click("#plan-done")
    page.wait_for_selector("#calendar .lm-piece.post.done")
    page.click("#calendar .lm-piece.song >> text=rain on tin")
    page.wait_for_selector("#plan-done", state="hidden")
    page.click("#plan-skip")
    page.wait_for_selector("#calendar .lm-piece.song.skipped >> text=rain on tin")

    page.click("#changes [data-act=roll_back]")
    page.wait_for_selector("#trying-asked >> text=Take this change back?")
    page.click("#trying-yes")  # without a reason it asks for one
    page.wait_for_selector("#lm-notice >> text=Say why")
    page.click("#trying-no")
    page.wait_for_selector("#trying-yes", state="hidden")
    page.click("#changes [data-act=roll_back]")
    page.wait_for_selector("#trying-yes")
    page.fill("#trying-why textarea, #trying-why input", "too loud")
    page.click("#trying-yes")
    page.wait_for_selector("#changes >> text=too loud")
    assert stage.read(artists.artist_by_id, artist_id=artist.id).genes == artist.genes

    page.click("#trying-new > button")
    for act, end in (("stop", ()), ("promote", ("withdraw",))):
        page.click("#trying-begin")
        for press in (act, *end):
            page.click(f"#experiments [data-act={press}] >> nth=0")
            page.wait_for_selector("#trying-asked >> text=/hook density/")
            page.click("#trying-yes")
            page.wait_for_selector(f"#experiments [data-act={press}]", state="detached")
    tried = stage.read(experiments.list_experiments)
    assert [(row.status, row.winner_arm_id) for row in tried] == [("ended", None)] * 2


def with_a_life(stage: Stage) -> Artist:
    """An artist with four weeks planned and a change on trial; told as it was before the change."""
    artist = stage.read(artists.list_artists)[0]
    today = stage.read(label_now).date()
    until = today + timedelta(days=27)
    pieces = draw(artist.persona, first=today, last=until)
    stage.write(content_plan.extend_plan, artist_id=artist.id, pieces=pieces, until=until)
    edits = (GeneEdit(gene="energy", delta=0.1, because="people: energy"),)
    stage.write(
        evolutions.open_evolution, artist_id=artist.id, version=artist.version, parent_version=artist.version,
        kind="refine", edits=edits, style_note="", genes=moved(artist.genes, edits), style_notes="", who="policy",
    )  # fmt: skip
    return artist


def test_a_name_is_searched_and_a_release_is_put_out_and_taken_back(console: Served) -> None:
    stage = console.stage
    asked = stage.read(approval_rows.pending_approvals)[-1]
    artist = stage.read(artists.artist_by_id, artist_id=asked.artist_id)
    bag = Release(id="rel_1", title="Slow Rain", directory="d", manifest_sha256="ab" * 32)
    stage.write(
        releases.record_release, fence=stage.activate(artist).fence, cycle_id=asked.cycle_id, release=bag,
        release_date="2026-02-01",
    )  # fmt: skip
    page = console.page(f"/artist?name={artist.slug}")
    for searched in ("two engines: nobody", "three engines: nobody"):
        page.fill("#name-found textarea, #name-found input", searched)
        page.click("#name-searched")
        page.wait_for_selector("#name-searched", state="hidden")
        if searched.startswith("two"):
            page.click("#name-search-kept button.label-wrap")
            page.click("#name-unsearched")
            page.wait_for_selector("#name-asked >> text=two engines: nobody")
            page.click("#name-yes")
            page.wait_for_selector("#name-search-kept", state="hidden")

    page.goto(f"{console.url}/releases", wait_until="domcontentloaded")
    page.click("#release-published")
    page.wait_for_selector("#release-asked >> text=Slow Rain is out?")
    page.fill("#release-places textarea", "bandcamp")
    page.click("#release-yes")
    page.wait_for_selector("#lm-notice >> text=names no place")
    assert page.locator("#release-places textarea").input_value() == "bandcamp", (
        "a fault keeps what was typed"
    )
    page.fill("#release-places textarea", "bandcamp=https://a.example")
    page.click("#release-yes")
    page.wait_for_selector("#release a >> text=bandcamp")
    page.wait_for_selector("#release-yes", state="hidden")
    page.goto(f"{console.url}/artist?name={artist.slug}", wait_until="domcontentloaded")
    page.wait_for_selector("#persona >> text=three engines: nobody")
    assert not page.locator("#name-search-kept").is_visible(), "its search is on record for good"
    page.goto(f"{console.url}/releases", wait_until="domcontentloaded")
    page.click("#release-withdrawn")
    page.wait_for_selector("#release-asked >> text=Take Slow Rain back for good?")
    page.click("#release-yes")
    page.wait_for_selector("#release-withdrawn", state="hidden")
    row = stage.read(releases.release_by_id, release_id="rel_1")
    assert (row.state, row.urls) == ("withdrawn", {"bandcamp": "https://a.example"})


def test_every_page_is_dark_and_fits_a_telephone(console: Served) -> None:
    page = console.page("/approvals", viewport={"width": 390, "height": 844}, color_scheme="dark")
    ready(page)
    somebody = console.stage.read(artists.list_artists)[0].slug
    for path, there in (*PAGES.items(), (f"/artist?name={somebody}", "#portrait h1")):
        page.goto(console.url + path, wait_until="domcontentloaded")
        page.wait_for_selector(there)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(20, 20, 23)", path
        assert page.evaluate(WHAT_RUNS_OUT) == [], f"{path}: runs out of the page at its right"
        assert page.evaluate(LISTS_THAT_RUN_OVER) == 0, f"{path}: a long list would lie under what it lists"


WHAT_RUNS_OUT = """[...document.querySelectorAll('.gradio-container *')].filter((each) => {
    const box = each.getBoundingClientRect();
    if (!box.width || !box.height || box.right <= innerWidth + 1) return false;
    for (let over = each.parentElement; over !== document.body; over = over.parentElement)
        if (getComputedStyle(over).overflowX !== 'visible') return false;  // it scrolls, or is cut on purpose
    return true;
}).map((each) => each.id || each.className)"""
LISTS_THAT_RUN_OVER = """[...document.querySelectorAll('.lm-split > .lm-list > *')].filter(
    (list) => getComputedStyle(list).overflowY !== 'auto').length"""
PAGES = {
    "/": "#figures .lm-figure",
    "/approvals": "#card .lm-song",
    "/artists": "#roster li",
    "/cycles": "#cycle h2",
    "/releases": "#release-grid :is(p, .lm-tile)",  # by whether another test has put one out
    "/errors": "#fault p",
    "/settings": "#settings li",
}
