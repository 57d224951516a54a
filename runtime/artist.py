"""An artist at work: a plain class that owns one artist's state while it works, and its thin Ray shell.

The row is the truth. An artist claims a new epoch in `activate`, renews its lease every third of it,
and every write it makes carries the epoch, so whoever has been replaced can change nothing. When it has
nothing to do it is passivated: nothing is lost, because nothing is kept here.
"""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime

import ray
from ray.actor import ActorHandle

from agents.fixer import Attempt, Fault, Remedy
from agents.fixer import diagnose as playbook_remedy
from agents.music.protocol import music_providers
from agents.visuals.footage.protocol import footage_providers
from agents.visuals.footage.shelf import Shelf
from configs.settings import Settings
from runtime import approvals
from runtime.autopilot import autopilot_policy
from runtime.crew import Crew, Pools
from runtime.cycle import Ending, make_song
from runtime.footage import FootageDesk
from runtime.gates import SharedGate
from runtime.health import require_health
from runtime.launch import Launch
from runtime.live import LiveSettings
from runtime.remote import ActorGoneError, arrived
from runtime.repair import Diagnose, FixerDesk
from runtime.signals import GaveUp, Suspend
from runtime.steps import StepRunner, wait_for_money
from runtime.store_actor import start_store
from runtime.studio import StudioConfig
from runtime.workers import Pool, Studio
from storage import artists, cycles, outbox
from storage import steps as step_rows
from storage.artists import Fence
from storage.errors import BudgetExceededError, CycleCancelledError, DiskFullError, Fenced, LabelError
from storage.ledger import Caps
from storage.store import StoreClient
from storage.types import ArtistId, CycleId, CycleState, CycleStep, DeciderKind, Outcome

DISK_LOOK_S = 600.0
log = logging.getLogger(__name__)


class LiveArtist:
    """Works one artist's cycles under one claim."""

    def __init__(
        self, store: StoreClient, launch: Launch, pools: Pools, diagnose: Diagnose, artist_id: ArtistId
    ) -> None:
        self._store = store
        self._launch = launch
        self._live = LiveSettings(launch, store)
        self._pools = pools
        self._diagnose = diagnose
        self._artist_id = artist_id
        self._fence: Fence | None = None
        self._owner = ""
        self._claiming = asyncio.Lock()
        self._lease: asyncio.Task[None] | None = None
        self._under_way: dict[CycleId, asyncio.Task[CycleState]] = {}

    async def activate(self, owner: str) -> str:
        """Claim the artist, once; raises ConflictError while another owner's lease lives.

        Returns the name under which it is held: an earlier one's, if another supervisor woke it before.
        """
        async with self._claiming:
            if self._fence is None:
                claimed = await self._store.write(
                    artists.claim_artist,
                    artist_id=self._artist_id,
                    owner=owner,
                    lease_s=self._live.last.lease_s,
                )
                self._fence, self._owner = claimed.fence, owner
                self._lease = asyncio.create_task(self._keep_lease(claimed.fence))
        return self._owner

    async def work(self, cycle_id: CycleId) -> CycleState:
        """Take a cycle as far as it goes now; returns the state it was left in.

        A second call for the same cycle, from a restarted supervisor, waits for the first.
        """
        task = self._under_way.get(cycle_id)
        if task is None:
            task = self._under_way[cycle_id] = asyncio.create_task(self._work(cycle_id))
            task.add_done_callback(lambda _: self._under_way.pop(cycle_id, None))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise Fenced(f"{self._artist_id} has a newer owner; {cycle_id} is left to it") from None
            raise

    async def _work(self, cycle_id: CycleId) -> CycleState:
        fence = self._fence
        assert fence is not None, "activate comes first"
        settings = await self._live.now()
        cycle = await self._store.write(
            cycles.open_cycle,
            fence=fence,
            cycle_id=cycle_id,
            claims_max=settings.claims_without_progress_max,
        )
        if cycle.state is not CycleState.RUNNING:
            return cycle.state
        steps = self._steps(fence, cycle_id, settings)
        try:
            crew = await self._crew(fence, cycle, settings)
            await require_health(crew)
            ending = await make_song(steps, crew)
        except Suspend as signal:
            return await self._suspend(fence, cycle_id, steps, signal)
        except DiskFullError as error:
            signal = Suspend(CycleState.DEFERRED, str(error), DISK_LOOK_S)
            return await self._suspend(fence, cycle_id, steps, signal)
        except BudgetExceededError as error:
            # Before any step: nobody knows what the chosen provider charges.
            return await self._suspend(fence, cycle_id, steps, wait_for_money(error))
        except GaveUp as signal:
            outcome = Outcome.FAILED_PROVIDER if signal.provider_failed else Outcome.FAILED_INTERNAL
            ending = Ending(outcome=outcome, decided_by=DeciderKind.POLICY, reason=signal.reason)
        except CycleCancelledError as error:
            ending = Ending(outcome=Outcome.CANCELLED, decided_by=DeciderKind.PERSON, reason=str(error))
        await steps.flush()
        await self._store.write(
            cycles.end_cycle,
            fence=fence,
            cycle_id=cycle_id,
            outcome=ending.outcome,
            decided_by=ending.decided_by,
            reason=ending.reason,
        )
        return CycleState.ENDED

    async def passivate(self) -> bool:
        """Let go, so that the next claim need not wait for the lease; False while there is work under way."""
        if self._under_way:
            return False
        if self._lease is not None:
            self._lease.cancel()
        if self._fence is not None:
            with contextlib.suppress(Fenced):
                await self._store.write(artists.release_artist, fence=self._fence)
        self._fence = None
        return True

    async def _keep_lease(self, fence: Fence) -> None:
        lease_s = self._live.last.lease_s
        while True:
            await asyncio.sleep(lease_s / 3)
            try:
                await self._store.write(artists.renew_lease, fence=fence, lease_s=lease_s)
            except Fenced:
                # Nothing may be bought beside the successor, so nothing goes on until its next write.
                for task in self._under_way.values():
                    task.cancel()
                return
            except LabelError as error:
                log.warning("%s: the lease was not renewed: %s", self._artist_id, error)

    async def _tell_outage(self, provider: str, error: str) -> None:
        """The owner hears of a failing provider once a day, however many artists meet it."""
        await self._store.write(
            outbox.send_once,
            kind="alert",
            dedupe_key=f"outage/{provider}/{datetime.now(UTC):%Y-%m-%d}",
            payload={"text": f"{provider} is failing and is left alone for now: {error}"},
        )

    async def _suspend(
        self, fence: Fence, cycle_id: CycleId, steps: StepRunner, signal: Suspend
    ) -> CycleState:
        await steps.flush()
        await self._store.write(
            cycles.suspend_cycle,
            fence=fence,
            cycle_id=cycle_id,
            state=signal.state,
            reason=signal.reason,
            due_in_s=signal.due_in_s,
        )
        return signal.state

    def _steps(self, fence: Fence, cycle_id: CycleId, settings: Settings) -> StepRunner:
        return StepRunner(
            self._store,
            fence=fence,
            cycle_id=cycle_id,
            caps=Caps(
                daily_usd=settings.budget_daily_usd,
                monthly_usd=settings.budget_monthly_usd,
                timezone=settings.label_timezone,
            ),
            lease_s=settings.lease_s,
            repairer=FixerDesk(self._store, self._diagnose, fence, self._launch.started_at),
        )

    async def _crew(self, fence: Fence, cycle: cycles.Cycle, settings: Settings) -> Crew:
        artist = await self._store.read(artists.artist_by_id, artist_id=self._artist_id)
        policy: approvals.Policy | None = None
        if self._launch.demo_decides:
            policy = approvals.demo_policy
        elif artist.autopilot:
            policy = autopilot_policy(self._store, settings, artist.id)
        rows = await self._store.read(step_rows.steps_of, cycle_id=cycle.id)
        return Crew(
            settings=settings,
            studio=StudioConfig.of(settings),
            store=self._store,
            pools=self._pools,
            artist=artist,
            fence=fence,
            cycle=cycle,
            vendors=tuple(
                (
                    vendor,
                    SharedGate(
                        self._launch,
                        vendor.name,
                        vendor.account,
                        vendor.limits,
                        on_outage=self._tell_outage,
                    ),
                )
                for vendor in music_providers(settings)
            ),
            footage=self._footage(settings),
            begun_music={row.revision: row.provider for row in rows if row.name is CycleStep.COMPOSE},
            policy=policy,
        )

    def _footage(self, settings: Settings) -> FootageDesk | None:
        lenders = footage_providers(settings)
        if not lenders:
            return None
        return FootageDesk(
            sources=tuple(
                (lender, SharedGate(self._launch, lender.name, lender.account, lender.limits))
                for lender in lenders
            ),
            shelf=Shelf(settings.home / "footage"),
            store=self._store,
            cores=self._pools.cores,
            config=StudioConfig.of(settings),
        )


class ArtistActor:
    """The artist in Ray, named `artist/<slug>`; visible under that name in the dashboard and the state API."""

    def __init__(self, launch: Launch, artist_id: ArtistId, slug: str) -> None:
        self._name = f"artist/{slug}"
        pools = Pools(
            creative=Pool("creative", launch),
            critic=Pool("critic", launch),
            reflection=Pool("reflection", launch),
            cores=Studio(launch),
        )
        fixers = Pool("fixer", launch)

        async def diagnose(fault: Fault, attempts: tuple[Attempt, ...]) -> Remedy:
            try:
                return await arrived(fixers.next().diagnose.remote(fault, attempts))
            except ActorGoneError:
                # It is restarting, and a cycle must not fail because the help did: the same playbook, here.
                return playbook_remedy(fault, attempts)

        self._artist = LiveArtist(start_store(launch), launch, pools, diagnose, artist_id)

    def __repr__(self) -> str:
        return self._name

    async def activate(self, owner: str) -> str:
        return await self._artist.activate(owner)

    async def work(self, cycle_id: CycleId) -> CycleState:
        return await self._artist.work(cycle_id)

    async def passivate(self) -> bool:
        """Let go if idle; the supervisor ends the process after the answer."""
        return await self._artist.passivate()


def artist_actor(launch: Launch, artist_id: ArtistId, slug: str) -> ActorHandle:
    """A new actor for an artist. Raises ValueError while one of that name lives."""
    return (  # type: ignore[return-value] # Ray's own types do not know their proxies
        ray.remote(ArtistActor)
        .options(
            name=f"artist/{slug}",
            namespace=launch.namespace,
            lifetime="detached",
            num_cpus=0,
            max_restarts=0,
            max_concurrency=8,
            scheduling_strategy="SPREAD",
        )
        .remote(launch, artist_id, slug)
    )
