"""One simulated artist: slot after slot, in which it makes a song, is decided on, and is moved by the label's own rules."""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents import bandit, evolver
from agents.evolver import Kind, Record, Tried
from agents.lifecycle import Decision, Trigger, assess
from agents.niches import Niche, moved
from agents.planning.memory import recollect
from agents.planning.steering import steer
from agents.simulation.listeners import VARIANTS, approval_chance, variant_effects
from configs.genres import load_genres
from configs.lifecycle import LifecycleProfile
from storage.clock import sub_seed
from storage.types import Cause, Evidence, Genes, LifecycleState

FAULT_CHANCE = 0.01
"""How often a song fails by the label's own fault; it is resolved within a slot."""
NOTHING = recollect(())
STEPS_UP = frozenset({Trigger.PROMOTE, Trigger.EVOLVED, Trigger.RESUME})
"""From which a career is counted anew."""
COMPARED = 20
"""Latest songs of a version that its successor is compared with."""


@dataclass
class Song:
    """One slot's song and what became of it."""

    slot: int
    chance: float
    """How likely it was approved."""
    best_chance: float
    """The same with the best variant that this artist has."""
    even_chance: float
    """The same on average over all variants."""
    outcome: bool | None
    """None: it failed by our own fault."""


@dataclass
class Trial:
    """The one change set that is being tried."""

    kind: Kind
    parent: Genes
    before: Record
    after: Record


@dataclass
class Life:
    """An artist's whole state; small, and picklable."""

    name: str
    genre: str
    genes: Genes
    seed: int
    """The roster's."""
    every_days: int = 7
    """From one song to the next."""
    evolves: bool = True
    rate: float | None = None
    """A fixed chance of approval in place of listeners, for questions about the rules alone."""
    state: LifecycleState = LifecycleState.CANDIDATE
    slot: int = 0
    day: int = 0
    verdicts: deque[tuple[int, bool | None]] = field(default_factory=lambda: deque(maxlen=400))
    """Day and outcome since the last move."""
    career: deque[bool] = field(default_factory=lambda: deque(maxlen=1000))
    streak: int = 0
    last_run: int = 0
    paused_at: int = 0
    pause_cause: Cause | None = None
    failed_evolutions: int = 0
    since_evolution: int | None = None
    arms: tuple[bandit.Arm, ...] = tuple(
        bandit.Arm(id=variant, value=variant, successes=0, failures=0) for variant in VARIANTS
    )
    recent: deque[Tried] = field(default_factory=lambda: deque(maxlen=COMPARED))
    """What is proposed from: the latest songs, whatever they were made with."""
    own: deque[bool] = field(default_factory=lambda: deque(maxlen=COMPARED))
    """What is compared with: verdicts on the present version's songs, without those of changes that were taken back."""
    trial: Trial | None = None
    songs: list[Song] = field(default_factory=list)
    moves: list[tuple[int, Decision]] = field(default_factory=list)
    """Slot and move; a proposal is answered with yes."""
    kept: int = 0
    rolled_back: int = 0

    @property
    def niche(self) -> Niche:
        return Niche(name=self.name, genre=self.genre, genes=self.genes)

    @property
    def is_working(self) -> bool:
        return self.state not in (LifecycleState.PAUSED, LifecycleState.RETIRED)

    def worth(self) -> float:
        """How likely a song in the middle of its style is approved, without variants."""
        return self._liking(self.genes)

    def _liking(self, numbers: Genes) -> float:
        if self.rate is not None:
            return self.rate
        return approval_chance(numbers, self.genre, self.name, self.seed)

    def live(
        self,
        slots: int,
        profile: LifecycleProfile,
        *,
        others: Sequence[Niche],
        roster: tuple[bandit.Arm, ...],
    ) -> None:
        """Live through some slots, beside a roster that stays as it is meanwhile."""
        neighbours = tuple(other for other in others if other.name != self.name and other.genre == self.genre)
        for _ in range(slots):
            if self.state is LifecycleState.RETIRED:
                return
            if self.is_working:
                self._sing(neighbours, roster)
            self._check(profile, neighbours)
            self.slot += 1
            self.day += self.every_days

    def _sing(self, neighbours: Sequence[Niche], roster: tuple[bandit.Arm, ...]) -> None:
        seed = sub_seed(self.seed, self.name, "song", self.slot)
        own = bandit.with_roster(self.arms, roster) if roster else self.arms
        arm = bandit.choose(own, seed)
        numbers, _reasons = steer(self.genes, load_genres()[self.genre], NOTHING, (), (), seed)
        effects = variant_effects(self.seed, self.name) if self.rate is None else {}
        liking = self._liking(numbers)

        def chance(effect: float) -> float:
            return min(1.0, max(0.0, liking + effect))

        chances = [chance(effect) for effect in effects.values()] or [liking]
        luck = random.Random(sub_seed(seed, "verdict"))
        taken = chance(effects.get(arm.id, 0.0))
        outcome = None if self.rate is None and luck.random() < FAULT_CHANCE else luck.random() < taken
        song = Song(self.slot, taken, max(chances), sum(chances) / len(chances), outcome)
        self.songs.append(song)
        self.last_run = self.day
        self.verdicts.append((self.day, outcome))
        if self.since_evolution is not None:
            self.since_evolution += 1
        if outcome is None:
            return
        self.career.append(outcome)
        self.streak = 0 if outcome else self.streak + 1
        self.arms = bandit.update(self.arms, arm.id, approved=outcome)
        self._learn(Tried(numbers=dict(numbers), approved=outcome), neighbours, seed)

    def _learn(self, song: Tried, neighbours: Sequence[Niche], seed: int) -> None:
        """The change on trial is compared; where none is, one may be proposed."""
        self.recent.append(song)
        if self.trial is None:
            self.own.append(song.approved)
        if not self.evolves:
            return
        if self.trial is not None:
            after = self.trial.after
            self.trial.after = Record(approved=after.approved + song.approved, decided=after.decided + 1)
            if self.trial.kind is Kind.REFINE:
                self._settle(evolver.judge(self.trial.before, self.trial.after).verdict)
        elif self.is_working and self.state is not LifecycleState.EVOLVING:
            self._try(Kind.REFINE, neighbours, seed)

    def _try(self, kind: Kind, neighbours: Sequence[Niche], seed: int) -> None:
        if not self.evolves or self.trial is not None:
            return
        change = evolver.propose(
            self.niche, kind, wishes=(), songs=tuple(self.recent), others=neighbours, seed=seed
        )
        if change is None:
            return
        self.trial = Trial(
            kind=kind,
            parent=self.genes,
            before=Record(approved=sum(self.own), decided=len(self.own)),
            after=Record(approved=0, decided=0),
        )
        self.genes = moved(self.genes, change.edits)

    def _settle(self, verdict: str) -> None:
        if self.trial is None or verdict == "go_on":
            return
        if verdict == "roll_back":
            self.genes = self.trial.parent
            self.rolled_back += 1
        else:
            self.kept += 1
            songs = list(self.recent)[-self.trial.after.decided :] if self.trial.after.decided else []
            self.recent = deque(songs, maxlen=COMPARED)
            self.own = deque((song.approved for song in songs), maxlen=COMPARED)
        self.trial = None

    def _check(self, profile: LifecycleProfile, neighbours: Sequence[Niche]) -> None:
        decision = assess(self.state, self.evidence(profile), profile)
        if decision is None:
            return
        self.moves.append((self.slot, decision))
        self._move(decision)
        if decision.after is LifecycleState.EVOLVING:
            self._settle("roll_back")
            self._try(Kind.EXPLORE, neighbours, sub_seed(self.seed, self.name, "evolve", self.slot))

    def evidence(self, profile: LifecycleProfile) -> Evidence:
        """The same counts that storage/evidence.py takes from the rows; a test compares the two."""
        since = self.day - profile.performance_evaluation_period_days
        seen = [outcome for day, outcome in self.verdicts if day > since]
        decided = [outcome for outcome in seen if outcome is not None][
            -(profile.window_decisions or 10_000) :
        ]
        career = list(self.career)[-profile.retirement_window_decisions :]
        return Evidence(
            approved=sum(decided),
            rejected=len(decided) - sum(decided),
            errors=seen.count(None),
            consecutive_rejections=self.streak,
            idle_days=self.day - self.last_run if self.is_working else 0,
            paused_days=self.day - self.paused_at if self.state is LifecycleState.PAUSED else 0,
            failed_evolutions=self.failed_evolutions,
            runs_since_evolution=self.since_evolution,
            career_approved=sum(career),
            career_rejected=len(career) - sum(career),
            pause_cause=self.pause_cause,
            open_faults=0,
        )

    def _move(self, decision: Decision) -> None:
        self.state = decision.after
        self.verdicts.clear()
        self.streak = 0
        if decision.trigger in STEPS_UP:
            self.career.clear()
        if decision.after is LifecycleState.PAUSED:
            self.paused_at, self.pause_cause = self.day, decision.cause
            if decision.cause is not Cause.FAULTS:
                self._settle("roll_back")
        else:
            self.pause_cause = None
        if decision.after is LifecycleState.EVOLVING:
            self.since_evolution = 0
        elif decision.trigger is Trigger.EVOLVED:
            self.failed_evolutions = 0
            if self.trial is not None:
                self._settle(evolver.judge(self.trial.before, self.trial.after, is_over=True).verdict)
        elif decision.trigger is Trigger.EVOLUTION_FAILED:
            self.failed_evolutions += 1
