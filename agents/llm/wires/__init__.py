"""The protocols that deployments speak: one file each, behind one small seam."""

from collections.abc import AsyncGenerator
from typing import Protocol

from agents.llm.conversation import Ask, Reply
from agents.llm.deployment import Deployment, Wire
from agents.llm.wires.refusals import Refusals


class Line(Protocol):
    """A deployment's line: a request goes out, its answer or an LLMError comes back."""

    refusals: Refusals
    """What it has turned out not to take."""

    async def ready(self) -> None:
        """Load what it needs, before anything is timed."""
        ...

    async def complete(self, ask: Ask) -> Reply:
        """One whole answer."""
        ...

    def stream(self, ask: Ask) -> AsyncGenerator[str | Reply, None]:
        """An answer in pieces, and the whole of it at the end."""
        ...

    async def models(self) -> tuple[str, ...]:
        """What the provider lists, newest first."""
        ...

    async def close(self) -> None:
        """Give its connections back."""
        ...


def open_line(deployment: Deployment, wire: Wire) -> Line:
    """A line to a hosted model; its SDK is loaded with the first request."""
    if wire is Wire.ANTHROPIC:
        from agents.llm.wires.anthropic_messages import AnthropicMessages

        return AnthropicMessages(deployment)
    from agents.llm.wires.openai_chat import OpenAIChat

    return OpenAIChat(deployment)
