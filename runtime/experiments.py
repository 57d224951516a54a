"""Experiments as people read them, and what the label does by itself when one is decided."""

from agents import bandit
from configs.settings import Settings
from runtime.trials import arms_of
from storage import experiments, outbox
from storage.errors import ConflictError
from storage.experiments import ExperimentRow
from storage.store import StoreClient
from storage.types import Frozen

POLICY = "policy:experiments"


class ArmReport(Frozen):
    """One variant: its record, and what is believed of it."""

    arm_id: str
    value: str
    assigned: int
    """Songs that were made with it, decided or not."""
    approved: int
    decided: int
    approval_mean: float
    approval_low: float
    approval_high: float
    """Between which the true approval rate lies with probability 0.9."""
    probability_best: float


class ExperimentReport(Frozen):
    """An experiment with its posterior, its samples and what the stop rule says."""

    experiment: ExperimentRow
    arms: tuple[ArmReport, ...]
    outlook: bandit.Outlook

    @property
    def winner(self) -> str | None:
        """The promoted value."""
        ended = self.experiment.winner_arm_id
        return next((arm.value for arm in self.arms if arm.arm_id == ended), None)


def report_of(row: ExperimentRow) -> ExperimentReport:
    """What is known of an experiment, over the whole roster or for one artist, as the row counts."""
    arms = arms_of(row)
    told = bandit.standings(arms)
    return ExperimentReport(
        experiment=row,
        arms=tuple(
            ArmReport(
                arm_id=stats.arm_id,
                value=stats.value,
                assigned=stats.assigned,
                approved=each.arm.successes,
                decided=each.arm.tries,
                approval_mean=round(each.mean, 4),
                approval_low=round(each.low, 4),
                approval_high=round(each.high, 4),
                probability_best=round(each.probability_best, 4),
            )
            for stats, each in zip(row.arms, told, strict=True)
        ),
        outlook=bandit.outlook(arms),
    )


async def settle_experiments(store: StoreClient, settings: Settings) -> None:
    """End what is decided where the label may, and tell people once of every experiment that its rule has ended."""
    for row in await store.read(experiments.list_experiments, running_only=True):
        said = bandit.outlook(arms_of(row))
        if said.verdict == "go_on":
            continue
        if settings.experiment_promotion == "policy":
            try:
                await _end(store, row, said)
            except ConflictError:
                continue  # a person was faster
        await store.write(
            outbox.send_once,
            kind="alert",
            dedupe_key=f"experiment/{row.id}/{said.verdict}",
            payload={"text": f"Experiment on {row.parameter}: {said.text} ({row.id})"},
        )


async def _end(store: StoreClient, row: ExperimentRow, said: bandit.Outlook) -> None:
    """Promote the winner, or stop what shows no difference. Raises ConflictError where a person has ended it."""
    if said.verdict == "winner":
        await store.write(
            experiments.promote_arm,
            experiment_id=row.id,
            arm_id=said.best.id,
            who=POLICY,
            reason=said.text,
        )
    else:
        await store.write(experiments.stop_experiment, experiment_id=row.id, who=POLICY)
