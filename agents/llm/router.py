"""The router: one call, many deployments; when one slows, limits, lies or dies, another answers.

router = Router([Deployment(provider="openai", model="m1", base_url="http://127.0.0.1:9100/v1", api_key="k")])
result = await router.complete([Message(role="user", content="…")], task="lyrics", deadline_s=30)
result.text, result.source
"""

import asyncio
import copy
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from decimal import Decimal
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel

from agents.llm.attempt import Attempts, DoorClosed, Tally
from agents.llm.cache import Flights, ResponseCache, question
from agents.llm.conversation import Message
from agents.llm.deployment import OFFLINE, Deployment, Wire, offline
from agents.llm.discovery import Catalogue
from agents.llm.gate import Gate, LocalGate
from agents.llm.ledger import Ledger
from agents.llm.policy import RetryPolicy
from agents.llm.pricing import load_prices
from agents.llm.protocol import Writer
from agents.llm.result import Choice, CompletionResult, T
from agents.llm.strategy import Prefer, RoutingStrategy
from agents.llm.walk import Answered, Passed, Walk, Wanted, is_larger
from agents.llm.wires import Line, open_line
from agents.llm.wires.offline import TASKS, OfflineLine
from configs.providers import words_provider
from storage.errors import AllDeploymentsFailed, LLMError, ModelAttempt, ModelGone, Timeout
from storage.types import Frozen

if TYPE_CHECKING:
    from configs.settings import Settings

DISABLED_S = 900.0
"""How long a refused key, an empty account or a model that is gone is not asked again."""
ROUNDS = 3
"""Walks over the deployments: each after the first goes to those that were left alone, after their recovery."""
_OFFLINE_S = 0.5
"""What is left of a deadline for the embedded writer, until it is known how long it takes."""


class Router:
    """Asks deployments in the order of its strategy until one gives a usable answer."""

    def __init__(
        self,
        deployments: Sequence[Deployment],
        *,
        gate: Gate | None = None,
        ledger: Ledger | None = None,
        strategy: RoutingStrategy | None = None,
        policy: RetryPolicy | None = None,
        cache: ResponseCache | None = None,
        unpriced_max_usd: Decimal | None = None,
        offline_writer: Writer | None = None,
    ) -> None:
        """Without a `gate`, health is this process's own; without a `ledger`, nothing is capped.

        `offline_writer` does the embedded writer's work elsewhere; the embedded writer always comes last.
        """
        hosted = [_known(one) for one in dict.fromkeys(deployments) if one.provider != OFFLINE]
        self.deployments = (*hosted, offline())
        self.strategy = strategy or RoutingStrategy()
        self.catalogue = Catalogue()
        self._policy = policy or RetryPolicy()
        self._cache = cache
        self._flights = Flights()
        self._attempts = Attempts(gate or LocalGate(), ledger, unpriced_max_usd, set())
        self._offline = OfflineLine(offline_writer)
        self._offline_s = _OFFLINE_S
        self._lines: dict[tuple[str, str], Line] = {}
        self._disabled: dict[tuple[str, str], tuple[float, LLMError]] = {}
        self._prices_loaded = not hosted

    @classmethod
    def from_settings(
        cls,
        settings: "Settings",
        *,
        gate: Gate | None = None,
        ledger: Ledger | None = None,
        offline_writer: Writer | None = None,
    ) -> Self:
        """A router over what the settings name: models by task, then every provider whose key is set."""
        from agents.llm.chain import deployments_of

        return cls(
            deployments_of(settings),
            gate=gate,
            ledger=ledger,
            strategy=RoutingStrategy(prefer=Prefer(settings.llm_routing)),
            unpriced_max_usd=settings.unpriced_max_usd_per_call,
            offline_writer=offline_writer,
        )

    def charging(self, ledger: Ledger | None) -> Self:
        """The same router, with what it has learned, for calls that another ledger pays."""
        other = copy.copy(self)
        other._attempts = replace(self._attempts, ledger=ledger)
        return other

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        schema: type[T] | None = None,
        task: str | None = None,
        deadline_s: float = 60.0,
        max_tokens: int | None = None,
        temperature: float | None = None,
        seed: int = 0,
        avoid: frozenset[str] = frozenset(),
        inputs: Frozen | None = None,
    ) -> CompletionResult[T]:
        """An answer within the deadline, as `schema` where one is given.

        Args:
            task: persona, brief, lyrics or reflection let the embedded writer answer when nobody else can.
            seed: decides what the embedded writer writes.
            avoid: names of deployments to ask only when no other is left.
            inputs: the data in the messages as the embedded writer takes it, which may know more than a prompt holds.

        Raises:
            InvalidRequest: a provider says that the question is wrong.
            AllDeploymentsFailed: nobody gave a usable answer.
        """
        until_s = asyncio.get_running_loop().time() + deadline_s
        wanted = Wanted(tuple(messages), schema, task, max_tokens, temperature, seed, avoid, inputs)
        asked = question(wanted.messages, schema, task, max_tokens, temperature, seed, avoid)
        if self._cache is not None and (kept := self._cache.get(asked)) is not None:
            return kept  # type: ignore[return-value] # the question holds the schema
        result = await self._flights.join(asked, deadline_s, lambda: self._ask(wanted, until_s))
        if self._cache is not None and result.source != OFFLINE:
            self._cache.put(asked, result)  # type: ignore[arg-type] # as above
        return result

    def stream(
        self,
        messages: Sequence[Message],
        *,
        task: str | None = None,
        deadline_s: float = 60.0,
        max_tokens: int | None = None,
        temperature: float | None = None,
        seed: int = 0,
    ) -> AsyncIterator[str | CompletionResult[BaseModel]]:
        """Pieces of text as they come, and the result at the end; others answer only before the first piece."""
        from agents.llm.streaming import stream

        wanted = Wanted[BaseModel](tuple(messages), None, task, max_tokens, temperature, seed, frozenset())
        return stream(self, wanted, deadline_s)

    async def drained(self) -> None:
        """Wait for settlements that outlived their calls."""
        while self._attempts.settling:
            await asyncio.gather(*self._attempts.settling, return_exceptions=True)

    async def close(self) -> None:
        """Settle what is under way and give all connections back."""
        await self.drained()
        for line in self._lines.values():
            await line.close()
        self._lines.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_raised: object) -> None:
        await self.close()

    async def prepared(self) -> None:
        """Load everything heavy now, beside the loop, so that the first call need not wait for it."""
        await self.priced()
        for deployment in self.deployments:
            await self.line(deployment).ready()

    async def priced(self) -> None:
        """Load the price list."""
        if not self._prices_loaded:
            await load_prices()
            self._prices_loaded = True

    def line(self, deployment: Deployment) -> Line:
        """The deployment's line, kept open from call to call."""
        if deployment.provider == OFFLINE:
            return self._offline
        found = self._lines.get(deployment.identity)
        if found is None:
            found = open_line(deployment, deployment.wire or Wire.OPENAI)
            self._lines[deployment.identity] = found
        return found

    def why_disabled(self, deployment: Deployment) -> LLMError | None:
        """Why it is not asked for now, or None."""
        until_s, error = self._disabled.get(deployment.identity, (0.0, None))
        return error if monotonic() < until_s else None

    def walk(self, wanted: Wanted[T], tally: Tally, until_s: float) -> Walk[T]:
        """One call's way, up to its deadline."""
        return Walk(wanted, self._attempts, self._policy, tally, until_s, self._disable)

    def can_write_offline(self, task: str | None) -> bool:
        return task in TASKS

    def hosted_until_s(self, wanted: Wanted[T], until_s: float) -> float:
        """When the hosted ones have to be done, so that the embedded writer still can."""
        left_s = until_s - asyncio.get_running_loop().time()
        return until_s - min(self._offline_s, left_s / 2) if self.can_write_offline(wanted.task) else until_s

    async def _ask(self, wanted: Wanted[T], until_s: float) -> CompletionResult[T]:
        started_s, tally = perf_counter(), Tally()
        answered = await self._hosted(wanted, tally, self.hosted_until_s(wanted, until_s))
        if answered is None and self.can_write_offline(wanted.task):
            answered = await self.offline_answer(wanted, tally)
        if answered is None:
            raise failed(tally)
        return self.result(answered, wanted, tally, started_s)

    async def _hosted(self, wanted: Wanted[T], tally: Tally, until_s: float) -> Answered[T] | None:
        """Everybody but the embedded writer, and again after the first recovery."""
        walk = self.walk(wanted, tally, until_s)
        try:
            # A last bound for what the attempts' own time-outs do not cover: gate and ledger.
            async with asyncio.timeout_at(until_s + 0.02):
                await self.priced()
                only: frozenset[str] | None = None
                for _round in range(ROUNDS):
                    answered, closed = await self._round(walk, only)
                    recovery_s = min(closed.values(), default=walk.left_s)
                    if answered is not None or recovery_s >= walk.left_s:
                        return answered
                    await asyncio.sleep(recovery_s)
                    only = frozenset(closed)
        except TimeoutError:
            tally.attempts.append(ModelAttempt("router", Timeout.code, "the deadline has passed"))
        return None

    async def _round(
        self, walk: Walk[T], only: frozenset[str] | None
    ) -> tuple[Answered[T] | None, dict[str, float]]:
        """One answer, or who is left alone and for how many seconds."""
        closed: dict[str, float] = {}
        too_small: Deployment | None = None
        queue = [entry for entry in self.queue(walk.wanted) if only is None or entry[0].name in only]
        for place, (listed, choice) in enumerate(queue):
            if walk.left_s <= 0 or (too_small is not None and not is_larger(listed, too_small)):
                continue
            deployment = await self.resolved(listed, walk.tally)
            if deployment is None:
                continue
            try:
                answered = await walk.at(
                    deployment, choice, self.line(deployment), others=place + 1 < len(queue)
                )
            except DoorClosed as door:
                closed[listed.name] = door.wait_s
                why = "is failing and left alone" if door.is_open else "is busy"
                walk.tally.attempts.append(ModelAttempt(deployment.name, "not_asked", why))
            except Passed as passed:
                too_small = deployment if passed.larger else too_small
            else:
                return answered, closed
        return None, closed

    async def resolved(self, deployment: Deployment, tally: Tally) -> Deployment | None:
        """The deployment with its model's name; None where its provider lists none."""
        try:
            return await self.catalogue.resolved(deployment, self.line(deployment))
        except ModelGone as error:
            tally.attempts.append(ModelAttempt(deployment.name, error.code, str(error)))
            return None

    def queue(self, wanted: Wanted[T]) -> list[tuple[Deployment, Choice]]:
        """Hosted deployments in the order of asking, without those that are disabled."""
        able = [one for one in self.deployments if one.provider != OFFLINE and not self.why_disabled(one)]
        ordered = self.strategy.order(able, wanted.task, avoid=wanted.avoid)
        # One that is set for a task and for all is listed twice, and asked once.
        return list({entry[0].identity: entry for entry in reversed(ordered)}.values())[::-1]

    async def offline_answer(self, wanted: Wanted[T], tally: Tally) -> Answered[T] | None:
        """The embedded writer's answer; None where the form that is asked for is not its own."""
        started_s = perf_counter()
        deployment = self.deployments[-1]
        walk = Walk(
            wanted,
            replace(self._attempts, gate=LocalGate(), ledger=None),
            self._policy,
            tally,
            float("inf"),
            self._disable,
        )
        choice = Choice(OFFLINE, self._why_offline())
        try:
            answered = await walk.at(deployment, choice, self._offline, others=False)
        except (LLMError, Passed):
            return None
        self._offline_s = 2 * (perf_counter() - started_s)
        return answered

    def _why_offline(self) -> str:
        return "no model's key is set" if len(self.deployments) == 1 else "no hosted model gave an answer"

    def result(
        self, answered: Answered[T], wanted: Wanted[T], tally: Tally, started_s: float
    ) -> CompletionResult[T]:
        """What the caller gets; the strategy learns from it."""
        one, latency_s = answered.deployment, tally.attempts[-1].latency_s
        cost = None if tally.cost_usd is None else float(tally.cost_usd)
        self.strategy.record(one, wanted.task, latency_s=latency_s, cost_usd=cost)
        model = (answered.reply.model if one.provider == OFFLINE else one.model) or one.model
        return CompletionResult(
            text=answered.reply.text,
            source=one.name,
            provider=one.provider,
            model=model,
            parsed=answered.parsed,
            usage=tally.usage,
            cost_usd=tally.cost_usd,
            attempts=tuple(tally.attempts),
            choice=answered.choice,
            trace_id=tally.trace_id,
            temperature=answered.temperature,
            latency_s=perf_counter() - started_s,
            cpu_s=tally.cpu_s,
        )

    def _disable(self, deployment: Deployment, error: LLMError) -> None:
        self._disabled[deployment.identity] = (monotonic() + DISABLED_S, error)


def failed(tally: Tally) -> AllDeploymentsFailed:
    """The error for a call that nobody answered."""
    told = "; ".join(f"{one.deployment}: {one.said or one.outcome}" for one in tally.attempts[-6:])
    return AllDeploymentsFailed(
        f"No language model answered ({told or 'none can be asked'}); check the keys, or try again later",
        tuple(tally.attempts),
    )


def _known(deployment: Deployment) -> Deployment:
    """The deployment with what configs/providers.yaml knows of its provider."""
    known = words_provider(deployment.provider)
    if known is None:
        return deployment
    told = {"base_url": known.base_url, "wire": known.wire, "structured": known.structured}
    filled = {name: value for name, value in told.items() if value and getattr(deployment, name) is None}
    return Deployment.model_validate({**dict(deployment), **filled}) if filled else deployment
