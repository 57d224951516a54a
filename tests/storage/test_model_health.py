"""How models have answered, from the rows of the calls."""

from datetime import timedelta
from decimal import Decimal

from storage.model_calls import Asked, ModelCall, record_call
from storage.model_health import measurements, model_records
from tests.storage.stage import Stage


def called(number: int, *trail: Asked, cost: str | None = "0.002") -> ModelCall:
    return ModelCall(
        cycle_id=None, call_number=number, task="lyrics", provider="x", model="y", request_sha256="r",
        prompt_sha256="p", outcome="ok", cost_usd=None if cost is None else Decimal(cost), latency_s=1.0,
        reply="{}", trail=trail,
    )  # fmt: skip


def test_each_model_says_whether_it_answers_and_why_not(stage: Stage):
    busy = Asked(deployment="openai:o", outcome="not_asked", said="is failing or busy")
    broke = Asked(deployment="openai:o", outcome="llm_budget_exceeded", said="BUDGET_DAILY_USD")
    late = Asked(deployment="router", outcome="llm_timeout")
    down = Asked(deployment="grok:g", outcome="rate_limited", latency_s=0.1, said="429: slow down")
    calls = (
        (Asked(deployment="grok:g", outcome="ok", latency_s=2.0),),
        (down, Asked(deployment="openai:o", outcome="ok", latency_s=1.0)),
        (down, Asked(deployment="openai:o", outcome="ok", latency_s=3.0)),
        (busy, broke, late, Asked(deployment="offline", outcome="ok", latency_s=0.1)),
    )
    for number, trail in enumerate(calls, start=1):
        stage.write(record_call, call=called(number, *trail, cost=None if number == 3 else "0.002"))
    since = stage.clock.now() - timedelta(days=1)
    records = {each.name: each for each in stage.read(model_records, since=since)}
    assert records.keys() == {"grok:g", "openai:o"}
    grok, openai = records["grok:g"], records["openai:o"]
    assert (grok.answers, grok.answered, grok.failed, grok.said, grok.latency_s) == (
        False,
        1,
        2,
        "429: slow down",
        2.0,
    )
    assert (openai.answers, openai.answered, openai.failed, openai.said, openai.latency_s) == (
        True,
        2,
        0,
        "",
        2.0,
    )
    assert [(each.name, each.latency_s, each.cost_usd) for each in stage.read(measurements, since=since)] == [
        ("grok:g", 2.0, 0.002), ("openai:o", 1.0, 0.002), ("openai:o", 3.0, None),
    ]  # fmt: skip
    assert stage.read(model_records, since=stage.clock.now() + timedelta(days=1)) == []


def test_a_line_of_an_earlier_build_is_read(stage: Stage):
    call = ModelCall.model_validate({**called(1).model_dump(), "trail": ("openai:o ok after 1.00 s",)})
    stage.write(record_call, call=call)
    assert stage.read(model_records, since=stage.clock.now() - timedelta(days=1)) == []
