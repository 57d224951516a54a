"""Faults in a cycle: recorded as they happen, diagnosed by the fixer, and what was done about them.

Every fault becomes an event of its error group, every remedy a row of fixes; the step that succeeds
afterwards closes it.
"""

import traceback
from collections.abc import Awaitable, Callable
from datetime import datetime

from agents.fixer import Attempt, Fault, Remedy, fault_of, fingerprint
from agents.redaction import redact
from storage import faults, fixes
from storage.artists import Fence
from storage.steps import StepRow
from storage.store import StoreClient
from storage.types import ArtistId, CycleId

TRACE_MAX_CHARS = 6_000
Diagnose = Callable[[Fault, tuple[Attempt, ...]], Awaitable[Remedy]]
"""The fixer: an agent actor in a running label."""


async def record_fault(
    store: StoreClient,
    fault: Fault,
    error: BaseException,
    artist_id: ArtistId,
    cycle_id: CycleId | None,
    *,
    code_at: datetime | None,
) -> None:
    """Count a fault, of a cycle where it was in one, in its error group; `code_at` is when the label that failed was started."""
    await store.write(
        faults.record_fault,
        fingerprint=fingerprint(fault),
        code=fault.code,
        title=fault.message,
        message=fault.message,
        trace=redact("".join(traceback.format_exception(error)))[-TRACE_MAX_CHARS:],
        artist_id=artist_id,
        cycle_id=cycle_id,
        step=fault.step,
        code_at=code_at,
    )


class FixerDesk:
    """The `Repairer` of one cycle's steps."""

    def __init__(
        self, store: StoreClient, diagnose: Diagnose, fence: Fence, code_at: datetime | None = None
    ) -> None:
        self._store = store
        self._diagnose = diagnose
        self._fence = fence
        self._code_at = code_at

    async def remedy(self, error: BaseException, row: StepRow, kind: str) -> Remedy:
        """Record the fault and ask the fixer, who sees what was tried in this cycle before."""
        fault = fault_of(error, step=row.name, provider=row.provider, work=kind, attempt=row.attempt)
        tried = await self._store.read(fixes.fixes_of_cycle, cycle_id=row.cycle_id)
        attempts = tuple(
            Attempt.model_validate({"fingerprint": fix.fingerprint, "step": fix.step, "action": fix.action})
            for fix in tried
        )
        remedy = await self._diagnose(fault, attempts)
        await record_fault(
            self._store, fault, error, self._fence.artist_id, row.cycle_id, code_at=self._code_at
        )
        await self._store.write(
            fixes.open_fix,
            fingerprint=remedy.fingerprint,
            cycle_id=row.cycle_id,
            step=row.name,
            action=remedy.action,
            reason=remedy.reason,
        )
        return remedy

    async def fixed(self, remedy: Remedy, row: StepRow) -> None:
        """The step succeeded after this remedy."""
        await self._store.write(fixes.close_fixes, cycle_id=row.cycle_id, step=row.name, status="worked")
