"""Calls of language models, each with its request's hash and its reply: the journal that replay reads."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from storage import tables
from storage.clock import new_id
from storage.database import insert_absent
from storage.store import Tx, write
from storage.types import Frozen

M = tables.model_calls


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
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_usd: Decimal = Decimal(0)
    latency_s: float
    attempts: int = 1
    reply: str
    """The answer as JSON text."""


class RecordedCall(ModelCall):
    """A call as it is kept."""

    id: str
    at: datetime


@write
def record_call(tx: Tx, *, call: ModelCall) -> bool:
    """Keep a call once for its (cycle, revision, step, call number); says whether it was new."""
    return insert_absent(
        tx.connection, M, id=new_id("mcl", tx.clock), at=tx.clock.now(), **call.model_dump(mode="python")
    )


def find_call(
    tx: Tx, *, cycle_id: str, revision: int, step: str, call_number: int, request_sha256: str
) -> RecordedCall | None:
    """The recorded call for the same request at the same place, or None: then a replay has diverged."""
    row = tx.connection.execute(
        select(M).where(
            M.c.cycle_id == cycle_id,
            M.c.revision == revision,
            M.c.step == step,
            M.c.call_number == call_number,
            M.c.request_sha256 == request_sha256,
        )
    ).first()
    return None if row is None else RecordedCall.model_validate(dict(row._mapping))


def calls_of(tx: Tx, *, cycle_id: str) -> list[RecordedCall]:
    """A cycle's calls in the order they were made."""
    rows = tx.connection.execute(
        select(M).where(M.c.cycle_id == cycle_id).order_by(M.c.revision, M.c.at, M.c.call_number)
    )
    return [RecordedCall.model_validate(dict(row._mapping)) for row in rows]
