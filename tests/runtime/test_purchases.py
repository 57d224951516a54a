"""A purchase over a real connection that breaks: what was charged is found by asking, and is bought once."""

import json
import urllib.request
from pathlib import Path

import pytest
import testvendor

from agents.music.protocol import JobState
from runtime.signals import Suspend
from runtime.work import BoughtWork, Made
from storage.errors import OutcomeUnknownError, ProviderRefusedError, ProviderUnavailableError
from storage.types import CycleState, StepStatus
from tests.agents.music.songs import order_of
from tests.runtime import vendor
from tests.runtime.test_steps import PRICE_USD, Song, Take, song

__all__ = ["song"]
pytestmark = pytest.mark.slow
ORDER = order_of()


def order(base: str, *faults: int) -> None:
    """The vendor's next submissions fail like this."""
    request = urllib.request.Request(f"{base}/faults", data=json.dumps(faults).encode(), method="POST")
    urllib.request.urlopen(request, timeout=5).close()


def bought(shop: testvendor.TestVendor, folder: Path) -> BoughtWork[Take]:
    async def submit(key: str) -> str:
        return (await shop.submit(ORDER, key, folder)).id

    async def collect(job: str) -> Made[Take]:
        while (await shop.poll(job)).state is not JobState.READY:
            pass
        (take,) = await shop.fetch(job, folder)
        assert take.path.stat().st_size > 0
        return Made(Take(job=job), cost_usd=PRICE_USD)

    return BoughtWork(
        policy=shop.policy, provider=shop.name, worst_case_usd=PRICE_USD, submit=submit, collect=collect, find=shop.find
    )  # fmt: skip


@pytest.mark.parametrize("fault", [vendor.HANGS_UP, vendor.IS_SLOW], ids=["hangs up", "is slow"])
async def test_charged_without_an_answer(song: Song, vendor_at: tuple[str, Path], tmp_path: Path, fault: int):
    base, books = vendor_at
    order(base, fault)
    shop = testvendor.TestVendor(base, patience_s=vendor.SLOW_S / 2)
    work = bought(shop, tmp_path)
    with pytest.raises(Suspend, match="asked again") as aside:
        await song.compose(work)
    assert (aside.value.state, song.row.status) == (CycleState.DEFERRED, StepStatus.INTENT)
    assert song.spent_usd == PRICE_USD, "its reservation stays"
    shop.patience_s = 30.0
    taken = await song.compose(work)
    assert [charge["job"] for charge in json.loads(books.read_text())] == [taken.job]
    assert song.spent_usd == PRICE_USD


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (503, ProviderUnavailableError),
        (429, ProviderUnavailableError),
        (400, ProviderRefusedError),
        (500, OutcomeUnknownError),
    ],
)
async def test_what_an_answer_tells_of_the_money(
    vendor_at: tuple[str, Path], fault: int, told: type, tmp_path: Path
):
    base, books = vendor_at
    order(base, fault)
    with pytest.raises(told):
        await testvendor.TestVendor(base).submit(ORDER, "key", tmp_path)
    assert json.loads(books.read_text()) == []


async def test_where_nobody_listens_nothing_was_bought(tmp_path: Path):
    with pytest.raises(ProviderUnavailableError, match="cannot be reached"):
        await testvendor.TestVendor("http://127.0.0.1:1").submit(ORDER, "key", tmp_path)
