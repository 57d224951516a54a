"""The store as an actor: the only process that writes, and the client that reaches it."""

import asyncio
import pickle
import traceback
from collections.abc import Callable
from time import monotonic
from typing import Concatenate, ParamSpec, TypeVar, cast
from uuid import uuid4

import ray
from ray.actor import ActorHandle
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from runtime.launch import Launch
from runtime.remote import ActorGoneError, arrived
from runtime.trips import Failed, Trips
from storage.errors import (
    ConfigurationError,
    HomeLockedError,
    LabelError,
    StorageError,
    StoreUnavailableError,
)
from storage.home import open_home
from storage.store import Store, Tx

P = ParamSpec("P")
T = TypeVar("T")


PATIENCE_S = 120.0
"""How long a call waits for a store that is restarting before it gives up."""
LOCKED_S = 5.0
RETRY_FIRST_S, RETRY_MAX_S = 0.1, 2.0


Asked = tuple[Callable[..., object], dict[str, object], str | None]
"""An operation, its arguments, and the id of a write."""


class StoreActor:
    """Owns the home's lock and the database. Ray restarts it; a repeated call returns its stored result.

    They are opened at the first call: what goes wrong reaches the caller as itself, and the next one tries again.
    """

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._store: Store | None = None
        self._opening = asyncio.Lock()

    async def call(self, asked: list[Asked]) -> list[object | Failed]:
        """Run writes (with an id) and queries (without); what one fails with does not touch the others."""
        store = self._store or await self._opened()
        told = await asyncio.gather(*(_run(store, *each) for each in asked), return_exceptions=True)
        return [_portable(answer) if isinstance(answer, BaseException) else answer for answer in told]

    async def ping(self) -> str:
        """The node it runs on; raises what keeps the store from opening."""
        await self._opened()
        return ray.get_runtime_context().get_node_id()

    async def _opened(self) -> Store:
        """The store. A command line may have the home to itself for a moment: that is waited out."""
        until_s = monotonic() + LOCKED_S
        async with self._opening:
            while self._store is None:
                try:
                    self._store = await asyncio.to_thread(_open, self._launch)
                except HomeLockedError:
                    if monotonic() > until_s:
                        raise
                    await asyncio.sleep(RETRY_FIRST_S)
            return self._store


def _open(launch: Launch) -> Store:
    settings = launch.settings()
    home = open_home(settings.home, database_url=settings.database_url)
    if home.label.id != launch.label_id:
        home.close()
        raise ConfigurationError(
            f"On this node LABELMATE_HOME and DATABASE_URL lead to label {home.label.id} and not to "
            f"{launch.label_id}; set both alike on every node"
        )
    return Store(home.engine, home.resume(launch.clock()))


async def _run(
    store: Store, op: Callable[..., object], kwargs: dict[str, object], write_id: str | None
) -> object:
    # A coroutine, so that a call which is refused at once is told apart from its mates.
    return await asyncio.wrap_future(store.submit(op, kwargs, write_id))


def _portable(error: BaseException) -> Failed:
    """An error as it travels: with the traceback of a bug as a note, and never so that it spoils a whole trip."""
    if not isinstance(error, LabelError):
        error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own, made on the line itself
    except Exception:  # noqa: BLE001 - any exception may refuse in any way
        return Failed(StorageError(f"A store operation failed: {type(error).__name__}: {error}"))
    return Failed(error)


class RemoteStore:
    """A StoreClient over the store actor.

    It repeats a call whose answer was lost, by the store or by its database, itself: Ray's own `max_task_retries` costs 1.5 ms of CPU on
    every call, lost or not (docs/ray.md).
    """

    def __init__(self, actor: ActorHandle) -> None:
        self.actor = actor
        self._trips: Trips[Asked, object] = Trips(self._travel)

    async def write(self, op: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        # One id for every repeat of this call, so that the store knows it again.
        return cast("T", await self._call(op, dict(kwargs), uuid4().hex))

    async def read(self, query: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return cast("T", await self._call(query, dict(kwargs), None))

    async def _travel(self, asked: list[Asked]) -> list[object | Failed]:
        try:
            under_way = self.actor.call.remote(asked)
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            # Arguments that cannot be sent, found before anything was: whose they are is told, the others go.
            if len(asked) == 1:
                return [Failed(error)]
            return [answer for each in asked for answer in await self._travel([each])]
        return await arrived(under_way)

    async def _call(
        self, op: Callable[..., object], kwargs: dict[str, object], write_id: str | None
    ) -> object:
        until_s, wait_s = monotonic() + PATIENCE_S, RETRY_FIRST_S
        while True:
            try:
                return await self._trips.ask((op, kwargs, write_id))
            except (ActorGoneError, StoreUnavailableError) as error:
                if monotonic() + wait_s > until_s:
                    raise StoreUnavailableError(
                        f"The store has not come back in {PATIENCE_S:.0f} s: {error}"
                    ) from error
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, RETRY_MAX_S)


def start_store(launch: Launch) -> RemoteStore:
    """The label's store actor, started if there is none, on the node of the caller.

    On SQLite there is one, pinned to the node that has the home; on PostgreSQL each node has its own.
    """
    node_id = ray.get_runtime_context().get_node_id()
    name = "store" if launch.settings().database_url is None else f"store/{node_id[:12]}"
    actor: ActorHandle = (
        ray.remote(StoreActor)  # type: ignore[assignment] # Ray's own types do not know their proxies
        .options(
            name=name,
            namespace=launch.namespace,
            get_if_exists=True,
            lifetime="detached",
            num_cpus=0,
            max_restarts=-1,
            max_concurrency=256,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node_id, soft=False),
        )
        .remote(launch)
    )
    return RemoteStore(actor)
