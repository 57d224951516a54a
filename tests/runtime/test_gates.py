"""A provider's gate: closes on failures, opens by a probe, and believes only what says something of the provider."""

from runtime.gates import BREAKER_FAILURES, COOL_DOWN_FIRST_S, Gate, GateState, Limits


class Watch:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def failing_gate(watch: Watch) -> Gate:
    gate = Gate(Limits(calls_per_s=100.0, burst=100), watch)
    for _ in range(BREAKER_FAILURES):
        permit = gate.enter().permit
        assert permit is not None
        gate.leave(permit, failed=True)
    return gate


def test_it_tells_how_long_a_failing_provider_is_left_alone():
    watch = Watch()
    gate = failing_gate(watch)
    assert gate.state is GateState.OPEN
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
    assert gate.state is GateState.HALF_OPEN
    probe = gate.enter().permit
    assert probe is not None
    gate.leave(probe, failed=True)
    assert gate.state is GateState.OPEN


def test_a_retry_after_closes_it_at_once():
    watch = Watch()
    gate = Gate(Limits(), watch)
    permit = gate.enter().permit
    assert permit is not None
    gate.leave(permit, failed=True, retry_after_s=30.0)
    assert gate.closed_for_s() == 30.0
    assert gate.enter().wait_s == 30.0


def test_an_outage_begins_once():
    gate = Gate(Limits(calls_per_s=100.0, burst=100), Watch())
    began = []
    for _ in range(BREAKER_FAILURES):
        permit = gate.enter().permit
        assert permit is not None
        began.append(gate.leave(permit, failed=True))
    assert began == [False] * (BREAKER_FAILURES - 1) + [True]
    assert gate.leave("a call that was under way", failed=True) is False
