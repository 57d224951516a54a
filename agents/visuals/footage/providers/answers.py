"""Reading what footage vendors send: never trusted to be of the type that their documents say."""

import json
from collections.abc import Iterable
from typing import Any

from agents.vendors.api import Answer, Api, one_line
from agents.visuals.footage.protocol import Offer, OfferedFile
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


def read_list(api: Api, answer: Answer, name: str) -> list[Any]:
    """The list of that name in a success. Raises ProviderUnavailableError or ProviderRefusedError."""
    told = read_json(api, answer)
    listed = told.get(name)
    if not isinstance(listed, list):
        raise ProviderUnavailableError(f"{api.name} names no {name}: {one_line(str(told))}")
    return listed


def offer(
    provider: str,
    clip: dict[str, Any],
    *,
    author: Any,  # noqa: ANN401 - whatever a vendor sends
    page: Any,  # noqa: ANN401
    words: str,
    files: Iterable[OfferedFile | None],
) -> Offer | None:
    """A clip, or None where what is told of it is not enough to use or to credit it."""
    ident, duration_s = number(clip.get("id")), number(clip.get("duration"))
    named, page_url = text(author), address(page)
    if not ident or not named or not page_url or not duration_s:
        return None
    return Offer(
        provider=provider,
        id=str(int(ident)),
        page_url=page_url,
        author=named,
        words=words,
        duration_s=duration_s,
        files=tuple(file for file in files if file is not None),
    )


def rendition(told: dict[str, Any], url: str) -> OfferedFile | None:
    """A file of known size under the address of that name, or none."""
    width, height, link = number(told.get("width")), number(told.get("height")), address(told.get(url))
    if min(width, height) < 2 or not link:
        return None
    return OfferedFile(url=link, width=int(width), height=int(height))


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
