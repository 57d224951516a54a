"""Experiments: one parameter, several arms, and what each arm's songs were rewarded with."""

from datetime import datetime

from sqlalchemy import func, insert, select, update

from storage import events, tables
from storage.artists import Fence, require_fence
from storage.clock import new_id
from storage.database import insert_absent
from storage.errors import ConflictError, NotFoundError, UsageError
from storage.store import Tx, write
from storage.types import Frozen

E = tables.experiments
N = tables.arms
S = tables.assignments


class ArmStats(Frozen):
    """One arm's record. A reward of 1 is a success, of 0 a failure."""

    arm_id: str
    value: str
    assigned: int
    rewarded: int
    reward_sum: float


class ExperimentRow(Frozen):
    """An experiment: which parameter it varies, and how its arms do."""

    id: str
    parameter: str
    method: str
    status: str
    """running or ended."""
    created_at: datetime
    ended_at: datetime | None
    winner_arm_id: str | None
    arms: tuple[ArmStats, ...]


class Assignment(Frozen):
    """The arm a cycle was given."""

    experiment_id: str
    parameter: str
    arm_id: str
    value: str
    reward: float | None


@write
def create_experiment(
    tx: Tx, *, parameter: str, values: tuple[str, ...], method: str, who: str
) -> ExperimentRow:
    """Start an experiment with one arm a value; a parameter has one running experiment at a time."""
    if len(set(values)) < 2:
        raise UsageError("An experiment compares at least two different values")
    running = select(E.c.id).where(E.c.parameter == parameter, E.c.status == "running")
    if (there := tx.connection.execute(running).scalar_one_or_none()) is not None:
        raise ConflictError(f"{there} already varies {parameter}; promote a winner or stop it first")
    experiment_id = new_id("exp", tx.clock)
    tx.connection.execute(
        insert(E).values(
            id=experiment_id, parameter=parameter, method=method, status="running", created_at=tx.clock.now()
        )
    )
    for position, value in enumerate(dict.fromkeys(values)):
        arm_id = new_id("arm", tx.clock)
        tx.connection.execute(
            insert(N).values(id=arm_id, experiment_id=experiment_id, value=value, position=position)
        )
    events.append(tx, "experiment.created", experiment_id=experiment_id, parameter=parameter, who=who)
    return experiment_by_id(tx, experiment_id=experiment_id)


@write
def promote_arm(tx: Tx, *, experiment_id: str, arm_id: str, who: str, reason: str) -> ExperimentRow:
    """End an experiment with a winner: its value holds for every song that is asked for from now on.

    Raises NotFoundError for an arm of another experiment, ConflictError for an experiment that has ended: what
    somebody stopped or withdrew stays so until another experiment says otherwise.
    """
    row = experiment_by_id(tx, experiment_id=experiment_id)
    if arm_id not in [arm.arm_id for arm in row.arms]:
        raise NotFoundError(f"{experiment_id} has no arm {arm_id}")
    promoted = tx.connection.execute(
        update(E)
        .where(E.c.id == experiment_id, E.c.status == "running")
        .values(status="ended", ended_at=tx.clock.now(), winner_arm_id=arm_id)
    )
    if promoted.rowcount == 0:
        # Read again: who was faster may have been faster than the first look.
        if experiment_by_id(tx, experiment_id=experiment_id).winner_arm_id is not None:
            raise ConflictError(
                f"{experiment_id} has a winner already; `labelmate experiment withdraw` takes it back"
            )
        raise ConflictError(
            f"{experiment_id} has ended already, without a winner; `labelmate experiment create` begins another"
        )
    events.append(
        tx, "experiment.promoted", experiment_id=experiment_id, winner_arm_id=arm_id, who=who, reason=reason
    )
    return experiment_by_id(tx, experiment_id=experiment_id)


@write
def stop_experiment(tx: Tx, *, experiment_id: str, who: str) -> ExperimentRow:
    """End an experiment without a winner. Raises ConflictError for one that has ended: its winner, if any, stays."""
    row = experiment_by_id(tx, experiment_id=experiment_id)
    stopped = tx.connection.execute(
        update(E)
        .where(E.c.id == experiment_id, E.c.status == "running")
        .values(status="ended", ended_at=tx.clock.now())
    )
    if stopped.rowcount == 0:
        won = row.winner_arm_id and "; `labelmate experiment withdraw` takes its winner back"
        raise ConflictError(f"{experiment_id} has ended already{won or ''}")
    events.append(tx, "experiment.stopped", experiment_id=experiment_id, was=None, who=who)
    return experiment_by_id(tx, experiment_id=experiment_id)


@write
def withdraw_winner(tx: Tx, *, experiment_id: str, who: str) -> ExperimentRow:
    """Take back the winner of an experiment that has ended. Raises ConflictError where there is none."""
    row = experiment_by_id(tx, experiment_id=experiment_id)
    withdrawn = tx.connection.execute(
        update(E).where(E.c.id == experiment_id, E.c.winner_arm_id.is_not(None)).values(winner_arm_id=None)
    )
    if withdrawn.rowcount == 0:
        raise ConflictError(f"{experiment_id} has no winner to withdraw")
    events.append(tx, "experiment.stopped", experiment_id=experiment_id, was=row.winner_arm_id, who=who)
    return experiment_by_id(tx, experiment_id=experiment_id)


def promoted(tx: Tx, *, before: datetime) -> list[Assignment]:
    """Winners of experiments that ended before a moment, the latest of each parameter."""
    rows = tx.connection.execute(
        select(E.c.id.label("experiment_id"), E.c.parameter, N.c.id.label("arm_id"), N.c.value)
        .join(N, N.c.id == E.c.winner_arm_id)
        .where(E.c.ended_at < before)
        .order_by(E.c.ended_at, E.c.id)
    )
    latest = {row.parameter: Assignment.model_validate({**row._mapping, "reward": None}) for row in rows}
    return [latest[parameter] for parameter in sorted(latest)]


@write
def assign_arm(tx: Tx, *, fence: Fence, cycle_id: str, experiment_id: str, arm_id: str) -> Assignment:
    """Give a cycle its arm; a repeat returns the one it was given first."""
    require_fence(tx, fence)
    insert_absent(
        tx.connection,
        S,
        cycle_id=cycle_id,
        experiment_id=experiment_id,
        arm_id=arm_id,
        artist_id=fence.artist_id,
        at=tx.clock.now(),
    )
    return next(each for each in assignments_of(tx, cycle_id=cycle_id) if each.experiment_id == experiment_id)


@write
def reward_arms(tx: Tx, *, fence: Fence, cycle_id: str, reward: float) -> int:
    """Reward a cycle's arms once, in 0…1; says how many were rewarded now."""
    require_fence(tx, fence)
    return tx.connection.execute(
        update(S).where(S.c.cycle_id == cycle_id, S.c.reward.is_(None)).values(reward=reward)
    ).rowcount


def assignments_of(tx: Tx, *, cycle_id: str) -> list[Assignment]:
    """The arms a cycle was given."""
    rows = tx.connection.execute(
        select(S.c.experiment_id, E.c.parameter, S.c.arm_id, N.c.value, S.c.reward)
        .join(E, E.c.id == S.c.experiment_id)
        .join(N, N.c.id == S.c.arm_id)
        .where(S.c.cycle_id == cycle_id)
        .order_by(E.c.parameter)
    )
    return [Assignment.model_validate(dict(row._mapping)) for row in rows]


def experiment_by_id(tx: Tx, *, experiment_id: str, artist_id: str | None = None) -> ExperimentRow:
    """One experiment, with its arms' record for the whole label or for one artist. Raises NotFoundError."""
    row = tx.connection.execute(select(E).where(E.c.id == experiment_id)).first()
    if row is None:
        raise NotFoundError(f"There is no experiment {experiment_id}; `labelmate experiment list` shows them")
    return ExperimentRow.model_validate({**row._mapping, "arms": _arms(tx, experiment_id, artist_id)})


def find_experiment(tx: Tx, *, ref: str) -> ExperimentRow:
    """One experiment, by its id or the beginning of it. Raises UsageError for no id, NotFoundError."""
    if not ref.strip():
        raise UsageError("Name an experiment; `labelmate experiment list` shows them")
    ids = tx.connection.execute(
        select(E.c.id).where(E.c.id.startswith(ref, autoescape=True)).limit(2)
    ).scalars()
    found = ids.all()
    if len(found) != 1:
        raise NotFoundError(
            f"{len(found) or 'No'} experiments begin with {ref!r}; `labelmate experiment list` shows them"
        )
    return experiment_by_id(tx, experiment_id=found[0])


def list_experiments(
    tx: Tx, *, running_only: bool = False, artist_id: str | None = None
) -> list[ExperimentRow]:
    """Experiments, newest first."""
    query = select(E.c.id).order_by(E.c.created_at.desc(), E.c.id.desc())
    if running_only:
        query = query.where(E.c.status == "running")
    ids = tx.connection.execute(query).scalars().all()
    return [experiment_by_id(tx, experiment_id=each, artist_id=artist_id) for each in ids]


def _arms(tx: Tx, experiment_id: str, artist_id: str | None) -> tuple[ArmStats, ...]:
    mine = (
        S.c.arm_id == N.c.id if artist_id is None else (S.c.arm_id == N.c.id) & (S.c.artist_id == artist_id)
    )
    rows = tx.connection.execute(
        select(
            N.c.id.label("arm_id"),
            N.c.value,
            func.count(S.c.cycle_id).label("assigned"),
            func.count(S.c.reward).label("rewarded"),
            func.coalesce(func.sum(S.c.reward), 0.0).label("reward_sum"),
        )
        .outerjoin(S, mine)
        .where(N.c.experiment_id == experiment_id)
        .group_by(N.c.id, N.c.value, N.c.position)
        .order_by(N.c.position)
    )
    return tuple(ArmStats.model_validate(dict(row._mapping)) for row in rows)
