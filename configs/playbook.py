"""The typed loader of playbook.yaml: what is done about which fault."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from configs.tables import read_table


class Action(StrEnum):
    """What can be done about a fault."""

    RETRY = "retry"
    """The same step with the same provider, after a delay."""
    SWITCH_PROVIDER = "switch_provider"
    """The same step with the next provider of the chain."""
    RERENDER = "rerender"
    """Make the file again from the same plan; nothing is bought."""
    DEFER = "defer"
    """Put the cycle down until there is money, space or a provider."""
    PARK = "park"
    """An operator has to look: what happened outside is not known."""
    GIVE_UP = "give_up"
    """The cycle ends as failed."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rung(_Table):
    """One action, and how often it is tried before the next rung."""

    action: Action
    times: int = Field(1, ge=1, le=20)
    first_delay_s: float = Field(0.0, ge=0)
    factor: float = Field(2.0, ge=1)
    """Each further try waits this many times longer."""
    delay_max_s: float = Field(3600.0, ge=0)


class Rule(_Table):
    """What one kind of fault is, and the ladder of actions against it."""

    name: str
    codes: tuple[str, ...] = ()
    """Error codes it covers; none means every code."""
    works: tuple[str, ...] = ()
    """Kinds of work it covers; none means every kind."""
    transient: bool | None = None
    """Covers only faults that say so of themselves; nothing means either."""
    cause: str
    """Half a sentence for people."""
    ladder: tuple[Rung, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.ladder[-1].action not in {Action.GIVE_UP, Action.PARK, Action.DEFER}:
            raise ValueError(f"rule {self.name}: the last rung must be give_up, park or defer")
        return self


class Playbook(_Table):
    """All rules, in the order in which they are asked."""

    attempts_per_step_max: int = Field(ge=1)
    """However its messages change, a step that failed so often is parked."""
    long_wait_s: float = Field(ge=0)
    """A provider that asks for a longer wait than this defers the cycle instead of holding a worker."""
    jitter: float = Field(ge=0, lt=1)
    """Delays vary by this share, so that many artists do not return at once."""
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _covers_all(self) -> Self:
        last = self.rules[-1]
        if last.codes or last.works or last.transient is not None:
            raise ValueError("the last rule must cover every fault")
        return self


@cache
def load_playbook() -> Playbook:
    """The playbook that ships with labelmate."""
    path = Path(__file__).with_name("playbook.yaml")
    return Playbook.model_validate(read_table(path))
