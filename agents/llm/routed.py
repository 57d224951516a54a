"""The writer that roles ask: a typed request becomes one call of the router, and its result a completion."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.llm.deployment import OFFLINE
from agents.llm.messages import conversation
from agents.llm.protocol import Completion, Request, T
from agents.llm.result import CompletionResult
from agents.llm.router import Router
from configs.prompts import load_prompt
from storage.errors import AllDeploymentsFailed, LLMError

REFUSALS_TOLD = 3
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Manner:
    """How one task's answers are asked for."""

    max_tokens: int | None = None
    temperature: float | None = None
    deadline_s: float | None = None
    """Less time than other tasks have, where the answer is not worth waiting for."""


@dataclass(frozen=True)
class RoutedWriter:
    """Completes requests through a router."""

    router: Router
    deadline_s: float = 120.0
    manners: Mapping[str, Manner] = field(default_factory=dict)
    """By task."""
    may_fall_back: bool = True
    """Whether the embedded writer may stand in where hosted models are set and none answers."""

    async def complete(self, request: Request[T]) -> Completion[T]:
        """Write what was asked; the embedded writer does it where no hosted model can.

        Raises:
            LLMError: nobody could, and the embedded writer has no grammar for the task, or may not stand in.
        """
        try:
            manner = self.manners.get(request.task, Manner())
            result = await self._ask(request, manner.deadline_s or self.deadline_s)
        except LLMError as error:
            if not (self.may_fall_back and self.router.can_write_offline(request.task)):
                raise
            log.warning("%s is written by the embedded writer: %s", request.task, error)
            # Without time for anybody else, the embedded writer alone is asked.
            result = await self._ask(request, 0.0)
        if result.source == OFFLINE and not self.may_fall_back and len(self.router.deployments) > 1:
            told = (f"{each.deployment}: {each.said or each.outcome}" for each in result.attempts[:-1])
            said = "; ".join(list(dict.fromkeys(told))[:REFUSALS_TOLD])
            raise AllDeploymentsFailed(
                f"No hosted model gave an answer ({said or 'none may be asked now'}), and the embedded writer may not "
                "stand in where music is bought; it is tried again, or set ON_OUTAGE=engine for drafts without",
                result.attempts,
            )
        assert result.parsed is not None, "a schema was given"
        prompt = load_prompt(request.prompt)
        return Completion(
            value=result.parsed,
            source=result.source,
            provider=result.provider,
            model=result.model,
            prompt_sha256=prompt.sha256,
            request_sha256=request.sha256(prompt.sha256),
            temperature=result.temperature,
            tokens_in=result.usage.input_tokens,
            tokens_out=result.usage.output_tokens,
            cost_usd=result.cost_usd,
            kept_usd=result.kept_usd,
            latency_s=result.latency_s,
            cpu_s=result.cpu_s,
            attempts=max(1, len(result.attempts)),
            trail=result.attempts,
            choice=result.choice.reason if result.choice else "",
        )

    async def _ask(self, request: Request[T], deadline_s: float) -> CompletionResult[T]:
        manner = self.manners.get(request.task, Manner())
        result = await self.router.complete(
            conversation(request),
            schema=request.answer,
            task=request.task,
            deadline_s=deadline_s,
            max_tokens=manner.max_tokens,
            temperature=manner.temperature if request.temperature is None else request.temperature,
            seed=request.seed,
            avoid=frozenset(request.avoid),
            inputs=request.inputs,
        )
        log.debug("model call: %s", result.trace())
        return result
