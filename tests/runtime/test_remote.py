"""What arrives from a process or a cluster that does not serve: the cause, in one line."""

import asyncio
import threading
import traceback
from pathlib import Path

import pytest
import ray

from agents.llm.door import Limits
from runtime import cluster
from runtime.gates import GateClient
from runtime.launch import Launch
from runtime.remote import ActorGoneError, arrived
from runtime.store_actor import RemoteStore, StoreActor
from storage import artists, label
from storage.errors import ClusterError, ConfigurationError, HomeLockedError, NotFoundError
from storage.home import open_home
from storage.store import Tx

pytestmark = [pytest.mark.slow, pytest.mark.cluster]


class Stillborn:
    def __init__(self) -> None:
        raise ConfigurationError("LABELMATE_HOME cannot be written; choose a folder of your own")

    async def ping(self) -> bool:
        return True


async def test_an_actor_that_dies_in_its_constructor_says_why(ray_address: str):
    actor = ray.remote(Stillborn).options(num_cpus=0).remote()
    with pytest.raises(ActorGoneError, match="LABELMATE_HOME cannot be written") as told:
        await arrived(actor.ping.remote())
    assert "\n" not in str(told.value)
    assert not told.value.is_out_of_reach


class Planner:
    async def plan(self) -> int:
        return _misspelt()


def _misspelt() -> int:
    raise KeyError("tempo")


async def test_an_error_brings_the_trace_of_where_it_was_raised(ray_address: str):
    actor = ray.remote(Planner).options(num_cpus=0).remote()
    with pytest.raises(KeyError) as told:
        await arrived(actor.plan.remote())
    trace = "".join(traceback.format_exception(told.value))
    assert ", in _misspelt" in trace
    assert "\x1b" not in trace
    ray.kill(actor)


async def test_a_killed_actor_is_told_from_one_out_of_reach(ray_address: str):
    actor = ray.remote(StoreActor).options(num_cpus=0).remote(Launch(home="/", label_id="l", build="b"))
    ray.kill(actor)
    with pytest.raises(ActorGoneError, match="The actor is dead") as told:
        await arrived(actor.ping.remote())
    assert not told.value.is_out_of_reach


async def test_a_store_that_cannot_open_says_why_and_opens_later(ray_address: str, home: Path):
    owner = open_home(home)
    launch = Launch(home=home, label_id=owner.label.id, build="test")
    store = ray.remote(StoreActor).options(num_cpus=0).remote(launch)
    with pytest.raises(HomeLockedError, match="is used by process"):
        await arrived(store.ping.remote())
    owner.close()
    assert await arrived(store.ping.remote())
    ray.kill(store)


async def test_a_store_of_another_label_is_refused(ray_address: str, home: Path):
    open_home(home).close()
    store = ray.remote(StoreActor).options(num_cpus=0).remote(Launch(home=home, label_id="lbl_x", build="b"))
    with pytest.raises(ConfigurationError, match="on every node"):
        await arrived(store.ping.remote())
    ray.kill(store)


def test_a_cluster_without_a_studio_is_refused(ray_address: str, tmp_path: Path):
    assert ray.cluster_resources()["studio"] == 2
    launch = Launch(home=tmp_path, label_id="lbl_test", build="test")
    joined = cluster.join(launch, ray_address, single_node=True)
    assert not joined.connected_here
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "STUDIO", "a resource no node has")
        with pytest.raises(ClusterError, match="no node with the resource"):
            cluster.join(launch, ray_address, single_node=True)


async def test_what_travels_together_succeeds_and_fails_apart(ray_address: str, home: Path):
    owner = open_home(home)
    label_id = owner.label.id
    owner.close()
    actor = (
        ray.remote(StoreActor)
        .options(num_cpus=0, max_concurrency=8)
        .remote(Launch(home=home, label_id=label_id, build="test"))
    )
    store = RemoteStore(actor)
    told = await asyncio.gather(
        store.read(label.the_label),
        store.read(artists.artist_by_id, artist_id="art_nobody"),
        store.read(_broken, depth=1),
        store.read(_homeless, depth=1),
        store.write(label.the_label),
        store.read(_broken, depth=threading.Lock()),
        store.write(label.take_lease, name="duty", owner="me", lease_s=5.0),
        return_exceptions=True,
    )
    assert told[0].id == label_id
    assert isinstance(told[1], NotFoundError)
    assert isinstance(told[2], KeyError)
    assert "_broken" in "".join(told[2].__notes__), "a bug's traceback comes along"
    assert "Homeless: a b" in str(told[3]), "an error that cannot be read at home is told as one that can"
    assert "the_label is a query" in str(told[4]), "refused before it ran"
    assert isinstance(told[5], TypeError), "what cannot be sent"
    assert told[6] is True
    ray.kill(actor)


def _broken(tx: Tx, *, depth: object) -> object:
    return {}[depth]


class Homeless(Exception):
    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def _homeless(tx: Tx, *, depth: int) -> object:
    raise Homeless("a", "b")


async def test_a_permit_that_nobody_waits_for_any_more_goes_back(ray_address: str, tmp_path: Path):
    launch = Launch(home=tmp_path, label_id="lbl_test", build="test")
    gate = GateClient(launch, "vendor", "account", Limits(at_once=1, burst=10))
    leaving = asyncio.create_task(gate.enter())
    await asyncio.sleep(0)  # it is on its way
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    async with asyncio.timeout(10):
        while (await gate.enter()).permit is None:
            await asyncio.sleep(0.05)
    ray.kill(gate.actor)
