"""The label as the user interfaces see it: one door to a running label, or to its home when none runs.

async with running_label(settings) as label     starts Ray, store and supervisor (`up`, `demo`)
async with open_label(settings) as label        joins the running label, or takes the home's lock itself
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from pydantic import Field

from agents.music.protocol import music_providers
from configs.providers import providers_in_use
from configs.settings import Settings
from runtime.environment import prepare_ray
from runtime.launch import Launch
from runtime.live import LiveSettings
from runtime.roster import create_artist
from storage import cycles, events
from storage.assets import AssetStore
from storage.errors import ClusterError, HomeLockedError
from storage.home import open_home
from storage.lock import FileLock, is_held
from storage.store import LocalStore, Store, StoreClient, Tx
from storage.types import (
    NOTHING_FIXED,
    Artist,
    ArtistId,
    CycleId,
    Event,
    Frozen,
    PersonaWish,
    SongRequest,
)

P = ParamSpec("P")
T = TypeVar("T")
RUN_FILE = "run.json"
START_S = 120.0
LOOK_S = 0.2


class Surface(Frozen):
    """A process beside the label with which people talk, as it stands."""

    name: str
    """console or telegram."""
    pid: int | None
    """None: it does not run."""
    address: str | None
    """Where people find it, once it has answered."""
    trouble: str | None = None
    """Why it does not answer, in one line."""


class RunRecord(Frozen):
    """What a running label leaves in its home for others to find it."""

    pid: int
    address: str
    dashboard_url: str | None
    label_id: str
    build: str
    providers: dict[str, str] = Field(default_factory=dict)
    """Who makes what, by kind, as the label's own process sees its keys."""
    surfaces: tuple[Surface, ...] | None = None
    """None: those that were to be started have not all answered yet."""

    def surface(self, name: str) -> Surface | None:
        """One of them by name; None where it was not started."""
        return next((each for each in self.surfaces or () if each.name == name), None)


@dataclass(frozen=True)
class Label:
    """A label one can ask things of and read from."""

    settings: Settings
    store: StoreClient
    launch: Launch
    running: RunRecord | None
    """None: nothing runs, and what is asked for waits for the next `labelmate up`."""

    @cached_property
    def live(self) -> LiveSettings:
        """The settings as people have turned them since."""
        return LiveSettings(self.launch, self.store)

    async def create_artist(
        self, *, seed: int, genre: str | None, who: str, wish: PersonaWish = NOTHING_FIXED
    ) -> Artist:
        """runtime/roster.py; raises ConflictError on a full roster."""
        return await create_artist(
            self.store, await self.live.now(), seed=seed, genre=genre, who=who, wish=wish
        )

    async def request_song(self, artist_id: ArtistId, request: SongRequest, *, who: str) -> cycles.Cycle:
        """Queue one cycle."""
        return await self.store.write(
            cycles.request_cycle, artist_id=artist_id, request=request, requested_by=who
        )

    async def follow(self, cycle_ids: list[CycleId]) -> AsyncIterator[Event]:
        """All events of these cycles, as they are written, until none of them can go on by itself."""
        seq = 0
        while True:
            # Asked before the events are read, so that the last ones are not missed.
            going_on = await self.store.read(cycles.can_go_on, cycle_ids=cycle_ids)
            batch = await self.store.read(events.events_since, seq=seq, cycle_ids=cycle_ids)
            for event in batch:
                seq = event.seq
                yield event
            if not batch and not going_on:
                return
            if not batch:
                await asyncio.sleep(LOOK_S)


@asynccontextmanager
async def running_label(
    settings: Settings,
    *,
    dashboard: bool = True,
    clock_seed: int | None = None,
    demo_decides: bool = False,
    overrides: dict[str, str | int | float | None] | None = None,
) -> AsyncIterator[Label]:
    """Start everything and end it again. Raises HomeLockedError when this home's label runs already."""
    prepare_ray()
    record = read_run(settings.home)
    if record is not None:
        raise runs_already(record)
    check_doors(settings)
    launch = _launch(settings, clock_seed, demo_decides, overrides or {})
    # Held from before Ray starts until everything has ended: of two that start at once, one goes on.
    lock = FileLock(settings.home / RUN_FILE)
    # What an earlier label left when it was killed: its process number may be ours now, as in a container.
    (settings.home / RUN_FILE).unlink(missing_ok=True)
    try:
        async with _started(settings, launch, dashboard=dashboard) as label:
            yield label
    finally:
        lock.free()


@asynccontextmanager
async def _started(settings: Settings, launch: Launch, *, dashboard: bool) -> AsyncIterator[Label]:
    from runtime import cluster
    from runtime.store_actor import start_store
    from runtime.supervisor import start_supervisor

    if settings.ray_address:
        joined = cluster.join(launch, settings.ray_address, single_node=settings.database_url is None)
    else:
        joined = cluster.start(launch, dashboard_port=settings.ray_dashboard_port if dashboard else None)
    try:
        store = start_store(launch)
        supervisor = start_supervisor(launch)
        await _healthy(store.actor.ping.remote(), "the store")
        await _healthy(supervisor.ping.remote(), "the supervisor")
        record = RunRecord(
            pid=os.getpid(),
            address=joined.address,
            dashboard_url=joined.dashboard_url,
            label_id=launch.label_id,
            build=launch.build,
            providers=providers_in_use(settings),
        )
        write_run(settings.home, record)
        yield Label(settings, store, launch, record)
    finally:
        (settings.home / RUN_FILE).unlink(missing_ok=True)
        await asyncio.to_thread(cluster.end_actors, launch)
        cluster.leave(joined)


@asynccontextmanager
async def open_label(settings: Settings) -> AsyncIterator[Label]:
    """Join the running label, or open its home alone."""
    record = read_run(settings.home)
    if record is None:
        home = open_home(settings.home, database_url=settings.database_url)
        launch = Launch(home=settings.home, label_id=home.label.id, build=build())
        store = Store(home.engine, home.resume(launch.clock()))
        try:
            yield Label(settings, LocalStore(store), launch, None)
        finally:
            store.close()
            home.close()
        return
    prepare_ray()
    from runtime import cluster
    from runtime.store_actor import start_store

    launch = Launch(home=settings.home, label_id=record.label_id, build=record.build)
    joined = cluster.join(launch, record.address, single_node=False)
    try:
        yield Label(settings, VisitedStore(start_store(launch), settings.home), launch, record)
    finally:
        cluster.leave(joined)


class VisitedStore:
    """The store of a label that runs in another process: when that process ends, a call fails at once.

    Ray would try to reach it for a minute, and then end this process with words of its own.
    """

    def __init__(self, store: StoreClient, home: Path) -> None:
        self._store = store
        self._home = home

    async def write(self, op: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._unless_ended(self._store.write(op, *args, **kwargs))

    async def read(self, query: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._unless_ended(self._store.read(query, *args, **kwargs))

    async def _unless_ended(self, call: Coroutine[object, object, T]) -> T:
        task = asyncio.create_task(call)
        try:
            while not (await asyncio.wait({task}, timeout=LOOK_S))[0]:
                if read_run(self._home) is None:
                    raise ClusterError(
                        "The label has ended meanwhile; what was finished is kept, and `labelmate up` goes on from there"
                    )
            return task.result()
        finally:
            task.cancel()


def read_run(home: Path) -> RunRecord | None:
    """The running label of a home, if it lives: its process holds the lock, so a record left behind tells nothing."""
    path = home / RUN_FILE
    if not is_held(path):
        return None
    try:
        return RunRecord.model_validate_json(path.read_text())
    except FileNotFoundError:
        return None


def runs_already(record: RunRecord) -> HomeLockedError:
    """What whoever starts a second label hears: where the first one is."""
    console = record.surface("console")
    at = f", console at {console.address}" if console and console.address else ""
    return HomeLockedError(
        f"This home's label is running already (process {record.pid}{at}, Ray at {record.address}); "
        "`labelmate status` shows it, `labelmate down` ends it"
    )


def build() -> str:
    """The version and a hash of the source, so that two builds of one version differ."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for package in ("agents", "configs", "runtime", "storage"):
        for path in sorted((root / package).rglob("*.py")):
            digest.update(path.read_bytes())
    return f"{version('labelmate')}+{digest.hexdigest()[:12]}"


def check_doors(settings: Settings) -> None:
    """What a song would need in its middle is looked for before anything starts. Raises ConfigurationError."""
    music_providers(settings)
    if settings.assets_url:
        AssetStore(settings.assets_url).check()


def _launch(
    settings: Settings,
    clock_seed: int | None,
    demo_decides: bool,
    overrides: dict[str, str | int | float | None],
) -> Launch:
    home = open_home(settings.home, database_url=settings.database_url)
    label_id = home.label.id
    home.close()
    return Launch(
        home=settings.home,
        label_id=label_id,
        overrides=overrides,
        clock_seed=clock_seed,
        build=build(),
        started_at=None if clock_seed is not None else datetime.now(UTC),
        demo_decides=demo_decides,
    )


def write_run(home: Path, record: RunRecord) -> None:
    """Leave a record, or put a newer one in its place; only the process that runs the label may."""
    part = home / f"{RUN_FILE}.part"
    part.write_text(record.model_dump_json(indent=1))
    part.rename(home / RUN_FILE)


async def _healthy(ping: object, what: str) -> None:
    from runtime.remote import arrived

    try:
        await asyncio.wait_for(arrived(ping), START_S)  # type: ignore[arg-type]
    except TimeoutError as error:
        raise ClusterError(f"{what} did not answer within {START_S:.0f} s; see the logs of Ray") from error
