"""What providers list themselves: a model that nobody named is found there, and remembered for a while."""

import asyncio
import re
from fnmatch import fnmatchcase
from time import monotonic

from agents.llm.deployment import AUTO, Deployment
from agents.llm.wires import Line
from configs.providers import Provider, words_provider
from storage.errors import LLMError, ModelGone

TTL_S = 3600.0
FAILED_TTL_S = 60.0
TIME_S = 5.0
_NO_WORDS = re.compile(
    r"embed|audio|image|tts|whisper|transcri|realtime|live|moderation|rerank|ocr|vision|video|voice|guard|search",
    re.IGNORECASE,
)
"""Models that are listed beside the others and write no songs."""


class Catalogue:
    """Model lists by deployment."""

    time_s = TIME_S

    def __init__(self) -> None:
        self._lists: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {}

    async def models(self, deployment: Deployment, line: Line) -> tuple[str, ...]:
        """What it lists, newest first; nothing where it cannot be asked."""
        known = self._lists.get(deployment.identity)
        if known is not None and monotonic() < known[0]:
            return known[1]
        try:
            async with asyncio.timeout(self.time_s):
                found = await line.models()
        except (LLMError, TimeoutError):
            found = ()
        self._lists[deployment.identity] = (monotonic() + (TTL_S if found else FAILED_TTL_S), found)
        return found

    async def resolved(self, deployment: Deployment, line: Line) -> Deployment:
        """The deployment with a model in place of `auto`. Raises ModelGone where none can be found."""
        if deployment.model != AUTO:
            return deployment
        model = suitable(await self.models(deployment, line), words_provider(deployment.provider))
        if model is None:
            raise ModelGone(
                f"{deployment.provider} lists no model; name one, as {deployment.provider}:MODEL in LLM_MODELS"
            )
        return deployment.model_copy(update={"model": model})


def suitable(listed: tuple[str, ...], provider: Provider | None) -> str | None:
    """The first listed model that fits the provider's patterns, the most wanted pattern first."""
    writing = [name for name in listed if not _NO_WORDS.search(name)]
    for pattern in provider.models if provider else ():
        for name in writing:
            if fnmatchcase(name.rpartition("/")[2], pattern):
                return name
    return writing[0] if writing else None
