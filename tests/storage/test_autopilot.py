"""The autopilot's switch and the numbers it flies by."""

from decimal import Decimal

import pytest

from storage import approvals, autopilot, outbox
from storage.artists import artist_by_id
from storage.errors import ConflictError
from storage.types import AutopilotPolicy, Outcome
from tests.storage.stage import PREVIEW, Stage

POLICY = AutopilotPolicy()


def throw(stage: Stage, artist_id: str, policy: AutopilotPolicy | None = POLICY):
    return stage.write(
        autopilot.set_autopilot, artist_id=artist_id, policy=policy, who="ann", surface="cli", reason="try it"
    )


def test_it_is_off_until_somebody_switches_it_on(stage: Stage):
    artist = stage.artist()
    assert (artist.autopilot, artist.autopilot_policy) == (False, None)
    on = throw(stage, artist.id)
    assert (on.autopilot, on.autopilot_policy) == (True, POLICY)
    assert throw(stage, artist.id, None).autopilot is False


def test_only_what_happened_since_counts(stage: Stage):
    fence, cycle = stage.song()
    stage.end(fence, cycle, Outcome.REJECTED)
    stage.clock.advance(seconds=1)
    throw(stage, fence.artist_id)
    assert stage.read(autopilot.flight, artist_id=fence.artist_id).rejections == 0
    stage.clock.advance(seconds=1)
    artist = stage.read(artist_by_id, artist_id=fence.artist_id)
    for outcome, decider in (
        (Outcome.REJECTED, "person"),
        (Outcome.REJECTED, "policy"),
        (Outcome.FAILED_INTERNAL, "policy"),
        (Outcome.FAILED_PROVIDER, "policy"),
    ):
        another = stage.cycle(artist)
        stage.end(fence, another, outcome, decided_by=decider)
    stage.begin(fence, stage.cycle(artist), cost="0.4")
    seen = stage.read(autopilot.flight, artist_id=artist.id)
    assert (seen.rejections, seen.errors, seen.spent_usd) == (1, 1, Decimal("0.4"))


def test_its_own_approvals_of_a_week_count_for_artist_and_label(stage: Stage):
    songs = [stage.song(name) for name in ("Amber", "Birch")]
    for fence, cycle in songs:
        asked = stage.ask(fence, cycle)
        stage.write(
            approvals.decide,
            approval_id=asked.id,
            outcome=Outcome.APPROVED,
            decided_by="autopilot",
            who="autopilot",
            surface="autopilot",
            undo_s=10.0,
        )
    seen = stage.read(autopilot.flight, artist_id=songs[0][0].artist_id)
    assert (seen.approvals_week, seen.label_approvals_week) == (1, 2)
    stage.clock.advance(days=8)
    later = stage.read(autopilot.flight, artist_id=songs[0][0].artist_id)
    assert (later.approvals_week, later.label_approvals_week) == (0, 0)


def test_when_it_switches_itself_off_the_owner_hears_of_it_once(stage: Stage):
    artist = stage.artist()
    throw(stage, artist.id)
    for _ in range(2):
        stage.write(autopilot.switch_off, artist_id=artist.id, reason="people rejected 2 songs")
    assert stage.read(artist_by_id, artist_id=artist.id).autopilot is False
    told = stage.write(outbox.claim_messages, kinds=("alert",), limit=9, claim_s=0.0)
    assert [message.payload["text"] for message in told] == ["Nova Rain: people rejected 2 songs"]


def test_of_two_who_approve_at_once_the_cap_lets_one(stage: Stage):
    songs = [stage.song(name) for name in ("Amber", "Birch")]
    asked = [stage.ask(fence, cycle) for fence, cycle in songs]
    for fence, _ in songs:
        throw(stage, fence.artist_id)
    approve = {"preview_sha256": PREVIEW, "label_per_week": 1, "reason": "good", "undo_s": 10.0}
    first = stage.write(autopilot.approve, approval_id=asked[0].id, **approve)
    assert (first.outcome, first.decided_by) == (Outcome.APPROVED, "autopilot")
    with pytest.raises(ConflictError, match="of this week were approved meanwhile"):
        stage.write(autopilot.approve, approval_id=asked[1].id, **approve)
