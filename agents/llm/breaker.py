"""A circuit breaker: stops calls to who fails, and lets one through after a while to see."""

from dataclasses import dataclass, field
from enum import StrEnum

BREAKER_FAILURES = 3
COOL_DOWN_FIRST_S = 5.0
COOL_DOWN_MAX_S = 600.0


class BreakerState(StrEnum):
    CLOSED = "closed"
    """Working: calls pass."""
    OPEN = "open"
    """Failing: nobody passes until the cool-down ends."""
    HALF_OPEN = "half_open"
    """One probe is under way; its outcome decides."""


@dataclass
class CircuitBreaker:
    """Counts failures in a row. Times are those of whoever asks, in seconds of one clock."""

    failures_max: int = BREAKER_FAILURES
    cool_down_first_s: float = COOL_DOWN_FIRST_S
    cool_down_max_s: float = COOL_DOWN_MAX_S
    _failures: int = field(default=0, init=False)
    _closed_until_s: float = field(default=0.0, init=False)

    def state(self, now_s: float) -> BreakerState:
        """Whether calls pass now."""
        if self._failures < self.failures_max:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now_s < self._closed_until_s else BreakerState.HALF_OPEN

    def closed_for_s(self, now_s: float) -> float:
        """How much longer nobody passes; 0 while it works or may be probed."""
        return max(0.0, self._closed_until_s - now_s)

    def succeeded(self) -> None:
        """A call went well: the past is forgotten."""
        self._failures = 0
        self._closed_until_s = 0.0

    def failed(self, now_s: float, retry_after_s: float | None = None) -> bool:
        """One attempt failed; says whether with this an outage began.

        A `Retry-After` closes it at once, whatever the count.
        """
        self._failures += 1
        cool_down_s = 0.0
        if self._failures >= self.failures_max:
            beyond = min(self._failures - self.failures_max, 16)
            cool_down_s = min(self.cool_down_max_s, self.cool_down_first_s * 2**beyond)
        cool_down_s = max(cool_down_s, retry_after_s or 0.0)
        self._closed_until_s = max(self._closed_until_s, now_s + cool_down_s)
        return self._failures == self.failures_max
