"""Durable steps: intent, done, and everything between that a crash can leave."""

from decimal import Decimal

import pytest

from storage import cycles, events, ledger, lineage, model_calls, outbox, steps
from storage.errors import BudgetExceededError, ConflictError, CycleCancelledError, Fenced, NotFoundError
from storage.model_calls import ModelCall
from storage.types import CycleState, CycleStep, StepStatus
from tests.storage.stage import CAPS, Stage, asset, intent, key
from tests.storage.test_artists import age_leases


def test_a_step_is_begun_once_and_finished_once(stage: Stage):
    fence, cycle = stage.song()
    begun = stage.begin(fence, cycle, cost="0.50")
    again = stage.begin(fence, cycle, cost="0.50")
    assert (begun.fresh, again.fresh) == (True, False)
    assert again.row.idempotency_key == begun.row.idempotency_key
    stage.finish(fence, cycle, assets=[asset("aa")], cost="0.30")
    stage.finish(fence, cycle, assets=[asset("bb")], cost="9")
    (row,) = stage.read(steps.steps_of, cycle_id=cycle.id)
    assert (row.status, row.cost_usd, row.output) == (StepStatus.DONE, Decimal("0.30"), "{}")
    assert [each.sha256[:2] for each in stage.read(lineage.assets_of, cycle_id=cycle.id)] == ["aa"]
    assert stage.read(ledger.spent, caps=CAPS).day_usd == Decimal("0.30")


def test_steps_stand_in_the_order_they_began_and_the_log_tells_the_same(stage: Stage):
    fence, cycle = stage.song()
    for step in (CycleStep.PLAN, CycleStep.WRITE, CycleStep.COMPOSE):
        stage.begin(fence, cycle, step)
        stage.finish(fence, cycle, step)
    assert [row.name for row in stage.read(steps.steps_of, cycle_id=cycle.id)] == ["plan", "write", "compose"]
    told = [event.kind for event in stage.read(events.events_since, seq=0, cycle_id=cycle.id)]
    assert told == ["cycle.queued", "cycle.started"] + ["step.intent", "step.done"] * 3
    assert stage.read(cycles.cycle_by_id, cycle_id=cycle.id).step == "compose"


def test_a_new_owner_finds_what_the_old_one_left(stage: Stage):
    fence, cycle = stage.song()
    stage.begin(fence, cycle)
    stage.write(steps.record_job, fence=fence, key=key(cycle), job_id="job-7")
    stage.write(age_leases, by_s=31)
    newer = stage.activate(stage.read(cycles_artist, cycle_id=cycle.id), "newer").fence
    found = stage.begin(newer, cycle)
    assert (found.fresh, found.row.status, found.row.job_id, found.row.attempt) == (
        False,
        "submitted",
        "job-7",
        2,
    )
    for op, more in ((steps.record_job, {"job_id": "x"}), (steps.park_step, {"reason": "x"})):
        with pytest.raises(Fenced):
            stage.write(op, fence=fence, key=key(cycle), **more)
    with pytest.raises(Fenced):
        stage.finish(fence, cycle)
    with pytest.raises(Fenced):
        stage.write(steps.check_fence, fence=fence, lease_s=30)


def cycles_artist(tx, *, cycle_id):
    from storage.artists import artist_by_id

    return artist_by_id(tx, artist_id=cycles.cycle_by_id(tx, cycle_id=cycle_id).artist_id)


def test_finishing_sets_the_count_of_fruitless_starts_back(stage: Stage):
    fence, cycle = stage.song()
    stage.write(cycles.open_cycle, fence=fence, cycle_id=cycle.id, claims_max=5)
    assert stage.read(cycles.cycle_by_id, cycle_id=cycle.id).claims == 2
    stage.begin(fence, cycle)
    stage.finish(fence, cycle)
    assert stage.read(cycles.cycle_by_id, cycle_id=cycle.id).claims == 0


def test_cancel_and_pause_take_effect_at_the_next_step(stage: Stage):
    from storage.artists import set_state

    fence, cycle = stage.song()
    stage.begin(fence, cycle, CycleStep.PLAN)
    pausing = {
        "before": "active",
        "after": "paused",
        "trigger": "pause",
        "evidence": None,
        "bound": None,
        "reason": "r",
        "who": "ann",
    }
    stage.write(set_state, artist_id=fence.artist_id, **pausing)
    assert not stage.begin(fence, cycle, CycleStep.PLAN).paused, "what has begun goes on"
    assert stage.begin(fence, cycle, CycleStep.WRITE).paused
    assert [row.name for row in stage.read(steps.steps_of, cycle_id=cycle.id)] == ["plan"]
    stage.write(cycles.request_cancel, cycle_id=cycle.id, who="ann")
    with pytest.raises(CycleCancelledError, match="ann"):
        stage.begin(fence, cycle, CycleStep.PLAN)


def test_a_known_failure_gives_its_money_back_and_the_retry_is_another_purchase(stage: Stage):
    fence, cycle = stage.song()
    begun = stage.begin(fence, cycle, cost="4")
    with pytest.raises(ConflictError, match="only a failed step"):
        stage.write(steps.retry_step, fence=fence, intent=intent(cycle, cost="4"), caps=CAPS)
    failed = stage.write(steps.fail_step, fence=fence, key=key(cycle), error="refused", bought=False)
    assert failed.status == StepStatus.FAILED
    assert stage.read(ledger.spent, caps=CAPS).day_usd == 0
    again = stage.write(
        steps.retry_step, fence=fence, intent=intent(cycle, cost="4", provider="other"), caps=CAPS
    )
    assert (again.purchase, again.provider, again.status) == (2, "other", "intent")
    assert again.idempotency_key != begun.row.idempotency_key
    assert stage.read(ledger.spent, caps=CAPS).day_usd == 4


def test_a_failure_after_buying_keeps_its_money(stage: Stage):
    fence, cycle = stage.song()
    stage.begin(fence, cycle, cost="4")
    stage.write(steps.fail_step, fence=fence, key=key(cycle), error="broken file", bought=True)
    with pytest.raises(BudgetExceededError, match="BUDGET_DAILY_USD"):
        stage.write(steps.retry_step, fence=fence, intent=intent(cycle, cost="4"), caps=CAPS)
    assert stage.read(steps.steps_of, cycle_id=cycle.id)[0].purchase == 1, "nothing half-begun"


def test_an_unknown_purchase_parks_with_its_reservation(stage: Stage):
    fence, cycle = stage.song()
    stage.begin(fence, cycle, cost="2")
    stage.write(steps.park_step, fence=fence, key=key(cycle), reason="the answer was lost")
    parked = stage.read(cycles.cycle_by_id, cycle_id=cycle.id)
    assert (parked.state, parked.reason) == (CycleState.PARKED, "the answer was lost")
    again = {
        "fence": fence,
        "cycle_id": cycle.id,
        "state": CycleState.PARKED,
        "reason": "the answer was lost",
    }
    stage.write(cycles.suspend_cycle, **again, due_in_s=0.0)
    told = stage.write(outbox.claim_messages, kinds=("alert",), limit=9, claim_s=0.0)
    assert [message.payload["text"] for message in told] == [
        "Nova Rain: a song is parked and needs you. the answer was lost"
    ]
    assert stage.read(ledger.spent, caps=CAPS).day_usd == 2


@pytest.mark.parametrize(
    ("choice", "status", "day_usd"),
    [("paste", "submitted", 2), ("buy_again", "failed", 2), ("cancel", "failed", 2)],
)
def test_an_operator_answers_an_unknown_purchase(stage: Stage, choice: str, status: str, day_usd: int):
    fence, cycle = stage.song()
    stage.begin(fence, cycle, cost="2")
    answer = {
        "cycle_id": cycle.id,
        "choice": choice,
        "job_id": "job-1" if choice == "paste" else None,
        "who": "ann",
    }
    with pytest.raises(ConflictError, match="only a parked cycle"):
        stage.write(steps.resolve_parked, **answer)
    stage.write(steps.park_step, fence=fence, key=key(cycle), reason="lost")
    assert stage.write(steps.resolve_parked, **answer) == CycleState.QUEUED
    (row,) = stage.read(steps.steps_of, cycle_id=cycle.id)
    assert row.status == status
    assert stage.read(ledger.spent, caps=CAPS).day_usd == day_usd, "it may well have been bought"
    asked = stage.read(cycles.cycle_by_id, cycle_id=cycle.id).cancel_requested_by
    assert asked == ("ann" if choice == "cancel" else None)


def test_an_answer_meets_the_purchase_that_was_seen_or_none(stage: Stage):
    fence, cycle = stage.song()
    stage.begin(fence, cycle, cost="2")
    stage.write(steps.park_step, fence=fence, key=key(cycle), reason="lost")
    answer = {"cycle_id": cycle.id, "choice": "cancel", "job_id": None, "who": "ann"}
    (row,) = stage.read(steps.steps_of, cycle_id=cycle.id)
    for stale in ("", "another"):
        with pytest.raises(ConflictError, match="look again"):
            stage.write(steps.resolve_parked, **answer, purchase_key=stale)
    stage.write(steps.resolve_parked, **answer, purchase_key=row.idempotency_key)
    fence, tired = stage.song("Tired")
    aside = {"fence": fence, "cycle_id": tired.id, "state": CycleState.PARKED, "reason": "failed 5 times"}
    stage.write(cycles.suspend_cycle, **aside)
    with pytest.raises(ConflictError, match="look again"):
        stage.write(
            steps.resolve_parked, **{**answer, "cycle_id": tired.id}, purchase_key=row.idempotency_key
        )
    stage.write(steps.resolve_parked, **{**answer, "cycle_id": tired.id}, purchase_key="")


def test_a_bought_again_step_reserves_anew_on_top(stage: Stage):
    fence, cycle = stage.song()
    stage.begin(fence, cycle, cost="2")
    stage.write(steps.park_step, fence=fence, key=key(cycle), reason="lost")
    stage.write(steps.resolve_parked, cycle_id=cycle.id, choice="buy_again", job_id=None, who="ann")
    stage.write(steps.retry_step, fence=fence, intent=intent(cycle, cost="2"), caps=CAPS)
    stage.finish(fence, cycle, cost="1.5")
    assert stage.read(ledger.spent, caps=CAPS).day_usd == Decimal("3.5")


@pytest.mark.parametrize("choice", ["go_on", "cancel"])
def test_an_operator_answers_for_a_cycle_that_was_parked_without_a_purchase(stage: Stage, choice: str):
    fence, cycle = stage.song()
    stage.begin(fence, cycle, cost="2")
    for _ in range(3):
        opened = stage.write(cycles.open_cycle, fence=fence, cycle_id=cycle.id, claims_max=2)
    assert opened.state == CycleState.PARKED
    assert "cycle resolve" in opened.reason
    for wrong in ("paste", "buy_again", "shrug"):
        with pytest.raises(ConflictError, match="choose go_on or cancel"):
            stage.write(steps.resolve_parked, cycle_id=cycle.id, choice=wrong, job_id="job-1", who="ann")

    stage.write(steps.resolve_parked, cycle_id=cycle.id, choice=choice, job_id=None, who="ann")
    answered = stage.read(cycles.cycle_by_id, cycle_id=cycle.id)
    asked = "ann" if choice == "cancel" else None
    assert (answered.state, answered.claims, answered.cancel_requested_by) == (CycleState.QUEUED, 0, asked)
    told = stage.read(events.events_since, seq=0, cycle_id=cycle.id)[-1]
    assert (told.kind, told.body) == ("cycle.resolved", {"choice": choice, "who": "ann"})
    (row,) = stage.read(steps.steps_of, cycle_id=cycle.id)
    assert row.status == StepStatus.INTENT, "the step goes on where it was"
    assert stage.read(ledger.spent, caps=CAPS).day_usd == 2
    if choice == "go_on":
        again = stage.write(cycles.open_cycle, fence=fence, cycle_id=cycle.id, claims_max=2)
        assert again.state == CycleState.RUNNING


def test_nobody_goes_on_past_a_purchase_that_may_have_happened(stage: Stage):
    fence, cycle = stage.song()
    stage.begin(fence, cycle, cost="2")
    stage.write(steps.park_step, fence=fence, key=key(cycle), reason="lost")
    with pytest.raises(ConflictError, match="suno may have been paid for compose") as told:
        stage.write(steps.resolve_parked, cycle_id=cycle.id, choice="go_on", job_id=None, who="ann")
    assert "paste, buy_again or cancel" in str(told.value)
    assert stage.read(cycles.cycle_by_id, cycle_id=cycle.id).state == CycleState.PARKED


def test_there_is_nothing_to_answer_for_in_a_cycle_that_nobody_has(stage: Stage):
    with pytest.raises(NotFoundError, match="There is no cycle"):
        stage.write(steps.resolve_parked, cycle_id="cyc_zz", choice="go_on", job_id=None, who="ann")


@pytest.mark.parametrize(("choice", "job_id"), [("paste", None), ("shrug", None)])
def test_no_answer_is_refused_and_changes_nothing(stage: Stage, choice: str, job_id: str | None):
    fence, cycle = stage.song()
    stage.begin(fence, cycle, cost="2")
    stage.write(steps.park_step, fence=fence, key=key(cycle), reason="lost")
    with pytest.raises(ConflictError):
        stage.write(steps.resolve_parked, cycle_id=cycle.id, choice=choice, job_id=job_id, who="ann")
    assert stage.read(cycles.cycle_by_id, cycle_id=cycle.id).state == CycleState.PARKED


def test_model_calls_are_kept_with_the_step_and_found_by_their_request(stage: Stage):
    fence, cycle = stage.song()
    stage.begin(fence, cycle, CycleStep.PLAN)
    call = ModelCall(
        cycle_id=cycle.id, revision=0, step="plan", call_number=1, task="brief", provider="openai", model="m",
        request_sha256="a" * 64, prompt_sha256="b" * 64, outcome="ok", tokens_in=10, tokens_out=20,
        cost_usd=Decimal("0.000123"), latency_s=0.5, attempts=1, reply='{"title": "Rain"}',
    )  # fmt: skip
    done = steps.StepResult(
        key=key(cycle, CycleStep.PLAN), output="{}", calls=(call,), cost_usd=Decimal("0.000123"), cpu_s=0.1
    )
    stage.write(steps.finish_step, fence=fence, finished=done)
    (found,) = stage.read(model_calls.calls_at, cycle_id=cycle.id, revision=0, step="plan")
    assert (found.reply, found.cost_usd) == ('{"title": "Rain"}', Decimal("0.000123"))
    assert stage.read(model_calls.calls_at, cycle_id=cycle.id, revision=1, step="plan") == []
    assert not stage.write(model_calls.record_call, call=call), "once for its place"
    assert len(stage.read(model_calls.calls_of, cycle_id=cycle.id)) == 1
