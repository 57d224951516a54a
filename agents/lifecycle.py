"""When an artist is promoted, evolved, paused or retired: rules from evidence to one move.

Both profiles of configs/lifecycle.yaml share these rules; they differ in numbers, in whose verdicts count,
in whether a rate must be proven, and in whether retirement happens or is proposed.
"""

from collections.abc import Callable
from typing import Literal

from agents.sequential import e_value_above, e_value_below
from agents.transitions import TRANSITIONS, Trigger, allowed_triggers, move
from configs.lifecycle import LifecycleProfile
from storage.types import Cause, Evidence, Frozen, LifecycleState

__all__ = [
    "TRANSITIONS",
    "Decision",
    "Trigger",
    "allowed_triggers",
    "assess",
    "move",
]


class Decision(Frozen):
    """One move, with the numbers that led to it."""

    trigger: Trigger
    before: LifecycleState
    after: LifecycleState
    cause: Cause
    numbers: dict[str, float]
    bound: float
    """The threshold that was passed."""
    text: str
    sources: tuple[str, ...]
    """Who was counted: those whose verdicts are, and the services whose audiences are."""
    is_proposal: bool = False
    """A person has to make it."""


def assess(state: LifecycleState, evidence: Evidence, profile: LifecycleProfile) -> Decision | None:
    """The one move that the evidence asks for; nothing if the artist stays as it is."""
    if state is LifecycleState.RETIRED:
        return None
    case = _Case(state, evidence, profile)
    for rule in _WHILE_PAUSED if state is LifecycleState.PAUSED else _WHILE_MAKING:
        decision = rule(case)
        if decision is not None:
            return decision
    return None


_Kind = Literal["promotion", "evolution", "pause", "faults", "retirement"]


class _Case:
    """One artist at one check: what the rules ask again and again."""

    __slots__ = (
        "approval_rate", "career_counted", "career_good", "career_trials", "counted", "evidence", "good",
        "profile", "state", "trials",
    )  # fmt: skip

    def __init__(self, state: LifecycleState, evidence: Evidence, profile: LifecycleProfile) -> None:
        self.state = state
        self.evidence = evidence
        self.profile = profile
        self.trials = evidence.approved + evidence.rejected
        if profile.errors_count_as_runs:
            self.trials += evidence.errors
        weight = profile.audience_weight
        self.good = evidence.approved + weight * evidence.audience.outcomes
        self.counted = self.trials + weight * evidence.audience.songs
        self.approval_rate = self.good / self.counted if self.counted else 0.0
        self.career_trials = evidence.career_approved + evidence.career_rejected
        self.career_good = evidence.career_approved + weight * evidence.audience.career_outcomes
        self.career_counted = self.career_trials + weight * evidence.audience.career_songs

    def is_ripe(self, count: int) -> bool:
        """Whether so many songs are enough, counting only those after the last evolution."""
        enough, since = self.profile.min_runs_for_evaluation, self.evidence.runs_since_evolution
        return count >= enough and (since is None or since >= enough)

    def is_below(self, rate: float, kind: _Kind) -> bool:
        """Whether the approval rate lies below `rate` and, where the profile asks for it, is proven to."""
        return self.approval_rate < rate and self._is_proven(
            e_value_below(self.good, self.counted, rate), kind
        )

    def is_above(self, rate: float, kind: _Kind) -> bool:
        """Whether the approval rate reaches `rate` and, where the profile asks for it, is proven to pass it."""
        return self.approval_rate >= rate and self._is_proven(
            e_value_above(self.good, self.counted, rate), kind
        )

    def is_faulty(self) -> bool:
        """The same of the error rate."""
        if not self.evidence.errors:
            return False
        bound = self.profile.pause_error_rate_threshold
        return self.evidence.error_rate > bound and self._is_proven(
            e_value_above(self.evidence.errors, self.evidence.runs, bound), "faults"
        )

    def is_career_below(self, rate: float, kind: _Kind) -> bool:
        """Whether the whole career lies below `rate` and, where the profile asks for it, is proven to."""
        if self.career_trials < self.profile.min_runs_for_evaluation:
            return False
        return self.career_good / self.career_counted < rate and self._is_proven(
            e_value_below(self.career_good, self.career_counted, rate), kind
        )

    def proof(self, kind: _Kind) -> str:
        """What a text says of the proof; nothing where a threshold is enough."""
        chance = self._false_move_max(kind)
        return "" if chance is None else f" (by chance alone in at most {chance:.0%} of such windows)"

    def _is_proven(self, e_value: float, kind: _Kind) -> bool:
        chance = self._false_move_max(kind)
        return chance is None or e_value >= 1 / chance

    def _false_move_max(self, kind: _Kind) -> float | None:
        return {
            "promotion": self.profile.false_promotion_max,
            "evolution": self.profile.false_evolution_max,
            "pause": self.profile.false_pause_max,
            "faults": self.profile.false_faults_max,
            "retirement": self.profile.false_retirement_max,
        }[kind]

    def decide(self, trigger: Trigger, cause: Cause, bound: float, text: str) -> Decision:
        heard = self.evidence.audience.sources if self.profile.audience_weight else ()
        sources = (*self.profile.deciders, *heard)
        if heard:
            text = f"{text} Counted: {', '.join(sources)}."
        return Decision(
            trigger=trigger,
            before=self.state,
            after=move(self.state, trigger),
            cause=cause,
            numbers={
                "approved": self.evidence.approved,
                "trials": self.trials,
                "approval_rate": round(self.approval_rate, 4),
                "error_rate": round(self.evidence.error_rate, 4),
                "consecutive_rejections": self.evidence.consecutive_rejections,
                "idle_days": self.evidence.idle_days,
                "paused_days": self.evidence.paused_days,
                "failed_evolutions": self.evidence.failed_evolutions,
                "career_approved": self.evidence.career_approved,
                "career_trials": self.career_trials,
            }
            | self._audience(),
            bound=bound,
            text=text,
            sources=sources,
            is_proposal=trigger is Trigger.RETIRE and self.profile.retirement == "proposed",
        )

    def _audience(self) -> dict[str, float]:
        """The audience's numbers, where they count."""
        heard = self.evidence.audience
        if not self.profile.audience_weight:
            return {}
        return {
            "audience_weight": self.profile.audience_weight,
            "audience_songs": heard.songs,
            "audience_sum": round(heard.outcomes, 4),
            "career_audience_songs": heard.career_songs,
            "career_audience_sum": round(heard.career_outcomes, 4),
        }

    @property
    def downward(self) -> Trigger:
        """How an artist that its songs speak against is paused: an evolution on trial has failed with it."""
        return Trigger.EVOLUTION_FAILED if self.state is LifecycleState.EVOLVING else Trigger.PAUSE

    @property
    def approvals(self) -> str:
        told = f"{self.evidence.approved} of {self.trials} approved"
        return f"{told}{self._with_audience(self.evidence.audience.songs, self.evidence.audience.outcomes)} ({self.approval_rate:.0%})"

    @property
    def career(self) -> str:
        told = f"{self.evidence.career_approved} of {self.career_trials} approved since it last rose"
        heard = self.evidence.audience
        return told + self._with_audience(heard.career_songs, heard.career_outcomes)

    def _with_audience(self, songs: int, outcomes: float) -> str:
        weight = self.profile.audience_weight
        if not weight or not songs:
            return ""
        return f", with {songs} audience{'s' if songs > 1 else ''} of {outcomes / songs:.2f} on average at weight {weight:g}"


def _rejected_in_a_row(case: _Case) -> Decision | None:
    bound = case.profile.retirement_consecutive_rejections
    if case.evidence.consecutive_rejections < bound:
        return None
    retires = case.profile.on_consecutive_rejections == "retire"
    if case.state is LifecycleState.PAUSED and not retires:
        return None
    text = f"{case.evidence.consecutive_rejections} rejections in a row; {bound} are the limit."
    return case.decide(Trigger.RETIRE if retires else case.downward, Cause.REJECTIONS, bound, text)


def _evolved_in_vain(case: _Case) -> Decision | None:
    bound, failed = case.profile.retirement_failed_evolutions, case.evidence.failed_evolutions
    if failed <= bound:
        return None
    # Each failed for a reason of its own; that they all did may still be bad luck.
    rate = case.profile.evolution_poor_perf_approval_rate
    if case.profile.false_retirement_max is not None and not case.is_career_below(rate, "evolution"):
        return None
    text = f"{failed} evolutions failed; more than {bound} are the limit{case.proof('evolution')}."
    return case.decide(Trigger.RETIRE, Cause.EVOLUTIONS, bound, text)


def _career_poor(case: _Case) -> Decision | None:
    bound = case.profile.evolution_poor_perf_approval_rate
    if case.profile.false_retirement_max is None or not case.is_career_below(bound, "retirement"):
        return None
    text = (
        f"{case.career}, below {bound:.0%}"
        f" (by chance alone in at most {case.profile.false_retirement_max:.0%} of such careers)."
    )
    trigger = Trigger.RETIRE if case.state is LifecycleState.PAUSED else case.downward
    return case.decide(trigger, Cause.APPROVAL, bound, text)


def _faults_mended(case: _Case) -> Decision | None:
    if case.evidence.pause_cause is not Cause.FAULTS or case.evidence.open_faults:
        return None
    return case.decide(Trigger.MENDED, Cause.FAULTS, 0, "Every fault that it ran into is resolved.")


def _tried_again(case: _Case) -> Decision | None:
    bound, days = case.profile.return_after_days, case.evidence.paused_days
    if bound is None or days <= bound or case.evidence.pause_cause not in (Cause.APPROVAL, Cause.REJECTIONS):
        return None
    text = f"Paused for {days} days; after more than {bound} it is tried again."
    return case.decide(Trigger.RETURN, Cause.PAUSED_LONG, bound, text)


def _paused_long(case: _Case) -> Decision | None:
    bound, days = case.profile.retirement_paused_days, case.evidence.paused_days
    # How long our own faults stay open is no fault of the artist's.
    if days <= bound or case.evidence.pause_cause is Cause.FAULTS:
        return None
    return case.decide(
        Trigger.RETIRE, Cause.PAUSED_LONG, bound, f"Paused for {days} days; more than {bound} are the limit."
    )


def _failing(case: _Case) -> Decision | None:
    if not case.is_ripe(case.evidence.runs) or not case.is_faulty():
        return None
    bound = case.profile.pause_error_rate_threshold
    text = (
        f"{case.evidence.errors} of {case.evidence.runs} runs failed by our own fault"
        f" ({case.evidence.error_rate:.0%}); more than {bound:.0%} is the limit{case.proof('faults')}."
    )
    return case.decide(Trigger.PAUSE, Cause.FAULTS, bound, text)


def _unwanted(case: _Case) -> Decision | None:
    bound = case.profile.pause_approval_rate_threshold
    if not case.is_ripe(case.trials) or not case.is_below(bound, "pause"):
        return None
    text = f"{case.approvals}, below {bound:.0%}{case.proof('pause')}."
    return case.decide(case.downward, Cause.APPROVAL, bound, text)


def _idle(case: _Case) -> Decision | None:
    bound, days = case.profile.pause_inactivity_days, case.evidence.idle_days
    if days <= bound:
        return None
    return case.decide(
        Trigger.PAUSE, Cause.IDLE, bound, f"No run for {days} days; more than {bound} are the limit."
    )


def _poor(case: _Case) -> Decision | None:
    bound = case.profile.evolution_poor_perf_approval_rate
    if not case.is_ripe(case.trials) or not case.is_below(bound, "evolution"):
        return None
    trigger = Trigger.EVOLUTION_FAILED if case.state is LifecycleState.EVOLVING else Trigger.EVOLVE
    text = f"{case.approvals}, below {bound:.0%}{case.proof('evolution')}."
    return case.decide(trigger, Cause.APPROVAL, bound, text)


def _promising(case: _Case) -> Decision | None:
    profile = case.profile
    bound = profile.evolution_poor_perf_approval_rate
    if case.state is not LifecycleState.CANDIDATE or not case.is_ripe(case.trials):
        return None
    if not case.is_above(bound, "promotion"):
        return None
    is_good = case.approval_rate > profile.evolution_good_perf_approval_rate
    text = f"{case.approvals}, {'a clear success' if is_good else f'not below {bound:.0%}'}{case.proof('promotion')}."
    return case.decide(Trigger.PROMOTE, Cause.APPROVAL, bound, text)


def _evolution_worked(case: _Case) -> Decision | None:
    if case.state is not LifecycleState.EVOLVING or not case.is_ripe(case.trials):
        return None
    bound = case.profile.evolution_poor_perf_approval_rate
    if case.approval_rate >= bound:
        return case.decide(Trigger.EVOLVED, Cause.APPROVAL, bound, f"{case.approvals} since it evolved.")
    window = case.profile.window_decisions
    if window is not None and case.trials >= window:
        # The trial ends some day, and what is not proven poor by then has the benefit of the doubt.
        text = f"{case.approvals} since it evolved: the trial is over, and it is not proven to be poor."
        return case.decide(Trigger.EVOLVED, Cause.APPROVAL, bound, text)
    return None


_Rule = Callable[[_Case], Decision | None]
_WHILE_PAUSED: tuple[_Rule, ...] = (
    _faults_mended,
    _rejected_in_a_row,
    _evolved_in_vain,
    _career_poor,
    _paused_long,
    _tried_again,
)
_WHILE_MAKING: tuple[_Rule, ...] = (
    _rejected_in_a_row,
    _career_poor,
    _failing,
    _unwanted,
    _idle,
    _poor,
    _promising,
    _evolution_worked,
)
"""The first rule that decides wins; the order is part of the rules."""
