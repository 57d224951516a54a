"""What a call costs: by hand where it is set, else by the public price list; unknown is None, never 0."""

import asyncio
from decimal import Decimal
from functools import cache
from importlib import import_module

from agents.llm.conversation import Ask, Usage
from agents.llm.deployment import OFFLINE, Deployment

_MILLION = Decimal(1_000_000)
_LISTED = {"gemini": "google", "grok": "x-ai"}
"""The price list's names for providers, where they are not ours."""
_FREE = frozenset({OFFLINE, "local"})
_MESSAGE_TOKENS = 8
"""Roles and separators around each message."""


async def load_prices() -> None:
    """Read the price list in a thread: it is large, and the loop is not to wait for it."""
    await asyncio.to_thread(import_module, "genai_prices")


def cost_usd(deployment: Deployment, usage: Usage) -> Decimal | None:
    """What a call with this usage cost."""
    if deployment.provider in _FREE:
        return Decimal(0)
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    price = deployment.price
    if price is not None:
        return (
            usage.input_tokens * price.input_usd_per_million
            + usage.output_tokens * price.output_usd_per_million
        ) / _MILLION
    from genai_prices import Usage as Listed
    from genai_prices import calc_price

    if not _is_listed(deployment.provider, deployment.model):
        return None
    counted = Listed(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_tokens,
    )
    listed = _LISTED.get(deployment.provider, deployment.provider)
    return calc_price(counted, deployment.model, provider_id=listed).total_price


def worst_case_usd(deployment: Deployment, ask: Ask) -> Decimal | None:
    """The most that a call can cost: no token is shorter than a byte, and the answer may fill its limit."""
    return cost_usd(deployment, Usage(input_tokens=input_tokens_at_most(ask), output_tokens=ask.max_tokens))


def input_tokens_at_most(ask: Ask) -> int:
    """An upper bound of what a tokenizer can make of a request."""
    schema = len(str(ask.schema)) if ask.schema else 0
    return schema + sum(len(message.content.encode()) + _MESSAGE_TOKENS for message in ask.messages)


@cache
def _is_listed(provider: str, model: str) -> bool:
    from genai_prices import Usage as Listed
    from genai_prices import calc_price

    try:
        calc_price(Listed(), model, provider_id=_LISTED.get(provider, provider))
    except LookupError:
        return False
    return True
