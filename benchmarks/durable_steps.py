"""What durability costs: CPU of a step that does nothing, everybody who takes part in it counted.

    python -m benchmarks.durable_steps [--steps 400]

Ours: an artist's actor runs steps through the store's actor, SQLite with synchronous=FULL; a step's result and
the next step's intent are one Ray call and one commit. Beside it, under the same measure, DBOS on SQLite in an actor that an
artist's actor reaches by a Ray call a step, each call a durable workflow of one no-op step; and, for the
whole truth, DBOS with all steps in one process, where there is no hop and one process owns everything.
Counted are user and system CPU of the actors, the raylet and the GCS, less what they take while idle.
"""

import argparse
import importlib.metadata
import os
import tempfile
import time
from decimal import Decimal

from runtime.environment import prepare_ray

prepare_ray()

import ray  # noqa: E402 - its environment comes first

from agents.fixer import diagnose  # noqa: E402
from benchmarks.processes import cpu_s, fresh_label, ray_daemons  # noqa: E402
from runtime.launch import Launch  # noqa: E402
from runtime.repair import FixerDesk  # noqa: E402
from runtime.steps import StepRunner  # noqa: E402
from runtime.store_actor import start_store  # noqa: E402
from runtime.work import LocalWork, Made  # noqa: E402
from storage import artists, cycles  # noqa: E402
from storage.ledger import Caps  # noqa: E402
from storage.types import (  # noqa: E402
    CycleStep,
    Frozen,
    Genes,
    LifecycleState,
    Persona,
    SongRequest,
    VisualIdentity,
)

CAPS = Caps(daily_usd=Decimal(5), monthly_usd=Decimal(50))
NAMES = list(CycleStep)


class Nothing(Frozen):
    """The value of a step that does nothing."""


class Ours:
    """An artist's actor that runs empty steps, each at its own revision."""

    def __init__(self, launch: Launch) -> None:
        self._store = start_store(launch)

    async def prepare(self) -> tuple[int, int]:
        look = VisualIdentity(
            palette="p",
            display_font="f",
            text_font="f",
            compositions=(),
            scenes=(),
            emblem="e",
            motion=0,
            grain=0,
        )
        persona = Persona(
            name="Bench", genre="house", tagline="", backstory="", lyrical_voice="", themes=(), moods=(),
            audience="", visual=look, signature_seed=1, source="benchmark",
        )  # fmt: skip
        artist = await self._store.write(
            artists.add_artist, persona=persona, genes=Genes(), who="bench", state=LifecycleState.ACTIVE
        )
        cycle = await self._store.write(
            cycles.request_cycle, artist_id=artist.id, request=SongRequest(seed=1), requested_by="bench"
        )
        claim = await self._store.write(
            artists.claim_artist, artist_id=artist.id, owner="bench", lease_s=600.0
        )
        await self._store.write(cycles.open_cycle, fence=claim.fence, cycle_id=cycle.id, claims_max=5)

        async def ask_fixer(fault, attempts):
            return diagnose(fault, attempts)

        self._steps = StepRunner(
            self._store,
            fence=claim.fence,
            cycle_id=cycle.id,
            caps=CAPS,
            lease_s=600.0,
            repairer=FixerDesk(self._store, ask_fixer, claim.fence),
        )
        return os.getpid(), await self._store.actor.__ray_call__.remote(lambda _store: os.getpid())

    async def run(self, first: int, count: int) -> None:
        async def nothing(_variation: int) -> Made[Nothing]:
            return Made(Nothing())

        for number in range(first, first + count):
            revision, position = divmod(number, len(NAMES))
            await self._steps.run(NAMES[position], revision, Nothing, LocalWork(nothing, kind="words"))
        await self._steps.flush()


class Dbos:
    """The same number of no-op steps in one DBOS workflow, in a Ray actor."""

    def __init__(self, folder: str) -> None:
        from dbos import DBOS

        DBOS(
            config={
                "name": "bench",
                "system_database_url": f"sqlite:///{folder}/dbos.sqlite",
                "log_level": "ERROR",
            }
        )

        @DBOS.step()
        def nothing(number: int) -> int:
            return number

        @DBOS.workflow()
        def walk(first: int, count: int) -> int:
            return sum(nothing(number) for number in range(first, first + count))

        DBOS.launch()
        self._walk = walk

    def prepare(self) -> tuple[int, ...]:
        return (os.getpid(),)

    def run(self, first: int, count: int) -> None:
        self._walk(first, count)

    def step(self, number: int) -> int:
        return self._walk(number, 1)


class DbosOverRay:
    """An artist's actor that reaches DBOS as ours reaches the store: by a Ray call a step."""

    def __init__(self, dbos: ray.actor.ActorHandle) -> None:
        self._dbos = dbos

    async def prepare(self) -> tuple[int, ...]:
        return os.getpid(), *(await self._dbos.prepare.remote())

    async def run(self, first: int, count: int) -> None:
        for number in range(first, first + count):
            await self._dbos.step.remote(number)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=400)
    steps = parser.parse_args().steps
    with fresh_label() as launch, tempfile.TemporaryDirectory() as folder:
        ours = ray.remote(Ours).options(num_cpus=0).remote(launch)
        ms = measure(ours, steps)
        dbos = ray.remote(Dbos).options(num_cpus=0).remote(folder)
        over_ray = measure(ray.remote(DbosOverRay).options(num_cpus=0).remote(dbos), steps)
        alone = measure(dbos, steps)
        name = f"DBOS {importlib.metadata.version('dbos')}"
        print("CPU a durable step, ms:")
        print(f"  labelmate, artist + store + raylet + gcs   {ms:6.2f}")
        print(f"  {name}, artist + DBOS + raylet + gcs  {over_ray:6.2f}   ratio {ms / over_ray:.2f}")
        print(f"  {name}, all in one process, no hop    {alone:6.2f}   ratio {ms / alone:.2f}")


def measure(actor: ray.actor.ActorHandle, steps: int) -> float:
    """CPU milliseconds a step, after a warm-up, less the idle CPU of the same processes."""
    pids = [*ray.get(actor.prepare.remote()), *ray_daemons()]
    ray.get(actor.run.remote(0, 40))
    idle_s, idle_for_s = cpu_s(pids), 2.0
    time.sleep(idle_for_s)
    idle_rate = (cpu_s(pids) - idle_s) / idle_for_s
    before_s, began_s = cpu_s(pids), time.monotonic()
    ray.get(actor.run.remote(40, steps))
    busy_s = cpu_s(pids) - before_s - idle_rate * (time.monotonic() - began_s)
    return busy_s / steps * 1000


if __name__ == "__main__":
    main()
