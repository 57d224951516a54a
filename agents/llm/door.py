"""The door to one provider: a token bucket for its rate, permits for the calls under way, a circuit breaker."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from uuid import uuid4

from agents.llm.breaker import BreakerState, CircuitBreaker
from storage.types import Frozen


class Limits(Frozen):
    """What a provider allows."""

    calls_per_s: float = 5.0
    burst: int = 5
    at_once: int = 8
    permit_s: float = 120.0
    """A permit whose holder died is free again after this long; longer than any call's time-out."""


class Answer(Frozen):
    """A permit, or how long to wait before asking again."""

    permit: str | None
    wait_s: float = 0.0
    is_open: bool = False


@dataclass
class Door:
    """Lets calls through while the provider works and its limits allow."""

    limits: Limits
    now_s: Callable[[], float] = monotonic
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    _tokens: float = field(init=False)
    _filled_s: float = field(init=False)
    _permits: dict[str, float] = field(default_factory=dict, init=False)
    _probe: str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._tokens = float(self.limits.burst)
        self._filled_s = self.now_s()

    @property
    def state(self) -> BreakerState:
        return self.breaker.state(self.now_s())

    def enter(self) -> Answer:
        """Ask to make one call."""
        now_s = self.now_s()
        self._forget_expired(now_s)
        closed_s = self.breaker.closed_for_s(now_s)
        if closed_s > 0:
            return Answer(permit=None, wait_s=closed_s, is_open=True)
        probing = self.breaker.state(now_s) is BreakerState.HALF_OPEN
        if probing and self._probe in self._permits:
            return Answer(permit=None, wait_s=1.0, is_open=True)
        if len(self._permits) >= self.limits.at_once:
            return Answer(permit=None, wait_s=min(self._permits.values()) - now_s if self._permits else 1.0)
        self._tokens = min(
            self.limits.burst, self._tokens + (now_s - self._filled_s) * self.limits.calls_per_s
        )
        self._filled_s = now_s
        if self._tokens < 1:
            return Answer(permit=None, wait_s=(1 - self._tokens) / self.limits.calls_per_s)
        self._tokens -= 1
        permit = uuid4().hex
        self._permits[permit] = now_s + self.limits.permit_s
        if probing:
            self._probe = permit
        return Answer(permit=permit)

    def closed_for_s(self) -> float:
        """How much longer nobody passes; 0 while it works or may be probed."""
        return self.breaker.closed_for_s(self.now_s())

    def give_back(self, permit: str) -> None:
        """The call told nothing of the provider: it was never made, or our own end failed."""
        self._permits.pop(permit, None)
        if self._probe == permit:
            self._probe = None

    def leave(self, permit: str, *, failed: bool, retry_after_s: float | None = None) -> bool:
        """Tell how the call went; says whether with this failure an outage began."""
        self.give_back(permit)
        if failed:
            return self.breaker.failed(self.now_s(), retry_after_s)
        self.breaker.succeeded()
        return False

    def _forget_expired(self, now_s: float) -> None:
        # Permits are kept in the order of their expiry, so the first one that lives ends the search.
        for permit, until_s in list(self._permits.items()) if self._permits else ():
            if until_s > now_s:
                return
            self.give_back(permit)
