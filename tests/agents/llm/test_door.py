"""A provider's gate: closes on failures, opens by a probe, and believes only what says something of the provider."""

from agents.llm.breaker import BREAKER_FAILURES, COOL_DOWN_FIRST_S, BreakerState
from agents.llm.door import Door, Limits


class Watch:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def failing_gate(watch: Watch) -> Door:
    gate = Door(Limits(calls_per_s=100.0, burst=100), watch)
    for _ in range(BREAKER_FAILURES):
        permit = gate.enter().permit
        assert permit is not None
        gate.leave(permit, failed=True)
    return gate


def test_it_tells_how_long_a_failing_provider_is_left_alone():
    watch = Watch()
    gate = failing_gate(watch)
    assert gate.state is BreakerState.OPEN
    assert gate.closed_for_s() == COOL_DOWN_FIRST_S
    watch.now_s = COOL_DOWN_FIRST_S + 1
    assert gate.closed_for_s() == 0.0
    assert gate.enter().permit is not None, "the probe"
    assert gate.enter().is_open, "one probe at a time"


def test_a_probe_that_told_nothing_leaves_the_verdict_to_the_next():
    watch = Watch()
    gate = failing_gate(watch)
    watch.now_s = COOL_DOWN_FIRST_S + 1
    probe = gate.enter().permit
    assert probe is not None
    gate.give_back(probe)
    assert gate.state is BreakerState.HALF_OPEN
    probe = gate.enter().permit
    assert probe is not None
    gate.leave(probe, failed=True)
    assert gate.state is BreakerState.OPEN


def test_a_retry_after_closes_it_at_once():
    watch = Watch()
    gate = Door(Limits(), watch)
    permit = gate.enter().permit
    assert permit is not None
    gate.leave(permit, failed=True, retry_after_s=30.0)
    assert gate.closed_for_s() == 30.0
    assert gate.enter().wait_s == 30.0


def test_an_outage_begins_once():
    gate = Door(Limits(calls_per_s=100.0, burst=100), Watch())
    began = []
    for _ in range(BREAKER_FAILURES):
        permit = gate.enter().permit
        assert permit is not None
        began.append(gate.leave(permit, failed=True))
    assert began == [False] * (BREAKER_FAILURES - 1) + [True]
    assert gate.leave("a call that was under way", failed=True) is False


def test_a_permit_whose_holder_died_is_free_again():
    watch = Watch()
    gate = Door(Limits(at_once=1, permit_s=60.0), watch)
    assert gate.enter().permit is not None
    assert gate.enter().permit is None
    watch.now_s = 61.0
    assert gate.enter().permit is not None
