"""The label's own row and duties, and its releases."""

import pytest
from sqlalchemy import update

from storage import cycles, label, name_searches, releases, steps, tables
from storage.artists import artist_by_id
from storage.errors import BudgetExceededError, ConflictError, Fenced, NotFoundError
from storage.releases import ReleaseState
from storage.store import Tx, write
from storage.types import CycleState, Release
from tests.storage.stage import Stage
from tests.storage.test_artists import age_leases


@write
def age_duties(tx: Tx, *, by_s: float) -> None:
    D = tables.leases
    tx.connection.execute(update(D).values(until_s=D.c.until_s - by_s))


def test_a_stop_is_seen_by_all_and_kept_until_resumed(stage: Stage):
    assert not stage.read(label.is_stopped)
    stopped = stage.write(label.stop_label, who="ann")
    stage.clock.advance(hours=1)
    assert stage.write(label.stop_label, who="bob") == stopped, "who stopped first stays"
    assert stage.read(label.is_stopped)
    assert stage.write(label.resume_label, who="bob").stopped_by is None


def test_what_waited_for_money_looks_again_when_the_label_is_resumed(stage: Stage):
    fence, cycle = stage.song()
    stage.begin(fence, cycle, cost="1")
    stage.write(label.stop_label, who="ann")
    with pytest.raises(BudgetExceededError, match="stop --resume"):
        stage.write(steps.check_fence, fence=fence, lease_s=30)
    waiting = {"fence": fence, "cycle_id": cycle.id, "state": CycleState.DEFERRED, "due_in_s": 900.0}
    stage.write(cycles.suspend_cycle, **waiting, reason="budget: The label is stopped")
    stage.write(label.resume_label, who="ann")
    assert stage.read(cycles.cycle_by_id, cycle_id=cycle.id).due_at <= stage.clock.now()
    stage.write(cycles.suspend_cycle, **waiting, reason="suno is down")
    stage.write(label.stop_label, who="ann")
    stage.write(label.resume_label, who="ann")
    assert stage.read(cycles.cycle_by_id, cycle_id=cycle.id).due_at > stage.clock.now()


def test_a_database_without_a_label_says_so(open_stage):
    with pytest.raises(NotFoundError, match="labelmate init"):
        open_stage().read(label.the_label)


def test_a_duty_has_one_owner_until_its_lease_runs_out(stage: Stage):
    take = {"name": "telegram-poller", "lease_s": 30.0}
    assert stage.write(label.take_lease, **take, owner="a")
    assert not stage.write(label.take_lease, **take, owner="b")
    stage.write(age_duties, by_s=29)
    assert stage.write(label.take_lease, **take, owner="a"), "its owner renews it"
    stage.write(age_duties, by_s=29)
    assert stage.read(label.lease_holder, name="telegram-poller").owner == "a"
    stage.write(age_duties, by_s=2)
    assert stage.read(label.lease_holder, name="telegram-poller") is None
    assert stage.write(label.take_lease, **take, owner="b")
    stage.write(label.free_lease, name="telegram-poller", owner="a")
    assert not stage.write(label.take_lease, **take, owner="a")
    stage.write(label.free_lease, name="telegram-poller", owner="b")
    assert stage.write(label.take_lease, **take, owner="a")


def test_of_many_who_take_a_duty_at_once_one_gets_it(stage: Stage, open_stage):
    stages = [open_stage() for _ in range(5)]
    jobs = [
        each.store.submit(
            label.take_lease, {"name": "poller", "owner": str(number), "lease_s": 30.0}, str(number)
        )
        for number, each in enumerate(stages)
    ]
    assert sorted(job.result(20) for job in jobs) == [False] * 4 + [True]


def bag(release_id: str = "rel_1", manifest: str = "ab") -> Release:
    return Release(
        id=release_id, title="Slow Rain", directory=f"nova-rain/{release_id}", manifest_sha256=manifest * 32
    )


def record(stage: Stage, fence, cycle, release: Release):
    return stage.write(
        releases.record_release, fence=fence, cycle_id=cycle.id, release=release, release_date="2026-02-01"
    )


def test_a_cycle_makes_one_release_and_a_repeat_returns_it(stage: Stage):
    fence, cycle = stage.song()
    row = record(stage, fence, cycle, bag())
    assert record(stage, fence, cycle, bag()) == row
    assert (row.state, row.artist_slug, row.urls, row.isrc) == (ReleaseState.BUILT, "nova-rain", {}, None)
    for other in (bag("rel_2"), bag(manifest="cd")):
        with pytest.raises(ConflictError, match="already has the release rel_1"):
            record(stage, fence, cycle, other)
    assert stage.read(releases.release_of_cycle, cycle_id=cycle.id) == row
    stage.write(age_leases, by_s=31)
    stage.activate(stage.read(artist_by_id, artist_id=fence.artist_id), "newer")
    with pytest.raises(Fenced):
        record(stage, fence, cycle, bag())


def test_a_release_moves_by_compare_and_set_and_gathers_addresses(stage: Stage):
    fence, cycle = stage.song()
    artist = stage.read(artist_by_id, artist_id=fence.artist_id)
    search = {"artist_id": artist.id, "version": artist.version, "found": "nobody", "who": "ann"}
    stage.write(name_searches.record_name_search, **search)
    record(stage, fence, cycle, bag())
    move = {"release_id": "rel_1", "who": "ann"}
    ready, published, withdrawn = ReleaseState.READY, ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN
    out = stage.write(
        releases.set_release_state, **move, before=ready, after=published, urls={"site": "https://a"}
    )
    assert out.published_at is not None
    stage.clock.advance(days=3)
    with pytest.raises(ConflictError, match="is published, no longer ready"):
        stage.write(releases.set_release_state, **move, before=ready, after=published)
    row = stage.write(
        releases.set_release_state,
        **move,
        before=published,
        after=published,
        urls={"rss": "https://b"},
        isrc="QZABC2600001",
    )
    assert (row.state, row.published_at, row.urls, row.isrc) == (
        published,
        out.published_at,
        {"site": "https://a", "rss": "https://b"},
        "QZABC2600001",
    ), "it came out once"
    stage.write(releases.set_release_state, **move, before=published, after=withdrawn)
    for after in (published, withdrawn, ready):
        with pytest.raises(ConflictError, match="is withdrawn"):
            stage.write(releases.set_release_state, **move, before=withdrawn, after=after)


def test_releases_are_listed_newest_first(stage: Stage):
    first = stage.song("One")
    record(stage, *first, bag("rel_1"))
    stage.clock.advance(hours=1)
    record(stage, *stage.song("Two"), bag("rel_2"))
    assert [row.id for row in stage.read(releases.list_releases)] == ["rel_2", "rel_1"]
    assert [row.id for row in stage.read(releases.list_releases, artist_id=first[0].artist_id)] == ["rel_1"]
    assert [row.id for row in stage.read(releases.list_releases, limit=1, offset=1)] == ["rel_1"]
    with pytest.raises(NotFoundError, match="release list"):
        stage.read(releases.release_by_id, release_id="rel_none")
