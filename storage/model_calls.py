"""Calls of language models, each with its request's hash and its reply: the journal that replay reads."""

from datetime import datetime
from decimal import Decimal

from pydantic import model_validator
from sqlalchemy import select

from storage import tables
from storage.clock import new_id
from storage.database import insert_absent
from storage.store import Tx, write
from storage.types import Frozen

M = tables.model_calls


class Asked(Frozen):
    """One model that was asked on the way to an answer, or to none."""

    deployment: str
    """provider:model; empty where none could be asked at all."""
    outcome: str
    """ok, or the code of the error."""
    latency_s: float = 0.0
    kept_usd: Decimal = Decimal(0)
    """Stays charged although nothing came back."""
    said: str = ""

    @model_validator(mode="before")
    @classmethod
    def _of_a_line(cls, value: object) -> object:
        """Until 0.1 was finished these were lines of text."""
        return {"deployment": "", "outcome": "unknown", "said": value} if isinstance(value, str) else value


class ModelCall(Frozen):
    """One request to a model and what came back."""

    cycle_id: str | None
    revision: int | None = None
    step: str | None = None
    call_number: int
    """From 1, within the step."""
    task: str
    provider: str
    model: str
    request_sha256: str
    prompt_sha256: str
    outcome: str
    """ok, or the code of the error."""
    temperature: float | None = None
    """Sampling temperature that the model was asked at; None where it was left to the model."""
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_usd: Decimal | None = Decimal(0)
    """None where nobody knows the price."""
    latency_s: float
    attempts: int = 1
    reply: str
    """The answer as JSON text; empty where there was none."""
    messages: tuple[tuple[str, str], ...] | None = None
    """Role and words of what was asked; kept to be read, and never logged."""
    trail: tuple[Asked, ...] | None = None
    choice: str | None = None
    """Why this model was asked."""


class RecordedCall(ModelCall):
    """A call as it is kept."""

    id: str
    at: datetime


@write
def record_call(tx: Tx, *, call: ModelCall) -> bool:
    """Keep a call once for its (cycle, revision, step, call number); says whether it was new."""
    return insert_absent(tx.connection, M, id=new_id("mcl", tx.clock), at=tx.clock.now(), **_columns(call))


def calls_at(tx: Tx, *, cycle_id: str, revision: int, step: str) -> list[RecordedCall]:
    """The calls of one step, in the order they were made: what a step that is walked again need not ask again."""
    rows = tx.connection.execute(
        select(M)
        .where(M.c.cycle_id == cycle_id, M.c.revision == revision, M.c.step == step)
        .order_by(M.c.call_number)
    )
    return [RecordedCall.model_validate(dict(row._mapping)) for row in rows]


def calls_of(tx: Tx, *, cycle_id: str) -> list[RecordedCall]:
    """A cycle's calls in the order they were made."""
    rows = tx.connection.execute(
        select(M).where(M.c.cycle_id == cycle_id).order_by(M.c.revision, M.c.at, M.c.call_number)
    )
    return [RecordedCall.model_validate(dict(row._mapping)) for row in rows]


def _columns(call: ModelCall) -> dict[str, object]:
    columns = call.model_dump(mode="python")
    if call.trail is not None:
        columns["trail"] = [asked.model_dump(mode="json") for asked in call.trail]
    return columns
