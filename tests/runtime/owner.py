"""An owner process for the kill sweep: claims the artist, walks a cycle of all five effect policies.

It is forked for every boundary, kills itself there, and a successor is forked to go on.
"""

import asyncio
import contextlib
import json
import os
import signal
import urllib.request
from decimal import Decimal
from pathlib import Path

from agents.fixer import diagnose
from runtime.repair import FixerDesk
from runtime.signals import Suspend
from runtime.steps import StepRunner
from runtime.work import BoughtWork, LocalWork, Made, SentWork
from storage import artists, cycles
from storage.assets import AssetStore
from storage.clock import SystemClock
from storage.database import open_engine, sqlite_url
from storage.ledger import Caps
from storage.store import LocalStore, Store
from storage.types import Asset, CycleState, CycleStep, DeciderKind, EffectPolicy, Frozen, Outcome

CAPS = Caps(daily_usd=Decimal(5), monthly_usd=Decimal(50))
PRICE_USD = Decimal("0.10")
BOUGHT = {
    CycleStep.WRITE: EffectPolicy.KEYED,
    CycleStep.COMPOSE: EffectPolicy.LOOKUP,
    CycleStep.PRODUCE: EffectPolicy.AT_MOST_ONCE,
}


class Piece(Frozen):
    """What a step of this test makes."""

    text: str
    asset: Asset | None = None


class Checkpoints:
    """Counts boundaries and dies at one of them."""

    def __init__(self, kill_at: int | None, trace: Path) -> None:
        self.kill_at = kill_at
        self.names: list[str] = []
        self._trace = trace

    def __call__(self, name: str) -> None:
        self.names.append(name)
        if self.kill_at is not None and len(self.names) == self.kill_at:
            self._trace.write_text(name)
            os.kill(os.getpid(), signal.SIGKILL)


def ask_vendor(base: str, path: str, key: str, method: str) -> str | None:
    url = f"{base}/{path}/jobs" + (f"?key={key}" if method == "GET" else "")
    headers = {"Idempotency-Key": key, "Authorization": "Bearer k"}
    request = urllib.request.Request(
        url, data=b"{}" if method == "POST" else None, headers=headers, method=method
    )
    with urllib.request.urlopen(request, timeout=5) as reply:
        return json.loads(reply.read())["job"]


async def walk(steps: StepRunner, base: str, folder: Path) -> None:
    """Plan (local), three purchases, a message, and a file."""

    async def plan(_variation: int) -> Made[Piece]:
        return Made(Piece(text="plan"))

    def bought(policy: EffectPolicy) -> BoughtWork[Piece]:
        async def submit(key: str) -> str:
            return ask_vendor(base, "keyed" if policy is EffectPolicy.KEYED else "plain", key, "POST") or ""

        async def find(key: str) -> str | None:
            return ask_vendor(base, "plain", key, "GET")

        async def collect(job_id: str) -> Made[Piece]:
            return Made(Piece(text=job_id), cost_usd=PRICE_USD)

        return BoughtWork(
            policy=policy,
            provider=f"vendor-{policy}",
            worst_case_usd=PRICE_USD,
            submit=submit,
            collect=collect,
            find=find if policy is EffectPolicy.LOOKUP else None,
        )

    async def tell(key: str) -> Made[Piece]:
        with (folder / "messages").open("a") as messages:
            messages.write(key + "\n")
        return Made(Piece(text="told"))

    async def package(_variation: int) -> Made[Piece]:
        source = folder / f"draft-{os.getpid()}"
        source.write_text("the release")
        asset = AssetStore(str(folder / "assets")).put(
            source, kind="wav", media_type="audio/wav", tool="test"
        )
        return Made(Piece(text="packaged", asset=asset))

    await steps.run(CycleStep.PLAN, 0, Piece, LocalWork(plan, kind="words"))
    for name, policy in BOUGHT.items():
        await steps.run(name, 0, Piece, bought(policy))
    await steps.run(CycleStep.ASK, 0, Piece, SentWork(tell))
    await steps.run(CycleStep.PACKAGE, 0, Piece, LocalWork(package, kind="release"))


def own(folder: Path, base: str, cycle_id: str, kill_at: int | None) -> None:
    """One owner's life: to the end, to a suspension, or to its own kill."""
    checkpoint = Checkpoints(kill_at, folder / "killed_at")
    store = Store(open_engine(sqlite_url(folder / "labelmate.db")), SystemClock(), checkpoint=checkpoint)
    asyncio.run(_own(LocalStore(store), folder, base, cycle_id, checkpoint))
    store.close()
    (folder / "boundaries").write_text("\n".join(checkpoint.names))


async def _own(store: LocalStore, folder: Path, base: str, cycle_id: str, checkpoint: Checkpoints) -> None:
    cycle = await store.read(cycles.cycle_by_id, cycle_id=cycle_id)
    claim = await store.write(
        artists.claim_artist, artist_id=cycle.artist_id, owner=str(os.getpid()), lease_s=30
    )
    await store.write(cycles.open_cycle, fence=claim.fence, cycle_id=cycle.id, claims_max=5)

    async def ask_fixer(fault, attempts):
        return diagnose(fault, attempts)

    steps = StepRunner(
        store,
        fence=claim.fence,
        cycle_id=cycle.id,
        caps=CAPS,
        lease_s=30,
        repairer=FixerDesk(store, ask_fixer, claim.fence),
        checkpoint=checkpoint,
    )
    with contextlib.suppress(Suspend):
        await walk(steps, base, folder)
        await steps.flush()
        await store.write(
            cycles.end_cycle,
            fence=claim.fence,
            cycle_id=cycle.id,
            outcome=Outcome.APPROVED,
            decided_by=DeciderKind.POLICY,
            reason="",
        )
    assert (await store.read(cycles.cycle_by_id, cycle_id=cycle_id)).state in {
        CycleState.ENDED,
        CycleState.PARKED,
    }


class NaiveSteps:
    """The control: remembers finished steps, and does the others again. What most scripts do."""

    def __init__(self, done: Path, checkpoint: Checkpoints) -> None:
        self._done = done
        self._checkpoint = checkpoint

    async def run(self, name, _revision, _output, work):
        done = self._done.read_text().split() if self._done.exists() else []
        if name in done:
            return
        self._checkpoint("intent")
        key = os.urandom(8).hex()
        match work:
            case BoughtWork():
                job_id = await work.submit(key)
                self._checkpoint("submitted")
                await work.collect(job_id)
            case SentWork():
                await work.send(key)
            case LocalWork():
                await work.make(0)
        self._checkpoint("made")
        self._done.write_text(" ".join([*done, name]))
        self._checkpoint("done")


def own_naively(folder: Path, base: str, _cycle_id: str, kill_at: int | None) -> None:
    """The control's owner."""
    checkpoint = Checkpoints(kill_at, folder / "killed_at")
    asyncio.run(walk(NaiveSteps(folder / "done", checkpoint), base, folder))  # type: ignore[arg-type]
    (folder / "boundaries").write_text("\n".join(checkpoint.names))
