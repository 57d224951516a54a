"""What a step does, as a value: the step runner decides when, how often and under which key.

A step is offered a chain of works, first choice first; a later one stands in when an earlier provider
fails in a known way.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from storage.model_calls import ModelCall
from storage.types import EffectPolicy

T = TypeVar("T")


@dataclass(frozen=True)
class Made(Generic[T]):
    """A step's result, with what it took."""

    value: T
    cpu_s: float = 0.0
    cost_usd: Decimal = Decimal(0)
    provider: str | None = None
    """Who made it, where that was not known before: the model that answered."""
    calls: tuple[ModelCall, ...] = ()


@dataclass(frozen=True)
class LocalWork(Generic[T]):
    """Work whose only effect is its own files: `make(variation)` may run again freely.

    `variation` counts re-renders, so that one can differ from the attempt that failed.
    """

    make: Callable[[int], Awaitable[Made[T]]]
    kind: str
    """words, music, visuals, release, people: what the playbook goes by."""
    provider: str = "embedded"
    policy: EffectPolicy = field(default=EffectPolicy.LOCAL, init=False)
    worst_case_usd: Decimal = field(default=Decimal(0), init=False)


@dataclass(frozen=True)
class SentWork(Generic[T]):
    """A message to people: `send(idempotency_key)` may repeat, because its receiver drops a known key."""

    send: Callable[[str], Awaitable[Made[T]]]
    kind: str = "people"
    provider: str = "embedded"
    policy: EffectPolicy = field(default=EffectPolicy.AT_LEAST_ONCE, init=False)
    worst_case_usd: Decimal = field(default=Decimal(0), init=False)


@dataclass(frozen=True)
class BoughtWork(Generic[T]):
    """A paid job at a vendor.

    `submit` takes the idempotency key and returns the vendor's job id, which is stored before
    `collect` is called with it. `find` asks the vendor for the job of a key, if it can.
    """

    policy: EffectPolicy
    provider: str
    worst_case_usd: Decimal
    submit: Callable[[str], Awaitable[str]]
    collect: Callable[[str], Awaitable[Made[T]]]
    find: Callable[[str], Awaitable[str | None]] | None = None
    kind: str = "music"

    def __post_init__(self) -> None:
        if self.policy in (EffectPolicy.LOCAL, EffectPolicy.AT_LEAST_ONCE):
            raise ValueError(f"a purchase cannot be {self.policy}")
        if (self.policy is EffectPolicy.LOOKUP) != (self.find is not None):
            raise ValueError("`find` belongs to LOOKUP, and LOOKUP needs it")


Work = LocalWork[T] | SentWork[T] | BoughtWork[T]
