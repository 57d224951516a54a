"""In which order deployments are asked: by task hint, then by what our own calls have measured, else as given."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from agents.llm.deployment import AUTO, OFFLINE, Deployment
from agents.llm.result import Choice

_MEMORY = 0.2
"""Weight of the newest call in a running mean."""
_ENOUGH_CALLS = 3
"""Fewer calls say nothing of a deployment."""


class Prefer(StrEnum):
    """What decides between deployments that suit a task alike."""

    ORDER = "order"
    COST = "cost"
    LATENCY = "latency"


@dataclass
class Measured:
    """Running means of one deployment's calls for one task."""

    calls: int = 0
    latency_s: float = 0.0
    cost_usd: float | None = None

    def add(self, latency_s: float, cost_usd: float | None) -> None:
        """Count one answer."""
        share = 1.0 if self.calls == 0 else _MEMORY
        self.calls += 1
        self.latency_s += share * (latency_s - self.latency_s)
        if cost_usd is not None:
            before = cost_usd if self.cost_usd is None else self.cost_usd
            self.cost_usd = before + share * (cost_usd - before)


@dataclass
class RoutingStrategy:
    """The order of asking, and its reason."""

    prefer: Prefer = Prefer.ORDER
    _measured: dict[tuple[str, str | None], Measured] = field(default_factory=dict, init=False)

    def record(
        self, deployment: Deployment, task: str | None, *, latency_s: float, cost_usd: float | None
    ) -> None:
        """Learn from one answer."""
        self.recall(deployment.name, task, latency_s=latency_s, cost_usd=cost_usd)

    def recall(self, name: str, task: str | None, *, latency_s: float, cost_usd: float | None) -> None:
        """Learn from an answer that an earlier process had from a deployment of this name."""
        # Where a provider's own list chooses the model, it is asked under `auto`, and answers under the model's name.
        for known in {name, f"{name.partition(':')[0]}:{AUTO}"}:
            self._measured.setdefault((known, task), Measured()).add(latency_s, cost_usd)

    def measured(self, deployment: Deployment, task: str | None) -> Measured:
        """What is known of a deployment at a task."""
        return self._measured.setdefault((deployment.name, task), Measured())

    def order(
        self, deployments: Iterable[Deployment], task: str | None, *, avoid: frozenset[str] = frozenset()
    ) -> list[tuple[Deployment, Choice]]:
        """All of them, the one to ask first at the head; those to avoid come after the others."""
        ranked = [
            (self._rank(one, place, task, avoid), one, self._reason(one, place, task, avoid))
            for place, one in enumerate(deployments)
        ]
        ranked.sort(key=lambda entry: entry[0])
        return [(one, Choice(one.name, reason)) for _rank, one, reason in ranked]

    def _rank(
        self, one: Deployment, place: int, task: str | None, avoid: frozenset[str]
    ) -> tuple[bool, bool, int, float, int]:
        hint = 1 if not one.tasks else 0 if task in one.tasks else 2
        return one.provider == OFFLINE, one.name in avoid, hint, self._weight(one, task), place

    def _weight(self, one: Deployment, task: str | None) -> float:
        """Cost or latency where it is known; the unmeasured come first, so that they get measured."""
        if self.prefer is Prefer.ORDER:
            return 0.0
        known = self.measured(one, task)
        if known.calls < _ENOUGH_CALLS:
            return 0.0
        if self.prefer is Prefer.LATENCY:
            return known.latency_s
        return float("inf") if known.cost_usd is None else known.cost_usd

    def _reason(self, one: Deployment, place: int, task: str | None, avoid: frozenset[str]) -> str:
        if one.provider == OFFLINE:
            return "the embedded writer comes last"
        if one.name in avoid:
            return "asked only because no other is left"
        if task is not None and task in one.tasks:
            return f"set for {task}"
        if self.prefer is Prefer.ORDER:
            return f"number {place + 1} in order"
        return self._measure(self.measured(one, task), place)

    def _measure(self, known: Measured, place: int) -> str:
        if known.calls < _ENOUGH_CALLS:
            return f"number {place + 1} in order; too few calls to go by {self.prefer}"
        if self.prefer is Prefer.LATENCY:
            return f"by latency: {known.latency_s:.2f} s on average"
        return (
            "by cost: unknown" if known.cost_usd is None else f"by cost: {known.cost_usd:.6f} USD on average"
        )
