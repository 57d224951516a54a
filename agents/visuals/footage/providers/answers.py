"""Reading what footage vendors send: never trusted to be of the type that their documents say."""

import json
from typing import Any

from agents.vendors.api import Answer, Api, one_line
from storage.errors import ProviderUnavailableError


def read_json(api: Api, answer: Answer) -> dict[str, Any]:
    """The JSON object of a success. Raises ProviderUnavailableError or ProviderRefusedError."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise api.no_json(answer, buys=False) from error
    if not isinstance(told, dict):
        raise ProviderUnavailableError(f"{api.name} answers with no object: {api.told_by(answer)}")
    return told


def number(value: Any) -> float:  # noqa: ANN401 - whatever a vendor sends
    """A positive number, or 0."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value < 1e12 else 0.0


def text(value: Any) -> str:  # noqa: ANN401
    """One line of text, or none."""
    return one_line(value) if isinstance(value, str) and value.strip() else ""


def address(value: Any) -> str:  # noqa: ANN401
    """A web address that a request could hold, or none; where it leads is judged by whoever follows it."""
    is_address = isinstance(value, str) and value.isprintable() and " " not in value and len(value) <= 2000
    return value if is_address and value.startswith(("https://", "http://")) else ""
