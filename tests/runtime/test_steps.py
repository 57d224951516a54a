"""The step runner against a vendor that fails in every way: nothing is bought twice, nothing is given up."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import update

from agents.fixer import diagnose
from runtime.repair import FixerDesk
from runtime.signals import Suspend
from runtime.steps import JOB_PATIENCE_S, StepRunner
from runtime.work import BoughtWork, LocalWork, Made
from storage import label, ledger, steps, tables
from storage.artists import Fence
from storage.clock import SystemClock
from storage.cycles import Cycle
from storage.errors import (
    JobFailedError,
    ProviderError,
    ProviderRefusedError,
    ProviderUnavailableError,
    UnusableTakeError,
)
from storage.home import open_home
from storage.store import LocalStore, Store, Tx, write
from storage.types import CycleState, CycleStep, EffectPolicy, Frozen, StepStatus
from tests.homes import ready
from tests.storage.stage import CAPS, Stage

PRICE_USD = Decimal("0.10")


class Take(Frozen):
    job: str


class Vendor:
    """Sells jobs by key, and fails where a test says so: each list of errors is worked off in turn."""

    def __init__(self, policy: EffectPolicy = EffectPolicy.LOOKUP, name: str = "vendor") -> None:
        self.policy = policy
        self.name = name
        self.sold: list[str] = []
        self.collected: list[str] = []
        self.failing: dict[str, list[Exception]] = {"submit": [], "answer": [], "find": [], "collect": []}

    async def submit(self, key: str) -> str:
        self._fail("submit")
        if self.policy is not EffectPolicy.KEYED or key not in self.sold:
            self.sold.append(key)
        self._fail("answer")
        return f"job-{key}"

    async def find(self, key: str) -> str | None:
        self._fail("find")
        return f"job-{key}" if key in self.sold else None

    async def collect(self, job: str) -> Made[Take]:
        self._fail("collect")
        self.collected.append(job)
        return Made(Take(job=job), cost_usd=PRICE_USD)

    def _fail(self, where: str) -> None:
        if self.failing[where]:
            raise self.failing[where].pop(0)

    def work(self) -> BoughtWork[Take]:
        return BoughtWork(
            policy=self.policy,
            provider=self.name,
            worst_case_usd=PRICE_USD,
            submit=self.submit,
            collect=self.collect,
            find=self.find if self.policy is EffectPolicy.LOOKUP else None,
        )


class Song:
    """A running cycle, and runners over it as successive owners have them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.fence: Fence
        self.cycle: Cycle
        self.fence, self.cycle = stage.song()

    async def compose(self, *chain, checkpoint: Callable[[str], None] | None = None) -> Take:
        store = LocalStore(self.stage.store)

        async def ask_fixer(fault, attempts):
            return diagnose(fault, attempts)

        async def no_wait(_seconds: float) -> None:
            return None

        runner = StepRunner(
            store,
            fence=self.fence,
            cycle_id=self.cycle.id,
            caps=CAPS,
            lease_s=30,
            repairer=FixerDesk(store, ask_fixer, self.fence),
            sleep=no_wait,
            checkpoint=checkpoint,
        )
        taken = await runner.run(CycleStep.COMPOSE, 0, Take, *chain)
        await runner.flush()
        return taken

    @property
    def row(self) -> steps.StepRow:
        return self.stage.read(steps.steps_of, cycle_id=self.cycle.id)[-1]

    @property
    def spent_usd(self) -> Decimal:
        return self.stage.read(ledger.spent, caps=CAPS).day_usd


@pytest.fixture
def song(tmp_path: Path) -> Iterator[Song]:
    home = open_home(ready(tmp_path))
    store = Store(home.engine, SystemClock())
    yield Song(Stage(store, store.clock))  # type: ignore[arg-type] # no test here sets the clock forward
    store.close()
    home.close()


def gone(times: int) -> list[Exception]:
    return [ProviderUnavailableError("503") for _ in range(times)]


async def test_a_bought_job_is_asked_for_again_and_not_bought_again(song: Song):
    vendor = Vendor()
    vendor.failing["collect"] = gone(2)
    await song.compose(vendor.work())
    assert len(vendor.sold) == 1
    assert song.spent_usd == PRICE_USD


async def test_a_bought_job_outlasts_its_providers_outage(song: Song):
    vendor, other = Vendor(), Vendor(name="other")
    vendor.failing["collect"] = gone(4)
    with pytest.raises(Suspend, match="is asked for again") as aside:
        await song.compose(vendor.work(), other.work())
    assert aside.value.state is CycleState.DEFERRED
    assert (song.row.status, song.spent_usd) == (StepStatus.SUBMITTED, PRICE_USD)
    taken = await song.compose(vendor.work(), other.work())
    assert (taken.job, len(vendor.sold), other.sold) == (vendor.collected[0], 1, [])


@write
def begun_earlier(tx: Tx, *, by_s: float) -> None:
    S = tables.steps
    tx.connection.execute(update(S).values(submitted_at=tx.clock.now() - timedelta(seconds=by_s)))


async def test_a_job_that_never_ends_is_asked_about_after_a_day_and_not_bought_again(song: Song):
    vendor = Vendor()
    unfinished = Suspend(CycleState.DEFERRED, "not finished", 900.0)
    vendor.failing["collect"] = [unfinished, unfinished]  # type: ignore[list-item] # a signal, as purchases raise it
    with pytest.raises(Suspend, match="not finished") as aside:
        await song.compose(vendor.work())
    assert (aside.value.state, song.row.status) == (CycleState.DEFERRED, StepStatus.SUBMITTED)
    song.stage.write(begun_earlier, by_s=JOB_PATIENCE_S + 1)
    with pytest.raises(Suspend, match="over 24 h ago: look at vendor") as aside:
        await song.compose(vendor.work())
    assert (aside.value.state, song.row.status) == (CycleState.PARKED, StepStatus.UNKNOWN)
    assert len(vendor.sold) == 1
    assert song.spent_usd == PRICE_USD


async def test_our_own_fault_does_not_buy_again(song: Song):
    vendor = Vendor()
    vendor.failing["collect"] = [ValueError("our bug")]
    await song.compose(vendor.work())
    assert (len(vendor.sold), song.spent_usd) == (1, PRICE_USD)


async def test_a_job_that_its_provider_could_not_make_is_not_bought_again_by_itself(song: Song):
    vendor, other = Vendor(), Vendor(name="other")
    vendor.failing["collect"] = [JobFailedError("could not make it", job_id="opaque")]
    taken = await song.compose(vendor.work(), other.work())
    assert (len(vendor.sold), len(other.sold), song.spent_usd) == (1, 1, 2 * PRICE_USD)
    assert taken.job == other.collected[0]


@pytest.mark.parametrize("kind", [ProviderRefusedError, ProviderError, ValueError])
async def test_an_answer_that_says_nothing_of_the_job_leaves_it_standing(song: Song, kind: type[Exception]):
    vendor, other = Vendor(EffectPolicy.AT_MOST_ONCE), Vendor(name="other")
    for _ in range(2):
        vendor.failing["collect"] = [kind("an answer that makes no sense") for _ in range(4)]
        with pytest.raises(Suspend, match=r"job job-\w+ is asked for again") as aside:
            await song.compose(vendor.work(), other.work())
        assert (aside.value.state, song.row.status) == (CycleState.DEFERRED, StepStatus.SUBMITTED)
    vendor.failing["collect"] = []
    await song.compose(vendor.work(), other.work())
    assert (len(vendor.sold), other.sold, song.spent_usd) == (1, [], PRICE_USD)


async def test_what_was_bought_and_is_no_song_is_a_persons_to_judge(song: Song):
    vendor, other = Vendor(EffectPolicy.AT_MOST_ONCE), Vendor(name="other")
    vendor.failing["collect"] = [UnusableTakeError("3 s of silence (kept as quarantine/vendor-12)")]
    with pytest.raises(Suspend, match=r"quarantine/vendor-12.*buy again or cancel") as aside:
        await song.compose(vendor.work(), other.work())
    assert (aside.value.state, song.row.status) == (CycleState.PARKED, StepStatus.UNKNOWN)
    assert (len(vendor.sold), other.sold, song.spent_usd) == (1, [], PRICE_USD)


async def test_an_order_that_costs_nothing_leaves_nothing_in_doubt(song: Song):
    vendor, other = Vendor(EffectPolicy.KEYED, "free"), Vendor(name="other")
    vendor.failing["answer"] = [ConnectionResetError("the line went dead")]
    free = replace(vendor.work(), worst_case_usd=Decimal(0))
    with pytest.raises(Suspend, match="asked again"):
        await song.compose(free, other.work())
    vendor.failing["submit"] = [ProviderRefusedError("no")]
    await song.compose(free, other.work())
    assert (len(other.sold), song.spent_usd) == (1, PRICE_USD)


async def test_a_job_bought_again_has_a_day_of_its_own(song: Song):
    vendor = Vendor(EffectPolicy.AT_MOST_ONCE)
    unfinished = Suspend(CycleState.DEFERRED, "not finished", 900.0)
    vendor.failing["collect"] = [unfinished, unfinished, unfinished]  # type: ignore[list-item] # a signal
    with pytest.raises(Suspend, match="not finished"):
        await song.compose(vendor.work())
    song.stage.write(begun_earlier, by_s=JOB_PATIENCE_S + 1)
    with pytest.raises(Suspend, match="over 24 h ago"):
        await song.compose(vendor.work())
    song.stage.write(steps.resolve_parked, cycle_id=song.cycle.id, choice="buy_again", job_id=None, who="ann")
    with pytest.raises(Suspend, match=r"^not finished$") as aside:
        await song.compose(vendor.work())
    assert (aside.value.state, len(vendor.sold)) == (CycleState.DEFERRED, 2)


async def test_a_refusal_before_anything_was_bought_is_known(song: Song):
    vendor, other = Vendor(), Vendor(name="other")
    vendor.failing["submit"] = [ProviderRefusedError("no")]
    await song.compose(vendor.work(), other.work())
    assert (vendor.sold, len(other.sold), song.spent_usd) == ([], 1, PRICE_USD)


@pytest.mark.parametrize("policy", [EffectPolicy.KEYED, EffectPolicy.LOOKUP])
async def test_a_lost_answer_is_asked_for_under_the_same_key(song: Song, policy: EffectPolicy):
    vendor = Vendor(policy)
    vendor.failing["answer"] = [ConnectionResetError("the line went dead")]
    with pytest.raises(Suspend, match="asked again") as aside:
        await song.compose(vendor.work())
    assert (aside.value.state, song.row.status) == (CycleState.DEFERRED, StepStatus.INTENT)
    vendor.failing["find" if policy is EffectPolicy.LOOKUP else "submit"] = gone(1)
    with pytest.raises(Suspend, match="asked again"):
        await song.compose(vendor.work())
    await song.compose(vendor.work())
    assert (len(vendor.sold), song.spent_usd) == (1, PRICE_USD)


async def test_a_lost_answer_of_a_vendor_that_cannot_be_asked_parks(song: Song):
    vendor = Vendor(EffectPolicy.AT_MOST_ONCE)
    vendor.failing["answer"] = [ConnectionResetError("the line went dead")]
    with pytest.raises(Suspend) as aside:
        await song.compose(vendor.work())
    assert (aside.value.state, song.row.status) == (CycleState.PARKED, StepStatus.UNKNOWN)
    assert song.spent_usd == PRICE_USD


async def test_a_stop_between_the_intent_and_the_purchase_holds(song: Song):
    vendor = Vendor(EffectPolicy.AT_MOST_ONCE)

    def stop(boundary: str) -> None:
        if boundary == "intent":
            song.stage.write(label.stop_label, who="ann")

    with pytest.raises(Suspend, match="budget: The label is stopped"):
        await song.compose(vendor.work(), checkpoint=stop)
    assert (vendor.sold, song.spent_usd) == ([], 0)
    song.stage.write(label.resume_label, who="ann")
    await song.compose(vendor.work())
    assert (len(vendor.sold), song.spent_usd) == (1, PRICE_USD)


async def test_nobody_answers_for_the_job_of_a_provider_that_is_no_longer_chosen(song: Song):
    vendor, other = Vendor(), Vendor(name="other")
    vendor.failing["collect"] = gone(4)
    with pytest.raises(Suspend):
        await song.compose(vendor.work())
    with pytest.raises(Suspend, match="MUSIC_PROVIDERS no longer names") as aside:
        await song.compose(other.work())
    assert (aside.value.state, other.collected, other.sold) == (CycleState.PARKED, [], [])


async def test_a_purchase_in_place_of_local_work_reserves_its_price(song: Song):
    async def interrupted(_variation: int) -> Made[Take]:
        raise Suspend(CycleState.DEFERRED, "the process ended here")

    with pytest.raises(Suspend):
        await song.compose(LocalWork(interrupted, kind="music"))
    vendor = Vendor(EffectPolicy.AT_MOST_ONCE)
    vendor.failing["collect"] = gone(4)
    with pytest.raises(Suspend):
        await song.compose(vendor.work())
    assert (len(vendor.sold), song.spent_usd) == (1, PRICE_USD)
