"""The gate before a first release: somebody looks whether anybody else goes by the artist's name."""

import pytest
from sqlalchemy import Engine

from storage import artists, migrations, name_searches, outbox, releases
from storage.errors import ConflictError
from storage.releases import ReleaseState
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
