"""A deployment: one model at one address under one key, and what is known of it."""

from decimal import Decimal
from enum import StrEnum

from pydantic import ConfigDict, Field, SecretStr

from storage.types import Frozen

AUTO = "auto"
"""As a model's name: the first suitable one that the provider lists itself."""
OFFLINE = "offline"


class Wire(StrEnum):
    """The protocol that a deployment speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    OFFLINE = "offline"


class Rung(StrEnum):
    """How an answer of a given form is asked for, the strictest way first."""

    SCHEMA = "schema"
    """The provider itself holds the answer to a JSON schema."""
    TOOL = "tool"
    """The model is made to call a tool whose argument is the answer."""
    JSON = "json_object"
    """The provider promises JSON; the schema stands in the prompt."""
    PROMPT = "prompt"
    """Only the prompt asks for it."""


LADDER = tuple(Rung)


class Price(Frozen):
    """A price that is set by hand, where no list knows it."""

    input_usd_per_million: Decimal = Field(ge=0)
    output_usd_per_million: Decimal = Field(ge=0)


class Deployment(Frozen):
    """Somebody who can be asked for words."""

    model_config = ConfigDict(hide_input_in_errors=True)  # one of them is a key

    provider: str
    """A name of configs/providers.yaml, or one of your own with `base_url`."""
    model: str
    base_url: str | None = None
    """None: as configs/providers.yaml says, or the SDK's default."""
    api_key: SecretStr | None = None
    wire: Wire | None = None
    """None: as configs/providers.yaml says, else OpenAI's."""
    tasks: tuple[str, ...] = ()
    """Tasks for which it comes first; none: no preference."""
    context_tokens: int | None = Field(default=None, ge=1)
    """How much it reads, where known; a request that overflows another one is offered to larger ones."""
    max_tokens: int = Field(default=4096, ge=1)
    """Most tokens of an answer, unless the call says otherwise."""
    timeout_s: float = Field(default=120.0, gt=0)
    structured: tuple[Rung, ...] | None = None
    """Rungs that it can do, the strictest first; None: as configs/providers.yaml says, else all, by trying."""
    price: Price | None = None

    @property
    def name(self) -> str:
        """provider:model, as rows and people read it."""
        return OFFLINE if self.provider == OFFLINE else f"{self.provider}:{self.model}"

    @property
    def account(self) -> str:
        """What tells this deployment's gate from others: model, address and key. Never shown, only hashed."""
        key = self.api_key.get_secret_value() if self.api_key else ""
        return f"{self.model}|{self.base_url or ''}|{key}"

    @property
    def identity(self) -> tuple[str, str]:
        """A key for what a process remembers of it."""
        return self.provider, self.account


def offline() -> Deployment:
    """The embedded writer, who comes last and never fails at what it has a grammar for."""
    return Deployment(provider=OFFLINE, model="grammar", wire=Wire.OFFLINE)
