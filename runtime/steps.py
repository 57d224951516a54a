"""The step runner: each step of a cycle happens once, whatever dies in between.

    intent + reservation ─ commit ─▶ fence check ─▶ effect ─▶ job id ─ commit ─▶ files renamed ─▶ done + next
    intent ─ commit ─▶ …

A cycle that is opened again walks the same steps: finished ones return what they returned, and the one
that was under way goes on by its effect policy (storage/types.py, `EffectPolicy`):

    LOCAL, KEYED, AT_LEAST_ONCE   act again (the same key)
    LOOKUP                        ask the vendor for the key; act if it knows none
    AT_MOST_ONCE                  park for an operator, because nobody can tell

A purchase whose outcome is unknown keeps its key and its reservation; a job on record is collected until its
provider says that it failed (`JobFailedError`), and is never bought again before. A *known* failure goes to the
playbook, which may try again, switch provider, defer, park or give up. One window remains and is never promised
away: a process that stalls between the fence check and the submit for longer than its lease can buy beside its
successor. The lease is therefore much longer than any request's time-out, and the old owner is killed before a takeover.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, Protocol, TypeVar

from agents.fixer import Action, Remedy
from runtime.signals import GaveUp, Suspend
from runtime.work import BoughtWork, LocalWork, Made, SentWork, Work
from storage import ledger, steps
from storage.artists import Fence
from storage.errors import (
    BudgetExceededError,
    CycleCancelledError,
    DiskFullError,
    Fenced,
    JobFailedError,
    OutcomeUnknownError,
    ProviderError,
)
from storage.store import StoreClient
from storage.types import (
    Asset,
    CycleId,
    CycleState,
    CycleStep,
    EffectPolicy,
    Frozen,
    StepStatus,
)

T = TypeVar("T", bound=Frozen)
Checkpoint = Callable[[str], None]
BUDGET_LOOK_S = 900.0
"""How soon a cycle looks again when the ledger cannot tell when money will be there."""
OUTAGE_LOOK_S = 900.0
"""How soon a cycle tries again a provider that failed and has no stand-in."""
JOB_PATIENCE_S = 24 * 3600.0
"""How long after its order a job is asked for by ourselves."""
UNKNOWN_LOOK_S = 60.0
"""How soon a provider is asked again what became of a purchase."""
ASKED_AGAIN = frozenset({EffectPolicy.KEYED, EffectPolicy.LOOKUP})
PURCHASES = ASKED_AGAIN | {EffectPolicy.AT_MOST_ONCE}


class Repairer(Protocol):
    """Records a fault and answers with the playbook's remedy."""

    async def remedy(self, error: BaseException, row: steps.StepRow, kind: str) -> Remedy: ...

    async def fixed(self, remedy: Remedy, row: steps.StepRow) -> None: ...


class StepRunner:
    """Runs one cycle's steps under one fence."""

    def __init__(
        self,
        store: StoreClient,
        *,
        fence: Fence,
        cycle_id: CycleId,
        caps: ledger.Caps,
        lease_s: float,
        repairer: Repairer,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        """`checkpoint` is called with each boundary's name, for tests that kill the process there."""
        self.fence = fence
        self.cycle_id = cycle_id
        self._store = store
        self._caps = caps
        self._lease_s = lease_s
        self._repairer = repairer
        self._finished: steps.StepResult | None = None
        self._sleep = sleep
        self._checkpoint = checkpoint or (lambda _boundary: None)

    async def run(self, name: CycleStep, revision: int, output: type[T], *chain: Work[T]) -> T:
        """The step's value: made now, or recalled if it was made before."""
        key = steps.StepKey(cycle_id=self.cycle_id, revision=revision, name=name)
        work = chain[0]
        begun = await self._begin(self._intent(key, work))
        if begun.paused:
            raise Suspend(CycleState.DEFERRED, "the artist is paused")
        row = begun.row
        if row.status is StepStatus.DONE:
            assert row.output is not None
            return output.model_validate_json(row.output)
        self._checkpoint("intent")
        work, row = await self._offered(key, row, chain)
        fresh = begun.fresh
        remedy: Remedy | None = None
        variation = 0
        while True:
            try:
                if row.status is StepStatus.FAILED:
                    with self._waiting_for_money():
                        row = await self._store.write(
                            steps.retry_step,
                            fence=self.fence,
                            intent=self._intent(key, work),
                            caps=self._caps,
                        )
                    fresh = True
                if isinstance(work, BoughtWork) and row.job_id is None:
                    row = await self._submit(work, key, row, fresh)
                made = await self._act(work, row, variation)
                break
            except (Fenced, CycleCancelledError):
                raise
            except OutcomeUnknownError as error:
                await self._leave_unknown(key, row, error)
            except BudgetExceededError as error:
                if fresh:  # nothing was sent: when there is money it is another purchase
                    await self._record_failure(key, row, error)
                raise wait_for_money(error) from error
            except Exception as error:  # noqa: BLE001 - the one place where a step's failure is judged
                # Recorded before anybody is asked: whoever goes on must know that this was no unknown outcome.
                row = await self._record_failure(key, row, error)
                remedy = await self._repairer.remedy(error, row, work.kind)
                work, variation = await self._apply(remedy, error, chain, work, row, variation)
        self._finished = steps.StepResult(
            key=key,
            output=made.value.model_dump_json(),
            assets=tuple(assets_in(made.value)),
            calls=made.calls,
            cost_usd=made.cost_usd,
            cpu_s=made.cpu_s,
            provider=made.provider,
        )
        self._checkpoint("made")
        if remedy is not None:
            await self._repairer.fixed(remedy, row)
        return made.value

    async def flush(self) -> None:
        """Record the last step where no other begins after it: before a cycle is ended or set aside."""
        if self._finished is not None:
            await self._store.write(steps.finish_step, fence=self.fence, finished=self._finished)
            self._finished = None
            self._checkpoint("done")

    async def _act(self, work: Work[T], row: steps.StepRow, variation: int) -> Made[T]:
        """The effect itself, by its policy."""
        match work:
            case LocalWork():
                return await work.make(variation)
            case SentWork():
                return await work.send(row.idempotency_key)
            case BoughtWork():
                assert row.job_id is not None
                try:
                    return await work.collect(row.job_id)
                except Suspend as aside:
                    await self._park_if_old(row, aside)
                    raise

    async def _park_if_old(self, row: steps.StepRow, aside: Suspend) -> None:
        """A job that is not finished after a day will hardly be: an operator looks, and nothing is bought anew."""
        key = steps.StepKey(cycle_id=row.cycle_id, revision=row.revision, name=row.name)
        reason = (
            f"{aside.reason}; it was ordered over {JOB_PATIENCE_S / 3600:.0f} h ago: look at {row.provider}, then "
            f"paste its job id ({row.job_id}) to wait on, buy again or cancel"
        )
        is_old = await self._store.write(
            steps.park_old_job, fence=self.fence, key=key, older_than_s=JOB_PATIENCE_S, reason=reason
        )
        if is_old:
            raise Suspend(CycleState.PARKED, reason) from aside

    async def _submit(
        self, work: BoughtWork[T], key: steps.StepKey, row: steps.StepRow, fresh: bool
    ) -> steps.StepRow:
        """Buy, or find what was bought, and put the job on record.

        Only a provider's own word, on a purchase that was not begun before, is a known failure; whatever else
        goes wrong leaves the outcome unknown, because to buy anew would be to buy under another key.
        """
        job_id = None
        # What costs nothing and may be repeated leaves nothing in doubt.
        is_free = work.policy is EffectPolicy.KEYED and not work.worst_case_usd
        is_first = fresh or is_free
        if not fresh and work.policy is EffectPolicy.AT_MOST_ONCE:
            raise OutcomeUnknownError(
                f"{work.provider} was asked to make this and the answer was lost; look there, then "
                "paste its job id, buy again or cancel"
            )
        try:
            if not fresh and work.find is not None:
                job_id = await work.find(row.idempotency_key)
                is_first = job_id is None
            if job_id is None:
                await self._store.write(steps.check_fence, fence=self.fence, lease_s=self._lease_s)
                self._checkpoint("fence checked")
                job_id = await work.submit(row.idempotency_key)
                self._checkpoint("submitted")
            row = await self._store.write(steps.record_job, fence=self.fence, key=key, job_id=job_id)
        except (Fenced, CycleCancelledError, OutcomeUnknownError, BudgetExceededError):
            raise
        except Exception as error:
            if is_first and isinstance(error, ProviderError | DiskFullError):
                raise
            raise OutcomeUnknownError(f"{work.provider} may have begun to make this: {error}") from error
        self._checkpoint("job recorded")
        return row

    async def _offered(
        self, key: steps.StepKey, row: steps.StepRow, chain: tuple[Work[T], ...]
    ) -> tuple[Work[T], steps.StepRow]:
        """The work of the provider that the step was begun with, whose job nobody else can answer for."""
        for work in chain:
            if work.provider == row.provider:
                return work, row
        if row.status is not StepStatus.FAILED:
            if row.policy in PURCHASES:
                job = f"job {row.job_id}" if row.job_id else "perhaps"
                await self._park(
                    key, f"Bought at {row.provider} ({job}), which MUSIC_PROVIDERS no longer names"
                )
            row = await self._store.write(
                steps.fail_step, fence=self.fence, key=key, error="no longer chosen", bought=False
            )
        return chain[0], row

    async def _begin(self, intent: steps.StepIntent) -> steps.Begun:
        """Record the step before and this one's intent, in one commit."""
        with self._waiting_for_money():
            begun = await self._store.write(
                steps.begin_step, fence=self.fence, intent=intent, caps=self._caps, finished=self._finished
            )
        self._finished = None
        self._checkpoint("done")
        return begun

    async def _record_failure(
        self, key: steps.StepKey, row: steps.StepRow, error: BaseException
    ) -> steps.StepRow:
        bought = row.job_id is not None
        # A bought job is given up on the provider's word alone; nothing else proves that it made nothing.
        job_stands = bought and not isinstance(error, JobFailedError)
        return await self._store.write(
            steps.fail_step,
            fence=self.fence,
            key=key,
            error=str(error),
            bought=bought,
            job_stands=job_stands,
        )

    async def _apply(
        self,
        remedy: Remedy,
        error: BaseException,
        chain: tuple[Work[T], ...],
        work: Work[T],
        row: steps.StepRow,
        variation: int,
    ) -> tuple[Work[T], int]:
        """Do what the playbook says; returns the work to try next and its variation."""
        if row.status is StepStatus.SUBMITTED and remedy.action is not Action.RETRY:
            await self._leave_job(remedy, error, row)
        match remedy.action:
            case Action.RETRY:
                await self._sleep(remedy.delay_s)
                return work, variation
            case Action.RERENDER:
                return work, variation + 1
            case Action.SWITCH_PROVIDER if chain[-1] is not work:
                return chain[chain.index(work) + 1], 0
            case Action.SWITCH_PROVIDER if getattr(error, "transient", False):
                raise Suspend(
                    CycleState.DEFERRED, f"{error}; there is no other provider", OUTAGE_LOOK_S
                ) from error
            case Action.DEFER:
                raise Suspend(CycleState.DEFERRED, f"{remedy.reason} ({error})", remedy.delay_s) from error
            case Action.PARK:
                then = f"`labelmate cycle resolve {self.cycle_id} go_on` tries again"
                raise Suspend(CycleState.PARKED, f"{remedy.reason} ({error}); {then}") from error
            case _:
                provider_failed = isinstance(error, ProviderError)
                raise GaveUp(f"{remedy.reason} ({error})", provider_failed=provider_failed) from error

    async def _leave_job(self, remedy: Remedy, error: BaseException, row: steps.StepRow) -> NoReturn:
        """A job that stands is nobody else's to make: it is asked for again, or an operator is."""
        if remedy.action is Action.PARK:
            key = steps.StepKey(cycle_id=row.cycle_id, revision=row.revision, name=row.name)
            await self._park(
                key, f"{remedy.reason} ({error}); paste the job id of another order, buy again or cancel"
            )
        wait_s = remedy.delay_s if remedy.action is Action.DEFER else OUTAGE_LOOK_S
        aside = Suspend(CycleState.DEFERRED, f"{error}; job {row.job_id} is asked for again", wait_s)
        await self._park_if_old(row, aside)
        raise aside from error

    @contextmanager
    def _waiting_for_money(self) -> Iterator[None]:
        """At the cap the cycle is set aside until the ledger says when money will be there."""
        try:
            yield
        except BudgetExceededError as error:
            raise wait_for_money(error) from error

    async def _leave_unknown(
        self, key: steps.StepKey, row: steps.StepRow, error: OutcomeUnknownError
    ) -> NoReturn:
        """The step stays begun: its provider is asked again under the same key, or an operator looks."""
        if row.policy in ASKED_AGAIN:
            reason = f"{error}; {row.provider} is asked again"
            raise Suspend(CycleState.DEFERRED, reason, UNKNOWN_LOOK_S) from error
        await self._park(key, str(error))

    async def _park(self, key: steps.StepKey, reason: str) -> NoReturn:
        await self._store.write(steps.park_step, fence=self.fence, key=key, reason=reason)
        raise Suspend(CycleState.PARKED, reason)

    def _intent(self, key: steps.StepKey, work: Work[T]) -> steps.StepIntent:
        return steps.StepIntent(
            key=key, policy=work.policy, provider=work.provider, worst_case_usd=work.worst_case_usd
        )


def wait_for_money(error: BudgetExceededError) -> Suspend:
    """Set the cycle aside until the ledger says when money will be there."""
    wait_s = float(error.fields.get("retry_after_s") or BUDGET_LOOK_S)
    return Suspend(CycleState.DEFERRED, f"budget: {error}", wait_s)


def assets_in(value: object) -> list[Asset]:
    """Every asset that a step's value names, in order, each once."""
    found: dict[str, Asset] = {}

    def walk(item: object) -> None:
        if isinstance(item, Asset):
            found.setdefault(item.sha256, item)
        elif isinstance(item, Frozen):
            for name in type(item).model_fields:
                walk(getattr(item, name))
        elif isinstance(item, tuple | list):
            for part in item:
                walk(part)
        elif isinstance(item, dict):
            for part in item.values():
                walk(part)

    walk(value)
    return list(found.values())
