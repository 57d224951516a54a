"""The typed loader of lifecycle.yaml: profiles of the lifecycle rules."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from configs.tables import read_table

Rate = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=1)]
Chance = Annotated[float, Field(gt=0, lt=1)]

THRESHOLDS = (
    "performance_evaluation_period_days",
    "min_runs_for_evaluation",
    "evolution_poor_perf_approval_rate",
    "evolution_good_perf_approval_rate",
    "pause_approval_rate_threshold",
    "pause_error_rate_threshold",
    "pause_inactivity_days",
    "retirement_consecutive_rejections",
    "retirement_paused_days",
    "retirement_failed_evolutions",
    "window_decisions",
    "return_after_days",
    "retirement_window_decisions",
    "false_promotion_max",
    "false_evolution_max",
    "false_pause_max",
    "false_faults_max",
    "false_retirement_max",
    "on_consecutive_rejections",
    "audience_weight",
)
"""What an operator may set: these are settings of the same names, and a setting that is set wins over the profile."""


class LifecycleProfile(BaseModel):
    """The numbers of the lifecycle rules, under the names of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    deciders: tuple[Literal["person", "autopilot"], ...]
    """Whose verdicts are counted."""
    performance_evaluation_period_days: Days
    window_decisions: Annotated[int, Field(ge=1)] | None
    """At most so many of the latest decisions; nothing means all of the period."""
    min_runs_for_evaluation: int = Field(ge=1)
    errors_count_as_runs: bool
    """Whether a failure of ours lowers the artist's approval rate."""
    false_promotion_max: Chance | None
    """The chance of promoting wrongly within one window of evidence. Nothing, here and below: the threshold alone moves."""
    false_evolution_max: Chance | None
    false_pause_max: Chance | None
    false_faults_max: Chance | None
    false_retirement_max: Chance | None
    """The same of proposing retirement for a whole career; nothing means that careers are not judged."""
    evolution_poor_perf_approval_rate: Rate
    evolution_good_perf_approval_rate: Rate
    """Above it an artist is refined, never evolved."""
    pause_approval_rate_threshold: Rate
    pause_error_rate_threshold: Rate
    pause_inactivity_days: Days
    retirement_consecutive_rejections: int = Field(ge=1)
    retirement_paused_days: Days
    retirement_failed_evolutions: int = Field(ge=1)
    retirement_window_decisions: int = Field(ge=1)
    """A career is the verdicts since the last step up, and at most so many of the latest."""
    return_after_days: Days | None
    """Days after which an artist that its verdicts paused is tried again; nothing leaves it to persons."""
    on_consecutive_rejections: Literal["pause", "retire"]
    audience_weight: Rate
    """What a released song's audience counts beside a verdict, which counts 1; 0 leaves audiences out."""
    retirement: Literal["proposed", "automatic"]

    @model_validator(mode="after")
    def _rises(self) -> Self:
        rates = (
            self.pause_approval_rate_threshold,
            self.evolution_poor_perf_approval_rate,
            self.evolution_good_perf_approval_rate,
        )
        if list(rates) != sorted(rates):
            raise ValueError(
                "PAUSE_APPROVAL_RATE_THRESHOLD, EVOLUTION_POOR_PERF_APPROVAL_RATE and "
                f"EVOLUTION_GOOD_PERF_APPROVAL_RATE must rise; in profile {self.name} they are {rates}"
            )
        if self.window_decisions is not None and self.window_decisions < self.min_runs_for_evaluation:
            raise ValueError(
                f"WINDOW_DECISIONS is {self.window_decisions} and MIN_RUNS_FOR_EVALUATION "
                f"{self.min_runs_for_evaluation}: no artist would ever be judged"
            )
        if self.retirement_window_decisions < max(self.window_decisions or 0, self.min_runs_for_evaluation):
            raise ValueError(
                f"RETIREMENT_WINDOW_DECISIONS is {self.retirement_window_decisions}: a career must not be shorter "
                f"than WINDOW_DECISIONS ({self.window_decisions}) and MIN_RUNS_FOR_EVALUATION "
                f"({self.min_runs_for_evaluation})"
            )
        if self.return_after_days is not None and self.return_after_days >= self.retirement_paused_days:
            raise ValueError(
                f"RETURN_AFTER_DAYS is {self.return_after_days} and RETIREMENT_PAUSED_DAYS "
                f"{self.retirement_paused_days}: an artist would retire before it is tried again"
            )
        if self.audience_weight and self.false_retirement_max is None:
            raise ValueError(
                f"AUDIENCE_WEIGHT is {self.audience_weight:g} and the profile is {self.name}, which counts verdicts alone: "
                "set LIFECYCLE_PROFILE=label or leave AUDIENCE_WEIGHT empty"
            )
        return self


@cache
def load_profiles() -> dict[str, LifecycleProfile]:
    """All profiles by name; raises ValueError for a malformed table."""
    table = read_table(Path(__file__).with_name("lifecycle.yaml"))
    return {name: LifecycleProfile(name=name, **numbers) for name, numbers in table.items()}


def load_profile(name: str = "label", **overrides: float | str | None) -> LifecycleProfile:
    """One profile, with an operator's thresholds in place of its own; raises ValueError for an unknown name."""
    profiles = load_profiles()
    if name not in profiles:
        raise ValueError(f"no lifecycle profile '{name}': there are {', '.join(profiles)}")
    given = {field: value for field, value in overrides.items() if value is not None}
    return LifecycleProfile.model_validate({**profiles[name].model_dump(), **given})
