"""Money: no cap is passed, however many ask at once, and nobody is told twice."""

import contextlib
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from storage import label, ledger, outbox, tables
from storage.clock import SystemClock
from storage.database import open_engine
from storage.errors import BudgetExceededError
from storage.ledger import Caps
from storage.store import Store, Tx, write
from storage.types import CycleState
from tests.processes import forked
from tests.storage.stage import CAPS, Stage


@write
def reserve(tx: Tx, *, key: str, usd: str, caps: Caps = CAPS, artist_id: str = "art_1") -> None:
    ledger.reserve(
        tx,
        key=key,
        artist_id=artist_id,
        cycle_id="cyc_1",
        step="compose",
        provider="suno",
        worst_case_usd=Decimal(usd),
        caps=caps,
    )


@write
def settle(tx: Tx, *, key: str, usd: str) -> None:
    ledger.settle(tx, key=key, cost_usd=Decimal(usd))


def reserved_in_all(tx: Tx) -> Decimal:
    return tx.connection.execute(select(func.sum(tables.spend.c.reserved_usd))).scalar_one()


def day_usd(stage: Stage, caps: Caps = CAPS) -> Decimal:
    return stage.read(ledger.spent, caps=caps).day_usd


def test_reservations_count_until_they_are_settled(stage: Stage):
    stage.write(reserve, key="a", usd="3")
    assert day_usd(stage) == 3
    stage.write(settle, key="a", usd="0.5")
    assert day_usd(stage) == Decimal("0.5")


def test_the_last_cent_may_be_spent_and_no_more(stage: Stage):
    stage.write(reserve, key="a", usd="4.999999")
    stage.write(reserve, key="b", usd="0.000001")
    with pytest.raises(BudgetExceededError, match="BUDGET_DAILY_USD"):
        stage.write(reserve, key="c", usd="0.000001")
    assert day_usd(stage) == 5


def spend_all_it_may(database_url: str, number: int) -> int:
    """One of several processes: how many reservations it was granted."""
    store, granted = Store(open_engine(database_url), SystemClock()), 0
    try:
        for turn in range(4):
            asked = {"key": f"{number}/{turn}", "usd": "0.3", "artist_id": f"art_{number}"}
            with contextlib.suppress(BudgetExceededError):
                store.submit(reserve, asked, f"{number}/{turn}").result(60)
                granted += 1
    finally:
        store.close()
    return granted


def test_eight_processes_that_race_for_one_budget_never_overspend(stage: Stage, database_url: str):
    with ProcessPoolExecutor(8, mp_context=forked) as processes:
        granted = list(processes.map(spend_all_it_may, [database_url] * 8, range(8)))
    assert sum(granted) == 16, "16 × 0.30 = 4.80 of 5.00"
    assert stage.read(reserved_in_all) == Decimal("4.8")


def test_the_month_has_a_cap_of_its_own(stage: Stage):
    caps = Caps(daily_usd=Decimal(5), monthly_usd=Decimal(8))
    stage.write(reserve, key="a", usd="5", caps=caps)
    stage.clock.advance(days=1)
    with pytest.raises(BudgetExceededError, match="BUDGET_MONTHLY_USD"):
        stage.write(reserve, key="b", usd="5", caps=caps)
    stage.write(reserve, key="b", usd="3", caps=caps)
    stage.clock.advance(days=31)
    stage.write(reserve, key="c", usd="5", caps=caps)


def test_a_day_begins_in_the_labels_time_zone(stage: Stage):
    berlin = Caps(daily_usd=Decimal(5), monthly_usd=Decimal(50), timezone="Europe/Berlin")
    stage.clock._epoch = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
    stage.write(reserve, key="a", usd="5", caps=berlin)
    assert stage.read(ledger.spent, caps=berlin).day == "2026-03-28"
    assert ledger.next_day(stage.clock.now(), berlin) == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    stage.clock.advance(minutes=31)
    stage.write(reserve, key="b", usd="5", caps=berlin)
    assert stage.read(ledger.spent, caps=berlin).day == "2026-03-29"
    assert ledger.next_day(stage.clock.now(), berlin) == datetime(2026, 3, 29, 22, 0, tzinfo=UTC), (
        "summer time has begun"
    )


def test_a_stopped_label_buys_nothing_until_it_is_resumed(stage: Stage):
    stage.write(label.stop_label, who="ann")
    with pytest.raises(BudgetExceededError, match="stopped"):
        stage.write(reserve, key="a", usd="0.1")
    stage.write(label.resume_label, who="ann")
    stage.write(reserve, key="a", usd="0.1")


def test_at_eighty_percent_people_are_told_once(stage: Stage):
    stage.write(reserve, key="a", usd="3.9")
    assert _messages(stage) == []
    stage.write(reserve, key="b", usd="0.1")
    stage.write(reserve, key="c", usd="0.5")
    assert _messages(stage) == ["budget/day/2026-01-01"]
    stage.clock.advance(days=1)
    stage.write(reserve, key="d", usd="5")
    assert _messages(stage) == ["budget/day/2026-01-01", "budget/day/2026-01-02"]


def _messages(stage: Stage) -> list[str]:
    sent = stage.write(outbox.claim_messages, kinds=("budget_warning",), limit=9, claim_s=0.0)
    return sorted(message.dedupe_key for message in sent)


def test_an_artist_keeps_its_part_while_others_wait_for_money(stage: Stage):
    from storage import cycles

    fence, cycle = stage.song("Waiting")
    stage.write(reserve, key="a", usd="2", artist_id="art_rich")
    stage.write(
        cycles.suspend_cycle,
        fence=fence,
        cycle_id=cycle.id,
        state=CycleState.DEFERRED,
        reason="budget: later",
        due_in_s=60.0,
    )
    with pytest.raises(BudgetExceededError, match="others wait"):
        stage.write(reserve, key="b", usd="1", artist_id="art_rich")
    stage.write(reserve, key="c", usd="2.5", artist_id=fence.artist_id)
    stage.write(reserve, key="d", usd="0.5", artist_id="art_rich")


def test_a_repeat_of_a_reservation_is_not_charged_twice(stage: Stage):
    for _ in range(2):
        stage.store.submit(reserve, {"key": "a", "usd": "3"}, "the same write").result(10)
    assert day_usd(stage) == 3
    assert stage.read(_rows) == 1


def _rows(tx: Tx) -> int:
    return tx.connection.execute(select(func.count()).select_from(tables.spend)).scalar_one()
