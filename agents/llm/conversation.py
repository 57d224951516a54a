"""What goes over a wire and comes back: messages, what is asked of the answer, the bare reply."""

from dataclasses import dataclass, field
from typing import Literal

from agents.llm.deployment import Rung
from storage.types import Frozen

Role = Literal["system", "user", "assistant"]


class Message(Frozen):
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True)
class Usage:
    """Tokens of a call, as the provider counted them; None where it did not."""

    input_tokens: int | None = None
    """All that was read, the cached part included."""
    output_tokens: int | None = None
    cached_tokens: int | None = None
    """Of the input, what the provider had read before and charges less for."""


@dataclass(frozen=True)
class Ask:
    """One request as a wire sends it."""

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float | None = None
    rung: Rung | None = None
    """How the form of the answer is asked for; None: any text will do."""
    schema: dict[str, object] | None = None
    task: str | None = None
    seed: int = 0
    """Decides what the embedded writer writes; hosted models never see it."""
    inputs: Frozen | None = None
    """The question's data as the embedded writer takes it, with what a message has no room for; None: as the message has it."""


@dataclass(frozen=True)
class Reply:
    """One answer as a wire read it."""

    text: str
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    """The model that answered, by its own word."""
    cpu_s: float = 0.0
    """CPU time of our own machines."""
