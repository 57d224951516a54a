"""Patches: one at a time for a fault, each move by whoever was first, and what a fault's return says of one."""

from datetime import timedelta

import pytest

from storage import faults, outbox, patches
from storage.errors import ConflictError, NotFoundError
from storage.faults import GroupStatus
from storage.patches import PatchedFile, Tried
from tests.storage.stage import Stage

PRINT = "0123456789abcdef"
FILES = (PatchedFile(path="agents/x.py", before="a = 1\r\n", after="a = 2\r\n"),)
PROPOSED = Tried(
    status="proposed", reason="count again", cause="off by one", source="local:m1", tree="/tree", tree_sha256="ab",
    files=FILES, diff="-a\n+b\n", result="passed", tests=("tests/x.py",), output="1 passed", took_s=1.5,
)  # fmt: skip


def fail(stage: Stage, fingerprint: str = PRINT, code: str = "bug", **more):
    fault = {"fingerprint": fingerprint, "code": code, "title": "KeyError: 'x'", "message": "m", "trace": "t"}
    return stage.write(faults.record_fault, **fault | more)


def proposed(stage: Stage) -> patches.Patch:
    fail(stage)
    asked = stage.write(patches.ask_patch, fingerprint=PRINT, who="ann")
    return stage.write(patches.record_trial, fix_id=asked.id, tried=PROPOSED)


def applied(stage: Stage) -> patches.Patch:
    patch = proposed(stage)
    stage.write(patches.begin_apply, fix_id=patch.id, who="ann")
    return stage.write(patches.end_apply, fix_id=patch.id)


def told(stage: Stage) -> list[str]:
    messages = stage.write(outbox.claim_messages, kinds=("alert",), limit=99, claim_s=0.0)
    return [str(message.payload["text"]) for message in messages]


def test_a_proposal_is_kept_whole_and_told(stage: Stage):
    patch = proposed(stage)
    kept = stage.read(patches.find_patch, ref=patch.id)
    assert kept == patch
    assert (kept.files, kept.tests, kept.asked_by, kept.status) == (FILES, ("tests/x.py",), "ann", "proposed")
    assert any(f"labelmate error diff {patch.id}" in line for line in told(stage))
    (fix,) = stage.read(faults.show_group, fingerprint=PRINT).fixes
    assert (fix.id, fix.action, fix.status) == (patch.id, "patch", "proposed")
    assert stage.read(patches.find_patch, ref=PRINT[:6]).id == patch.id
    for wrong in ("", "fix_zzz", "%"):
        with pytest.raises(NotFoundError):
            stage.read(patches.find_patch, ref=wrong)


def test_a_fault_has_one_patch_at_a_time(stage: Stage):
    patch = proposed(stage)
    with pytest.raises(ConflictError, match="proposed already"):
        stage.write(patches.ask_patch, fingerprint=PRINT, who="bob")
    stage.write(patches.discard_patch, fix_id=patch.id, who="ann")
    again = stage.write(patches.ask_patch, fingerprint=PRINT, who="bob")
    assert stage.read(patches.find_patch, ref=PRINT).id == again.id
    assert [each.status for each in stage.read(patches.patches_of, fingerprint=PRINT)] == [
        "asked",
        "discarded",
    ]


def test_of_two_who_apply_one_does(stage: Stage, open_stage):
    patch = proposed(stage)
    stages = [open_stage() for _ in range(3)]
    jobs = [
        each.store.submit(patches.begin_apply, {"fix_id": patch.id, "who": f"p{number}"}, f"w{number}")
        for number, each in enumerate(stages)
    ]
    ended = [job.exception(20) for job in jobs]
    assert sum(error is None for error in ended) == 1
    assert all(isinstance(error, ConflictError) for error in ended if error is not None)


def test_each_move_only_from_where_it_starts(stage: Stage):
    patch = proposed(stage)
    for move, more in (
        (patches.end_apply, {}),
        (patches.begin_revert, {"who": "ann"}),
        (patches.end_revert, {}),
        (patches.record_trial, {"tried": PROPOSED}),
    ):
        with pytest.raises(ConflictError, match="is proposed"):
            stage.write(move, fix_id=patch.id, **more)
    stage.write(patches.begin_apply, fix_id=patch.id, who="ann")
    assert stage.write(patches.drop_apply, fix_id=patch.id, reason="full disk").status == "proposed"


def test_code_from_before_the_patch_says_nothing_of_it(stage: Stage):
    before = stage.clock.now()
    applied(stage)
    stage.write(faults.resolve_group, fingerprint=PRINT, who="ann")
    stage.clock.advance(minutes=5)
    for code_at in (before, None):
        group, _ = fail(stage, code_at=code_at)
        assert group.status is GroupStatus.RESOLVED, "counted in silence until the restart"
    assert stage.read(patches.find_patch, ref=PRINT).status == "applied"


def test_a_fault_that_returns_in_the_patched_code_ends_the_patch(stage: Stage):
    patch = applied(stage)
    stage.write(faults.resolve_group, fingerprint=PRINT, who="ann")
    stage.clock.advance(minutes=5)
    group, _ = fail(stage, code_at=stage.clock.now())
    assert group.status is GroupStatus.OPEN
    assert [each.id for each in stage.read(patches.patches_in, statuses=("returned",))] == [patch.id]
    fail(stage, code_at=stage.clock.now())  # once is enough
    stage.write(patches.begin_revert, fix_id=patch.id, who="label")
    ended = stage.write(patches.end_revert, fix_id=patch.id)
    assert (ended.status, ended.reverted_by) == ("reverted", "label")
    assert "taken back by label" in told(stage)[-1]


def test_one_that_cannot_be_taken_back_waits_for_a_person(stage: Stage):
    patch = applied(stage)
    stage.write(patches.begin_revert, fix_id=patch.id, who="label")
    stage.write(patches.drop_revert, fix_id=patch.id, reason="agents/x.py was changed")
    stage.clock.advance(minutes=5)
    fail(stage, code_at=stage.clock.now())
    assert stage.read(patches.patches_in, statuses=("returned",)) == [], "it is told once, not at every fault"
    assert stage.write(patches.begin_revert, fix_id=patch.id, who="ann").status == "reverting"


def test_a_fault_that_stays_away_proves_its_patch(stage: Stage):
    patch = applied(stage)
    assert stage.write(patches.end_watches) == 0
    stage.clock.advance(days=8)
    assert stage.write(patches.end_watches) == 1
    assert stage.read(patches.patch_by_id, fix_id=patch.id).status == "worked"


def test_only_bugs_that_were_never_tried_are_asked_for(stage: Stage):
    fail(stage, "11" * 8)
    for _ in range(2):
        fail(stage, "22" * 8)
    fail(stage, "33" * 8, code="provider_unavailable")
    fail(stage, "44" * 8)
    stage.write(faults.dismiss_group, fingerprint="44" * 8, who="ann")
    assert stage.read(patches.unpatched_bugs, limit=9) == ["22" * 8, "11" * 8]
    since = stage.clock.now() - timedelta(days=1)
    assert stage.read(patches.asked_since, since=since) == 0
    stage.write(patches.ask_patch, fingerprint="22" * 8, who="label")
    assert stage.read(patches.unpatched_bugs, limit=9) == ["11" * 8]
    assert stage.read(patches.asked_since, since=since) == 1
