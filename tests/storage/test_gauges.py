"""Sums for monitoring, on both databases."""

from decimal import Decimal

from storage import faults, model_calls
from storage.faults import GroupStatus
from storage.gauges import StepSum, gauges
from storage.model_calls import ModelCall
from storage.types import Outcome, StepStatus
from tests.storage.stage import Stage


def test_an_empty_label_has_every_state_at_nought(stage: Stage):
    sums = stage.read(gauges)
    assert (sums.steps, sums.model_calls) == ((), ())
    assert sums.ended == dict.fromkeys(Outcome, 0)
    assert sums.error_groups == dict.fromkeys(GroupStatus, 0)


def test_what_was_done_is_summed_by_kind_and_never_by_artist(stage: Stage):
    for name in ("Nova Rain", "Kilo Wren"):
        fence, cycle = stage.song(name)
        stage.begin(fence, cycle, cost="0.5")
        stage.finish(fence, cycle, cost="0.25")
        stage.end(fence, cycle, Outcome.REJECTED)
        call = ModelCall(
            cycle_id=cycle.id, revision=0, step="write", call_number=1, task="lyrics", provider="openai", model="gpt",
            request_sha256="0", prompt_sha256="0", outcome="ok", tokens_in=None, tokens_out=7, latency_s=0.5, reply="{}",
        )  # fmt: skip
        stage.write(model_calls.record_call, call=call)
    stage.write(faults.record_fault, fingerprint="f1", code="render", title="t", message="m", trace="t")
    sums = stage.read(gauges)
    assert sums.steps == (
        StepSum(
            name="compose",
            provider="suno",
            status=StepStatus.DONE,
            steps=2,
            cpu_s=0.0,
            cost_usd=Decimal("0.50"),
        ),
    )
    (calls,) = sums.model_calls
    assert (calls.calls, calls.tokens_in, calls.tokens_out, calls.latency_s) == (2, 0, 14, 1.0)
    assert sums.ended[Outcome.REJECTED] == 2
    assert sums.error_groups[GroupStatus.OPEN] == 1
