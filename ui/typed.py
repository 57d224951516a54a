"""What people type for a day or a place, read on every surface alike."""

from collections.abc import Iterable
from datetime import date, datetime

from storage.errors import UsageError

TARGET_MAX = 60
URL_MAX = 2_000
"""Characters."""
PLACES_MAX = 40


def read_day(text: str | None) -> date | None:
    """A day as somebody typed it, YYYY-MM-DD; nothing for nothing. Raises UsageError for none."""
    if text is None:
        return None
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UsageError(f"{text[:20]!r} is no day: write it as 2026-08-31") from None


def read_places(told: Iterable[str]) -> dict[str, str]:
    """Where a release can be heard, from `bandcamp=https://…` each; `bandcamp=` takes one away. Raises UsageError."""
    pairs: list[tuple[str, str]] = []
    for line in told:
        target, sign, url = line.partition("=")
        if not sign:
            raise _no_place(line)
        pairs.append((target, url))
    return check_places(pairs)


def check_places(told: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Addresses by target, an empty one where the target is to be taken away.

    Raises UsageError for an address under a target that no line can name, one that is told twice, or more than fits.
    """
    places: dict[str, str] = {}
    for target, url in ((target.strip(), url.strip()) for target, url in told):
        # What is to be taken away may be as odd as it is: the store knows whether it is there.
        if url and (not target or "=" in target or len(target) > TARGET_MAX or not target.isprintable()):
            raise _no_place(target)
        if len(url) > URL_MAX or not url.isprintable():
            raise UsageError(f"{target}'s address is no line of at most {URL_MAX} characters")
        if target in places:
            raise UsageError(f"{target} is told twice; say once what holds")
        places[target] = url
    if len(places) > PLACES_MAX:
        raise UsageError(f"{len(places)} places at once; tell at most {PLACES_MAX}")
    return places


def _no_place(told: str) -> UsageError:
    return UsageError(f"{told[:TARGET_MAX]!r} names no place: write it as bandcamp=https://…")
