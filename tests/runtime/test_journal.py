"""Model calls in the label's own rows: charged once, journaled, and not asked again."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from agents.llm import Deployment, Price, RetryPolicy, RoutedWriter, Router
from agents.llm.protocol import Request
from agents.llm.tasks import BriefDraft, BriefInputs
from configs.settings import Settings
from runtime.journal import JournaledWriter
from runtime.label import Label, open_label
from runtime.model_spend import Place, SpendLedger, caps_of
from storage import ledger, model_calls
from storage.errors import AllDeploymentsFailed
from storage.types import SongRequest
from tests.agents.llm import servers
from tests.agents.llm.servers import KEY, OPENAI, ModelServer, serving, status
from tests.homes import ready

pytestmark = pytest.mark.usefixtures("routers")
PRICE = Price(input_usd_per_million=Decimal(1), output_usd_per_million=Decimal(10))
USED_USD = Decimal("0.0003")
BRIEF = BriefDraft(title="Copper Lantern", theme="rain", mood="calm").model_dump_json()


@pytest.fixture
async def label(home: Path) -> AsyncIterator[Label]:
    async with open_label(Settings.load(ready(home))) as opened:
        yield opened


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with serving(OPENAI, write=lambda _body: BRIEF) as opened:
        yield opened


@pytest.fixture
async def place(label: Label) -> Place:
    artist = await label.create_artist(seed=1, genre=None, who="test")
    cycle = await label.request_song(artist.id, SongRequest(seed=1), who="test")
    return Place(artist_id=artist.id, cycle_id=cycle.id, revision=0, step="plan")


def request(theme: str = "rain", task: str = "brief") -> Request[BriefDraft]:
    inputs = BriefInputs(artist_name="A", genre="indie", themes=(theme,), moods=("calm",))
    return Request(task=task, prompt="brief", inputs=inputs, answer=BriefDraft, seed=1)


def writer(label: Label, server: ModelServer, place: Place, **settings: object) -> JournaledWriter:
    """As an agent actor makes one, each time that a step is walked."""
    one = Deployment(
        provider="first", model="m1", base_url=server.base_url, api_key=KEY, price=PRICE, max_tokens=1_000
    )
    caps = caps_of(label.settings.model_copy(update=settings))
    router = Router([one], ledger=SpendLedger(label.store, place, caps), policy=RetryPolicy(tries=1))
    return JournaledWriter(RoutedWriter(router, deadline_s=20), label.store, place)


async def charged(label: Label) -> Decimal:
    return (await label.store.read(ledger.spent, caps=caps_of(label.settings))).day_usd


async def test_a_call_is_a_row_and_is_charged_once(label: Label, server: ModelServer, place: Place):
    completion = await writer(label, server, place).complete(request())
    assert (completion.source, completion.value.title) == ("first:m1", "Copper Lantern")
    (row,) = await label.store.read(model_calls.calls_of, cycle_id=place.cycle_id)
    assert (row.provider, row.model, row.outcome, row.tokens_in, row.tokens_out) == (
        "first",
        "m1",
        "ok",
        100,
        20,
    )
    assert row.cost_usd == completion.cost_usd == await charged(label) == USED_USD
    assert row.messages is not None
    assert row.messages[0][0] == "system"
    assert row.trail is not None
    assert (row.trail[0].deployment, row.trail[0].outcome) == ("first:m1", "ok")
    assert KEY not in row.model_dump_json()


async def test_a_step_that_is_walked_again_does_not_ask_again(
    label: Label, server: ModelServer, place: Place
):
    first = await writer(label, server, place).complete(request())
    again = writer(label, server, place)
    assert (await again.complete(request())).value == first.value
    assert len(server.requests) == 1
    await again.complete(request("sun"))
    assert len(server.requests) == 2, "another request is another call"
    rows = await label.store.read(model_calls.calls_of, cycle_id=place.cycle_id)
    assert [row.call_number for row in rows] == [1, 2]
    assert await charged(label) == 2 * USED_USD


async def test_what_a_dead_process_reserved_stays_charged_and_the_next_reserves_again(
    label: Label, server: ModelServer, place: Place
):
    server.script = [servers.hang]
    dying = asyncio.create_task(writer(label, server, place).complete(request()))
    while not server.requests:
        await asyncio.sleep(0.01)
    reserved = await charged(label)
    assert reserved > USED_USD
    dying.cancel()
    await asyncio.wait([dying])
    await writer(label, server, place).complete(request())
    assert await charged(label) == reserved + USED_USD


async def test_a_call_that_nobody_answers_is_a_row_too(label: Label, server: ModelServer, place: Place):
    server.always = status(503)
    with pytest.raises(AllDeploymentsFailed):
        await writer(label, server, place).complete(request(task="opera"))
    (row,) = await label.store.read(model_calls.calls_of, cycle_id=place.cycle_id)
    assert (row.outcome, row.cost_usd, row.reply) == ("all_deployments_failed", None, "")
    assert await charged(label) == 0


async def test_at_the_cap_the_embedded_writer_writes(label: Label, server: ModelServer, place: Place):
    poor = writer(label, server, place, budget_daily_usd=Decimal("0.001"))
    assert (await poor.complete(request())).source == "offline"
    assert server.requests == []
    (row,) = await label.store.read(model_calls.calls_of, cycle_id=place.cycle_id)
    assert row.trail is not None
    assert "BUDGET_DAILY_USD" in row.trail[0].said


async def test_a_stopped_label_pays_for_no_words(label: Label, server: ModelServer, place: Place):
    from storage.label import stop_label

    await label.store.write(stop_label, who="ann")
    assert (await writer(label, server, place).complete(request())).source == "offline"
    assert server.requests == []


async def test_calls_that_race_for_one_budget_never_overspend(
    label: Label, server: ModelServer, place: Place
):
    server.always = servers.slow(0.05)
    cap = Decimal("0.05")
    racing = [writer(label, server, place, budget_daily_usd=cap) for _ in range(12)]
    done = await asyncio.gather(*(one.complete(request(str(number))) for number, one in enumerate(racing)))
    assert {one.source for one in done} == {"first:m1", "offline"}
    assert await charged(label) <= cap
