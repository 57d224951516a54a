"""The seam to shared health: who may be asked now, for one process or for a whole cluster."""

from collections.abc import Callable
from typing import Protocol

from agents.llm.breaker import CircuitBreaker
from agents.llm.deployment import Deployment
from agents.llm.door import Answer, Door, Limits

UNLIMITED = Limits(calls_per_s=10_000.0, burst=10_000, at_once=1_000, permit_s=600.0)


class Gate(Protocol):
    """Every deployment's door."""

    async def enter(self, deployment: Deployment) -> Answer:
        """Ask to make one call."""
        ...

    async def leave(
        self, deployment: Deployment, permit: str, *, failed: bool, retry_after_s: float | None = None
    ) -> None:
        """Tell how the call went."""
        ...

    async def give_back(self, deployment: Deployment, permit: str) -> None:
        """The call told nothing of the provider."""
        ...


class LocalGate:
    """Doors of this process alone."""

    def __init__(
        self, limits: Limits = UNLIMITED, breaker: Callable[[], CircuitBreaker] = CircuitBreaker
    ) -> None:
        """`breaker` makes each door's circuit breaker."""
        self._limits = limits
        self._breaker = breaker
        self._doors: dict[tuple[str, str], Door] = {}

    def door(self, deployment: Deployment) -> Door:
        """The deployment's door, made at first sight."""
        found = self._doors.get(deployment.identity)
        if found is None:
            found = self._doors[deployment.identity] = Door(self._limits, breaker=self._breaker())
        return found

    async def enter(self, deployment: Deployment) -> Answer:
        return self.door(deployment).enter()

    async def leave(
        self, deployment: Deployment, permit: str, *, failed: bool, retry_after_s: float | None = None
    ) -> None:
        self.door(deployment).leave(permit, failed=failed, retry_after_s=retry_after_s)

    async def give_back(self, deployment: Deployment, permit: str) -> None:
        self.door(deployment).give_back(permit)
