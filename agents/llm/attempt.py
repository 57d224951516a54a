"""One attempt at one deployment: through its gate, reserved in the ledger, timed, and settled once."""

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from decimal import Decimal
from time import perf_counter
from uuid import uuid4

from agents.llm.conversation import Ask, Reply, Usage
from agents.llm.deployment import Deployment
from agents.llm.gate import Gate
from agents.llm.ledger import Ledger
from agents.llm.policy import DISABLING, UNHEALTHY
from agents.llm.pricing import cost_usd, worst_case_usd
from agents.llm.wires import Line
from agents.llm.wires.faults import translate
from storage.errors import (
    BudgetExceeded,
    LLMError,
    MalformedResponse,
    ModelAttempt,
    Timeout,
    TruncatedResponse,
)

_PAID_FOR = (Timeout, TruncatedResponse, MalformedResponse)
"""After these nobody knows whether the provider charges, unless it counted the tokens."""
_BUSY_LOOK_S, _BUSY_LOOK_MAX_S = 0.05, 0.2


class DoorClosed(Exception):  # noqa: N818 - no error: the deployment is left alone for a while
    """Nobody may ask this deployment now."""

    def __init__(self, wait_s: float, *, is_open: bool) -> None:
        super().__init__(f"closed for {wait_s:.1f} s")
        self.wait_s = wait_s
        self.is_open = is_open


@dataclass
class Tally:
    """What one call has taken so far, over all its attempts."""

    trace_id: str = field(default_factory=lambda: uuid4().hex)
    attempts: list[ModelAttempt] = field(default_factory=list)
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = Decimal(0)
    cpu_s: float = 0.0
    sent: int = 0

    def add(self, usage: Usage, cost: Decimal | None) -> None:
        """Count what a provider counted."""
        if usage.input_tokens is not None:
            self.input_tokens = (self.input_tokens or 0) + usage.input_tokens
        if usage.output_tokens is not None:
            self.output_tokens = (self.output_tokens or 0) + usage.output_tokens
        self.cost_usd = None if cost is None or self.cost_usd is None else self.cost_usd + cost

    @property
    def usage(self) -> Usage:
        return Usage(input_tokens=self.input_tokens, output_tokens=self.output_tokens)


@dataclass(frozen=True)
class Attempts:
    """How attempts are made and paid for."""

    gate: Gate
    ledger: Ledger | None
    unpriced_max_usd: Decimal | None
    settling: set[asyncio.Task[None]]
    """Settlements under way: they outlive a call that is cancelled or out of time."""

    async def enter(self, deployment: Deployment, *, patience_s: float) -> str:
        """A permit of the deployment's gate. Raises DoorClosed."""
        until_s = asyncio.get_running_loop().time() + patience_s
        look_s = _BUSY_LOOK_S
        while True:
            answer = await self.gate.enter(deployment)
            if answer.permit is not None:
                return answer.permit
            left_s = until_s - asyncio.get_running_loop().time()
            if (answer.is_open and answer.wait_s > _BUSY_LOOK_S) or left_s <= 0:
                raise DoorClosed(answer.wait_s, is_open=answer.is_open)
            # Busy: a permit may come back at any moment, long before the one that expires first. A gate that
            # all nodes share must not be asked by a crowd twenty times a second each.
            await asyncio.sleep(min(answer.wait_s, look_s * random.uniform(0.75, 1.25), left_s))
            look_s = min(2 * look_s, _BUSY_LOOK_MAX_S)

    async def reserve(self, deployment: Deployment, ask: Ask, permit: str, tally: Tally) -> Decimal:
        """Set the worst case aside under the attempt's key. Raises BudgetExceeded."""
        tally.sent += 1
        if self.ledger is None:
            return Decimal(0)
        worst_usd = worst_case_usd(deployment, ask)
        try:
            worst_usd = self.unpriced_max_usd if worst_usd is None else worst_usd
            if worst_usd is None:
                raise BudgetExceeded(
                    f"Nobody knows what {deployment.name} charges; set UNPRICED_MAX_USD_PER_CALL to ask it all the same"
                )
            if worst_usd:
                await self.ledger.reserve(self.key(tally), provider=deployment.name, worst_case_usd=worst_usd)
        except LLMError as error:
            tally.attempts.append(ModelAttempt(deployment.name, error.code, str(error)))
            await self.gate.give_back(deployment, permit)
            raise
        except BaseException:
            # Whether it was written is not known, and nothing was sent; the key is never used again.
            self.abandoned(deployment, permit, tally, worst_usd or Decimal(0), perf_counter())
            raise
        return worst_usd

    def key(self, tally: Tally) -> str:
        """Unique for each attempt, so that one that dies keeps its reservation and the next has its own."""
        return f"{tally.trace_id}/{tally.sent}"

    async def make(
        self, deployment: Deployment, line: Line, ask: Ask, tally: Tally, *, time_s: float, patience_s: float
    ) -> Reply:
        """Ask once. Raises LLMError, after the attempt has been told to gate and ledger; or DoorClosed."""
        permit = await self.enter(deployment, patience_s=patience_s)
        reserved_usd = await self.reserve(deployment, ask, permit, tally)
        started_s = perf_counter()
        try:
            async with asyncio.timeout(time_s):
                reply = await line.complete(ask)
        except (LLMError, TimeoutError) as fault:
            error = translate(fault, deployment)
            await self.failed(deployment, permit, error, tally, reserved_usd, started_s)
            raise error from fault
        except BaseException:
            self.abandoned(deployment, permit, tally, reserved_usd, started_s)
            raise
        await self.answered(deployment, permit, reply, tally, reserved_usd)
        tally.attempts.append(_record(deployment, "ok", "", started_s))
        return reply

    async def answered(
        self, deployment: Deployment, permit: str, reply: Reply, tally: Tally, reserved_usd: Decimal
    ) -> None:
        """An answer came: settle what it cost."""
        cost = cost_usd(deployment, reply.usage)
        tally.add(reply.usage, cost)
        tally.cpu_s += reply.cpu_s
        if self.ledger is None or not reserved_usd:
            await self.gate.leave(deployment, permit, failed=False)
            return
        settled_usd = reserved_usd if cost is None else cost
        await self._finish(self._settle(deployment, permit, self.key(tally), settled_usd))

    async def failed(
        self,
        deployment: Deployment,
        permit: str,
        error: LLMError,
        tally: Tally,
        reserved_usd: Decimal,
        started_s: float,
    ) -> None:
        """No usable answer: tell the gate, and charge what is known, nothing, or the whole reservation."""
        usage = Usage(
            input_tokens=_whole(error.fields.get("input_tokens")),
            output_tokens=_whole(error.fields.get("output_tokens")),
        )
        cost: Decimal | None = Decimal(0)
        if usage.input_tokens is not None and usage.output_tokens is not None:
            cost = cost_usd(deployment, usage)
            tally.add(usage, cost)
            cost = reserved_usd if cost is None else cost
        elif isinstance(error, _PAID_FOR) or error.fields.get("sent"):
            cost = None
        kept_usd = reserved_usd if cost is None else Decimal(0)
        tally.attempts.append(_record(deployment, error.code, str(error), started_s, kept_usd))
        await self._finish(
            self._tell(deployment, permit, error, self.key(tally) if reserved_usd else None, cost)
        )

    def abandoned(
        self, deployment: Deployment, permit: str, tally: Tally, reserved_usd: Decimal, started_s: float
    ) -> None:
        """The caller went away: no evidence of the provider's health, and the reservation stays."""
        tally.attempts.append(_record(deployment, Timeout.code, "given up", started_s, reserved_usd))
        self._begin(self._give_up(deployment, permit, self.key(tally) if reserved_usd else None))

    async def _settle(self, deployment: Deployment, permit: str, key: str, cost: Decimal) -> None:
        assert self.ledger is not None
        await asyncio.gather(
            self.gate.leave(deployment, permit, failed=False), self.ledger.settle(key, cost_usd=cost)
        )

    async def _tell(
        self, deployment: Deployment, permit: str, error: LLMError, key: str | None, cost: Decimal | None
    ) -> None:
        if isinstance(error, DISABLING):
            await self.gate.give_back(deployment, permit)
        else:
            is_sick = isinstance(error, UNHEALTHY)
            await self.gate.leave(
                deployment, permit, failed=is_sick, retry_after_s=error.retry_after_s if is_sick else None
            )
        if self.ledger is not None and key is not None:
            await (self.ledger.keep(key) if cost is None else self.ledger.settle(key, cost_usd=cost))

    async def _give_up(self, deployment: Deployment, permit: str, key: str | None) -> None:
        await self.gate.give_back(deployment, permit)
        if self.ledger is not None and key is not None:
            await self.ledger.keep(key)

    async def _finish(self, work: Coroutine[object, object, None]) -> None:
        await asyncio.shield(self._begin(work))

    def _begin(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.settling.add(task)
        task.add_done_callback(self.settling.discard)
        return task


def _record(
    deployment: Deployment, outcome: str, said: str, started_s: float, kept_usd: Decimal = Decimal(0)
) -> ModelAttempt:
    return ModelAttempt(
        deployment=deployment.name,
        outcome=outcome,
        said=said,
        latency_s=perf_counter() - started_s,
        kept_usd=kept_usd,
    )


def _whole(told: str | float | None) -> int | None:
    return told if isinstance(told, int) else None
