"""The journal of model calls: a step that is walked again after a crash does not ask, and pay, again."""

import logging
from time import perf_counter

from agents.llm.messages import conversation
from agents.llm.protocol import Completion, Request, T, Writer
from configs.prompts import load_prompt
from runtime.model_spend import Place
from storage import model_calls, model_spend
from storage.errors import AllDeploymentsFailed, LLMError, ModelAttempt
from storage.model_calls import Asked, ModelCall, RecordedCall
from storage.store import StoreClient

log = logging.getLogger(__name__)


class JournaledWriter:
    """One step's writer: every call is a row, and a row with the same request is its answer."""

    def __init__(self, writer: Writer, store: StoreClient, place: Place) -> None:
        self._writer = writer
        self._store = store
        self._place = place
        self._earlier: dict[int, RecordedCall] | None = None
        """Calls of this step that were recorded before it was walked now, by number, until each is used."""
        self._last = 0

    async def complete(self, request: Request[T]) -> Completion[T]:
        """The recorded answer to this request, or a new one that is recorded. Raises LLMError."""
        prompt_sha256 = load_prompt(request.prompt).sha256
        request_sha256 = request.sha256(prompt_sha256)
        found = await self._recorded(request_sha256)
        if found is not None:
            return _completion(found, request)
        started_s = perf_counter()
        try:
            completion = await self._writer.complete(request)
        except LLMError as error:
            await self._record(
                self._call(request, request_sha256, prompt_sha256).model_copy(
                    update={
                        "provider": "none",
                        "model": "none",
                        "outcome": error.code,
                        "cost_usd": None,
                        "latency_s": perf_counter() - started_s,
                        "trail": _trail(error.attempts)
                        if isinstance(error, AllDeploymentsFailed)
                        else (Asked(deployment="", outcome=error.code, said=str(error)),),
                    }
                )
            )
            raise
        await self._record(
            self._call(request, request_sha256, prompt_sha256).model_copy(
                update={
                    "provider": completion.provider,
                    "model": completion.model,
                    "temperature": completion.temperature,
                    "tokens_in": completion.tokens_in,
                    "tokens_out": completion.tokens_out,
                    "cost_usd": completion.cost_usd,
                    "latency_s": completion.latency_s,
                    "attempts": completion.attempts,
                    "reply": completion.value.model_dump_json(),
                    "trail": _trail(completion.trail),
                    "choice": completion.choice,
                }
            )
        )
        return completion

    async def _recorded(self, request_sha256: str) -> RecordedCall | None:
        if self._place.cycle_id is None or self._place.step is None:
            return None
        if self._earlier is None:
            calls = await self._store.read(
                model_calls.calls_at,
                cycle_id=self._place.cycle_id,
                revision=self._place.revision,
                step=self._place.step,
            )
            self._earlier = {call.call_number: call for call in calls}
            self._last = max(self._earlier, default=0)
            kept_usd = await self._store.write(
                model_spend.keep_orphans, cycle_id=self._place.cycle_id, step=self._place.step
            )
            if kept_usd:
                log.warning(
                    "%s/%s: a model was asked and the answer was lost; %s USD stay charged",
                    self._place.cycle_id,
                    self._place.step,
                    kept_usd,
                )
        for number, call in self._earlier.items():
            if call.outcome == "ok" and call.request_sha256 == request_sha256:
                return self._earlier.pop(number)
        return None

    async def _record(self, call: ModelCall) -> None:
        self._last += 1
        await self._store.write(
            model_calls.record_call, call=call.model_copy(update={"call_number": self._last})
        )

    def _call(self, request: Request[T], request_sha256: str, prompt_sha256: str) -> ModelCall:
        return ModelCall(
            cycle_id=self._place.cycle_id,
            revision=self._place.revision,
            step=self._place.step,
            call_number=1,
            task=request.task,
            provider="",
            model="",
            request_sha256=request_sha256,
            prompt_sha256=prompt_sha256,
            outcome="ok",
            latency_s=0.0,
            reply="",
            messages=tuple((turn.role, turn.content) for turn in conversation(request)),
        )


def _completion(call: RecordedCall, request: Request[T]) -> Completion[T]:
    source = call.provider if call.provider == "offline" else f"{call.provider}:{call.model}"
    return Completion(
        value=request.answer.model_validate_json(call.reply),
        source=source,
        provider=call.provider,
        model=call.model,
        prompt_sha256=call.prompt_sha256,
        request_sha256=call.request_sha256,
        temperature=call.temperature,
        tokens_in=call.tokens_in,
        tokens_out=call.tokens_out,
        cost_usd=call.cost_usd,
        latency_s=call.latency_s,
        attempts=call.attempts,
        choice=call.choice or "",
    )


def _trail(attempts: tuple[ModelAttempt, ...]) -> tuple[Asked, ...]:
    return tuple(
        Asked(
            deployment=one.deployment,
            outcome=one.outcome,
            latency_s=one.latency_s,
            kept_usd=one.kept_usd,
            said=one.said,
        )
        for one in attempts
    )
