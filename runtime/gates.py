"""Provider gates: one door to each (provider, base URL, account), shared by every artist on every node.

A gate limits the rate (token bucket) and the calls under way (permits that expire with their holder),
and closes when the provider fails: a thousand artists discover an outage once. The plain logic is
agents/llm/door.py; `GateActor` is the one copy of it that all share. `SharedGate` is how music is bought through
it, `SharedGates` the router's view of the same actors: one for each model at each account.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic

import ray
from ray.actor import ActorHandle

from agents.llm.deployment import Deployment
from agents.llm.door import Answer, Door, Limits
from agents.redaction import account_mark
from runtime.launch import Launch
from runtime.remote import ActorGoneError, arrived
from runtime.trips import Trips
from storage.errors import OutcomeUnknownError, ProviderError, ProviderUnavailableError

Leaving = tuple[str, bool | None, float | None]
"""A permit, whether its call failed (None: nobody knows), and for how long the provider asked us to wait."""


class GateActor:
    """The one copy of a gate; callers that come together are answered together."""

    def __init__(self, limits: Limits) -> None:
        self._door = Door(limits)

    async def enter(self, count: int) -> list[Answer]:
        return [self._door.enter() for _ in range(count)]

    async def leave(self, leaving: list[Leaving]) -> list[bool]:
        return [self._leave(*each) for each in leaving]

    def _leave(self, permit: str, failed: bool | None, retry_after_s: float | None) -> bool:
        if failed is None:
            self._door.give_back(permit)
            return False
        return self._door.leave(permit, failed=failed, retry_after_s=retry_after_s)

    async def closed_for_s(self) -> float:
        return self._door.closed_for_s()


class GateClient:
    """The way to a gate."""

    def __init__(self, launch: Launch, provider: str, account: str, limits: Limits) -> None:
        """`account` tells base URL and key apart; only its hash is seen."""
        self.actor = _gate_actor(launch, provider, account, limits)
        self._entering: Trips[None, Answer] = Trips(
            lambda asked: arrived(self.actor.enter.remote(len(asked)))
        )
        self._returning: set[asyncio.Future[None]] = set()
        self._leaving: Trips[Leaving, bool] = Trips(lambda asked: arrived(self.actor.leave.remote(asked)))

    async def enter(self) -> Answer:
        """Ask to make one call. Raises ActorGoneError while the gate restarts."""
        asking = asyncio.ensure_future(self._entering.ask(None))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            # The answer is on its way: a permit in it goes back, or nobody could use it until it expires.
            asking.add_done_callback(self._return_unused)
            raise

    async def leave(self, permit: str, *, failed: bool, retry_after_s: float | None = None) -> bool:
        """Tell how the call went; says whether with this failure an outage began."""
        return await self._told((permit, failed, retry_after_s))

    async def give_back(self, permit: str) -> None:
        """The call told nothing of the provider: it was cancelled, or our own end failed."""
        await self._told((permit, None, None))

    async def closed_for_s(self) -> float:
        """How much longer the provider is left alone; 0 while calls pass."""
        return await arrived(self.actor.closed_for_s.remote())

    def _return_unused(self, asked: asyncio.Future[Answer]) -> None:
        if asked.cancelled() or asked.exception() is not None or asked.result().permit is None:
            return
        task = asyncio.ensure_future(self.give_back(asked.result().permit or ""))
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)

    async def _told(self, leaving: Leaving) -> bool:
        # A gate that died meanwhile has forgotten its permits; what the provider answered must not be lost with it.
        with suppress(ActorGoneError):
            return await self._leaving.ask(leaving)
        return False


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
        """`on_outage` is told the provider and its last error by the one caller whose failure closed the gate."""
        self._on_outage = on_outage
        self.provider = provider
        self._gate = GateClient(launch, provider, account, limits)

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
            began = await self._gate.leave(permit, failed=True, retry_after_s=float(wait) if wait else None)
            if began and self._on_outage is not None:
                await self._on_outage(self.provider, str(error))
            raise
        except ProviderError:
            await self._gate.leave(permit, failed=False)
            raise
        except BaseException:
            await self._gate.give_back(permit)
            raise
        await self._gate.leave(permit, failed=False)

    async def closed_for_s(self) -> float:
        """How much longer the provider is left alone; 0 while calls pass."""
        return await self._gate.closed_for_s()

    async def _enter(self, until_s: float) -> str:
        while True:
            try:
                answer = await self._gate.enter()
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


MODEL_LIMITS = Limits(calls_per_s=20.0, burst=40, at_once=32, permit_s=300.0)
"""What a model is asked at most, by all artists together; its provider's own limits answer with 429."""


class SharedGates:
    """The router's gates, shared by every actor on every node (agents/llm/gate.py, `Gate`).

    An outage is told to `on_outage` by the one call that closed a gate.
    """

    def __init__(
        self,
        launch: Launch,
        on_outage: Callable[[str, str], Awaitable[object]] | None = None,
        limits: Limits = MODEL_LIMITS,
    ) -> None:
        self._launch = launch
        self._on_outage = on_outage
        self._limits = limits
        self._gates: dict[tuple[str, str], GateClient] = {}

    def gate(self, deployment: Deployment) -> GateClient:
        """The one gate of this model at this account, started if there is none."""
        found = self._gates.get(deployment.identity)
        if found is None:
            found = GateClient(self._launch, deployment.provider, deployment.account, self._limits)
            self._gates[deployment.identity] = found
        return found

    async def enter(self, deployment: Deployment) -> Answer:
        """Ask to make one call; a gate that restarts is as good as closed for a moment."""
        try:
            return await self.gate(deployment).enter()
        except ActorGoneError:
            return Answer(permit=None, wait_s=1.0, is_open=True)

    async def leave(
        self, deployment: Deployment, permit: str, *, failed: bool, retry_after_s: float | None = None
    ) -> None:
        """Tell how the call went."""
        began = await self.gate(deployment).leave(permit, failed=failed, retry_after_s=retry_after_s)
        if began and self._on_outage is not None:
            await self._on_outage(deployment.name, "three calls in a row have failed")

    async def give_back(self, deployment: Deployment, permit: str) -> None:
        """The call told nothing of the provider."""
        await self.gate(deployment).give_back(permit)

    async def closed_for_s(self, deployment: Deployment) -> float:
        """How much longer it is left alone; 0 while calls pass."""
        return await self.gate(deployment).closed_for_s()


def _gate_actor(launch: Launch, provider: str, account: str, limits: Limits) -> ActorHandle:
    """The label's one gate of this provider and account; the name tells only a hash of the account."""
    mark = account_mark(account)
    return (
        ray.remote(GateActor)  # type: ignore[return-value] # Ray's own types do not know their proxies
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
