"""Asking until the answer holds: a draft that fails its role's checks goes back with its faults named."""

from collections.abc import Callable

from agents.llm.protocol import Completion, Request, T, Writer
from storage.clock import sub_seed
from storage.errors import ProviderRefusedError

ATTEMPTS = 3
"""Drafts asked for before giving up; hosted models are paid for each."""


async def ask(
    writer: Writer, request: Request[T], faults_of: Callable[[T], tuple[str, ...]]
) -> Completion[T]:
    """Complete the request, and again with the faults named while `faults_of` finds any.

    Costs, tokens, time and attempts of all drafts are added up in the answer.

    Raises:
        ProviderRefusedError: the last draft still had faults.
    """
    spent: list[Completion[T]] = []
    asked, fault = request, ""
    for attempt in range(ATTEMPTS):
        spent.append(await writer.complete(asked))
        faults = faults_of(spent[-1].value)
        if not faults:
            return _total(spent)
        fault = faults[0]
        inputs = request.inputs.model_copy(update={"faults": faults})
        asked = request.model_copy(
            update={"inputs": inputs, "seed": sub_seed(request.seed, "again", attempt)}
        )
    raise ProviderRefusedError(
        f"{spent[-1].source} could not write a valid {request.task} in {ATTEMPTS} drafts: {fault}",
        task=request.task,
    )


def _total(spent: list[Completion[T]]) -> Completion[T]:
    return spent[-1].model_copy(
        update={
            "tokens_in": _sum([one.tokens_in for one in spent]),
            "tokens_out": _sum([one.tokens_out for one in spent]),
            "cost_usd": sum(one.cost_usd for one in spent),
            "latency_s": sum(one.latency_s for one in spent),
            "attempts": sum(one.attempts for one in spent),
        }
    )


def _sum(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
