"""What the router adds to a call: CPU beside the bare SDK, import, and latency with a dead deployment at the head.

    python -m benchmarks.llm_router [--calls 400] [--rounds 5]

The server is a process of its own, so that only the client's CPU is counted. The bare client and the router are
measured in turn, round after round, at concurrency 50, and the least of each counts, because the machine is
shared. With everything shared, gate, ledger and row are actors of a Ray, and the CPU of all of them, of raylet and
GCS counts. LiteLLM's Router is measured beside them where it is installed (`pip install litellm`); it is no
dependency.
"""

import argparse
import asyncio
import importlib.metadata
import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from benchmarks.processes import cpu_s, fresh_label, ray_daemons

CONCURRENCY = 50
RATIO_TARGET = 1.15
IMPORT_TARGET_S = 0.3
ADDED_TARGET_MS = 5.0
KEY = "a-key-of-no-worth"  # pragma: allowlist secret
_SERVER = """
import asyncio
from tests.agents.llm.servers import OPENAI, ModelServer
async def main():
    server = ModelServer(OPENAI)
    await server.start()
    print(server.base_url, flush=True)
    await asyncio.sleep(3600)
asyncio.run(main())
"""

Call = Callable[[str], Awaitable[object]]


@dataclass(frozen=True)
class Contestant:
    """A way to ask."""

    ask: Call
    helpers: tuple[int, ...] = ()
    """Other processes that take part: their CPU counts as well."""


async def cpu_ms(contestant: Contestant, calls: int, mark: str) -> float:
    """CPU a call, of this process and the helpers, with every body another one."""
    waiting = asyncio.Semaphore(CONCURRENCY)

    async def one(number: int) -> None:
        async with waiting:
            await contestant.ask(f"{mark} {number}")

    def taken_s() -> float:
        return time.process_time() + cpu_s(list(contestant.helpers))

    begun_s = taken_s()
    await asyncio.gather(*(one(number) for number in range(calls)))
    return (taken_s() - begun_s) * 1000 / calls


async def interleaved(contestants: dict[str, Contestant], calls: int, rounds: int) -> dict[str, float]:
    """The least CPU a call of each, measured in turn."""
    for name, contestant in contestants.items():
        await cpu_ms(contestant, CONCURRENCY, f"warm {name}")
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        for name, contestant in contestants.items():
            taken[name].append(await cpu_ms(contestant, calls, f"{name} {number}"))
    return {name: min(column) for name, column in taken.items()}


@contextmanager
def with_everything_shared(base_url: str) -> Iterator[Contestant]:
    """The router as a label uses it: gate and store are actors of a Ray, the ledger and the row are in its store."""
    from agents.llm import Deployment, Price, Router
    from storage.ledger import Caps

    caps = Caps(daily_usd=Decimal(1_000_000), monthly_usd=Decimal(1_000_000))
    price = Price(input_usd_per_million=Decimal(1), output_usd_per_million=Decimal(1))
    deployment = Deployment(provider="first", model="m1", base_url=base_url, api_key=KEY, price=price)
    with fresh_label() as launch:
        import ray

        from agents.llm.gate import UNLIMITED
        from runtime.gates import SharedGates
        from runtime.model_spend import Place, SpendLedger
        from runtime.store_actor import start_store
        from storage.model_calls import ModelCall, record_call

        store = start_store(launch)
        gates = SharedGates(launch, limits=UNLIMITED)  # their waiting is another matter
        router = Router([deployment], gate=gates, ledger=SpendLedger(store, Place(), caps))
        ask = asked(router)

        async def call(text: str) -> None:
            result = await ask(text)
            await store.write(
                record_call,
                call=ModelCall(
                    cycle_id=None, call_number=1, task="bench", provider=result.provider, model=result.model,
                    request_sha256="", prompt_sha256="", outcome="ok", cost_usd=result.cost_usd,
                    latency_s=result.latency_s, reply=result.text,
                ),
            )  # fmt: skip

        actors = [store.actor, gates.gate(deployment).actor]
        pids = ray.get([actor.__ray_call__.remote(lambda _self: os.getpid()) for actor in actors])
        yield Contestant(call, (*pids, *ray_daemons()))


def asked(router) -> Call:
    from agents.llm import Message

    async def call(text: str):
        return await router.complete([Message(role="user", content=text)], deadline_s=60)

    return call


def litellm_router(base_url: str) -> dict[str, Contestant]:
    if importlib.util.find_spec("litellm") is None:
        return {}
    import litellm

    known = {"model": "openai/m1", "api_base": base_url, "api_key": KEY}
    router = litellm.Router(model_list=[{"model_name": "m1", "litellm_params": known}], num_retries=0)

    async def call(text: str) -> object:
        return await router.acompletion(
            model="m1", messages=[{"role": "user", "content": text}], max_tokens=100
        )

    return {f"litellm {importlib.metadata.version('litellm')} Router": Contestant(call)}


async def overhead(base_url: str, calls: int, rounds: int) -> None:
    from openai import AsyncOpenAI

    from agents.llm import Deployment, Router

    bare = AsyncOpenAI(api_key=KEY, base_url=base_url, max_retries=0)

    async def plain(text: str) -> object:
        return await bare.chat.completions.create(
            model="m1", messages=[{"role": "user", "content": text}], max_tokens=100
        )

    router = Router([Deployment(provider="first", model="m1", base_url=base_url, api_key=KEY)])
    with with_everything_shared(base_url) as shared:
        contestants = {
            "AsyncOpenAI": Contestant(plain),
            "router": Contestant(asked(router)),
            "router, all shared": shared,
            **litellm_router(base_url),
        }
        least = await interleaved(contestants, calls, rounds)
    for name, took_ms in least.items():
        print(f"{name:26} {took_ms:5.2f} ms of CPU a call   x{took_ms / least['AsyncOpenAI']:.2f}")
    print(f"router's target: at most x{RATIO_TARGET}")


async def with_a_dead_head(base_url: str, calls: int) -> None:
    """Latency one call after another, with and without a dead deployment before two that work."""
    from agents.llm import Deployment, Router

    def deployment(name: str, url: str) -> Deployment:
        return Deployment(provider=name, model="m1", base_url=url, api_key=KEY)

    alive = [deployment("second", base_url), deployment("third", base_url)]
    healthy, headed = Router(alive), Router([deployment("dead", "http://127.0.0.1:9/v1"), *alive])
    for _ in range(3):  # opens the breaker
        await asked(headed)(f"open {_}")
    took: dict[str, list[float]] = {"healthy": [], "headed": []}
    for number in range(calls):
        for name, router in (("healthy", healthy), ("headed", headed)):
            begun_s = time.perf_counter()
            result = await asked(router)(f"{name} {number}")
            if all(one.outcome != "llm_unavailable" for one in result.attempts):  # a probe is another matter
                took[name].append(time.perf_counter() - begun_s)
    added_ms = 1000 * (statistics.median(took["headed"]) - statistics.median(took["healthy"]))
    print(
        f"first of three dead, breaker open: {added_ms:+.2f} ms a call, target below {ADDED_TARGET_MS:g} ms"
    )


def import_s() -> float:
    code = "import time; b = time.process_time(); import agents.llm; print(time.process_time() - b)"
    return float(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    least_s = min(import_s() for _ in range(5))
    print(f"import agents.llm: {least_s:.3f} CPU s, target below {IMPORT_TARGET_S:g}")
    root = str(Path(__file__).parents[1])
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert server.stdout is not None
    try:
        base_url = server.stdout.readline().strip()
        asyncio.run(overhead(base_url, options.calls, options.rounds))
        asyncio.run(with_a_dead_head(base_url, 100))
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
