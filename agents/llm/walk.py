"""One call's way over the deployments: who is asked, how often, and who is asked instead."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from agents.llm.attempt import Attempts, Tally
from agents.llm.conversation import Ask, Message, Reply
from agents.llm.deployment import OFFLINE, Deployment, Rung
from agents.llm.policy import DISABLING, Next, RetryPolicy, attempt_s
from agents.llm.result import Choice, T
from agents.llm.shapes import read, schema_text, strict_schema
from agents.llm.wires import Line
from storage.errors import InvalidRequest, LLMError, ModelAttempt, SchemaViolation
from storage.types import Frozen

BUSY_PATIENCE_S = 2.0
"""How long a busy deployment is waited for while others can be asked."""


@dataclass(frozen=True)
class Wanted(Generic[T]):
    """What a caller asked for."""

    messages: tuple[Message, ...]
    schema: type[T] | None
    task: str | None
    max_tokens: int | None
    temperature: float | None
    seed: int
    avoid: frozenset[str]
    inputs: Frozen | None = None
    """The data in the messages, whole; for the embedded writer."""

    def ask(self, deployment: Deployment, line: Line, exchange: tuple[Message, ...]) -> Ask:
        """As this deployment is asked, after what was said to it before."""
        rung = line.refusals.rung if self.schema else None
        messages = (*self.messages, *exchange)
        if self.schema and rung in (Rung.JSON, Rung.PROMPT):
            messages = (Message(role="system", content=_form(schema_text(self.schema))), *messages)
        return Ask(
            messages=messages,
            max_tokens=self.max_tokens or deployment.max_tokens,
            temperature=self.temperature,
            rung=rung,
            schema=strict_schema(self.schema) if self.schema else None,
            task=self.task,
            seed=self.seed,
            inputs=self.inputs if deployment.provider == OFFLINE else None,
        )


@dataclass(frozen=True)
class Answered(Generic[T]):
    """A usable answer and where it is from."""

    deployment: Deployment
    choice: Choice
    reply: Reply
    parsed: T | None
    temperature: float | None = None
    """At which it was asked; None where none was wanted, or it takes none."""


class Passed(Exception):  # noqa: N818 - no error: others are asked
    """This deployment gave nothing; `larger` says that only those who read more can."""

    def __init__(self, error: LLMError, *, larger: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.larger = larger


@dataclass(frozen=True)
class Walk(Generic[T]):
    """One call under one deadline."""

    wanted: Wanted[T]
    attempts: Attempts
    policy: RetryPolicy
    tally: Tally
    until_s: float
    """On the loop's clock."""
    disable: Callable[[Deployment, LLMError], None]

    @property
    def left_s(self) -> float:
        return self.until_s - asyncio.get_running_loop().time()

    async def at(self, deployment: Deployment, choice: Choice, line: Line, *, others: bool) -> Answered[T]:
        """The answer of one deployment, after retries and one repair turn.

        Raises:
            Passed: somebody else is to be asked.
            InvalidRequest: nobody is.
            DoorClosed: it is left alone for now.
        """
        tried, exchange = 0, ()
        await line.ready()
        while True:
            ask = self.wanted.ask(deployment, line, exchange)
            tried += 1
            try:
                reply = await self.attempts.make(
                    deployment,
                    line,
                    ask,
                    self.tally,
                    time_s=attempt_s(deployment.timeout_s, left_s=self.left_s, others=others),
                    patience_s=min(self.left_s, BUSY_PATIENCE_S) if others else self.left_s,
                )
            except LLMError as error:
                if error.fields.get("adapted"):
                    tried -= 1  # another request: the part that was refused is left out
                    continue
                await self._go_on(deployment, error, tried, others=others)
                continue
            if self.wanted.schema is None:
                return Answered(deployment, choice, reply, None)
            # A refused one was left out of the request that was answered.
            takes_it = deployment.provider != OFFLINE and line.refusals.takes_temperature()
            asked_at = ask.temperature if takes_it else None
            try:
                return Answered(deployment, choice, reply, read(reply.text, self.wanted.schema), asked_at)
            except SchemaViolation as error:
                self._mark(deployment, error)
                if exchange or self.left_s <= 0:
                    raise Passed(error) from error
                exchange = _repair(reply, error, self.wanted.schema)

    async def _go_on(self, deployment: Deployment, error: LLMError, tried: int, *, others: bool) -> None:
        """Return when the same deployment is to be asked again; raise otherwise."""
        if isinstance(error, DISABLING):
            self.disable(deployment, error)
        following, delay_s = self.policy.after(error, tried=tried, left_s=self.left_s, others=others)
        if following is Next.NOBODY:
            raise error
        if following is not Next.SAME:
            raise Passed(error, larger=following is Next.LARGER) from error
        await asyncio.sleep(delay_s)

    def _mark(self, deployment: Deployment, error: SchemaViolation) -> None:
        """The answer came and was paid for, and is of no use."""
        last = self.tally.attempts.pop()
        self.tally.attempts.append(
            ModelAttempt(deployment.name, error.code, str(error), last.latency_s, last.kept_usd)
        )


def is_larger(one: Deployment, than: Deployment) -> bool:
    """Whether it may read what the other could not."""
    if one.context_tokens is None or than.context_tokens is None:
        return True
    return one.context_tokens > than.context_tokens


def no_grammar(error: LLMError) -> bool:
    """Whether the embedded writer says that this is nothing for it."""
    return isinstance(error, InvalidRequest)


def _form(schema: str) -> str:
    return f"Answer with one JSON object that fits this schema, and nothing else:\n{schema}"


def _repair(reply: Reply, error: SchemaViolation, schema: type[T]) -> tuple[Message, ...]:
    return (
        Message(role="assistant", content=reply.text),
        Message(role="user", content=f"{error}.\n{_form(schema_text(schema))}"),
    )
