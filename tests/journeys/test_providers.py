"""A song whose music is bought from a vendor at the far side of a socket, and what happens when it fails."""

import json
import urllib.request
from decimal import Decimal
from pathlib import Path

import pytest

from runtime.label import Label
from storage import queries
from storage.cycles import Cycle
from storage.types import CycleState, CycleStep, Outcome
from tests.journeys.quick import begins, changed, decide, new_song, reaches, story
from tests.journeys.test_deaths import kill_artist

pytestmark = [pytest.mark.walk, pytest.mark.cluster]
PRICE_USD = Decimal("0.10")
BUYING = {"music_providers": "testvendor", "critic_threshold": 0.0}


def connect(label: Label, base: str, *faults: int) -> None:
    """Give the label its vendor, which fails the next submissions like this."""
    (label.settings.home / "testvendor.url").write_text(base)
    request = urllib.request.Request(f"{base}/faults", data=json.dumps(faults).encode(), method="POST")
    urllib.request.urlopen(request, timeout=5).close()


async def provider_of(label: Label, cycle: Cycle) -> str:
    steps = (await label.store.read(queries.cycle_overview, cycle_id=cycle.id)).steps
    return next(step.provider for step in steps if step.name is CycleStep.COMPOSE)


async def remedies(label: Label, cycle: Cycle) -> list[object]:
    return [event.body["action"] for event in await story(label, cycle) if event.kind == "fix.opened"]


async def spent_usd(label: Label, cycle: Cycle) -> Decimal:
    return (await label.store.read(queries.cycle_overview, cycle_id=cycle.id)).cost_usd


async def test_a_bought_song_is_mastered_filmed_and_released(label: Label, vendor_at: tuple[str, Path]):
    base, books = vendor_at
    connect(label, base)
    with changed(label, **BUYING):
        cycle = await new_song(label, seed=21)
        await begins(label, cycle, CycleStep.PRODUCE)
        await kill_artist(label, cycle)
        await reaches(label, cycle, CycleState.WAITING)
        await decide(label, cycle)
        ended = await reaches(label, cycle, CycleState.ENDED)

        assert ended.outcome is Outcome.APPROVED, ended.reason
        assert await provider_of(label, cycle) == "testvendor"
        assert len(json.loads(books.read_text())) == 1
        assert await spent_usd(label, cycle) == PRICE_USD
        seen = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
        assert seen.release is not None
        papers = json.loads(
            (label.settings.home / "releases" / seen.release.directory / "data" / "LICENSES.json").read_text()
        )
        assert "testvendor: commercial" in json.dumps(papers)


async def test_retry(label: Label, vendor_at: tuple[str, Path]):
    connect(label, vendor_at[0], 503)
    with changed(label, **BUYING):
        cycle = await new_song(label, seed=22)
        await reaches(label, cycle, CycleState.WAITING)
        assert await remedies(label, cycle) == ["retry"]
        assert await provider_of(label, cycle) == "testvendor"
        assert await spent_usd(label, cycle) == PRICE_USD


async def test_switch_of_provider(label: Label, vendor_at: tuple[str, Path]):
    base, books = vendor_at
    connect(label, base, 400)
    with changed(label, **BUYING, on_outage="engine"):
        cycle = await new_song(label, seed=23)
        await reaches(label, cycle, CycleState.WAITING)
        assert await remedies(label, cycle) == ["switch_provider"]
        assert await provider_of(label, cycle) == "embedded"
        assert json.loads(books.read_text()) == []
        assert await spent_usd(label, cycle) == 0


async def test_at_the_cap_buying_waits(label: Label, vendor_at: tuple[str, Path]):
    base, books = vendor_at
    connect(label, base)
    with changed(label, **BUYING, budget_daily_usd="0.05"):
        cycle = await new_song(label, seed=24)
        waiting = await reaches(label, cycle, CycleState.DEFERRED)
        assert waiting.reason.startswith("budget:")
        assert "BUDGET_DAILY_USD" in waiting.reason
        assert json.loads(books.read_text()) == []


@pytest.mark.parametrize("on_outage", ["wait", "engine"])
async def test_no_music_is_bought_for_the_words_of_a_stand_in(
    label: Label, vendor_at: tuple[str, Path], on_outage: str
):
    base, books = vendor_at
    connect(label, base)
    dead = {"llm_base_url": "http://127.0.0.1:9/v1", "llm_models": "local:m1", "llm_deadline_s": 2}
    with changed(label, **BUYING, on_outage=on_outage, **dead):
        cycle = await new_song(label, seed=25)
        if on_outage == "wait":
            waiting = await reaches(label, cycle, CycleState.DEFERRED)
            assert "may not stand in" in waiting.reason
        else:
            await reaches(label, cycle, CycleState.WAITING)
            assert await provider_of(label, cycle) == "embedded"
        assert json.loads(books.read_text()) == []
        assert await spent_usd(label, cycle) == 0
