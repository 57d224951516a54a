"""Answers that are kept, and questions that are under way: the same question is paid for once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace
from decimal import Decimal
from time import monotonic

from pydantic import BaseModel

from agents.llm.conversation import Message
from agents.llm.result import CompletionResult, T

Question = tuple[Hashable, ...]


def question(
    messages: tuple[Message, ...], schema: type[BaseModel] | None, task: str | None, *params: Hashable
) -> Question:
    """What makes two calls the same: messages, schema, task and parameters."""
    return tuple((one.role, one.content) for one in messages), schema, task, *params


class ResponseCache:
    """Keeps answers of hosted models for a while; opt-in, because a song's words should differ."""

    def __init__(self, *, ttl_s: float = 3600.0, entries_max: int = 256) -> None:
        self._ttl_s = ttl_s
        self._entries_max = entries_max
        self._kept: OrderedDict[Question, tuple[float, CompletionResult[BaseModel]]] = OrderedDict()

    def get(self, asked: Question) -> CompletionResult[BaseModel] | None:
        """The kept answer, or None."""
        found = self._kept.get(asked)
        if found is None:
            return None
        until_s, result = found
        if monotonic() > until_s:
            del self._kept[asked]
            return None
        self._kept.move_to_end(asked)
        return shared(result)

    def put(self, asked: Question, result: CompletionResult[BaseModel]) -> None:
        """Keep an answer; the one unused longest makes room."""
        self._kept[asked] = (monotonic() + self._ttl_s, result)
        self._kept.move_to_end(asked)
        while len(self._kept) > self._entries_max:
            self._kept.popitem(last=False)


class Flights:
    """Questions under way: whoever asks the same meanwhile waits for the same answer."""

    def __init__(self) -> None:
        self._under_way: dict[Question, asyncio.Future[CompletionResult[BaseModel]]] = {}

    async def join(
        self, asked: Question, patience_s: float, ask: Callable[[], Awaitable[CompletionResult[T]]]
    ) -> CompletionResult[T]:
        """The answer of whoever asked first, or one of our own where that one fails or takes too long."""
        flying = self._under_way.get(asked)
        if flying is not None:
            await asyncio.wait({flying}, timeout=patience_s)
            if flying.done() and not flying.cancelled():
                return shared(flying.result())  # type: ignore[return-value] # the question holds the schema
            return await ask()
        mine: asyncio.Future[CompletionResult[BaseModel]] = asyncio.get_running_loop().create_future()
        self._under_way[asked] = mine
        try:
            answer = await ask()
            mine.set_result(answer)  # type: ignore[arg-type] # read back under the same question
        except BaseException:
            mine.cancel()
            raise
        finally:
            self._under_way.pop(asked, None)
        return answer


def shared(result: CompletionResult[T]) -> CompletionResult[T]:
    """The same words for somebody who did not pay for them."""
    return replace(result, cost_usd=Decimal(0), attempts=(), is_shared=True)
