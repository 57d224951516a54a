"""Rows of assets, what they came from, and which media are thrown away."""

import pytest

from storage import lineage, retention
from storage.assets import AssetStore
from storage.database import database_now_s
from storage.errors import NotFoundError
from storage.store import LocalStore, Tx
from storage.types import CycleStep, Outcome
from tests.storage.stage import Stage, asset


def make(stage: Stage, fence, cycle, *made, step=CycleStep.PRODUCE):
    stage.begin(fence, cycle, step)
    stage.finish(fence, cycle, step, assets=made)


def expirable(stage: Stage, **changes) -> list[str]:
    found = stage.read(retention.rejected_media, **{"days": 30, "limit": 50} | changes)
    return [sha256[:2] for sha256 in found]


def test_an_asset_comes_back_as_it_was_recorded(stage: Stage):
    fence, cycle = stage.song()
    score, master = asset("aa", kind="score"), asset("bb", parents=("aa" * 32, "00" * 32))
    make(stage, fence, cycle, score, step=CycleStep.COMPOSE)
    make(stage, fence, cycle, master, score)
    assert stage.read(lineage.asset_by_sha256, sha256=master.sha256) == master.model_copy(
        update={"parents": ("00" * 32, "aa" * 32)}
    )
    assert {each.sha256 for each in stage.read(lineage.assets_of, cycle_id=cycle.id)} == {
        score.sha256,
        master.sha256,
    }
    assert stage.read(lineage.assets_of, cycle_id=cycle.id, revision=1) == []
    with pytest.raises(NotFoundError):
        stage.read(lineage.asset_by_sha256, sha256="ff" * 32)


def test_the_media_of_rejected_and_cancelled_songs_expire_after_their_days(stage: Stage):
    for name, content, outcome in (
        ("One", "aa", Outcome.REJECTED),
        ("Two", "bb", Outcome.CANCELLED),
        ("Three", "cc", Outcome.APPROVED),
        ("Four", "dd", Outcome.EXPIRED),
    ):
        fence, cycle = stage.song(name)
        make(
            stage,
            fence,
            cycle,
            asset(content),
            asset(content[::-1].replace(content[0], "e"), media_type="application/json"),
        )
        stage.end(fence, cycle, outcome)
    running = stage.song("Five")
    make(stage, *running, asset("ee"))
    assert expirable(stage) == []
    stage.clock.advance(days=31)
    assert expirable(stage) == ["aa", "bb"]
    assert expirable(stage, limit=1) == ["aa"]
    assert expirable(stage, days=60) == []


def test_what_a_wanted_song_uses_or_was_made_from_stays(stage: Stage):
    shared, parent, alone = asset("aa"), asset("bb"), asset("cc")
    rejected = stage.song("Rejected")
    make(stage, *rejected, shared, parent, alone)
    stage.end(*rejected, Outcome.REJECTED)
    wanted = stage.song("Wanted")
    make(stage, *wanted, shared, asset("dd", parents=(parent.sha256,)))
    stage.end(*wanted, Outcome.APPROVED)
    stage.clock.advance(days=31)
    assert expirable(stage) == ["cc"]


def test_superseded_revisions_of_an_approved_song_expire(stage: Stage):
    from storage import steps
    from tests.storage.stage import CAPS, intent

    fence, cycle = stage.song()
    make(stage, fence, cycle, asset("aa"))
    stage.write(steps.begin_step, fence=fence, intent=intent(cycle, CycleStep.PRODUCE, revision=1), caps=CAPS)
    stage.finish(fence, cycle, CycleStep.PRODUCE, assets=[asset("bb")], revision=1)
    stage.end(fence, cycle, Outcome.APPROVED)
    stage.clock.advance(days=31)
    assert expirable(stage) == ["aa"]


def test_footage_leaves_the_disk_after_its_days_and_the_film_that_shows_it_stays(stage: Stage):
    clip, shared = (asset(name, kind="footage", media_type="video/mp4") for name in ("aa", "bb"))
    film = asset("cc", kind="video", media_type="video/mp4", parents=(clip.sha256, shared.sha256))
    fence, cycle = stage.song("One")
    make(stage, fence, cycle, film, clip, shared, step=CycleStep.FILM)
    stage.end(fence, cycle, Outcome.APPROVED)
    assert expirable(stage) == []
    stage.clock.advance(days=31)
    fence, cycle = stage.song("Two")
    make(stage, fence, cycle, shared, step=CycleStep.PAINT)
    assert expirable(stage) == ["aa"], "what a song at work shows is kept"
    stage.end(fence, cycle, Outcome.APPROVED)
    stage.clock.advance(days=31)
    assert expirable(stage) == ["aa", "bb"]


async def test_a_sweep_deletes_in_chunks_and_a_crash_between_is_mended(stage: Stage, tmp_path):
    fence, cycle = stage.song()
    assets = AssetStore(str(tmp_path / "assets"))
    made = []
    for number in range(3):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(bytes([number]))
        made.append(assets.put(path, kind="wav", media_type="audio/wav", tool="t"))
    make(stage, fence, cycle, *made)
    stage.end(fence, cycle, Outcome.REJECTED)
    stage.clock.advance(days=31)
    assets.delete(made[0].sha256)  # a sweep that died after the file and before the row
    store = LocalStore(stage.store)
    counts = [await retention.expire_rejected_media(store, assets, days=30, limit=2) for _ in range(3)]
    assert counts == [2, 1, 0]
    assert not any(assets.exists(each.sha256) for each in made)
    assert len(stage.read(lineage.assets_of, cycle_id=cycle.id)) == 3, "rows and hashes stay"


def test_media_that_are_made_again_are_there_again(stage: Stage):
    fence, cycle = stage.song()
    make(stage, fence, cycle, asset("aa"))
    stage.end(fence, cycle, Outcome.REJECTED)
    stage.clock.advance(days=31)
    stage.write(retention.mark_media_deleted, sha256s=["aa" * 32])
    assert expirable(stage) == []
    other = stage.song("Other")
    make(stage, *other, asset("aa"))
    stage.end(*other, Outcome.REJECTED)
    stage.clock.advance(days=31)
    assert expirable(stage) == ["aa"]


def test_old_acknowledgements_are_forgotten_in_chunks(stage: Stage):
    for _ in range(3):
        stage.song(f"Artist {_}")
    kept = stage.read(_writes)
    assert stage.write(retention.prune_writes, older_than_s=3600.0, limit=100) == 0
    assert stage.write(retention.prune_writes, older_than_s=-60.0, limit=4) == 4
    assert stage.read(_writes) == kept + 2 - 4


def _writes(tx: Tx) -> int:
    from sqlalchemy import func, select

    from storage import tables

    assert database_now_s(tx.connection) > 0
    return tx.connection.execute(select(func.count()).select_from(tables.writes)).scalar_one()
