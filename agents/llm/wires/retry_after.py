"""How long a provider asks to be left alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST_S = 24 * 3600.0


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds from now, from `retry-after-ms` or `Retry-After` in seconds or as a date; None where unsaid."""
    exact = _number(headers.get("retry-after-ms"))
    if exact is not None:
        return _within(exact / 1000)
    told = headers.get("retry-after")
    if told is None:
        return None
    seconds = _number(told)
    if seconds is not None:
        return _within(seconds)
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return None
    return _within((at.replace(tzinfo=at.tzinfo or UTC) - (now or datetime.now(UTC))).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _within(seconds: float) -> float | None:
    return min(_LONGEST_S, max(0.0, seconds)) if seconds == seconds else None  # noqa: PLR0124 - NaN
