"""What the supervisor's sweeps notice, and what they take away with time."""

import os
import time
from pathlib import Path

import pytest

from runtime.launch import Launch
from runtime.live import LiveSettings
from runtime.sweeps import CHUNK, Sweeps
from storage import approval_rows, audience, learning
from storage.store import LocalStore
from tests.storage.stage import Stage

TWO_DAYS_S = 2 * 86_400.0
BETWEEN_LOOKS_S = 15.0


def sweeps_of(stage: Stage, home: Path) -> Sweeps:
    store = LocalStore(stage.store)
    launch = Launch(home=home, label_id="lbl_test", build="test")
    return Sweeps(launch, store, LiveSettings(launch, store))


@pytest.mark.parametrize(
    ("away_s", "moved_s"),
    [(TWO_DAYS_S, TWO_DAYS_S), (60.0, 0.0), (0.0, 0.0)],
    ids=["asleep for two days", "a busy minute", "awake"],
)
async def test_deadlines_move_by_the_time_asleep(stage: Stage, home: Path, away_s: float, moved_s: float):
    looking = sweeps_of(stage, home)
    await looking._notice_sleep()
    asked = stage.ask(*stage.song())
    for slept_s in (0.0, away_s, 0.0):
        stage.clock.advance(seconds=BETWEEN_LOOKS_S + slept_s)
        await looking._notice_sleep()
    now = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    assert (now.overdue_at - asked.overdue_at).total_seconds() == pytest.approx(
        moved_s + (15 if moved_s else 0), abs=5
    )


async def test_deadlines_stand_still_while_the_label_is_down(stage: Stage, home: Path):
    await sweeps_of(stage, home)._notice_sleep()
    asked = stage.ask(*stage.song())
    stage.clock.advance(seconds=TWO_DAYS_S)
    await sweeps_of(stage, home)._notice_sleep()  # of the next start
    now = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    assert (now.overdue_at - asked.overdue_at).total_seconds() == pytest.approx(TWO_DAYS_S, abs=5)


async def test_what_is_asked_before_the_wake_is_noticed_does_not_gain_the_sleep(stage: Stage, home: Path):
    looking = sweeps_of(stage, home)
    await looking._notice_sleep()
    stage.clock.advance(seconds=TWO_DAYS_S)
    asked = stage.ask(*stage.song())
    stage.clock.advance(seconds=10.0)
    await looking._notice_sleep()
    now = stage.read(approval_rows.approval_by_id, approval_id=asked.id)
    assert (now.overdue_at - asked.overdue_at).total_seconds() == pytest.approx(10.0, abs=5)


async def test_uploads_and_junk_are_taken_away_with_time_and_not_before(stage: Stage, home: Path):
    sweeps = sweeps_of(stage, home)
    upload, junk = home / "scratch" / "upload-ab" / "recording", home / "quarantine" / "suno-12"
    for file in (upload, junk):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    await sweeps._clear_scratch()
    assert upload.exists()
    assert junk.exists()
    _age(upload.parent, hours=7)
    _age(junk, hours=7)
    await sweeps._clear_scratch()
    assert not upload.parent.exists()
    assert junk.exists()
    _age(junk, hours=31 * 24)
    await sweeps._clear_scratch()
    assert not junk.exists()


async def test_lent_numbers_leave_by_themselves_however_many_they_are(stage: Stage, home: Path):
    sweeps = sweeps_of(stage, home)
    (forgetting,) = (each for each in sweeps._sweeps if each.work == sweeps._forget_lent_numbers)
    fence, cycle = stage.song()
    told = {"artist_id": fence.artist_id, "cycle_id": cycle.id, "value": 7}
    for number in range(CHUNK + 1):
        stage.write(learning.observe, **told, source="youtube", metric=f"views {number}")
    stage.write(learning.observe, **told, source="distributor", metric="streams")
    await forgetting.work()
    assert len(stage.read(audience.receptions_of, artist_id=fence.artist_id, limit=999)) == CHUNK + 2
    stage.clock.advance(days=31)
    await forgetting.work()
    (kept,) = stage.read(audience.receptions_of, artist_id=fence.artist_id, limit=999)
    assert kept.source == "distributor"


def _age(path: Path, *, hours: float) -> None:
    then_s = time.time() - 3600 * hours
    os.utime(path, (then_s, then_s))
