"""The engineer: a model that explains a bug, and another that writes the patch; what comes back is data.

An answer that is no patch, fits nowhere or brings in what it may not goes back once with its faults named.
"""

from dataclasses import dataclass
from decimal import Decimal

from agents.llm.protocol import Request, Writer
from agents.llm.repair import ask
from agents.llm.tasks import AnalysisDraft, AnalysisInputs, PatchDraft, PatchInputs, PatchSource
from agents.mending.checkout import ChangedFile, Checkout
from agents.mending.diff import drawn, patched
from agents.mending.vetting import objections
from storage.clock import sub_seed
from storage.errors import PatchRefusedError


@dataclass(frozen=True)
class Proposal:
    """A patch as it may be tried."""

    cause: str
    approach: str
    files: tuple[ChangedFile, ...]
    diff: str
    source: str
    """Who wrote it, as provider:model."""
    cost_usd: Decimal | None


async def propose(
    writer: Writer, *, title: str, trace: str, sources: tuple[PatchSource, ...], checkout: Checkout, seed: int
) -> Proposal:
    """Ask for the cause, then for a diff that mends it.

    Args:
        trace: redacted already, as the error's row has it.
        sources: the only files that the diff may change.

    Raises:
        LLMError: nobody answered.
        ProviderRefusedError: no answer was a patch that may be tried.
    """
    asked = {path.path for path in sources}

    def read(path: str) -> str:
        if path not in asked:
            raise PatchRefusedError(f"{path} was not shown: only {', '.join(sorted(asked))} may be changed")
        return checkout.read(path)

    def faults_of(draft: PatchDraft) -> tuple[str, ...]:
        try:
            return objections(patched(draft.diff, read))
        except PatchRefusedError as error:
            return (str(error),)

    analysis = await writer.complete(
        Request(
            task="error_analysis",
            prompt="error_analysis",
            inputs=AnalysisInputs(title=title, trace=trace, sources=sources),
            answer=AnalysisDraft,
            seed=sub_seed(seed, "error_analysis"),
        )
    )
    written = await ask(
        writer,
        Request(
            task="engineer",
            prompt="engineer",
            inputs=PatchInputs(
                title=title,
                trace=trace,
                sources=sources,
                cause=analysis.value.cause,
                approach=analysis.value.approach,
            ),
            answer=PatchDraft,
            seed=sub_seed(seed, "engineer"),
        ),
        faults_of,
    )
    files = patched(written.value.diff, read)
    costs = (analysis.cost_usd, written.cost_usd)
    return Proposal(
        cause=analysis.value.cause,
        approach=analysis.value.approach,
        files=files,
        diff=drawn(files),
        source=written.source,
        cost_usd=None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0)),
    )
