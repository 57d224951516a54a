"""All sources together: each term's mean score, in which older readings weigh less."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from agents.trends.vocabulary import is_known
from storage.types import Trend, TrendTerm

HALF_LIFE_H = 48.0
"""Age at which a reading weighs half."""
FORGOTTEN_H = 14 * 24.0


def weighed(terms: Iterable[TrendTerm], now: datetime) -> tuple[Trend, ...]:
    """One trend a term, the strongest first.

    A source that reports a kind and does not name a term scores that term 0, so one source alone that lies about
    a term is outweighed by the others.
    """
    fresh = [(term, _age_h(term, now)) for term in terms if is_known(term.kind, term.term)]
    fresh = [(term, age_h) for term, age_h in fresh if age_h <= FORGOTTEN_H]
    total: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
    for term, age_h in fresh:
        total[term.kind][term.source, term.country] = _weight(age_h)
    spoken: dict[tuple[str, str], list[tuple[TrendTerm, float]]] = defaultdict(list)
    for term, age_h in fresh:
        spoken[term.kind, term.term].append((term, age_h))
    trends = [
        Trend(
            kind=said[0][0].kind,
            term=name,
            score=round(
                sum(term.score * _weight(age_h) for term, age_h in said) / sum(total[kind].values()), 3
            ),
            sources=tuple(sorted({term.source for term, _ in said})),
            age_h=round(min(age_h for _, age_h in said), 1),
        )
        for (kind, name), said in spoken.items()
    ]
    return tuple(sorted(trends, key=lambda trend: (-trend.score, trend.kind, trend.term)))


def _age_h(term: TrendTerm, now: datetime) -> float:
    """A reading from the future, after a clock was set back, is as good as new."""
    return max(0.0, (now - term.at).total_seconds() / 3600)


def _weight(age_h: float) -> float:
    return 0.5 ** (age_h / HALF_LIFE_H)
