"""The supervisor: finds due work in the database and sees to it that somebody is doing it.

It holds no truth in memory. Each tick leases due cycles, fairly across artists, up to its limit in
flight; starts or wakes the artist's actor; and keeps the leases of what is under way. Takeover is its
duty alone: kill the old actor, see it dead, end its lease, claim anew.
"""

import asyncio
import contextlib
import logging
import os
from dataclasses import dataclass, field
from time import monotonic
from typing import cast
from uuid import uuid4

import ray
from ray.actor import ActorHandle
from ray.util import list_named_actors

from agents.fixer import fault_of
from runtime.artist import artist_actor
from runtime.launch import Launch
from runtime.live import LiveSettings
from runtime.remote import ActorGoneError, arrived
from runtime.repair import record_fault
from runtime.store_actor import start_store
from runtime.sweeps import Sweeps
from runtime.workers import Studio
from storage import artists, cycles
from storage.cycles import DueCycle
from storage.errors import ConflictError, Fenced, LabelError
from storage.store import StoreClient
from storage.types import ArtistId, CycleId, CycleState

TICK_S = 0.25
SETTINGS_LOOK_S = 5.0
WARM_CORES_MAX = 4
CONFLICT_LOOK_S = 5.0
TROUBLE_LOOK_S = 5.0
"""How long a fault that nobody foresaw is left alone, so that it is not repeated four times a second."""
PASSIVATE_S = 30.0
ARTIST_MB = 80
"""What one live artist's process takes, measured; from it the limit of live artists is derived."""
log = logging.getLogger(__name__)


@dataclass
class Live:
    """An artist's actor that this supervisor started or found."""

    handle: ActorHandle
    owner: str
    artist_id: ArtistId
    busy: bool = True
    is_active: bool = False
    """It has answered: it holds the artist as `owner`."""
    is_ending: bool = False
    """It is being passivated: whoever wants it waits for a new one."""
    idle_since_s: float = field(default_factory=monotonic)


class Supervisor:
    """Keeps the label working until it is told to stop."""

    def __init__(self, launch: Launch, store: StoreClient) -> None:
        settings = launch.settings()
        self._launch = launch
        self._store = store
        self._lease_s = settings.lease_s
        self._settings = LiveSettings(launch, store)
        self._settings_read_s = -SETTINGS_LOOK_S
        self._me = f"supervisor/{uuid4().hex[:12]}"
        self._in_flight_max = settings.cycles_in_flight_max or 2 * _cpus()
        self._idle_s = settings.artist_idle_s
        self._live_max = settings.live_artists_max or max(4, _memory_mb() // 4 // ARTIST_MB)
        self._live: dict[str, Live] = {}
        self._working: dict[CycleId, asyncio.Task[None]] = {}
        self._resting: set[asyncio.Task[None]] = set()
        self._sweeps = Sweeps(launch, store, self._settings)
        self._renewed_s = monotonic()

    async def run(self) -> None:
        """Tick for ever. A failing tick is logged and the next one goes on: truth is in the database."""
        adopted = False
        try:
            while True:
                try:
                    if not adopted:
                        await self._adopt()
                        adopted = True
                    await self.tick()
                except Exception as error:
                    log.warning("supervisor: %s", error, exc_info=not isinstance(error, LabelError))
                    await asyncio.sleep(TROUBLE_LOOK_S)
                await asyncio.sleep(TICK_S)
        finally:
            await self._sweeps.close()

    async def _adopt(self) -> None:
        """Know the artists that an earlier supervisor left at work or idle, so that they count and can rest."""
        for name in await asyncio.to_thread(_artists_in, self._launch.namespace):
            slug = name.removeprefix("artist/")
            with contextlib.suppress(ValueError):  # it ended meanwhile
                handle = ray.get_actor(name, namespace=self._launch.namespace)
                artist = await self._store.read(artists.artist_by_name, name=slug)
                self._live[slug] = Live(handle, _owner(slug), artist.id, busy=False)

    async def tick(self) -> None:
        """One look at what is due."""
        if monotonic() - self._settings_read_s >= SETTINGS_LOOK_S:
            await self._settings.now()
            self._settings_read_s = monotonic()
        reviewing = cycles.Reviewing(
            per_artist_max=self._settings.last.undecided_per_artist_max,
            per_label_max=self._settings.last.undecided_per_label_max,
        )
        free = self._in_flight_max - len(self._working)
        if free > 0 and await self._store.read(cycles.is_work_due, reviewing=reviewing):
            due = await self._store.write(
                cycles.lease_due_cycles,
                owner=self._me,
                limit=free,
                lease_s=self._lease_s,
                reviewing=reviewing,
            )
            for cycle in due:
                if cycle.cycle_id not in self._working:
                    self._working[cycle.cycle_id] = asyncio.create_task(self._work(cycle))
        if self._working and monotonic() - self._renewed_s > self._lease_s / 3:
            await self._store.write(
                cycles.renew_cycle_leases,
                owner=self._me,
                cycle_ids=list(self._working),
                lease_s=self._lease_s,
            )
            self._renewed_s = monotonic()
        self._passivate_idle()
        await self._sweeps.run_due()

    async def _work(self, due: DueCycle) -> None:
        """One cycle until it is set aside or ended; whatever goes wrong, the next look finds it again."""
        try:
            await self._advance(due)
        except Exception as error:
            log.warning("%s: %s", due.slug, error, exc_info=not isinstance(error, LabelError))
            with contextlib.suppress(LabelError):
                fault = fault_of(error, step="", work="cycle")
                await record_fault(
                    self._store,
                    fault,
                    error,
                    due.artist_id,
                    due.cycle_id,
                    code_at=self._launch.started_at,
                )
            await asyncio.sleep(TROUBLE_LOOK_S)
        finally:
            if due.slug in self._live:
                self._live[due.slug].busy = False
                self._live[due.slug].idle_since_s = monotonic()
            with contextlib.suppress(LabelError):
                await self._store.write(cycles.drop_cycle_lease, owner=self._me, cycle_id=due.cycle_id)
            self._working.pop(due.cycle_id, None)

    async def _advance(self, due: DueCycle) -> None:
        """The cycle on its artist's actor; a dead actor's cycle is taken over at the next tick."""
        try:
            live = await self._wake(due)
            state: CycleState = await arrived(live.handle.work.remote(due.cycle_id))
            log.info("%s: %s is %s", due.slug, due.cycle_id, state)
        except (ActorGoneError, Fenced) as error:
            log.warning("%s: %s; the cycle goes on with a new actor", due.slug, error)
            if not await self._bury(due.slug, error):
                raise
        except ConflictError as error:
            # An earlier owner's lease lives and its process was not seen dead: wait it out.
            log.info("%s: %s", due.slug, error)
            await asyncio.sleep(min(CONFLICT_LOOK_S, self._lease_s / 3))

    async def _wake(self, due: DueCycle) -> Live:
        """The artist's actor: the one we know, the one an earlier supervisor left, or a new one."""
        while (live := self._live.get(due.slug)) is not None and live.is_ending:
            await asyncio.sleep(0.05)
        if live is None:
            live = self._live[due.slug] = self._found(due) or self._started(due)
        live.busy = True
        live.owner = await arrived(live.handle.activate.remote(live.owner))
        live.is_active = True
        return live

    def _found(self, due: DueCycle) -> Live | None:
        with contextlib.suppress(ValueError):
            handle = ray.get_actor(f"artist/{due.slug}", namespace=self._launch.namespace)
            return Live(handle, _owner(due.slug), due.artist_id)
        return None

    def _started(self, due: DueCycle) -> Live:
        return Live(artist_actor(self._launch, due.artist_id, due.slug), _owner(due.slug), due.artist_id)

    async def _bury(self, slug: str, error: LabelError) -> bool:
        """End an actor that failed, see it dead, and end its lease if its process is surely gone.

        With its node it may only be out of reach: then its lease is waited out, so that it cannot
        buy beside its successor. False where it never came to life: another one would not either.
        """
        live = self._live.pop(slug, None)
        if live is None:
            return False
        ray.kill(live.handle, no_restart=True)
        while await asyncio.to_thread(_alive, f"artist/{slug}", self._launch.namespace):
            await asyncio.sleep(0.05)
        if not (isinstance(error, ActorGoneError) and error.is_out_of_reach):
            await self._store.write(artists.expire_lease, artist_id=live.artist_id, owner=live.owner)
        return live.is_active

    def _passivate_idle(self) -> None:
        """Let artists rest that have been idle for long, and of the others the longest idle beyond the live limit."""
        staying = {slug: live for slug, live in self._live.items() if not live.is_ending}
        surplus = len(staying) - self._live_max
        idle = sorted(
            (slug for slug, live in staying.items() if not live.busy),
            key=lambda slug: staying[slug].idle_since_s,
        )
        for place, slug in enumerate(idle):
            if place >= surplus and monotonic() - staying[slug].idle_since_s < self._idle_s:
                break
            staying[slug].is_ending = True
            task = asyncio.create_task(self._passivate(slug, staying[slug]))
            self._resting.add(task)
            task.add_done_callback(self._resting.discard)

    async def _passivate(self, slug: str, live: Live) -> None:
        """Flush, answer, then kill, which frees the name; one that still works for an earlier supervisor stays."""
        try:
            at_rest = await asyncio.wait_for(arrived(live.handle.passivate.remote()), PASSIVATE_S)
        except (LabelError, TimeoutError) as error:
            log.warning("%s: ended without its answer: %s", slug, error)
            at_rest = True
        if at_rest:
            ray.kill(live.handle, no_restart=True)
            self._live.pop(slug, None)
        live.is_ending, live.idle_since_s = False, monotonic()


class SupervisorActor:
    """The supervisor in Ray: detached, named, restarted with nothing to lose."""

    async def __init__(self, launch: Launch) -> None:  # type: ignore[misc] # Ray awaits it, so the loop is running
        logging.basicConfig(level=launch.settings().log_level)
        self._supervisor = Supervisor(launch, start_store(launch))
        self._loop = asyncio.create_task(self._supervisor.run())
        self._warm_up = asyncio.create_task(Studio(launch).warm_up(min(_cpus(), WARM_CORES_MAX)))

    async def ping(self) -> bool:
        """Whether its loop is running; raises what ended it."""
        if self._loop.done():
            self._loop.result()
        return True


def start_supervisor(launch: Launch) -> ActorHandle:
    """The label's supervisor, started if there is none."""
    return (  # type: ignore[return-value] # Ray's own types do not know their proxies
        ray.remote(SupervisorActor)
        .options(
            name="supervisor",
            namespace=launch.namespace,
            get_if_exists=True,
            lifetime="detached",
            num_cpus=0,
            max_restarts=-1,
            max_concurrency=16,
        )
        .remote(launch)
    )


def _owner(slug: str) -> str:
    return f"{slug}/{uuid4().hex[:12]}"


def _alive(name: str, namespace: str) -> bool:
    try:
        ray.get_actor(name, namespace=namespace)
    except ValueError:
        return False
    return True


def _artists_in(namespace: str) -> list[str]:
    named = cast("list[dict[str, str]]", list_named_actors(all_namespaces=True))
    return [
        actor["name"]
        for actor in named
        if actor["namespace"] == namespace and actor["name"].startswith("artist/")
    ]


def _cpus() -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def _memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
