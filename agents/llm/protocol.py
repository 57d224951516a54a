"""The seam to every language model: one request type, one answer type, one method.

A role builds a `Request`, any `Writer` completes it, and the `Completion` tells what wrote it. The embedded
writer and the router over hosted models stand behind the same protocol.
"""

import hashlib
import json
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from pydantic import Field, SerializeAsAny

from storage.errors import ModelAttempt
from storage.types import Frozen

T = TypeVar("T", bound=Frozen)
"""The schema of an answer."""


class Request(Frozen, Generic[T]):
    """One piece of writing that a role needs."""

    task: str
    """persona, brief, lyrics, critique, feedback, reflection, error_analysis or engineer."""
    prompt: str
    """Name of a file in configs/prompts, without its suffix."""
    inputs: SerializeAsAny[Frozen]
    """What the role knows: data for the writer, never instructions to it."""
    answer: type[T] = Field(exclude=True)
    """The schema the answer must fit."""
    seed: int
    draft: str | None = None
    """The answer before, as JSON, where `faults` in the inputs tells what is wrong with it."""
    temperature: float | None = None
    """Sampling temperature; nothing leaves it to the settings of the task, or to the model."""
    avoid: tuple[str, ...] = ()
    """Sources that are asked only when no other is left: their drafts did not hold, or they judge their own."""

    def sha256(self, prompt_sha256: str) -> str:
        """Identity of the request: the same words asked in the same way for the same schema."""
        asked = {
            "task": self.task,
            "prompt": prompt_sha256,
            "inputs": self.inputs.model_dump(mode="json"),
            "schema": self.answer.model_json_schema(),
            "seed": self.seed,
            **({"draft": self.draft} if self.draft is not None else {}),
            **({"temperature": self.temperature} if self.temperature is not None else {}),
            **({"avoid": self.avoid} if self.avoid else {}),
        }
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


class Completion(Frozen, Generic[T]):
    """An answer, with what made it and what it cost."""

    value: SerializeAsAny[T]
    source: str
    """`offline`, or provider:model."""
    provider: str
    model: str
    prompt_sha256: str
    request_sha256: str
    temperature: float | None = None
    """Sampling temperature that the model was asked at; None where it was left to the model."""
    tokens_in: int | None = None
    """None where nothing counts tokens: the embedded writer."""
    tokens_out: int | None = None
    cost_usd: Decimal | None = Decimal(0)
    """None where nobody knows the price."""
    kept_usd: Decimal = Decimal(0)
    """Reserved by attempts whose outcome is unknown: it stays charged."""
    latency_s: float = Field(ge=0)
    cpu_s: float = Field(default=0.0, ge=0)
    """CPU time of our own machines: what the embedded writer takes."""
    attempts: int = Field(default=1, ge=1)
    trail: tuple[ModelAttempt, ...] = ()
    """Who was asked on the way, and what they said."""
    choice: str = ""
    """Why this writer was asked."""


class Writer(Protocol):
    """Anything that can complete a request within its schema."""

    async def complete(self, request: Request[T]) -> Completion[T]:
        """Write what was asked.

        Raises:
            ProviderError: nobody could write it.
        """
        ...
