"""What surfaces read of many rows at once, on both databases."""

from datetime import timedelta
from decimal import Decimal

import pytest

from storage import approvals, artists, autopilot, histories, spending, steps, timelines
from storage.artist_overviews import PAGE, artist_overview, roster_page
from storage.errors import NotFoundError
from storage.overviews import label_overview, review_queue
from storage.types import (
    AutopilotPolicy,
    CycleState,
    CycleStep,
    LifecycleState,
    Outcome,
    StepStatus,
)
from tests.storage.stage import CAPS, Stage, asset, key


def test_the_roster_is_found_by_state_name_and_genre_and_turned_page_by_page(stage: Stage):
    for index in range(PAGE + 2):
        stage.artist(f"Voice {index:02}")
    stage.artist("100% Rain_", LifecycleState.PAUSED)
    first = stage.read(roster_page, state=None, text="", page=0)
    last = stage.read(roster_page, state=None, text="", page=99)
    assert (len(first.rows), len(last.rows), first.pages, last.page) == (PAGE, 3, 2, 1)
    assert not {row.slug for row in first.rows} & {row.slug for row in last.rows}
    paused = stage.read(roster_page, state=LifecycleState.PAUSED, text="", page=0)
    assert [row.name for row in paused.rows] == ["100% Rain_"]
    assert paused.sizes[LifecycleState.ACTIVE] == PAGE + 2

    def named(text: str) -> list[str]:
        return [row.name for row in stage.read(roster_page, state=None, text=text, page=0).rows]

    assert named("  voice 07 ") == ["Voice 07"]
    assert named("100%") == ["100% Rain_"], "a sign of LIKE is a letter here"
    assert len(named("LOFI")) == PAGE


def test_timelines_of_many_cycles_come_apart_and_a_parked_purchase_is_told(stage: Stage):
    one, first = stage.song("One")
    two, second = stage.song("Two")
    stage.begin(one, first, CycleStep.PLAN, provider="embedded")
    stage.finish(one, first, CycleStep.PLAN)
    stage.begin(two, second, cost="0.30")
    stage.write(steps.park_step, fence=two, key=key(second), reason="no answer")
    told = stage.read(timelines.timelines, cycle_ids=(first.id, second.id))
    assert [(mark.name, mark.status) for mark in told[first.id]] == [(CycleStep.PLAN, StepStatus.DONE)]
    assert [mark.status for mark in told[second.id]] == [StepStatus.UNKNOWN]
    (parked,) = stage.read(timelines.parked_cycles)
    assert (parked.cycle_id, parked.artist_slug, parked.reserved_usd, parked.reason) == (
        second.id, "two", Decimal("0.30"), "no answer",
    )  # fmt: skip
    since = stage.clock.now() - timedelta(days=1)
    assert [(use.provider, use.count) for use in stage.read(timelines.provider_uses, since=since)] == [
        ("embedded", 1)
    ]


def test_the_overview_shows_what_is_under_way_first_and_its_money_by_day(stage: Stage):
    fence, running = stage.song("One")
    other, parked = stage.song("Two")
    stage.begin(fence, running, cost="0.40")
    stage.begin(other, parked, cost="0.20", provider="other")
    stage.write(steps.park_step, fence=other, key=key(parked), reason="no answer")
    told = stage.read(label_overview, caps=CAPS)
    assert [line.cycle.state for line in told.lines] == [CycleState.RUNNING, CycleState.PARKED]
    assert {(each.provider, each.usd) for each in told.spend} == {
        ("suno", Decimal("0.40")),
        ("other", Decimal("0.20")),
    }
    stage.clock.advance(days=20)
    assert stage.read(label_overview, caps=CAPS).spend == ()
    assert stage.read(spending.spend_by_day, since_day="9999-01-01") == []


def test_the_review_queue_says_what_comes_next_and_what_can_be_undone(stage: Stage):
    asked = []
    for name in ("One", "Two", "Three"):
        fence, cycle = stage.song(name)
        asked.append(stage.ask(fence, cycle).id)
    queue = stage.read(review_queue)
    assert [each.id for each in queue.waiting] == asked
    assert (queue.after(asked[0]), queue.after(asked[2]), queue.after(asked[0], -1)) == (
        asked[1],
        asked[0],
        asked[2],
    )
    assert queue.after("apr_unknown") == asked[0]
    stage.write(
        approvals.decide, approval_id=asked[1], outcome=Outcome.APPROVED, decided_by="person", who="ada",
        surface="console", undo_s=10,
    )  # fmt: skip
    assert [each.id for each in stage.read(review_queue).undoable] == [asked[1]]
    stage.clock.advance(seconds=11)
    after = stage.read(review_queue)
    assert after.undoable == ()
    assert [each.id for each in after.waiting] == [asked[0], asked[2]]


def test_an_artist_is_told_with_its_versions_moves_media_and_money(stage: Stage):
    fence, cycle = stage.song("Nova Rain")
    stage.begin(fence, cycle, cost="0.50")
    old, new = asset("aa", kind="cover"), asset("bb", kind="mp3")
    stage.finish(fence, cycle, cost="0.50", assets=(old, new))
    artist = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    stage.write(
        artists.change_persona, artist_id=artist.id, version=1, persona=artist.persona, trigger="voice",
        evidence={"cycle_id": cycle.id}, who="ada",
    )  # fmt: skip
    stage.end(fence, cycle, Outcome.APPROVED)
    stage.write(
        autopilot.set_autopilot,
        artist_id=fence.artist_id,
        policy=AutopilotPolicy(),
        who="owner",
        surface="cli",
        reason="good",
    )
    told = stage.read(artist_overview, name="nova-rain")
    assert [(each.version, each.trigger) for each in told.versions] == [(2, "voice"), (1, "created")]
    assert told.latest == {"cover": old.sha256, "mp3": new.sha256}
    assert (told.money.spent_usd, told.money.per_approved_usd) == (Decimal("0.50"), Decimal("0.50"))
    assert [throw.body["reason"] for throw in told.throws] == ["good"]
    assert stage.read(histories.latest_media, artist_ids=(), kinds=("cover",)) == {}
    with pytest.raises(NotFoundError):
        stage.read(artist_overview, name="nobody")
