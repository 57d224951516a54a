"""What people type for a day or a place, read on every surface alike."""

from collections.abc import Iterable
from datetime import date, datetime

from storage.errors import UsageError


def read_day(text: str | None) -> date | None:
    """A day as somebody typed it, YYYY-MM-DD; nothing for nothing. Raises UsageError for none."""
    if text is None:
        return None
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UsageError(f"{text[:20]!r} is no day: write it as 2026-08-31") from None


def read_places(told: Iterable[str]) -> dict[str, str]:
    """Where a release can be heard, by target, from `bandcamp=https://…` each. Raises UsageError for anything else."""
    places: dict[str, str] = {}
    for line in told:
        target, _, url = (part.strip() for part in line.partition("="))
        if not (target and url):
            raise UsageError(f"{line[:60]!r} names no place: write it as bandcamp=https://…")
        places[target] = url
    return places
