"""Faults: one broken thing is one line, and people hear of it without being flooded."""

import pytest
from sqlalchemy import select

from storage import evidence, faults, fixes, outbox, tables
from storage.errors import ConflictError, NotFoundError, UsageError
from storage.faults import EVENTS_KEPT, GroupStatus
from storage.store import Tx
from tests.storage.stage import Stage

PRINT = "0123456789abcdef"


def fail(stage: Stage, fingerprint: str = PRINT, **changes):
    fault = {
        "fingerprint": fingerprint,
        "code": "render",
        "title": "ffmpeg ended with 1",
        "message": "m",
        "trace": "a:b\nc:d",
    }
    return stage.write(faults.record_fault, **fault | changes)


def told(stage: Stage) -> list[int]:
    messages = stage.write(outbox.claim_messages, kinds=("error_group",), limit=99, claim_s=0.0)
    return sorted(int(str(message.payload["count"])) for message in messages)


def test_people_hear_of_a_new_fault_and_of_each_fifth_repeat(stage: Stage):
    counts = [fail(stage)[1] for _ in range(12)]
    assert counts == list(range(12))
    assert told(stage) == [1, 6, 11]
    (group,) = stage.read(faults.list_groups)
    assert (group.count, group.code, group.status) == (12, "render", GroupStatus.OPEN)


def test_the_latest_occurrences_are_kept_and_all_are_counted(stage: Stage):
    for number in range(EVENTS_KEPT + 5):
        fail(stage, message=str(number))
        stage.clock.advance(seconds=1)
    report = stage.read(faults.show_group, fingerprint=PRINT)
    assert report.group.count == EVENTS_KEPT + 5
    assert [event.message for event in report.events] == [
        str(EVENTS_KEPT + 4 - number) for number in range(EVENTS_KEPT)
    ]


def test_a_resolved_fault_that_comes_back_is_open_again_and_told(stage: Stage):
    fail(stage)
    assert stage.write(faults.resolve_group, fingerprint=PRINT, who="ann").resolved_by == "ann"
    assert stage.read(faults.list_groups) == []
    assert stage.read(faults.open_group_count) == 0
    group, repeats = fail(stage)
    assert (group.status, group.resolved_by, repeats) == (GroupStatus.OPEN, None, 1)
    assert told(stage) == [1, 2]


def test_a_dismissed_fault_is_counted_in_silence(stage: Stage):
    fail(stage)
    stage.write(faults.dismiss_group, fingerprint=PRINT, who="ann")
    for _ in range(10):
        fail(stage)
    assert told(stage) == [1]
    assert stage.read(faults.group_by_fingerprint, fingerprint=PRINT).count == 11
    with pytest.raises(ConflictError, match="dismissed already, by ann"):
        stage.write(faults.dismiss_group, fingerprint=PRINT, who="bob")
    assert stage.write(faults.resolve_group, fingerprint=PRINT, who="bob").resolved_by == "bob"


def test_a_group_may_be_named_by_its_beginning(stage: Stage):
    fail(stage)
    fail(stage, "01ffffffffffffff")
    assert stage.read(faults.group_by_fingerprint, fingerprint="0123").fingerprint == PRINT
    for wrong in ("01", "ff", "0%"):
        with pytest.raises(NotFoundError, match="error list"):
            stage.read(faults.group_by_fingerprint, fingerprint=wrong)
    assert [each.fingerprint[:3] for each in stage.read(faults.list_groups, status=None, limit=1, offset=1)]


def test_racing_stores_make_one_group(stage: Stage, open_stage):
    stages = [open_stage() for _ in range(4)]
    fault = {"fingerprint": PRINT, "code": "c", "title": "t", "message": "m", "trace": ""}
    jobs = [each.store.submit(faults.record_fault, fault, f"w{number}") for number, each in enumerate(stages)]
    assert sorted(job.result(20)[1] for job in jobs) == [0, 1, 2, 3]
    assert stage.read(faults.group_by_fingerprint, fingerprint=PRINT).count == 4


def artists_in(tx: Tx) -> list[str | None]:
    """Whose occurrences of the group are kept."""
    V = tables.error_events
    return list(tx.connection.execute(select(V.c.artist_id).where(V.c.fingerprint == PRINT)).scalars())


def test_an_artists_fault_is_known_until_it_is_resolved_whoever_else_runs_into_it(stage: Stage):
    first, second = stage.artist("First"), stage.artist("Second")

    def open_faults(artist) -> int:
        seen = stage.read(evidence.lifecycle_evidence, artist_id=artist.id, window=evidence.Window(days=30))
        return seen.evidence.open_faults

    for _ in range(2):
        fail(stage, artist_id=first.id)
    fail(stage, "ff" * 8, artist_id=first.id)
    for _ in range(2 * EVENTS_KEPT):
        stage.clock.advance(seconds=1)
        fail(stage, artist_id=second.id)
        fail(stage)
    assert (open_faults(first), open_faults(second)) == (2, 1)
    kept = stage.read(artists_in)
    assert (len(kept), kept.count(first.id)) == (EVENTS_KEPT + 1, 1), "no more is kept than is asked for"
    assert len(stage.read(faults.show_group, fingerprint=PRINT).events) == EVENTS_KEPT
    stage.write(faults.dismiss_group, fingerprint=PRINT, who="ann")
    assert open_faults(first) == 2, "what nobody wants to hear of is not mended"
    stage.write(faults.resolve_group, fingerprint=PRINT, who="ann")
    assert (open_faults(first), open_faults(second)) == (1, 0)


def test_fixes_of_a_step_are_tried_in_order_and_closed_together(stage: Stage):
    fail(stage)
    place = {"cycle_id": "cyc_1", "step": "film"}
    for action in ("retry", "rerender"):
        stage.write(fixes.open_fix, fingerprint=PRINT, action=action, reason="because", **place)
    other = stage.write(
        fixes.open_fix, fingerprint=PRINT, action="retry", reason="r", cycle_id="cyc_2", step="film"
    )
    assert [fix.action for fix in stage.read(fixes.fixes_of_cycle, cycle_id="cyc_1")] == ["retry", "rerender"]
    assert stage.write(fixes.close_fixes, **place, status="worked") == 2
    assert stage.write(fixes.close_fixes, **place, status="failed") == 0, "an ended fix stays as it ended"
    assert stage.write(fixes.close_fix, fix_id=other.id, status="reverted").status == "reverted"
    assert {fix.status for fix in stage.read(faults.show_group, fingerprint=PRINT).fixes} == {
        "worked",
        "reverted",
    }
    with pytest.raises(UsageError, match="worked, failed or reverted"):
        stage.write(fixes.close_fix, fix_id=other.id, status="done")
    with pytest.raises(NotFoundError):
        stage.write(fixes.close_fix, fix_id="fix_none", status="failed")
