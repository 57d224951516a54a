"""Reading JSON of somebody who may send anything: what is not there, or of another shape, is empty."""

from typing import Any

from agents.vendors.api import Json
from storage.errors import ProviderUnavailableError

ROWS_MAX = 200


def rows(answer: Json, *path: str) -> list[dict[str, Any]]:
    """The objects of the list under a path of keys, at most `ROWS_MAX`."""
    for key in path:
        answer = answer.get(key) if isinstance(answer, dict) else None
    return [row for row in answer[:ROWS_MAX] if isinstance(row, dict)] if isinstance(answer, list) else []


def text(row: dict[str, Any], key: str) -> str:
    """A text of an object; empty for anything else."""
    found = row.get(key)
    return found if isinstance(found, str) else ""


def number(row: dict[str, Any], key: str) -> float:
    """A number of an object, also one that was sent as text; 0 for anything else."""
    found = row.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return 0.0
    try:
        return float(found)
    except (ValueError, OverflowError):
        return 0.0


def require_some(found: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Raise ProviderUnavailableError where a chart holds nothing: an empty one tells less than yesterday's."""
    if not found:
        raise ProviderUnavailableError(f"{name} answers without a chart")
    return found


def by_place(place: int) -> float:
    """What a place in a chart weighs, counted from 0: the hundredth a tenth of the first."""
    return 1.0 / (1.0 + 0.09 * place)
