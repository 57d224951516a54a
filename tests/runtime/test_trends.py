"""Reading the sources: a cache, a breaker, a budget and a ledger, each a row."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from configs.settings import Settings
from runtime.trends import refresh, trends_now
from storage import tables, trends
from storage.errors import ProviderRefusedError, ProviderUnavailableError
from storage.ledger import spent
from storage.store import LocalStore, Tx
from tests.agents.trends.world import open_world
from tests.storage.stage import CAPS, Stage


def settings(home, **changes) -> Settings:
    return Settings.load(home, **{"trend_sources": "season,apple", "trend_countries": "DE,US", **changes})


@pytest.fixture
def world():
    with open_world() as there:
        yield there


async def test_what_was_read_is_not_read_again_while_it_is_fresh(stage: Stage, home, world):
    from agents.trends.apple import AppleCharts

    store, source = LocalStore(stage.store), AppleCharts(world.url)
    told = await refresh(store, settings(home), (source,))
    assert [(each.country, each.terms > 0) for each in told] == [("DE", True), ("US", True)]
    again = await refresh(store, settings(home), (source,))
    assert {each.why_not for each in again} == {"what is known is fresh"}
    assert len(world.asked) == 2
    stage.clock.advance(hours=25)
    await refresh(store, settings(home), (source,))
    assert len(world.asked) == 4
    found = await trends_now(store, settings(home))
    assert {"season", "apple"} == {source for trend in found for source in trend.sources}
    only_apple = await trends_now(store, settings(home, trend_sources="apple"))
    assert {trend.sources for trend in only_apple} == {("apple",)}
    assert await trends_now(store, settings(home, trend_sources="none")) == ()


async def test_a_failing_source_is_left_alone_and_what_it_said_stays(stage: Stage, home, world):
    from agents.trends.apple import AppleCharts

    store, source = LocalStore(stage.store), AppleCharts(world.url)
    one = settings(home, trend_countries="DE", trend_fresh_h=1)
    await refresh(store, one, (source,))
    world.instead = (503, b"{}", {})
    for _ in range(3):
        stage.clock.advance(hours=2)
        (told,) = await refresh(store, one, (source,))
        assert "503" in told.why_not
    asked = len(world.asked)
    (told,) = await refresh(store, one, (source,))
    assert told.why_not.startswith("left alone until")
    assert len(world.asked) == asked
    assert await trends_now(store, one)
    stage.clock.advance(hours=1.5)
    world.instead = None
    (told,) = await refresh(store, one, (source,))
    assert told.terms > 0
    (state,) = stage.read(trends.source_states)
    assert (state.failures, state.closed_until, state.error) == (0, None, None)


async def test_one_that_refuses_is_left_alone_for_a_day(stage: Stage, home, world):
    from agents.trends.apple import AppleCharts

    store, one = LocalStore(stage.store), settings(home, trend_countries="DE")
    world.instead = (403, b"{}", {})
    await refresh(store, one, (AppleCharts(world.url),))
    stage.clock.advance(hours=20)
    (told,) = await refresh(store, one, (AppleCharts(world.url),))
    assert told.why_not.startswith("left alone")


class Paid:
    """A source whose readings cost."""

    name, by_country, calls = "paid", False, 2

    def __init__(self, price_usd: Decimal | None, error: Exception | None = None, account: str = "") -> None:
        self.price_usd, self.error, self.account, self.read_times = price_usd, error, account, 0

    async def read(self, country: str, at: datetime):
        self.read_times += 1
        if self.error:
            raise self.error
        return ()


async def test_a_key_that_was_mended_is_tried_at_once_and_is_nowhere_kept(stage: Stage, home):
    store, one = LocalStore(stage.store), settings(home)
    refuses = ProviderRefusedError("Paid does not take the key; check PAID_KEY")
    (told,) = await refresh(store, one, (Paid(Decimal(0), refuses, "https://paid.example old-secret"),))
    assert "does not take" in told.why_not
    stage.clock.advance(hours=1)
    still = Paid(Decimal(0), refuses, "https://paid.example old-secret")
    (told,) = await refresh(store, one, (still,))
    assert (told.why_not.startswith("left alone until"), still.read_times) == (True, 0)
    wrong = Paid(Decimal(0), refuses, "https://paid.example other-secret")
    (told,) = await refresh(store, one, (wrong,))
    assert wrong.read_times == 1
    (state,) = stage.read(trends.source_states)
    assert state.failures == 1, "another key begins anew"
    mended = Paid(Decimal(0), account="https://paid.example new-secret")
    (told,) = await refresh(store, one, (mended,))
    assert (told.why_not, mended.read_times) == ("", 1)

    def kept(tx: Tx) -> str:
        return str(tx.connection.execute(select(tables.trend_sources)).all())

    assert "secret" not in stage.read(kept)


@pytest.mark.parametrize(
    ("price", "budget", "why"),
    [(None, 5, "nobody knows"), (Decimal("0.5"), 0.4, "BUDGET_DAILY_USD"), (Decimal("0.5"), 5, "")],
)
async def test_what_costs_goes_through_the_ledger(stage: Stage, home, price, budget, why):
    source = Paid(price)
    (told,) = await refresh(LocalStore(stage.store), settings(home, budget_daily_usd=budget), (source,))
    assert why in told.why_not
    assert source.read_times == (0 if why else 1)
    assert stage.read(spent, caps=CAPS).day_usd == (0 if why else price)


@pytest.mark.parametrize("error", [ProviderUnavailableError("gone"), ProviderRefusedError("no")])
async def test_a_paid_reading_that_failed_stays_charged(stage: Stage, home, error):
    await refresh(LocalStore(stage.store), settings(home), (Paid(Decimal("0.5"), error),))
    assert stage.read(spent, caps=CAPS).day_usd == Decimal("0.5")


async def test_calls_of_a_day_are_counted(stage: Stage, home):
    source = Paid(Decimal(0))
    store, few = LocalStore(stage.store), settings(home, trend_calls_per_day=3, trend_fresh_h=1)
    await refresh(store, few, (source,))
    stage.clock.advance(hours=2)
    (told,) = await refresh(store, few, (source,))
    assert "TREND_CALLS_PER_DAY (3)" in told.why_not
    stage.clock.advance(hours=24)
    (told,) = await refresh(store, few, (source,))
    assert told.why_not == ""


async def test_a_clock_set_back_reads_nothing_twice(stage: Stage, home):
    source = Paid(Decimal(0))
    store = LocalStore(stage.store)
    await refresh(store, settings(home), (source,))
    stage.clock.advance(days=-1)
    (told,) = await refresh(store, settings(home), (source,))
    assert told.why_not == "what is known is fresh"


async def test_a_reading_that_is_under_way_or_was_interrupted_is_not_bought_unseen(stage: Stage, home):
    store, source = LocalStore(stage.store), Paid(Decimal("0.5"))
    terms = trends.ReadingTerms(
        fresh_h=24, calls_per_day=9, calls=2, price_usd=Decimal("0.5"), caps=CAPS, account=""
    )
    begun = await store.write(trends.begin_reading, source="paid", country="", terms=terms)
    assert begun.purchase
    stage.clock.advance(seconds=60)
    (told,) = await refresh(store, settings(home), (source,))
    assert (told.why_not, source.read_times) == ("it is being read already", 0)
    stage.clock.advance(seconds=100)
    (told,) = await refresh(store, settings(home), (source,))
    assert (told.why_not, source.read_times) == ("", 1)
    rows = stage.read(lambda tx: tx.connection.execute(select(tables.spend.c.status)).scalars().all())
    assert sorted(rows) == ["settled", "unknown"]
