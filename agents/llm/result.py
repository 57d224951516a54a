"""What a router answers: the words, who wrote them, what they cost, and how they came about."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import BaseModel

from agents.llm.conversation import Usage
from storage.errors import ModelAttempt

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Choice:
    """Why this deployment was asked."""

    deployment: str
    reason: str


@dataclass(frozen=True)
class CompletionResult(Generic[T]):
    """An answer."""

    text: str
    source: str
    """provider:model, or `offline`: says so whenever no hosted model wrote this."""
    provider: str
    model: str
    parsed: T | None = None
    """The text as the schema that was asked for."""
    usage: Usage = field(default_factory=Usage)
    """Tokens of all attempts together."""
    cost_usd: Decimal | None = None
    """Of all attempts together; None where nobody knows the price."""
    attempts: tuple[ModelAttempt, ...] = ()
    """Everybody who was asked on the way, this answer last."""
    choice: Choice | None = None
    trace_id: str = ""
    temperature: float | None = None
    """Sampling temperature of the request that was answered; None where it had none."""
    latency_s: float = 0.0
    cpu_s: float = 0.0
    is_shared: bool = False
    """Another caller's answer to the same question, or a kept one: nothing was paid for it."""

    @property
    def kept_usd(self) -> Decimal:
        """Reservations of attempts whose outcome is unknown: they stay charged."""
        return sum((one.kept_usd for one in self.attempts), Decimal(0))

    def trace(self) -> dict[str, str | int | float]:
        """The call as OpenTelemetry names it; never its prompt or its words."""
        told: dict[str, str | int | float | None] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": self.provider,
            "gen_ai.request.model": self.model,
            "gen_ai.usage.input_tokens": self.usage.input_tokens,
            "gen_ai.usage.output_tokens": self.usage.output_tokens,
            "labelmate.trace_id": self.trace_id,
            "labelmate.attempts": len(self.attempts),
            "labelmate.latency_s": round(self.latency_s, 3),
            "labelmate.choice": self.choice.reason if self.choice else None,
        }
        return {name: value for name, value in told.items() if value is not None}
