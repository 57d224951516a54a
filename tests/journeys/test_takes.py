"""Music from vendors on a running label: two takes are one decision, and whoever dies, nothing is bought twice."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.music.analysis import analyse
from runtime.desk import Desk
from runtime.desk.actor import Actor
from runtime.label import Label
from storage import approval_rows, queries, steps
from storage.cycles import Cycle
from storage.types import Composition, CycleState, CycleStep, Master, Outcome, StepStatus, Takes
from tests.agents.music.providers.shop import KEY, OpenShop, Reply, Shop
from tests.journeys.quick import begins, changed, new_song, reaches
from tests.journeys.test_deaths import kill_artist

pytestmark = [pytest.mark.walk, pytest.mark.cluster]


@pytest.fixture
def shop() -> Iterator[Shop]:
    with OpenShop() as shop:
        yield shop


def suno(shop: Shop) -> dict[str, str | float]:
    return {
        "music_providers": "suno", "suno_api_key": KEY, "suno_base_url": shop.url, "suno_usd_per_job": "0.12",
        "critic_threshold": 0.0,
    }  # fmt: skip


async def value(label: Label, cycle: Cycle, name: CycleStep) -> str:
    rows = await label.store.read(steps.steps_of, cycle_id=cycle.id)
    return next(row.output or "" for row in rows if row.name is name and row.status is StepStatus.DONE)


async def test_a_killed_artist_resumes_its_job_and_either_take_may_be_released(label: Label, shop: Shop):
    with changed(label, **suno(shop)):
        cycle = await new_song(label, seed=61)
        await begins(label, cycle, CycleStep.COMPOSE)
        while not shop.looks:  # the job is bought and looked at once: it is on record
            await begins(label, cycle, CycleStep.COMPOSE)
        await kill_artist(label, cycle)
        await reaches(label, cycle, CycleState.WAITING)
        assert len(shop.orders) == 1
        assert list(shop.looks) == ["job-1"]

        asked = await label.store.read(approval_rows.find_approval, ref=cycle.id)
        first, second = asked.offered
        assert (asked.takes, first.preview_sha256) == (2, asked.preview_sha256)
        assert first.score is not None
        assert second.score is not None
        assert first.score >= second.score
        assert first.mp3_sha256 != second.mp3_sha256
        desk = Desk(label, Actor(alias="ann", surface="console"))
        await desk.decisions.approve(asked, take=2)
        ended = await reaches(label, cycle, CycleState.ENDED)

    assert (ended.outcome, len(shop.orders)) == (Outcome.APPROVED, 1), ended.reason
    songs = Takes[Composition].model_validate_json(await value(label, cycle, CycleStep.COMPOSE))
    masters = Takes[Master].model_validate_json(await value(label, cycle, CycleStep.PRODUCE))
    assert len(songs.each) == len(masters.each) == 2
    told = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
    assert told.release is not None
    bag = label.settings.home / "releases" / told.release.directory / "data"
    (released,) = bag.glob("**/*.wav")
    chosen = next(master for master in masters.each if master.mp3.sha256 == second.mp3_sha256)
    assert analyse(released).pitch_classes == analyse(_file(label, chosen.wav.sha256)).pitch_classes
    papers = json.loads((bag / "LICENSES.json").read_text())
    assert "Suno through a gateway" in json.dumps(papers)


async def test_junk_beside_a_song_is_set_apart_and_the_song_goes_on(label: Label, shop: Shop):
    shop.second, shop.pending_looks = b"<html>expired</html>" * 60, 0
    with changed(label, **suno(shop)):
        cycle = await new_song(label, seed=62)
        await reaches(label, cycle, CycleState.WAITING)
    asked = await label.store.read(approval_rows.find_approval, ref=cycle.id)
    assert asked.takes == 1
    apart = label.settings.home / "quarantine"
    (junk,) = [path for path in apart.glob("suno-*") if path.suffix != ".txt"]
    assert junk.read_bytes() == shop.second
    assert "no audio" in junk.with_suffix(".txt").read_text()


async def test_audio_that_came_with_the_order_is_kept_before_anything_can_die(label: Label, shop: Shop):
    eleven = {
        "music_providers": "elevenlabs", "elevenlabs_api_key": KEY, "elevenlabs_base_url": shop.url,
        "elevenlabs_usd_per_minute": "0.10", "critic_threshold": 0.0,
    }  # fmt: skip
    with changed(label, **eleven):
        cycle = await new_song(label, seed=63)
        await begins(label, cycle, CycleStep.PRODUCE)
        await kill_artist(label, cycle)
        await reaches(label, cycle, CycleState.WAITING)
    assert len(shop.orders) == 1
    songs = Takes[Composition].model_validate_json(await value(label, cycle, CycleStep.COMPOSE))
    assert songs.first.recording is not None
    assert _file(label, songs.first.recording.sha256).read_bytes() == shop.audio


async def test_a_gateway_that_answers_with_a_page_buys_nothing_and_waits_or_not(label: Label, shop: Shop):
    page = Reply(b"<!doctype html>", "text/html")
    shop.next_replies += [page] * 20
    with changed(label, **suno(shop), on_outage="engine"):
        cycle = await new_song(label, seed=64)
        await reaches(label, cycle, CycleState.WAITING)
    told = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
    assert next(step.provider for step in told.steps if step.name is CycleStep.COMPOSE) == "embedded"
    assert (shop.orders, told.cost_usd) == ([], 0)


def _file(label: Label, sha256: str) -> Path:
    return label.settings.home / "assets" / sha256[:2] / sha256
