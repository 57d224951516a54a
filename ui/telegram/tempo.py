"""Telegram's limits, kept on this side: 30 messages a second, one a second in a chat, 20 a minute in a group.

A request counts from its start to its answer, so whenever Telegram took it, the limit held there too.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from telegram.ext import AIORateLimiter

OVERALL_PER_S = 30
GROUP_PER_MINUTE = 20
SPARE_IN_GROUP = 4
"""Places of a group's minute that previews leave to answers and edits."""
RETRIES_MAX = 3
CHATS_REMEMBERED = 512
LOOK_S = 0.05


class Tempo:
    """Time as the bot counts it; a test lets it run faster, and in the server it talks to alike."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def now_s(self) -> float:
        return time.monotonic() * self.speed

    async def sleep(self, duration_s: float) -> None:
        await asyncio.sleep(duration_s / self.speed)

    def now(self) -> datetime:
        """The time of day."""
        return datetime.now(UTC)


class Window:
    """At most so many requests in any span of so long."""

    def __init__(self, tempo: Tempo, most: int, span_s: float) -> None:
        self._tempo = tempo
        self._most = most
        self._span_s = span_s
        self._ended_s: deque[float] = deque()
        self._flying = 0

    def wait_s(self, spare: int = 0) -> float:
        """How long until another may start, and `spare` more beside it."""
        now_s = self._tempo.now_s()
        while self._ended_s and self._ended_s[0] <= now_s - self._span_s:
            self._ended_s.popleft()
        over = len(self._ended_s) + self._flying + spare - self._most
        if over < 0:
            return 0.0
        return self._ended_s[over] + self._span_s - now_s if over < len(self._ended_s) else LOOK_S

    def start(self) -> None:
        self._flying += 1

    def end(self) -> None:
        self._flying -= 1
        self._ended_s.append(self._tempo.now_s())


class Pace:
    """Whose turn it is, in each chat and overall."""

    def __init__(self, tempo: Tempo) -> None:
        self.tempo = tempo
        self._overall = Window(tempo, OVERALL_PER_S, 1.0)
        self._chats: dict[int, tuple[asyncio.Lock, list[Window]]] = {}

    @asynccontextmanager
    async def turn(self, chat_id: int) -> AsyncIterator[None]:
        """Wait for a chat's next place and take it."""
        lock, windows = self._chat(chat_id)
        async with lock:
            every = [*windows, self._overall]
            while (wait_s := max(window.wait_s() for window in every)) > 0:
                await self.tempo.sleep(wait_s)
            for window in every:
                window.start()
            try:
                yield
            finally:
                for window in every:
                    window.end()

    async def room(self, chat_id: int) -> None:
        """Wait until a group has places left over, for what is not urgent."""
        _lock, windows = self._chat(chat_id)
        while (
            wait_s := max(window.wait_s(SPARE_IN_GROUP) for window in windows[1:]) if windows[1:] else 0
        ) > 0:
            await self.tempo.sleep(wait_s)

    def _chat(self, chat_id: int) -> tuple[asyncio.Lock, list[Window]]:
        if chat_id not in self._chats:
            if len(self._chats) >= CHATS_REMEMBERED:
                idle = next((each for each, (lock, _) in self._chats.items() if not lock.locked()), None)
                self._chats.pop(idle, None) if idle is not None else None
            windows = [Window(self.tempo, 1, 1.0)]
            if chat_id < 0:  # groups have negative numbers
                windows.append(Window(self.tempo, GROUP_PER_MINUTE, 60.0))
            self._chats[chat_id] = asyncio.Lock(), windows
        return self._chats[chat_id]


class PacedLimiter(AIORateLimiter):
    """The library's limiter for what Telegram refuses all the same (429), behind our own pace.

    Its own windows would let 40 messages into a group's first minute.
    """

    __slots__ = ("_pace",)

    def __init__(self, pace: Pace) -> None:
        super().__init__(overall_max_rate=0, group_max_rate=0, max_retries=RETRIES_MAX)
        self._pace = pace

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:  # noqa: ANN401
        chat_id = data.get("chat_id")
        # Questions that carry a chat's number, such as getChat, are no messages.
        turn = nullcontext()
        if isinstance(chat_id, int) and not endpoint.startswith("get"):
            turn = self._pace.turn(chat_id)
        async with turn:
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
