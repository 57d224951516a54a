"""What a page says after somebody acted: it worked, or why it did not, in words."""

from collections.abc import Awaitable
from time import time_ns
from typing import TypeVar

from storage.errors import LabelError
from ui.console.markup import Markup, el

T = TypeVar("T")


def said(words: object, tone: str = "good") -> Markup:
    """A line that shows itself for a while (look/page.js)."""
    # The stamp makes the same words, said again, a change that the page sees.
    return el("p", words, cls=f"lm-said {tone}", role="status", data_at=time_ns())


def failed(notice: Markup) -> bool:
    """Whether a notice says why nothing came of an act: what was typed stays, to be mended."""
    return 'class="lm-said bad"' in notice


async def attempt(act: Awaitable[T]) -> tuple[T | None, Markup]:
    """What came of an act, or the notice why nothing did."""
    try:
        return await act, Markup("")
    except LabelError as error:
        return None, said(str(error), "bad")
