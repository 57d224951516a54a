"""What a router does after an attempt that failed."""

import random
from dataclasses import dataclass
from enum import Enum, auto

from storage.errors import (
    AuthFailed,
    ContextOverflow,
    InvalidRequest,
    LLMError,
    MalformedResponse,
    ModelGone,
    ProviderUnavailable,
    QuotaExhausted,
    RateLimited,
    Timeout,
    TruncatedResponse,
)

AGAIN = (ProviderUnavailable, Timeout, RateLimited)
BROKEN = (TruncatedResponse, MalformedResponse)
"""Others do better at once; where there are none, a second try may."""
DISABLING = (AuthFailed, QuotaExhausted, ModelGone)
UNHEALTHY = (ProviderUnavailable, Timeout, RateLimited, TruncatedResponse, MalformedResponse)
"""What a breaker counts: faults of the provider, not of the question."""


class Next(Enum):
    """Who is asked next."""

    SAME = auto()
    OTHER = auto()
    LARGER = auto()
    """Only those who are known to read more."""
    NOBODY = auto()
    """The question is wrong, whoever reads it."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often the same deployment is asked, and how long it is waited for."""

    tries: int = 2
    """Attempts at one deployment in one call, the first included."""
    first_delay_s: float = 0.25
    factor: float = 2.0
    delay_max_s: float = 8.0
    jitter: float = 0.25
    """Delays vary by this share, so that many artists do not return at once."""
    patience_s: float = 10.0
    """A longer `Retry-After` than this is not waited for while others can be asked."""

    def after(self, error: LLMError, *, tried: int, left_s: float, others: bool) -> tuple[Next, float]:
        """Who is asked next, and after how many seconds.

        Args:
            tried: attempts at this deployment so far.
            left_s: what is left of the deadline.
            others: whether anybody else could be asked.
        """
        if isinstance(error, InvalidRequest):
            return Next.NOBODY, 0.0
        if isinstance(error, ContextOverflow):
            return Next.LARGER, 0.0
        again = AGAIN if others else AGAIN + BROKEN
        if not isinstance(error, again) or tried >= self.tries:
            return Next.OTHER, 0.0
        delay_s = error.retry_after_s
        if delay_s is None:
            delay_s = min(self.delay_max_s, self.first_delay_s * self.factor ** (tried - 1))
            delay_s *= 1 + self.jitter * (2 * random.random() - 1)
        elif delay_s > self.patience_s and others:
            return Next.OTHER, 0.0
        return (Next.SAME, delay_s) if delay_s < left_s else (Next.OTHER, 0.0)


def attempt_s(deployment_s: float, *, left_s: float, others: bool) -> float:
    """How long one attempt may take: half of what is left while others could still answer."""
    return min(deployment_s, left_s / 2 if others else left_s)
