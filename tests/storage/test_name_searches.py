"""The gate before a first release: somebody looks whether anybody else goes by the artist's name."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import Engine

from storage import artists, histories, migrations, name_searches, outbox, releases
from storage.errors import ConflictError, UsageError
from storage.releases import ReleaseState
from storage.store import Tx
from storage.types import Release
from tests.storage.stage import Stage

PUBLISH = {"before": ReleaseState.READY, "after": ReleaseState.PUBLISHED, "who": "ann"}


def built(stage: Stage, fence, cycle, release_id: str):
    release = Release(id=release_id, title="Slow Rain", directory=release_id, manifest_sha256="ab" * 32)
    return stage.write(
        releases.record_release, fence=fence, cycle_id=cycle.id, release=release, release_date="2026-02-01"
    )


def search(stage: Stage, fence, found: str = "two engines: nobody"):
    artist = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    return stage.write(
        name_searches.record_name_search, artist_id=artist.id, version=artist.version, found=found, who="ada"
    )


def asked(stage: Stage) -> list[str]:
    claimed = stage.write(outbox.claim_messages, kinds=("name_search",), limit=9, claim_s=60)
    return [str(message.payload["name"]) for message in claimed]


def test_a_first_release_waits_for_a_search_and_the_owner_is_asked_once(stage: Stage):
    fence, cycle = stage.song()
    first = built(stage, fence, cycle, "rel_1")
    second = built(
        stage, fence, stage.cycle(stage.read(artists.artist_by_id, artist_id=fence.artist_id)), "rel_2"
    )
    other = built(stage, *stage.song("Kilo Wren"), "rel_3")
    assert {row.state for row in (first, second, other)} == {ReleaseState.BUILT}
    assert asked(stage) == ["Nova Rain", "Kilo Wren"]
    waiting = stage.read(name_searches.names_to_search)
    assert [(each.name, each.wait) for each in waiting] == [
        ("Kilo Wren", "1 release waits"),
        ("Nova Rain", "2 releases wait"),
    ]
    for before in (ReleaseState.BUILT, ReleaseState.READY):
        with pytest.raises(ConflictError, match="artist searched nova-rain"):
            stage.write(releases.set_release_state, **PUBLISH | {"before": before}, release_id="rel_1")

    known = search(stage, fence).persona.name_search
    assert known is not None
    assert (known.by, known.found) == ("ada", "two engines: nobody")
    states = {row.id: row.state for row in stage.read(releases.list_releases)}
    assert states == {"rel_1": "ready", "rel_2": "ready", "rel_3": "built"}
    out = stage.write(releases.set_release_state, **PUBLISH, release_id="rel_1", urls={"site": "https://a"})
    assert (out.state, out.waits_for) == (ReleaseState.PUBLISHED, None)
    search(stage, fence, "and a third engine")
    assert stage.read(releases.release_by_id, release_id="rel_1").state is ReleaseState.PUBLISHED


def test_later_releases_of_a_searched_name_are_ready_and_ask_nobody(stage: Stage):
    fence, cycle = stage.song()
    search(stage, fence)
    assert built(stage, fence, cycle, "rel_1").state is ReleaseState.READY
    assert asked(stage) == []
    assert stage.read(name_searches.names_to_search) == []


def take_back(stage: Stage, fence):
    artist = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    return stage.write(
        name_searches.take_back_name_search, artist_id=artist.id, version=artist.version, who="ada"
    )


def test_a_search_is_taken_back_until_something_came_out_under_the_name(stage: Stage):
    fence, cycle = stage.song()
    with pytest.raises(ConflictError, match="No search for the name Nova Rain"):
        take_back(stage, fence)
    search(stage, fence)
    built(stage, fence, cycle, "rel_1")
    assert take_back(stage, fence).persona.name_search is None
    assert stage.read(releases.release_by_id, release_id="rel_1").state is ReleaseState.BUILT
    latest = stage.read(histories.versions_of, artist_id=fence.artist_id)[0]
    assert (latest.trigger, latest.who) == ("name_search_taken_back", "ada")
    assert latest.evidence is not None
    assert (latest.evidence["by"], latest.evidence["found"]) == ("ada", "two engines: nobody")
    search(stage, fence, "three engines")
    stage.write(releases.set_release_state, **PUBLISH, release_id="rel_1")
    for _ in range(2):
        with pytest.raises(ConflictError, match="Slow Rain came out under the name"):
            take_back(stage, fence)
        row = stage.read(releases.release_by_id, release_id="rel_1")
        if row.state is ReleaseState.PUBLISHED:
            gone = {"before": row.state, "after": ReleaseState.WITHDRAWN, "who": "ada"}
            stage.write(releases.set_release_state, **gone, release_id="rel_1")


def test_a_search_stays_where_a_release_goes_out_at_the_same_moment(stage: Stage, engine: Engine):
    fence, cycle = stage.song()
    built(stage, fence, cycle, "rel_1")
    artist = search(stage, fence)
    asked = {"artist_id": artist.id, "version": artist.version, "who": "ada"}
    with engine.begin() as connection:
        releases.set_release_state(Tx(connection, stage.clock), **PUBLISH, release_id="rel_1")
        taken_back = stage.store.submit(name_searches.take_back_name_search, asked, "w1")
        with pytest.raises(TimeoutError):
            taken_back.result(1)
    with pytest.raises(ConflictError, match="Slow Rain came out under the name"):
        taken_back.result(30)
    assert stage.read(artists.artist_by_id, artist_id=artist.id).persona.name_search is not None


def test_an_address_is_taken_away_and_one_that_is_added_meanwhile_stays(stage: Stage, engine: Engine):
    fence, cycle = stage.song()
    search(stage, fence)
    built(stage, fence, cycle, "rel_1")
    both = {"stie": "https://a", "shop": "https://b"}
    out = stage.write(releases.set_release_state, **PUBLISH, release_id="rel_1", urls=both)
    again = PUBLISH | {"before": ReleaseState.PUBLISHED, "release_id": "rel_1"}
    with pytest.raises(UsageError, match="on record at shop, stie, not at 'site'"):
        stage.write(releases.set_release_state, **again, urls={"site": ""})
    with engine.begin() as connection:
        more = {"radio": "https://c"}
        releases.set_release_state(Tx(connection, stage.clock), **again, urls=more)
        mended = again | {"urls": {"stie": "", "site": "https://a"}}
        late = stage.store.submit(releases.set_release_state, mended, "w1")
        with pytest.raises(TimeoutError):
            late.result(1)
    row = late.result(30)
    assert row.urls == {"shop": "https://b", "site": "https://a", "radio": "https://c"}
    assert row.published_at == out.published_at


def test_the_day_on_which_a_release_came_out_is_told_after_the_fact(stage: Stage):
    fence, cycle = stage.song()
    search(stage, fence)
    row = built(stage, fence, cycle, "rel_1")
    day = row.created_at.date()
    stage.clock.advance(days=10)
    for wrong, why in (
        (day - timedelta(days=1), "was built on"),
        (day + timedelta(days=11), "is yet to come"),
    ):
        with pytest.raises(UsageError, match=why):
            stage.write(releases.set_release_state, **PUBLISH, release_id="rel_1", on=wrong)
    begun = stage.clock.now()
    out = stage.write(releases.set_release_state, **PUBLISH, release_id="rel_1")
    assert out.published_at is not None
    assert begun <= out.published_at <= stage.clock.now()
    again = PUBLISH | {"before": ReleaseState.PUBLISHED}
    told = stage.write(releases.set_release_state, **again, release_id="rel_1", on=day + timedelta(days=3))
    assert told.published_at == datetime.combine(day + timedelta(days=3), time(), tzinfo=UTC)
    kept = stage.write(releases.set_release_state, **again, release_id="rel_1", urls={"site": "https://a"})
    assert kept.published_at == told.published_at
    first = stage.write(releases.set_release_state, **again, release_id="rel_1", on=day)
    assert first.published_at == row.created_at, "never before it was there"


def test_what_waits_may_be_withdrawn(stage: Stage):
    built(stage, *stage.song(), "rel_1")
    gone = stage.write(
        releases.set_release_state,
        release_id="rel_1",
        before=ReleaseState.BUILT,
        after=ReleaseState.WITHDRAWN,
        who="ann",
    )
    assert gone.state is ReleaseState.WITHDRAWN


def test_releases_of_before_are_ready_where_the_name_was_searched(stage: Stage, engine: Engine):
    """The migration reads personas as both databases keep them."""
    fence, cycle = stage.song()
    built(stage, fence, cycle, "rel_1")
    built(stage, *stage.song("Kilo Wren"), "rel_2")
    search(stage, fence)
    migrations.downgrade(engine, "0014")
    assert [row.state for row in stage.read(releases.list_releases)] == [ReleaseState.BUILT] * 2
    migrations.upgrade(engine)
    states = {row.id: row.state for row in stage.read(releases.list_releases)}
    assert states == {"rel_1": "ready", "rel_2": "built"}
