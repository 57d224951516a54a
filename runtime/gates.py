"""Provider gates: one door to each (provider, base URL, account), shared by every artist on every node.

A gate limits the rate (token bucket) and the calls under way (permits that expire with their holder),
and closes when the provider fails: a thousand artists discover an outage once. `Gate` is the plain logic on a
monotonic clock; `GateActor` is the one copy of it that all share.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic
from uuid import uuid4

import ray
from ray.actor import ActorHandle

from runtime.launch import Launch
from runtime.remote import ActorGoneError, arrived
from storage.errors import OutcomeUnknownError, ProviderError, ProviderUnavailableError
from storage.types import Frozen

BREAKER_FAILURES = 3
COOL_DOWN_FIRST_S = 5.0
COOL_DOWN_MAX_S = 600.0


class Limits(Frozen):
    """What a provider allows."""

    calls_per_s: float = 5.0
    burst: int = 5
    at_once: int = 8
    permit_s: float = 120.0
    """A permit whose holder died is free again after this long; longer than any call's time-out."""


class GateState(StrEnum):
    CLOSED = "closed"
    """Working: calls pass."""
    OPEN = "open"
    """Failing: nobody passes until the cool-down ends."""
    HALF_OPEN = "half_open"
    """One probe is under way; its outcome decides."""


class Answer(Frozen):
    """A permit, or how long to wait before asking again."""

    permit: str | None
    wait_s: float = 0.0
    is_open: bool = False


@dataclass
class Gate:
    """Token bucket, permits and circuit breaker of one provider."""

    limits: Limits
    now_s: Callable[[], float] = monotonic
    _tokens: float = field(init=False)
    _filled_s: float = field(init=False)
    _permits: dict[str, float] = field(default_factory=dict, init=False)
    _failures: int = field(default=0, init=False)
    _closed_until_s: float = field(default=0.0, init=False)
    _probe: str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._tokens = float(self.limits.burst)
        self._filled_s = self.now_s()

    @property
    def state(self) -> GateState:
        if self._failures < BREAKER_FAILURES:
            return GateState.CLOSED
        return GateState.OPEN if self.now_s() < self._closed_until_s else GateState.HALF_OPEN

    def enter(self) -> Answer:
        """Ask to make one call."""
        now_s = self.now_s()
        self._permits = {permit: until_s for permit, until_s in self._permits.items() if until_s > now_s}
        if now_s < self._closed_until_s:
            return Answer(permit=None, wait_s=self._closed_until_s - now_s, is_open=True)
        if self.state is GateState.HALF_OPEN and self._probe in self._permits:
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
        if self.state is GateState.HALF_OPEN:
            self._probe = permit
        return Answer(permit=permit)

    def closed_for_s(self) -> float:
        """How much longer nobody passes; 0 while it works or may be probed."""
        return max(0.0, self._closed_until_s - self.now_s())

    def give_back(self, permit: str) -> None:
        """The call told nothing of the provider: it was never made, or our own end failed."""
        self._permits.pop(permit, None)
        if self._probe == permit:
            self._probe = None

    def leave(self, permit: str, *, failed: bool, retry_after_s: float | None = None) -> bool:
        """Tell how the call went; says whether with this failure an outage began.

        A `Retry-After` closes the gate at once, whatever the count.
        """
        self.give_back(permit)
        if not failed:
            self._failures = 0
            self._closed_until_s = 0.0
            return False
        self._failures += 1
        cool_down_s = 0.0
        if self._failures >= BREAKER_FAILURES:
            beyond = min(self._failures - BREAKER_FAILURES, 16)
            cool_down_s = min(COOL_DOWN_MAX_S, COOL_DOWN_FIRST_S * 2**beyond)
        cool_down_s = max(cool_down_s, retry_after_s or 0.0)
        self._closed_until_s = max(self._closed_until_s, self.now_s() + cool_down_s)
        return self._failures == BREAKER_FAILURES


class GateActor:
    """The one copy of a gate."""

    def __init__(self, limits: Limits) -> None:
        self._gate = Gate(limits)

    async def enter(self) -> Answer:
        return self._gate.enter()

    async def leave(self, permit: str, failed: bool, retry_after_s: float | None) -> bool:
        return self._gate.leave(permit, failed=failed, retry_after_s=retry_after_s)

    async def give_back(self, permit: str) -> None:
        self._gate.give_back(permit)

    async def closed_for_s(self) -> float:
        return self._gate.closed_for_s()


class SharedGate:
    """A provider's gate as its callers use it."""

    def __init__(
        self,
        launch: Launch,
        provider: str,
        account: str,
        limits: Limits,
        *,
        on_outage: Callable[[str, str], Awaitable[object]] | None = None,
    ) -> None:
        """`account` tells base URL and key apart; only its hash is seen.

        `on_outage` is told the provider and its last error by the one caller whose failure closed the gate.
        """
        self._on_outage = on_outage
        mark = hashlib.sha256(account.encode()).hexdigest()[:12]
        self.provider = provider
        self._actor: ActorHandle = (
            ray.remote(GateActor)  # type: ignore[assignment] # Ray's own types do not know their proxies
            .options(
                name=f"gate/{provider}/{mark}",
                namespace=launch.namespace,
                get_if_exists=True,
                lifetime="detached",
                num_cpus=0,
                max_restarts=-1,
                max_concurrency=256,
            )
            .remote(limits)
        )

    @asynccontextmanager
    async def permit(self, *, deadline_s: float) -> AsyncIterator[None]:
        """One call's permit; raises ProviderUnavailableError when none comes within `deadline_s`.

        The call's own failure is reported to the gate and raised on.
        """
        permit = await self._enter(monotonic() + deadline_s)
        try:
            yield
        except (ProviderUnavailableError, OutcomeUnknownError) as error:
            wait = error.fields.get("retry_after_s")
            began = await _told(self._actor.leave.remote(permit, True, float(wait) if wait else None))
            if began and self._on_outage is not None:
                await self._on_outage(self.provider, str(error))
            raise
        except ProviderError:
            await _told(self._actor.leave.remote(permit, False, None))
            raise
        except BaseException:
            # Cancelled or our own bug: no evidence that the provider is down, and none that it works.
            await _told(self._actor.give_back.remote(permit))
            raise
        await _told(self._actor.leave.remote(permit, False, None))

    async def closed_for_s(self) -> float:
        """How much longer the provider is left alone; 0 while calls pass."""
        return await arrived(self._actor.closed_for_s.remote())

    async def _enter(self, until_s: float) -> str:
        while True:
            try:
                answer: Answer = await arrived(self._actor.enter.remote())
            except ActorGoneError as error:
                # Nothing was sent: to the caller it is as if the provider had been busy.
                raise ProviderUnavailableError(f"The gate of {self.provider} is restarting") from error
            if answer.permit is not None:
                return answer.permit
            if monotonic() + answer.wait_s > until_s:
                why = "is failing and is left alone" if answer.is_open else "is busy"
                raise ProviderUnavailableError(
                    f"{self.provider} {why}; next try in {answer.wait_s:.0f} s", retry_after_s=answer.wait_s
                )
            await asyncio.sleep(answer.wait_s)


async def _told(reply: Awaitable[bool | None]) -> bool:
    """A gate that died meanwhile has forgotten its permits; what the provider answered must not be lost with it."""
    with suppress(ActorGoneError):
        return bool(await arrived(reply))
    return False
