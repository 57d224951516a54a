"""The console as a person meets it: a real browser, real songs, one label."""

from pathlib import Path

import pytest

from storage import approval_rows
from storage.label import is_stopped
from tests.ui.console.conftest import Served

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


def test_the_queue_is_walked_with_the_keyboard(console: Served) -> None:
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


def test_nothing_is_decided_while_another_song_is_on_its_way(console: Served) -> None:
    page = console.page("/approvals")
    ready(page)
    first, second, third = pending(console)
    for key in "jja":  # faster than a page can follow
        page.keyboard.press(key)
    page.wait_for_selector(f"#card [data-approval={third}]")
    page.wait_for_selector("html:not([data-held])")
    assert pending(console) == [first, second, third]
    page.keyboard.press("a")
    page.wait_for_selector("#undos .lm-undo")
    assert pending(console) == [first, second]


def test_a_double_click_decides_once_and_the_next_song_is_untouched(console: Served) -> None:
    page = console.page("/approvals")
    ready(page)
    first, *others = pending(console)
    page.dblclick("#approve")
    assert shown_after(page, first) == others[0]
    assert pending(console) == others
    assert [each.action for each in decisions(console, first)] == ["decide"]


def test_a_click_that_meets_a_song_as_it_comes_decides_nothing(console: Served) -> None:
    page = console.page("/approvals")
    ready(page)
    first, *others = pending(console)
    page.evaluate(
        """before => new MutationObserver((_, watch) => {
            const id = document.querySelector('#card [data-approval]')?.dataset.approval;
            if (!id || id === before) return;
            watch.disconnect();
            setTimeout(() => document.querySelector('#approve').click(), 100);
        }).observe(document, {childList: true, subtree: true})""",
        first,
    )
    page.click("#approve")
    assert shown_after(page, first) == others[0]
    page.wait_for_timeout(1_000)
    assert pending(console) == others


def test_of_two_reviewers_one_wins_and_the_other_is_told_by_whom(console: Served) -> None:
    ada, ben = console.page("/approvals", who="ada"), console.page("/approvals", who="ben")
    ready(ada)
    ready(ben)
    first = pending(console)[0]
    ben.fill("#why textarea, #why input", "I like it too")
    ada.click("#approve")
    shown_after(ada, first)
    ben.wait_for_selector("#overtaken >> text=by ada (console)")
    ben.click("#approve")
    ben.wait_for_selector("#lm-notice >> text=by ada (console)")
    assert ben.locator("#why textarea, #why input").input_value() == "I like it too"
    (decided,) = decisions(console, first)
    assert decided.who == "ada"


def test_what_is_typed_survives_refreshes_and_stays_with_its_song(console: Served) -> None:
    page = console.page("/approvals")
    ready(page)
    first = chosen(page)
    page.fill("#why textarea, #why input", "for the first alone")
    page.wait_for_timeout(2 * 2_000 + 500)  # two ticks of the page's clock
    assert page.locator("#why textarea, #why input").input_value() == "for the first alone"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    shown_after(page, first)
    assert page.locator("#why textarea, #why input").input_value() == ""


def test_a_decision_is_undone_before_it_takes_effect(console: Served) -> None:
    page = console.page("/approvals")
    ready(page)
    first = pending(console)[0]
    page.click("#approve")
    page.wait_for_selector("#undos .lm-undo")
    assert first not in pending(console)
    shown_after(page, first)
    page.keyboard.press("u")
    page.wait_for_function(
        "id => document.querySelector('#card [data-approval]')?.dataset.approval === id", arg=first
    )
    assert first in pending(console)
    assert [each.action for each in decisions(console, first)] == ["decide", "undo"]


def test_the_recording_plays_and_is_sought(console: Served) -> None:
    page = console.page("/approvals")
    ready(page)
    page.wait_for_function("document.querySelector('.lm-player audio').duration > 5")
    page.click("#card [data-play]")
    page.wait_for_selector(".lm-player.playing")
    box = page.locator("#card .lm-wave").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    page.wait_for_function("document.querySelector('.lm-player audio').currentTime > 4")


def test_everything_is_stopped_after_a_question_and_goes_on(console: Served) -> None:
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


def test_a_setting_is_refused_at_its_field_then_changed_and_given_back(console: Served) -> None:
    page = console.page("/settings")
    page.click("#settings [data-id=LATER_H]")
    page.wait_for_selector("#setting-value textarea, #setting-value input")
    page.fill("#setting-value textarea, #setting-value input", "soon")
    page.click("#setting-save")
    page.wait_for_selector("#setting .lm-complaint")
    page.fill("#setting-value textarea, #setting-value input", "12")
    page.click("#setting-save")
    page.wait_for_selector("#settings [data-id=LATER_H] .value >> text=12.0")
    page.wait_for_selector("#audit >> text=LATER_H")
    page.click("#setting-back")
    page.wait_for_selector("#settings [data-id=LATER_H] .value >> text=4.0")


def test_every_page_is_dark_and_fits_a_telephone(console: Served, tmp_path: Path) -> None:
    page = console.page("/approvals", viewport={"width": 390, "height": 844}, color_scheme="dark")
    ready(page)
    for path, there in PAGES.items():
        page.goto(console.url + path, wait_until="domcontentloaded")
        page.wait_for_selector(there)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(20, 20, 23)", path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{path} is {wide} px wide"
        assert page.evaluate(LISTS_THAT_RUN_OVER) == 0, f"{path}: a long list would lie under what it lists"


LISTS_THAT_RUN_OVER = """[...document.querySelectorAll('.lm-split > .lm-list > *')].filter(
    (list) => getComputedStyle(list).overflowY !== 'auto').length"""
PAGES = {
    "/": "#figures .lm-figure",
    "/approvals": "#card .lm-song",
    "/artists": "#roster li",
    "/cycles": "#cycle h2",
    "/releases": "#release-grid p",
    "/errors": "#fault p",
    "/settings": "#settings li",
}
