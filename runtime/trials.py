"""Which variants a cycle is made with: winners of before, and the arm that the bandit chose of a running experiment."""

import random

from agents import bandit
from agents.planning.variants import Variant, is_fixed
from storage import experiments
from storage.artists import Fence
from storage.clock import sub_seed
from storage.cycles import Cycle
from storage.experiments import Assignment, ExperimentRow
from storage.store import StoreClient


async def variants_of(
    store: StoreClient, fence: Fence, cycle: Cycle, *, is_trying: bool
) -> tuple[Variant, ...]:
    """What a cycle does not leave to its artist.

    A repeat returns the first assignment, whatever has been learnt in between. One parameter a cycle, so
    that a verdict can be told to belong to it.
    """
    winners = await store.read(experiments.promoted, before=cycle.created_at)
    return variants_from(tuple(winners), await _assigned(store, fence, cycle) if is_trying else None)


def variants_from(winners: tuple[Assignment, ...], assigned: Assignment | None) -> tuple[Variant, ...]:
    """A parameter that is being tried is no winner's."""
    kept = [
        _variant(winner, is_promoted=True)
        for winner in winners
        if assigned is None or winner.parameter != assigned.parameter
    ]
    return (*kept, *((_variant(assigned, is_promoted=False),) if assigned else ()))


async def _assigned(store: StoreClient, fence: Fence, cycle: Cycle) -> Assignment | None:
    earlier = await store.read(experiments.assignments_of, cycle_id=cycle.id)
    if earlier:
        return earlier[0]
    running = await store.read(experiments.list_experiments, running_only=True)
    open_here = [row for row in running if not is_fixed(row.parameter, cycle.request)]
    if not open_here:
        return None
    everybody = random.Random(sub_seed(cycle.request.seed, "experiment")).choice(open_here)
    own = await store.read(
        experiments.experiment_by_id, experiment_id=everybody.id, artist_id=fence.artist_id
    )
    experiment = bandit.Experiment(
        id=own.id,
        parameter=own.parameter,
        arms=bandit.with_roster(arms_of(own), arms_of(everybody)),
        split="even" if own.method == "even" else "thompson",
    )
    arm = bandit.assign(experiment, cycle.request.seed)
    return await store.write(
        experiments.assign_arm, fence=fence, cycle_id=cycle.id, experiment_id=own.id, arm_id=arm.id
    )


def arms_of(row: ExperimentRow) -> tuple[bandit.Arm, ...]:
    """An experiment's record as the bandit reads it."""
    return tuple(
        bandit.Arm(
            id=arm.arm_id,
            value=arm.value,
            successes=round(arm.reward_sum),
            failures=arm.rewarded - round(arm.reward_sum),
            undecided=arm.assigned - arm.rewarded,
        )
        for arm in row.arms
    )


def _variant(assigned: Assignment, *, is_promoted: bool) -> Variant:
    return Variant(
        arm_id=assigned.arm_id, parameter=assigned.parameter, value=assigned.value, is_promoted=is_promoted
    )
