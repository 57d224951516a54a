"""Experiments: variants tried on the next songs, ended, promoted or withdrawn."""

from agents.planning.variants import PREFIX, check_variant
from runtime.desk.actor import Seat
from storage import experiments
from storage.errors import UsageError
from storage.experiments import ExperimentRow


class Experiments(Seat):
    """What every artist is to sound like is the owner's to say."""

    async def begin(self, parameter: str, values: tuple[str, ...], *, even: bool) -> ExperimentRow:
        """Try variants on the next songs. Raises UsageError for fewer than two, or what no song can be made with."""
        self.require_owner("begin an experiment")
        for value in values:
            check_variant(parameter, value)
        if parameter == PREFIX and not (await self._label.live.now()).music_providers:
            raise UsageError(f"{PREFIX} is read by music providers, and MUSIC_PROVIDERS names none")
        return await self._store.write(
            experiments.create_experiment,
            parameter=parameter,
            values=values,
            method="even" if even else "thompson",
            who=self.actor.alias,
        )

    async def promote(self, row: ExperimentRow, arm_id: str, *, reason: str) -> ExperimentRow:
        """A variant holds for every song from now on. Raises ConflictError where its experiment has ended meanwhile."""
        self.require_owner("promote a variant")
        return await self._store.write(
            experiments.promote_arm,
            experiment_id=row.id,
            arm_id=arm_id,
            who=self.actor.alias,
            reason=reason,
        )

    async def stop(self, row: ExperimentRow) -> ExperimentRow:
        """End it without a winner. Raises ConflictError where it has ended meanwhile."""
        self.require_owner("stop an experiment")
        return await self._store.write(
            experiments.stop_experiment, experiment_id=row.id, who=self.actor.alias
        )

    async def withdraw_winner(self, row: ExperimentRow) -> ExperimentRow:
        """What won is each artist's own again."""
        self.require_owner("withdraw a variant")
        return await self._store.write(
            experiments.withdraw_winner, experiment_id=row.id, who=self.actor.alias
        )
