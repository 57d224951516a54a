"""Learning: what one song teaches, and observations of how songs were received.

An observation says where it comes from (`person`, `autopilot`, `policy`, `real`, `simulated`); who may
teach is the learner's decision, so nothing is mixed here.
"""

from datetime import datetime

from sqlalchemy import insert, select

from storage import tables
from storage.approval_rows import of_cycle
from storage.approvals import effective_verdict
from storage.artists import Fence, require_fence
from storage.clock import new_id
from storage.evolutions import count_song
from storage.experiments import reward_arms
from storage.lessons import note_lessons
from storage.memory import UNDECIDED, remember
from storage.resemblances import keep_marks
from storage.store import Tx, write
from storage.types import DrawnLesson, Frozen, MadePiece, Outcome, Verdict

NOTES_KEPT = 8
"""Style notes an artist keeps: older ones have become genes or habit."""

M = tables.memory
O = tables.observations  # noqa: E741 - a table's short name, as in the other modules


class Observed(Frozen):
    """One measurement of how a song was received."""

    id: str
    artist_id: str
    cycle_id: str | None
    source: str
    metric: str
    value: float
    samples: int
    at: datetime


@write
def note(
    tx: Tx,
    *,
    fence: Fence,
    cycle_id: str,
    piece: MadePiece,
    lessons: tuple[DrawnLesson, ...],
    marks: tuple[str, ...] = (),
) -> None:
    """Keep what a song is and what it taught by itself, before anybody decides: the next one need not wait for that.

    By its marks the songs of other artists find it.
    """
    remember(tx, fence=fence, cycle_id=cycle_id, piece=piece)
    keep_marks(tx, artist_id=fence.artist_id, cycle_id=cycle_id, marks=marks)
    note_lessons(tx, fence=fence, cycle_id=cycle_id, drawn=lessons)


@write
def learn(tx: Tx, *, fence: Fence, cycle_id: str, piece: MadePiece, verdict: Verdict | None) -> None:
    """Take from one cycle what it teaches, together and once: memory, observation, reward, the change on trial.

    Everybody's verdict is observed under its source; only a person's rewards an arm and counts for a change.
    """
    require_fence(tx, fence)
    decided = select(M.c.cycle_id).where(M.c.cycle_id == cycle_id, M.c.outcome != UNDECIDED)
    if tx.connection.execute(decided).first() is not None:
        return
    remember(tx, fence=fence, cycle_id=cycle_id, piece=piece)
    record_verdict_observation(tx, fence=fence, cycle_id=cycle_id)
    if verdict is None or not verdict.teaches:
        return
    reward_arms(tx, fence=fence, cycle_id=cycle_id, reward=float(verdict.outcome == Outcome.APPROVED))
    count_song(
        tx,
        artist_id=fence.artist_id,
        cycle_id=cycle_id,
        approved=verdict.outcome == Outcome.APPROVED,
    )


def with_note(notes: str, note: str) -> str:
    """The latest few notes, one a line: a note that is there already moves to the end."""
    lines = [line for line in notes.splitlines() if line and line != note]
    return "\n".join([*lines, *([note] if note else [])][-NOTES_KEPT:])


@write
def observe(
    tx: Tx,
    *,
    artist_id: str,
    source: str,
    metric: str,
    value: float,
    samples: int = 1,
    cycle_id: str | None = None,
) -> str:
    """Record a measurement, for instance a target's play count; returns its id."""
    observation_id = new_id("obs", tx.clock)
    tx.connection.execute(
        insert(O).values(
            id=observation_id,
            artist_id=artist_id,
            cycle_id=cycle_id,
            source=source,
            metric=metric,
            value=value,
            samples=samples,
            at=tx.clock.now(),
        )
    )
    return observation_id


@write
def record_verdict_observation(tx: Tx, *, fence: Fence, cycle_id: str) -> bool:
    """Record a cycle's verdict, once it took effect, as `approval` 1 or 0 from whoever decided.

    Says whether there was something to record: an expired song teaches nothing.
    """
    require_fence(tx, fence)
    approval = of_cycle(tx, cycle_id=cycle_id)
    verdict = None if approval is None else effective_verdict(tx, approval_id=approval.id)
    if verdict is None or verdict.outcome in (None, Outcome.EXPIRED):
        return False
    known = select(O.c.id).where(O.c.cycle_id == cycle_id, O.c.metric == "approval")
    if tx.connection.execute(known).first() is None:
        value = 1.0 if verdict.outcome == Outcome.APPROVED else 0.0
        observe(
            tx,
            artist_id=fence.artist_id,
            cycle_id=cycle_id,
            source=verdict.decided_by,
            metric="approval",
            value=value,
        )
    return True


def observations_of(tx: Tx, *, artist_id: str, metric: str | None = None, limit: int = 200) -> list[Observed]:
    """An artist's observations, newest first."""
    query = select(O).where(O.c.artist_id == artist_id).order_by(O.c.at.desc(), O.c.id.desc()).limit(limit)
    if metric is not None:
        query = query.where(O.c.metric == metric)
    return [Observed.model_validate(dict(row._mapping)) for row in tx.connection.execute(query)]
