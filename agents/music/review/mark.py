"""A mark: one finding, how good it is, and how much it counts."""

from dataclasses import dataclass

from storage.types import Finding, ParameterChange, Severity

MINOR_BELOW, MAJOR_BELOW = 0.75, 0.35
ANEW = ("draft", 1.0)
"""What mends a fault that no number steers, such as a doubtful key or a poor rhyme: the same plan, drawn anew."""


@dataclass(frozen=True)
class Mark:
    """One measured fact with its quality."""

    finding: Finding
    quality: float
    """0 useless to 1 as it should be."""
    weight: float


def mark(
    metric: str,
    value: float,
    quality: float,
    *,
    target: str,
    text: str,
    weight: float = 1.0,
    change: tuple[str, float] = ANEW,
    worst: Severity = Severity.MAJOR,
) -> Mark:
    """A mark whose severity follows from its quality; a good one suggests no change, any other the one that mends it."""
    quality = max(0.0, min(1.0, quality))
    severity = Severity.INFO
    if quality < MAJOR_BELOW:
        severity = worst
    elif quality < MINOR_BELOW:
        severity = Severity.MINOR
    step = ParameterChange(parameter=change[0], delta=change[1]) if severity is not Severity.INFO else None
    finding = Finding(
        metric=metric, value=round(value, 4), target=target, severity=severity, text=text, change=step
    )
    return Mark(finding, quality, weight)


def near(value: float, ideal: float, low: float, high: float, slack: float) -> float:
    """1 at the ideal, 0.8 at the edges of the good range, falling to 0 at `slack` beyond them."""
    edge = high if value > ideal else low
    if low <= value <= high:
        return 1.0 if value == ideal else 1 - 0.2 * abs(value - ideal) / abs(edge - ideal)
    return max(0.0, 0.8 * (1 - abs(value - edge) / slack))


def within(value: float, low: float, high: float, slack: float) -> float:
    """1 between `low` and `high`, falling in a straight line to 0 at `slack` beyond."""
    beyond = max(low - value, value - high, 0.0)
    return max(0.0, 1 - beyond / slack)
