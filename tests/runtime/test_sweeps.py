"""What the supervisor's sweeps notice: a machine that was away moves deadlines, and nothing else does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from runtime import sweeps
from runtime.launch import Launch
from runtime.live import LiveSettings
from runtime.sweeps import Sweeps
from storage import approval_rows
from storage.clock import SystemClock
from storage.home import open_home
from storage.store import LocalStore, Store
from tests.homes import ready
from tests.storage.stage import Stage

START_S = 1_800_000_000.0
TWO_DAYS_S = 2 * 86_400.0
BETWEEN_LOOKS_S = 15.0


class Clock:
    """The wall clock as the sweeps see it."""

    now_s = START_S

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sweeps, "time", clock)
    return clock


@pytest.fixture
def stage(home: Path) -> Iterator[Stage]:
    opened = open_home(ready(home))
    store = Store(opened.engine, SystemClock())
    yield Stage(store, store.clock)  # type: ignore[arg-type] # no test here sets the clock forward
    store.close()
    opened.close()


@pytest.mark.parametrize(
    ("away_s", "moved_s"),
    [(TWO_DAYS_S, TWO_DAYS_S), (60.0, 0.0), (0.0, 0.0), (-TWO_DAYS_S, 0.0)],
    ids=["asleep for two days", "a busy minute", "awake", "the clock set back"],
)
async def test_deadlines_move_by_the_time_asleep(
    stage: Stage, home: Path, clock: Clock, away_s: float, moved_s: float
):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    launch = Launch(home=home, label_id="lbl_test", build="test")
    store = LocalStore(stage.store)
    looking = Sweeps(launch, store, LiveSettings(launch, store))
    for slept_s in (0.0, away_s, 0.0):
        clock.now_s += BETWEEN_LOOKS_S + slept_s
        await looking._notice_sleep()
    now = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    assert now.overdue_at - asked.overdue_at == timedelta(seconds=moved_s)
