"""The embedded writer behind the same protocol as every model: pure, and decided by the request's seed."""

import time
from collections.abc import Callable
from typing import cast

from agents.llm.offline.brief import write_brief
from agents.llm.offline.lyrics import write_lyrics
from agents.llm.offline.persona import write_persona
from agents.llm.offline.reflection import write_reflection
from agents.llm.protocol import Completion, Request, T
from configs.prompts import load_prompt
from storage.errors import ProviderRefusedError
from storage.types import Frozen

SOURCE = "offline"
MODEL = "grammar-3"
"""Raised whenever the same seed would write other words."""

_TASKS: dict[str, Callable[..., Frozen]] = {
    "persona": write_persona,
    "brief": write_brief,
    "lyrics": write_lyrics,
    "reflection": write_reflection,
}


class OfflineWriter:
    """Completes every task of a song's life without a key or a network."""

    async def complete(self, request: Request[T]) -> Completion[T]:
        """Write what was asked, in milliseconds.

        Raises:
            ProviderRefusedError: there is no grammar for this task.
        """
        if request.task not in _TASKS:
            raise ProviderRefusedError(
                f"the embedded writer cannot do {request.task!r}; it does {', '.join(_TASKS)}: set a model's key"
            )
        prompt = load_prompt(request.prompt)
        started_s = time.perf_counter()
        value = cast(T, _TASKS[request.task](request.inputs, request.seed))
        return Completion(
            value=value,
            source=SOURCE,
            provider=SOURCE,
            model=MODEL,
            prompt_sha256=prompt.sha256,
            request_sha256=request.sha256(prompt.sha256),
            latency_s=time.perf_counter() - started_s,
        )
