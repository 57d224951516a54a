"""Who writes the words: one router over hosted and local models, with the embedded writer behind them.

from agents.llm import Deployment, Message, Router
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agents.llm.breaker import CircuitBreaker
    from agents.llm.cache import ResponseCache
    from agents.llm.conversation import Message, Usage
    from agents.llm.deployment import Deployment, Price
    from agents.llm.door import Limits
    from agents.llm.gate import Gate, LocalGate
    from agents.llm.ledger import Ledger, LocalLedger
    from agents.llm.policy import RetryPolicy
    from agents.llm.result import CompletionResult
    from agents.llm.routed import RoutedWriter
    from agents.llm.router import Router
    from agents.llm.strategy import Prefer, RoutingStrategy
    from storage.errors import AllDeploymentsFailed, LLMError

_HOMES = {
    "AllDeploymentsFailed": "storage.errors",
    "CircuitBreaker": "agents.llm.breaker",
    "CompletionResult": "agents.llm.result",
    "Deployment": "agents.llm.deployment",
    "Gate": "agents.llm.gate",
    "LLMError": "storage.errors",
    "Ledger": "agents.llm.ledger",
    "Limits": "agents.llm.door",
    "LocalGate": "agents.llm.gate",
    "LocalLedger": "agents.llm.ledger",
    "Message": "agents.llm.conversation",
    "Prefer": "agents.llm.strategy",
    "Price": "agents.llm.deployment",
    "ResponseCache": "agents.llm.cache",
    "RetryPolicy": "agents.llm.policy",
    "RoutedWriter": "agents.llm.routed",
    "Router": "agents.llm.router",
    "RoutingStrategy": "agents.llm.strategy",
    "Usage": "agents.llm.conversation",
}
"""Read when they are first used: importing this package costs nothing, and no SDK."""

__all__ = [
    "AllDeploymentsFailed",
    "CircuitBreaker",
    "CompletionResult",
    "Deployment",
    "Gate",
    "LLMError",
    "Ledger",
    "Limits",
    "LocalGate",
    "LocalLedger",
    "Message",
    "Prefer",
    "Price",
    "ResponseCache",
    "RetryPolicy",
    "RoutedWriter",
    "Router",
    "RoutingStrategy",
    "Usage",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"agents.llm has no {name!r}; it has {', '.join(_HOMES)}")
    return getattr(import_module(home), name)
