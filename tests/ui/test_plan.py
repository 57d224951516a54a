"""Calendars on the command line, drawn as the running label draws them."""

import asyncio
from datetime import UTC, datetime

import pytest

from configs.settings import Settings
from runtime.content_plan import follow_plans
from storage.store import LocalStore
from tests.ui.conftest import Call, behind

pytestmark = pytest.mark.usefixtures("made_home")


@pytest.fixture
def slug(call: Call) -> str:
    return call("artist", "create", "--seed", "5", "--genre", "lofi", "--json").data["slug"]


def follow(home, **changes) -> int:
    with behind(home) as stage:
        settings = Settings.load(home, **changes)
        return len(asyncio.run(follow_plans(LocalStore(stage.store), settings, datetime.now(UTC))))


def test_a_new_artist_is_planned_once_it_is_accepted(call: Call, home, slug):
    assert "accept" in call("artist", "show", slug).out
    assert follow(home) == 0
    assert call("plan", "show", slug, "--json").data == {"plan": []}
    assert call("artist", "accept", slug).code == 0
    follow(home)
    entries = call("plan", "show", slug, "--json").data["plan"]
    assert {entry["kind"] for entry in entries} == {"song", "teaser", "post"}
    assert sum(entry["kind"] == "song" for entry in entries) in (4, 5)
    follow(home)
    assert call("plan", "show", slug, "--json").data["plan"] == entries


def test_with_no_days_ahead_nothing_is_planned(call: Call, home, slug):
    call("artist", "accept", slug)
    assert follow(home, plan_ahead_days=0) == 0
    assert "Nothing is planned" in call("plan", "show").out


def test_an_entry_is_edited_skipped_posted_and_added(call: Call, home, slug):
    call("artist", "accept", slug)
    follow(home)
    post = next(entry for entry in call("plan", "show", "--json").data["plan"] if entry["kind"] == "post")
    told = call(
        "plan", "edit", post["id"], "--text", "Hear {title}", "--platform", "x", "--as", "ann", "--json"
    ).data
    assert (told["text"], told["platform"], told["changed_by"]) == ("Hear {title}", "x", "ann")
    assert call("plan", "done", post["id"], "--json").data["status"] == "done"
    assert call("plan", "skip", post["id"], "--json").data["status"] == "skipped"
    added = call(
        "plan", "add", slug, "--kind", "song", "--day", "2031-05-01", "--theme", "snow", "--json"
    ).data
    assert (added["day"], added["theme"], added["status"]) == ("2031-05-01", "snow", "planned")
    assert call("plan", "redraw", slug).code == 0
    assert "Hear the next song" in call("plan", "show", slug).out


def test_bad_entries_are_one_clear_line(call: Call, home, slug):
    assert "no day" in call("plan", "add", slug, "--kind", "song", "--day", "tomorrow").line
    assert "Say which platform" in call("plan", "add", slug, "--kind", "post", "--day", "2031-05-01").line
    assert (
        "no platform 'myspace'"
        in call("plan", "add", slug, "--kind", "post", "--day", "2031-05-01", "--platform", "myspace").line
    )
    assert "plan show" in call("plan", "edit", "pln_nothing", "--text", "x").line
    assert "Say what to change" in call("plan", "edit", "pln_nothing").line
