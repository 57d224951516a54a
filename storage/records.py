"""What a replay reads: all that is on record of a cycle, as it stood when each step was done."""

from datetime import datetime

from sqlalchemy import select

from storage import tables
from storage.artists import artist_as_of
from storage.cycles import Cycle, cycle_by_id
from storage.experiments import Assignment, assignments_of, promoted
from storage.lineage import assets_of
from storage.memory import KNOWN_PIECES, memory_of, remarks_of
from storage.model_calls import RecordedCall, calls_of
from storage.resemblances import songs_of_cycles
from storage.steps import StepRow, steps_of
from storage.store import Tx
from storage.types import (
    Artist,
    Asset,
    Critique,
    CycleStep,
    Frozen,
    MadePiece,
    OthersSong,
    Remark,
    StepStatus,
    Takes,
)


class DoneStep(Frozen):
    """A finished step, with what was known when it was made."""

    row: StepRow
    artist: Artist
    memory: tuple[MadePiece, ...]
    remarks: tuple[Remark, ...]
    others: tuple[OthersSong, ...]
    """Of the critic: other artists' songs that it compared with."""
    call: RecordedCall | None
    """The model's reply, where a model wrote."""


class CycleRecord(Frozen):
    """A cycle's finished steps in their order, and the files they made."""

    cycle: Cycle
    steps: tuple[DoneStep, ...]
    assets: tuple[Asset, ...]
    deleted: frozenset[str]
    """Addresses of media that were thrown away with time."""
    assigned: Assignment | None
    promoted: tuple[Assignment, ...]
    """Winners of earlier experiments, as they were when it was asked for."""


def cycle_record(tx: Tx, *, cycle_id: str) -> CycleRecord:
    """Everything that a cycle's steps can be made again from. Raises NotFoundError."""
    cycle = cycle_by_id(tx, cycle_id=cycle_id)
    calls = {(call.revision, call.step): call for call in calls_of(tx, cycle_id=cycle_id)}
    assets = assets_of(tx, cycle_id=cycle_id)
    assigned = assignments_of(tx, cycle_id=cycle_id)
    done = [row for row in steps_of(tx, cycle_id=cycle_id) if row.status is StepStatus.DONE]

    def known_to(row: StepRow, at: datetime) -> DoneStep:
        return DoneStep(
            row=row,
            artist=artist_as_of(tx, artist_id=cycle.artist_id, at=at),
            memory=memory_of(tx, artist_id=cycle.artist_id, limit=KNOWN_PIECES, before=at, besides=cycle.id),
            remarks=remarks_of(tx, artist_id=cycle.artist_id, cycle_id=cycle.id, before=row.started_at),
            others=_compared_with(tx, row),
            call=calls.get((row.revision, row.name)),
        )

    return CycleRecord(
        cycle=cycle,
        steps=tuple(known_to(row, row.ended_at or row.started_at) for row in done),
        assets=tuple(assets),
        deleted=_deleted(tx, [asset.sha256 for asset in assets]),
        assigned=assigned[0] if assigned else None,
        promoted=tuple(promoted(tx, before=cycle.created_at)),
    )


def _compared_with(tx: Tx, row: StepRow) -> tuple[OthersSong, ...]:
    if row.name is not CycleStep.CRITICISE or row.output is None:
        return ()
    beside = Takes[Critique].model_validate_json(row.output).first.beside
    return songs_of_cycles(tx, cycle_ids=beside, before=row.started_at)


def _deleted(tx: Tx, sha256s: list[str]) -> frozenset[str]:
    F = tables.assets  # noqa: N806 - a table's short name, as in the other modules
    gone = select(F.c.sha256).where(F.c.sha256.in_(sha256s), F.c.media_deleted_at.is_not(None))
    return frozenset(tx.connection.execute(gone).scalars())
