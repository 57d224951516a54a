"""Which variant a cycle tries: the label's running experiment, and the bandit's choice for this artist."""

from agents import bandit
from storage import experiments
from storage.artists import Fence
from storage.cycles import Cycle
from storage.experiments import ArmStats, Assignment
from storage.store import StoreClient


async def assigned_arm(store: StoreClient, fence: Fence, cycle: Cycle) -> tuple[str, str] | None:
    """The arm's id and its effect (`density=0.7`, `control`), or None when nothing is being tried.

    A repeat returns the first assignment, whatever has been learnt in between. One parameter a cycle, so
    that a verdict can be told to belong to it.
    """
    earlier = await store.read(experiments.assignments_of, cycle_id=cycle.id)
    if earlier:
        return earlier[0].arm_id, effect_of(earlier[0])
    running = await store.read(experiments.list_experiments, running_only=True, artist_id=fence.artist_id)
    if not running:
        return None
    row = running[0]
    experiment = bandit.Experiment(
        id=row.id,
        parameter=row.parameter,
        arms=tuple(_arm(stats) for stats in row.arms),
        split="even" if row.method == "even" else "thompson",
    )
    arm = bandit.assign(experiment, cycle.request.seed)
    kept = await store.write(
        experiments.assign_arm, fence=fence, cycle_id=cycle.id, experiment_id=row.id, arm_id=arm.id
    )
    return kept.arm_id, effect_of(kept)


def effect_of(assigned: Assignment) -> str:
    """What an arm changes, as the planner reads it."""
    if assigned.value == "control":
        return assigned.value
    return f"{assigned.parameter}={assigned.value}"


def _arm(stats: ArmStats) -> bandit.Arm:
    successes = round(stats.reward_sum)
    return bandit.Arm(
        id=stats.arm_id, value=stats.value, successes=successes, failures=stats.rewarded - successes
    )
