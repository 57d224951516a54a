"""The router over real sockets: every fault of a provider, in both protocols."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest
from pydantic import BaseModel

from agents.llm import (
    AllDeploymentsFailed,
    Deployment,
    LLMError,
    LocalGate,
    LocalLedger,
    Message,
    Price,
    RetryPolicy,
    Router,
)
from agents.llm.routed import RoutedWriter
from agents.lyricist import write
from storage.errors import InvalidRequest
from tests.agents.llm import servers
from tests.agents.llm.servers import ANTHROPIC, KEY, OPENAI, WIRES, ModelServer, saying, serving, status
from tests.agents.llm.songs import PERSONA, brief_of

HELLO = [Message(role="user", content="Say something.")]
PRICE = Price(input_usd_per_million=Decimal(1), output_usd_per_million=Decimal(10))
USED_USD = Decimal("0.0003")
"""100 tokens in, 20 out."""
FAST = RetryPolicy(first_delay_s=0.02)


pytestmark = pytest.mark.usefixtures("routers")


def deployment(server: ModelServer, provider: str = "first", **more) -> Deployment:
    return Deployment(
        **{
            "provider": provider,
            "model": "m1",
            "base_url": server.base_url,
            "api_key": KEY,
            "wire": server.wire,
            "price": PRICE,
            **more,
        }
    )


@pytest.fixture(params=WIRES)
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[tuple[ModelServer, ModelServer]]:
    """A provider to make faulty, and one that works."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(serving(request.param))
        second = await stack.enter_async_context(serving(OPENAI, write=lambda _body: "Words of the second."))
        yield first, second
        assert first.violations == second.violations == []


def two(pair: tuple[ModelServer, ModelServer], **more) -> Router:
    return Router([deployment(pair[0]), deployment(pair[1], "second")], policy=FAST, **more)


@pytest.mark.parametrize("wire", WIRES)
async def test_an_answer_says_who_wrote_it_and_what_it_cost(wire: str):
    async with serving(wire) as server:
        router = Router([deployment(server)])
        await router.prepared()
        result = await router.complete(
            [Message(role="system", content="Be brief."), *HELLO], task="lyrics", deadline_s=30
        )
    assert (result.text, result.source, result.parsed) == ("Words of a hosted model.", "first:m1", None)
    assert (result.usage.input_tokens, result.usage.output_tokens) == (100, 20)
    assert result.cost_usd == USED_USD
    assert [one.outcome for one in result.attempts] == ["ok"]
    assert result.choice is not None
    assert result.choice.reason == "number 1 in order"
    assert server.violations == []


FALLING_BACK = {
    "429": (status(429), "rate_limited", 2),
    "429 for longer than the deadline": (status(429, {"retry-after": "3600"}), "rate_limited", 1),
    "429 until a date beyond the deadline": (
        status(429, {"retry-after": format_datetime(datetime.now(UTC) + timedelta(hours=2))}),
        "rate_limited",
        1,
    ),
    "429 of an empty account": (status(429, kind="insufficient_quota"), "quota_exhausted", 1),
    "500": (status(500), "llm_unavailable", 2),
    "502": (status(502), "llm_unavailable", 2),
    "503": (status(503), "llm_unavailable", 2),
    "529": (status(529, kind="overloaded_error"), "llm_unavailable", 2),
    "401": (status(401), "auth_failed", 1),
    "402": (status(402), "quota_exhausted", 1),
    "403": (status(403), "auth_failed", 1),
    "404 model gone": (status(404), "model_gone", 1),
    "reset": (servers.reset, "llm_unavailable", 2),
    "malformed": (servers.malformed, "malformed_response", 1),
    "empty": (saying(""), "malformed_response", 1),
    "no finish reason": (saying("half", None), "truncated_response", 1),
    "context overflow": (
        status(400, kind="context_length_exceeded", message="maximum context length is 8 tokens"),
        "context_overflow",
        1,
    ),
}


@pytest.mark.parametrize("name", FALLING_BACK)
async def test_another_answers_and_attempts_do_not_multiply(pair: tuple[ModelServer, ModelServer], name: str):
    fault, outcome, attempts = FALLING_BACK[name]
    pair[0].always = fault
    result = await two(pair).complete(HELLO, deadline_s=20)
    assert result.source == "second:m1"
    assert [one.outcome for one in result.attempts] == [outcome] * attempts + ["ok"]
    assert (len(pair[0].requests), len(pair[1].requests)) == (attempts, 1)
    assert KEY not in str(result.attempts)


@pytest.mark.parametrize(("wire", "finish"), [(OPENAI, "content_filter"), (ANTHROPIC, "refusal")])
async def test_a_filtered_answer_is_asked_of_another(wire: str, finish: str):
    async with serving(wire, always=saying("", finish)) as first, serving(OPENAI) as second:
        result = await two((first, second)).complete(HELLO, deadline_s=20)
    assert [one.outcome for one in result.attempts] == ["content_filtered", "ok"]
    assert len(first.requests) == 1


@pytest.mark.parametrize("fault", [servers.hang, servers.drip])
async def test_a_provider_that_hangs_leaves_time_for_another(pair: tuple[ModelServer, ModelServer], fault):
    pair[0].always = fault
    router = two(pair, ledger=(ledger := LocalLedger(Decimal(1))))
    await router.prepared()
    result = await router.complete(HELLO, deadline_s=2)
    assert result.source == "second:m1"
    assert [one.outcome for one in result.attempts] == ["llm_timeout", "llm_timeout", "ok"]
    assert len(ledger.kept) == 2
    assert result.kept_usd == sum(ledger.entries[key] for key in ledger.kept) > 0, (
        "what may have been worked for"
    )
    assert result.cost_usd == USED_USD


async def test_a_refused_connection_is_cheap():
    async with serving(OPENAI) as dead:
        pass
    async with serving(OPENAI) as second:
        ledger = LocalLedger(Decimal(1))
        result = await two((dead, second), ledger=ledger).complete(HELLO, deadline_s=10)
    assert [one.outcome for one in result.attempts] == ["llm_unavailable", "llm_unavailable", "ok"]
    assert ledger.charged_usd == USED_USD, "nothing was sent, nothing is kept"


@pytest.mark.parametrize("as_date", [False, True])
async def test_a_short_retry_after_is_waited_for(pair: tuple[ModelServer, ModelServer], as_date: bool):
    told = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True) if as_date else "1"
    pair[0].script = [status(429, {"retry-after": told})]
    begun_s = time.monotonic()
    result = await two(pair).complete(HELLO, deadline_s=20)
    assert result.source == "first:m1"
    assert [one.outcome for one in result.attempts] == ["rate_limited", "ok"]
    assert time.monotonic() - begun_s >= (0.5 if as_date else 1.0)


async def test_a_wrong_request_is_nobody_elses_business(pair: tuple[ModelServer, ModelServer]):
    pair[0].always = status(400, kind="invalid_request_error", message="bad")
    with pytest.raises(InvalidRequest, match="first:m1 refuses the request: bad"):
        await two(pair).complete(HELLO, deadline_s=20)
    assert (len(pair[0].requests), len(pair[1].requests)) == (1, 0)


async def test_an_overflow_goes_to_a_larger_one_only(pair: tuple[ModelServer, ModelServer]):
    pair[0].always = status(413, message="prompt is too long")
    smaller = deployment(pair[1], "second", context_tokens=1_000)
    router = Router([deployment(pair[0], context_tokens=2_000), smaller])
    with pytest.raises(AllDeploymentsFailed, match="cannot read so much"):
        await router.complete(HELLO, deadline_s=20)
    assert pair[1].requests == []


async def test_a_refused_key_is_not_tried_again(pair: tuple[ModelServer, ModelServer]):
    pair[0].always = status(401)
    router = two(pair)
    for _ in range(3):
        assert (await router.complete(HELLO, deadline_s=20)).source == "second:m1"
    assert len(pair[0].requests) == 1
    assert "set another one" in str(router.why_disabled(router.deployments[0]))


@pytest.mark.parametrize("wire", WIRES)
async def test_the_deadline_holds(wire: str):
    async with serving(wire, always=servers.hang) as server:
        router = Router([deployment(server), deployment(server, "second")])
        await router.prepared()
        lag_s = 0.0

        async def watch() -> None:
            nonlocal lag_s
            while True:
                before_s = time.monotonic()
                await asyncio.sleep(0.01)
                lag_s = max(lag_s, time.monotonic() - before_s - 0.01)

        watching = asyncio.create_task(watch())
        begun_s = time.monotonic()
        with pytest.raises(AllDeploymentsFailed) as caught:
            await router.complete(HELLO, deadline_s=1)
        took_s = time.monotonic() - begun_s
        watching.cancel()
    assert took_s < 1 + 0.1 + lag_s
    assert {one.outcome for one in caught.value.attempts} <= {"llm_timeout", "not_asked"}


async def test_the_breaker_opens_after_failed_attempts_and_costs_nothing_then(
    pair: tuple[ModelServer, ModelServer],
):
    pair[0].always = status(503)
    router = two(pair)
    for number in range(6):
        await router.complete([Message(role="user", content=str(number))], deadline_s=20)
    assert len(pair[0].requests) == 3
    assert router.deployments[0].name == "first:m1"


async def test_when_all_are_left_alone_the_first_recovery_is_waited_for(
    pair: tuple[ModelServer, ModelServer],
):
    router = Router([deployment(pair[0])], policy=FAST, gate=(gate := LocalGate()))
    gate.door(router.deployments[0]).breaker.failed(gate.door(router.deployments[0]).now_s(), 0.5)
    begun_s = time.monotonic()
    assert (await router.complete(HELLO, deadline_s=5)).source == "first:m1"
    assert time.monotonic() - begun_s >= 0.4


@pytest.mark.parametrize("task", ["lyrics", "persona", "brief"])
async def test_with_nobody_left_the_embedded_writer_answers_and_says_so(task: str):
    async with serving(OPENAI, always=status(503)) as server:
        result = await Router([deployment(server)], policy=FAST).complete(HELLO, task=task, deadline_s=10)
    assert result.source == "offline"
    assert result.text
    assert result.choice is not None
    assert result.choice.reason == "no hosted model gave an answer"
    assert [one.outcome for one in result.attempts] == ["llm_unavailable", "llm_unavailable", "ok"]


async def test_without_any_key_it_answers_too():
    result = await Router([]).complete(HELLO, task="lyrics", deadline_s=10, seed=3)
    assert (result.source, result.cost_usd) == ("offline", 0)
    with pytest.raises(AllDeploymentsFailed, match="No language model answered"):
        await Router([]).complete(HELLO, task="code", deadline_s=10)


async def test_one_settlement_for_each_attempt(pair: tuple[ModelServer, ModelServer]):
    class Book(LocalLedger):
        def __init__(self) -> None:
            super().__init__(Decimal(1))
            self.said: list[str] = []

        async def reserve(self, key, **how):
            await super().reserve(key, **how)
            self.said.append(f"reserve {key[-1]}")

        async def settle(self, key, **how):
            await super().settle(key, **how)
            self.said.append(f"settle {key[-1]}")

        async def keep(self, key):
            await super().keep(key)
            self.said.append(f"keep {key[-1]}")

    pair[0].script = [status(503), servers.reset]
    book = Book()
    await two(pair, ledger=book).complete(HELLO, deadline_s=20)
    assert book.said == ["reserve 1", "settle 1", "reserve 2", "keep 2", "reserve 3", "settle 3"]
    assert pair[0].in_flight_max == pair[1].in_flight_max == 1


async def test_under_a_cap_nobody_is_asked_whose_price_is_unknown(pair: tuple[ModelServer, ModelServer]):
    unpriced = [deployment(pair[0], price=None)]
    with pytest.raises(AllDeploymentsFailed, match="UNPRICED_MAX_USD_PER_CALL"):
        await Router(unpriced, ledger=LocalLedger(Decimal(1))).complete(HELLO, deadline_s=5)
    assert pair[0].requests == []
    allowed = Router(unpriced, ledger=(ledger := LocalLedger(Decimal(1))), unpriced_max_usd=Decimal("0.1"))
    result = await allowed.complete(HELLO, deadline_s=5)
    assert result.cost_usd is None
    assert ledger.charged_usd == Decimal("0.1")


async def test_the_worst_case_must_fit_the_cap(pair: tuple[ModelServer, ModelServer]):
    router = Router([deployment(pair[0])], ledger=LocalLedger(Decimal("0.01")))
    with pytest.raises(AllDeploymentsFailed, match="raise the cap"):
        await router.complete(HELLO, deadline_s=5)
    assert (await router.complete(HELLO, deadline_s=5, max_tokens=500)).cost_usd == USED_USD


async def test_the_same_question_at_the_same_time_is_paid_once(pair: tuple[ModelServer, ModelServer]):
    pair[0].always = servers.slow(0.2)
    router = two(pair)
    results = await asyncio.gather(*(router.complete(HELLO, deadline_s=5) for _ in range(4)))
    assert len(pair[0].requests) == 1
    assert sorted(one.is_shared for one in results) == [False, True, True, True]
    assert sum(one.cost_usd or 0 for one in results) == USED_USD


class Form(BaseModel):
    name: str
    count: int


FITTING = Form(name="x", count=2).model_dump_json()


@pytest.mark.parametrize("wire", WIRES)
async def test_a_form_is_asked_for_natively_first(wire: str):
    async with serving(wire, write=lambda _body: FITTING) as server:
        result = await Router([deployment(server)]).complete(HELLO, schema=Form, deadline_s=20)
    assert result.parsed == Form(name="x", count=2)
    (body,) = server.bodies
    form = body["response_format"] if wire == OPENAI else body["output_config"]["format"]
    assert form["type"] == "json_schema"


@pytest.mark.parametrize("wire", WIRES)
async def test_what_it_does_not_take_is_left_out_and_remembered(wire: str):
    refused = "response_format json_schema is unsupported" if wire == OPENAI else "output_config: unsupported"
    async with serving(wire, write=lambda _body: FITTING, script=[status(400, message=refused)]) as server:
        router = Router([deployment(server)])
        for name in ("a", "b"):
            asked = [Message(role="user", content=name)]
            assert (await router.complete(asked, schema=Form, deadline_s=20)).parsed is not None
        assert [bool(body.get("tools")) for body in server.bodies] == [False, True, True]


async def test_an_answer_that_does_not_fit_gets_one_repair_turn(pair: tuple[ModelServer, ModelServer]):
    pair[0].script = [saying('{"name": 3}')]
    pair[0].write = lambda _body: FITTING
    result = await two(pair).complete(HELLO, schema=Form, deadline_s=20)
    assert result.source == "first:m1"
    assert [one.outcome for one in result.attempts] == ["schema_violation", "ok"]
    assert "count" in str(pair[0].bodies[1]["messages"][-1]["content"])
    assert result.cost_usd == 2 * USED_USD


async def test_then_the_next_one_is_asked(pair: tuple[ModelServer, ModelServer]):
    pair[0].always = saying('{"name": 3}')
    pair[1].write = lambda _body: f"```json\n{FITTING}\n```"
    result = await two(pair).complete(HELLO, schema=Form, deadline_s=20)
    assert (result.source, len(pair[0].requests)) == ("second:m1", 2)


async def test_a_task_hint_comes_before_the_order(pair: tuple[ModelServer, ModelServer]):
    router = Router([deployment(pair[0]), deployment(pair[1], "second", tasks=("lyrics",))])
    lyrics = await router.complete(HELLO, task="lyrics", deadline_s=5)
    assert (lyrics.source, lyrics.choice and lyrics.choice.reason) == ("second:m1", "set for lyrics")
    assert (await router.complete(HELLO, task="brief", deadline_s=5)).source == "first:m1"


async def test_a_model_that_nobody_named_is_found_in_the_list(pair: tuple[ModelServer, ModelServer]):
    pair[0].models = ("text-embedding-9", "new-model", "old-model")
    router = Router([deployment(pair[0], model="auto")])
    assert (await router.complete(HELLO, deadline_s=5)).source == "first:new-model"
    pair[0].models = ("newer-model",)
    assert (await router.complete(HELLO, task="x", deadline_s=5)).source == "first:new-model", (
        "within the TTL"
    )


@pytest.mark.parametrize("fault", [status(503), status(401), servers.malformed, saying("", "")])
async def test_a_stream_falls_back_before_its_first_word(pair: tuple[ModelServer, ModelServer], fault):
    pair[0].always = fault
    *words, result = [piece async for piece in two(pair).stream(HELLO, deadline_s=10)]
    assert "".join(map(str, words)).strip() == "Words of the second."
    assert result.source == "second:m1"


@pytest.mark.parametrize("fault", [servers.reset, saying("half a sentence", None)])
async def test_a_stream_that_breaks_off_later_is_an_error(pair: tuple[ModelServer, ModelServer], fault):
    pair[0].always = fault
    words: list[object] = []

    async def listen() -> None:
        async for piece in two(pair).stream(HELLO, deadline_s=10):
            words.append(piece)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(LLMError, match="passed on"):
        await listen()
    assert words
    assert pair[1].requests == []


async def test_a_stream_is_paid_like_any_call(pair: tuple[ModelServer, ModelServer]):
    ledger = LocalLedger(Decimal(1))
    *_, result = [piece async for piece in two(pair, ledger=ledger).stream(HELLO, deadline_s=10)]
    assert result.cost_usd == ledger.charged_usd == USED_USD


async def test_the_embedded_writer_is_handed_the_data_whole():
    """What a prompt has no room for reaches it through the router: it keeps clear of a line that no message tells of."""
    brief = brief_of(1, form="verse4 chorus4")
    writer = RoutedWriter(Router([]))
    first, _ = await write(writer, brief=brief, persona=PERSONA, memory=())
    lines = frozenset(line.lower() for section in first.sections for line in section.lines)
    again, _ = await write(writer, brief=brief, persona=PERSONA, memory=(), sung=lines)
    assert not lines & {line.lower() for section in again.sections for line in section.lines}
