"""Calls that travel together: what is asked while an earlier trip is under way leaves with the next one.

A call of a Ray actor costs about two milliseconds of CPU on both sides together, whatever it carries (docs/ray.md).
A caller alone waits for nobody; a crowd shares, and the store commits a trip's writes at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

TRIP_MAX = 64
"""Questions of one trip: as many as the store commits at once."""
Question = TypeVar("Question")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Failed:
    """What one question of a trip was answered with instead of a value."""

    error: BaseException


class Trips(Generic[Question, Answer]):
    """One way to an actor, for the callers of one process; each event loop has trips of its own."""

    def __init__(self, travel: Callable[[list[Question]], Awaitable[Sequence[Answer | Failed]]]) -> None:
        """`travel` brings questions to the actor and one answer for each back; what it raises, each asker gets."""
        self._travel = travel
        self._waiting: WeakKeyDictionary[
            asyncio.AbstractEventLoop, list[tuple[Question, asyncio.Future[Answer]]]
        ] = WeakKeyDictionary()
        self._under_way: set[asyncio.Task[None]] = set()

    async def ask(self, question: Question) -> Answer:
        """The answer, as a value or as the error it was answered with."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        waiting = self._waiting.get(loop)
        if waiting is not None:
            waiting.append((question, answer))
        else:
            self._waiting[loop] = [(question, answer)]
            task = loop.create_task(self._run(loop))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return await answer

    async def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while waiting := self._waiting[loop]:
                self._waiting[loop] = waiting[TRIP_MAX:]
                await self._trip(waiting[:TRIP_MAX])
        finally:
            for _, answer in self._waiting.pop(loop):
                answer.cancel()

    async def _trip(self, going: list[tuple[Question, asyncio.Future[Answer]]]) -> None:
        # Whoever was cancelled meanwhile travels all the same, as a call that was made: only nobody hears the answer.
        try:
            told = await self._travel([question for question, _ in going])
            for (_, answer), value in zip(going, told, strict=True):
                _settle(answer, value)
        except Exception as error:  # noqa: BLE001 - each asker raises it again
            for _, answer in going:
                _settle(answer, Failed(error))
        finally:
            for _, answer in going:
                answer.cancel()  # whom nothing was told, because the loop ends


def _settle(answer: asyncio.Future[Answer], value: Answer | Failed) -> None:
    if answer.done():
        return
    if not isinstance(value, Failed):
        answer.set_result(value)
    elif isinstance(value.error, StopIteration):  # no future takes it
        answer.set_exception(RuntimeError(str(value.error)))
    else:
        answer.set_exception(value.error)
