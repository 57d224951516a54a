"""Asking until the answer holds: a draft that fails its role's checks goes back with its faults named."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from agents.llm.deployment import OFFLINE
from agents.llm.protocol import Completion, Request, T, Writer
from storage.clock import sub_seed
from storage.errors import ProviderRefusedError

ATTEMPTS = 3
"""Drafts asked of one writer before giving up."""
HOSTED_DRAFTS = 2
"""Of a hosted model: a draft and one repair turn, then the next one is asked."""


async def ask(
    writer: Writer, request: Request[T], faults_of: Callable[[T], tuple[str, ...]]
) -> Completion[T]:
    """Complete the request, and again with the faults named while `faults_of` finds any.

    A writer whose drafts do not hold is avoided from then on. Costs, tokens, time and attempts of all drafts are
    added up in the answer.

    Raises:
        ProviderRefusedError: the last draft of the last writer still had faults.
    """
    spent: list[Completion[T]] = []
    drafts: Counter[str] = Counter()
    asked = request
    while True:
        draft = await writer.complete(asked)
        spent.append(draft)
        drafts[draft.source] += 1
        faults = faults_of(draft.value)
        if not faults:
            return total(spent)
        if drafts[draft.source] >= ATTEMPTS:
            raise ProviderRefusedError(
                f"{draft.source} could not write a valid {request.task} in {ATTEMPTS} drafts: {faults[0]}",
                task=request.task,
            )
        is_done = draft.source != OFFLINE and drafts[draft.source] >= HOSTED_DRAFTS
        asked = request.model_copy(
            update={
                "inputs": request.inputs.model_copy(update={"faults": faults}),
                "seed": sub_seed(request.seed, "again", len(spent) - 1),
                "draft": None if is_done else draft.value.model_dump_json(),
                "avoid": (*asked.avoid, draft.source) if is_done else asked.avoid,
            }
        )


def total(spent: list[Completion[T]]) -> Completion[T]:
    """The last completion, with what all of them took."""
    costs = [one.cost_usd for one in spent if one.cost_usd is not None]
    return spent[-1].model_copy(
        update={
            "tokens_in": _sum([one.tokens_in for one in spent]),
            "tokens_out": _sum([one.tokens_out for one in spent]),
            "cost_usd": sum(costs, Decimal(0)) if len(costs) == len(spent) else None,
            "kept_usd": sum((one.kept_usd for one in spent), Decimal(0)),
            "latency_s": sum(one.latency_s for one in spent),
            "cpu_s": sum(one.cpu_s for one in spent),
            "attempts": sum(one.attempts for one in spent),
        }
    )


def _sum(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
