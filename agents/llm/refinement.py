"""Author, critic, refine: a hosted model's lyrics are judged by a model, if possible another one, and written anew."""

from collections.abc import Callable

from agents.llm.deployment import OFFLINE
from agents.llm.protocol import Completion, Request, Writer
from agents.llm.repair import ask, total
from agents.llm.tasks import CritiqueDraft, CritiqueInputs, LyricsDraft, LyricsInputs
from storage.clock import sub_seed
from storage.errors import ProviderError
from storage.types import Frozen


async def refined(
    writer: Writer,
    request: Request[LyricsDraft],
    first: Completion[LyricsDraft],
    faults_of: Callable[[LyricsDraft], tuple[str, ...]],
    *,
    rounds: int,
) -> Completion[LyricsDraft]:
    """The words after at most `rounds` rounds, with what all of them took.

    The embedded writer's words are judged by measured facts alone, and never take the place of a hosted
    model's. Where a critic or a rewriting fails, the words before stand.
    """
    best, spent = first, list[Completion[Frozen]]()
    for number in range(rounds):
        if best.source == OFFLINE:
            break
        try:
            critique = await writer.complete(_critique(request, best, number))
            spent.append(critique)  # type: ignore[arg-type] # only what it took is read
            if critique.value.verdict == "keep" or not critique.value.faults:
                break
            again = await ask(writer, _again(request, best, critique.value, number), faults_of)
        except ProviderError:
            break
        if again.source == OFFLINE:
            spent.append(again)  # type: ignore[arg-type] # as above
            break
        spent.append(best)  # type: ignore[arg-type] # as above
        best = again
    return total([*spent, best]) if spent else best  # type: ignore[list-item,return-value] # the last one's form counts


def _critique(
    request: Request[LyricsDraft], draft: Completion[LyricsDraft], number: int
) -> Request[CritiqueDraft]:
    inputs = request.inputs
    assert isinstance(inputs, LyricsInputs)
    asked = {
        name: getattr(inputs, name) for name in CritiqueInputs.model_fields.keys() & inputs.model_fields_set
    }
    return Request(
        task="critique",
        prompt="critique",
        inputs=CritiqueInputs(**{**asked, "draft": draft.value, "faults": ()}),
        answer=CritiqueDraft,
        seed=sub_seed(request.seed, "critique", number),
        avoid=(draft.source,),
    )


def _again(
    request: Request[LyricsDraft], draft: Completion[LyricsDraft], critique: CritiqueDraft, number: int
) -> Request[LyricsDraft]:
    return request.model_copy(
        update={
            "inputs": request.inputs.model_copy(update={"faults": critique.faults}),
            "draft": draft.value.model_dump_json(),
            "seed": sub_seed(request.seed, "refine", number),
        }
    )
