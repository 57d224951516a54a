"""Cycles: who is due, fairly; set aside, brought back, given up."""

from datetime import timedelta

import pytest

from storage import approvals, artists, cycles, events
from storage.cycles import DueCycle, Reviewing
from storage.errors import ConflictError, Fenced, NotFoundError
from storage.types import CycleState, LifecycleState, Outcome
from tests.storage.stage import Stage
from tests.storage.test_artists import age_leases

PATIENT = Reviewing(per_artist_max=100, per_label_max=1000)


def lease(
    stage: Stage, limit: int = 10, owner: str = "supervisor", reviewing: Reviewing = PATIENT
) -> list[DueCycle]:
    return stage.write(cycles.lease_due_cycles, owner=owner, limit=limit, lease_s=30, reviewing=reviewing)


def due(stage: Stage, **changes) -> list[str]:
    return [each.slug for each in lease(stage, **changes)]


def test_due_work_is_one_cycle_an_artist_and_longest_idle_first(stage: Stage):
    busy, idle, new = (stage.artist(name) for name in ("Busy", "Idle", "New"))
    for artist in (idle, busy):
        fence = stage.activate(artist, owner=artist.slug).fence
        cycle = stage.cycle(artist)
        stage.write(cycles.open_cycle, fence=fence, cycle_id=cycle.id, claims_max=5)
        stage.end(fence, cycle, Outcome.APPROVED)
        stage.clock.advance(hours=1)
    for artist in (busy, busy, busy, idle, new):
        stage.cycle(artist)
    assert due(stage, limit=2) == ["new", "idle"]
    assert due(stage) == ["busy"], (
        "its three queued songs wait for one another, and leased ones are not leased again"
    )
    assert due(stage) == []


def test_an_artist_with_many_queued_songs_does_not_hide_the_others(stage: Stage):
    eager, patient = stage.artist("Eager"), stage.artist("Patient")
    for _ in range(9):
        stage.cycle(eager)
    stage.cycle(patient)
    assert due(stage, limit=2) == ["eager", "patient"]


def test_racing_supervisors_lease_each_cycle_once(stage: Stage, open_stage):
    for number in range(12):
        stage.cycle(stage.artist(f"Artist {number}"))
    stages = [open_stage() for _ in range(3)]
    arguments = {"limit": 12, "lease_s": 30.0, "reviewing": PATIENT}
    jobs = [
        each.store.submit(cycles.lease_due_cycles, arguments | {"owner": f"s{number}"}, f"w{number}")
        for number, each in enumerate(stages)
    ]
    leased = [cycle.cycle_id for job in jobs for cycle in job.result(20)]
    assert sorted(leased) == sorted(set(leased))
    leased += [cycle.cycle_id for cycle in stage.write(cycles.lease_due_cycles, owner="last", **arguments)]
    assert len(set(leased)) == 12


def test_a_dead_owners_cycle_is_due_again_when_its_lease_runs_out(stage: Stage):
    _fence, cycle = stage.song()
    assert due(stage) == ["nova-rain"], "a running cycle that nobody holds"
    assert due(stage, owner="another") == []
    stage.write(cycles.renew_cycle_leases, owner="supervisor", cycle_ids=[cycle.id], lease_s=90)
    stage.write(age_leases, by_s=60)
    assert due(stage) == []
    stage.write(age_leases, by_s=60)
    assert due(stage) == ["nova-rain"]


def test_a_deferred_cycle_waits_for_its_time(stage: Stage):
    fence, cycle = stage.song()
    stage.write(
        cycles.suspend_cycle,
        fence=fence,
        cycle_id=cycle.id,
        state=CycleState.DEFERRED,
        reason="budget",
        due_in_s=60.0,
    )
    assert due(stage) == []
    stage.clock.advance(seconds=61)
    assert due(stage) == ["nova-rain"]


def test_a_waiting_cycle_is_due_when_its_decision_takes_effect(stage: Stage):
    fence, cycle = stage.song()
    approval = stage.ask(fence, cycle)
    stage.write(
        cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="asked"
    )
    assert due(stage) == []
    decided = stage.write(
        approvals.decide,
        approval_id=approval.id,
        outcome="approved",
        decided_by="person",
        who="ann",
        surface="cli",
        undo_s=10.0,
    )
    waiting = stage.read(cycles.cycle_by_id, cycle_id=cycle.id)
    assert waiting.due_at == decided.effective_at
    assert due(stage) == []
    stage.clock.advance(seconds=11)
    assert due(stage) == ["nova-rain"]


def test_a_paused_artist_makes_nothing_but_ends_what_is_cancelled(stage: Stage):
    artist = stage.artist()
    cycle = stage.cycle(artist)
    stage.write(
        artists.set_state, artist_id=artist.id, before="active", after="paused", trigger="pause", evidence=None, bound=None,
        reason="holiday", who="ann",
    )  # fmt: skip
    assert due(stage) == []
    stage.write(cycles.request_cancel, cycle_id=cycle.id, who="ann")
    assert due(stage) == ["nova-rain"]


def test_a_cycle_tells_when_it_began_in_aware_time_as_all_times_are(stage: Stage):
    _fence, cycle = stage.song()
    assert cycle.started_at is not None
    assert cycle.started_at.utcoffset() == timedelta(0)
    assert abs(cycle.started_at - cycle.created_at) < timedelta(minutes=1)


def test_starts_without_progress_park_a_cycle(stage: Stage):
    fence, cycle = stage.song()
    opening = {"fence": fence, "cycle_id": cycle.id, "claims_max": 3}
    states = [stage.write(cycles.open_cycle, **opening).state for _ in range(3)]
    assert states == [CycleState.RUNNING, CycleState.RUNNING, CycleState.PARKED]
    assert "without progress" in stage.read(cycles.cycle_by_id, cycle_id=cycle.id).reason
    stage.write(cycles.request_cancel, cycle_id=cycle.id, who="ann")
    assert due(stage) == ["nova-rain"], "somebody has to end it"


def test_an_ended_cycle_stays_ended(stage: Stage):
    fence, cycle = stage.song()
    stage.end(fence, cycle, Outcome.APPROVED)
    stage.end(fence, cycle, Outcome.REJECTED)
    ended = stage.read(cycles.cycle_by_id, cycle_id=cycle.id)
    assert (ended.state, ended.outcome, ended.decided_by) == ("ended", "approved", "person")
    assert (
        stage.write(cycles.open_cycle, fence=fence, cycle_id=cycle.id, claims_max=5).state == CycleState.ENDED
    )
    with pytest.raises(ConflictError, match="already ended: approved"):
        stage.write(cycles.request_cancel, cycle_id=cycle.id, who="ann")


def test_a_replaced_owner_cannot_touch_a_cycle(stage: Stage):
    fence, cycle = stage.song()
    stage.write(age_leases, by_s=31)
    stage.activate(stage.read(artists.artist_by_id, artist_id=fence.artist_id), "newer")
    with pytest.raises(Fenced):
        stage.end(fence, cycle, Outcome.APPROVED)
    with pytest.raises(Fenced):
        stage.write(cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="")


def test_the_retired_and_the_unknown_make_no_songs(stage: Stage):
    retired = stage.artist(state=LifecycleState.RETIRED)
    with pytest.raises(ConflictError, match="is retired"):
        stage.cycle(retired)
    with pytest.raises(NotFoundError):
        stage.cycle(retired.model_copy(update={"id": "art_none"}))
    with pytest.raises(NotFoundError, match="cycle list"):
        stage.read(cycles.cycle_by_id, cycle_id="cyc_none")


def test_times_are_the_labels_clock(stage: Stage):
    cycle = stage.cycle(stage.artist())
    assert abs(cycle.created_at - stage.clock.now()) < timedelta(seconds=30)
    assert cycle.created_at.year == 2026


def test_nothing_new_begins_while_an_artists_songs_are_undecided(stage: Stage):
    fence, cycle = stage.song("Asked")
    stage.ask(fence, cycle)
    stage.write(
        cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="asked"
    )
    asked = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    stage.cycle(asked)
    stage.cycle(stage.artist("Other"))
    assert due(stage, reviewing=Reviewing(per_artist_max=1, per_label_max=9)) == ["other"]
    assert due(stage, reviewing=Reviewing(per_artist_max=2, per_label_max=9)) == ["asked"]


def test_the_label_holds_no_more_songs_than_people_can_decide(stage: Stage):
    for number in range(5):
        stage.cycle(stage.artist(f"Artist {number}"))
    two = Reviewing(per_artist_max=9, per_label_max=2)
    assert len(due(stage, reviewing=two)) == 2
    assert due(stage, reviewing=two) == [], "those leased a moment ago count"


def test_what_has_begun_goes_on_however_much_is_undecided(stage: Stage):
    fence, cycle = stage.song("Decided")
    asked = stage.ask(fence, cycle)
    stage.write(
        cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="asked"
    )
    for name in ("New One", "New Two"):
        stage.cycle(stage.artist(name))
    stage.write(
        approvals.decide,
        approval_id=asked.id,
        outcome="approved",
        decided_by="person",
        who="ann",
        surface="cli",
        undo_s=0.0,
    )
    full = Reviewing(per_artist_max=1, per_label_max=0)
    assert due(stage, limit=1, reviewing=full) == ["decided"]
    cancelled = stage.cycle(stage.artist("Cancelled"))
    stage.write(cycles.request_cancel, cycle_id=cancelled.id, who="ann")
    assert due(stage, limit=1, reviewing=full) == ["cancelled"], "ending a song adds to nobody's pile"


def test_a_label_with_nothing_to_do_knows_it_without_a_write(stage: Stage):
    full = Reviewing(per_artist_max=9, per_label_max=0)
    assert not stage.read(cycles.is_work_due, reviewing=PATIENT)
    cycle = stage.cycle(stage.artist())
    assert stage.read(cycles.is_work_due, reviewing=PATIENT)
    assert not stage.read(cycles.is_work_due, reviewing=full), "people hold enough already"
    assert due(stage) == ["nova-rain"]
    assert not stage.read(cycles.is_work_due, reviewing=PATIENT)
    stage.write(cycles.request_cancel, cycle_id=cycle.id, who="ann")
    stage.write(cycles.drop_cycle_lease, owner="supervisor", cycle_id=cycle.id)
    assert stage.read(cycles.is_work_due, reviewing=full)


def test_followed_cycles_tell_their_own_events_and_whether_they_move(stage: Stage):
    fence, first = stage.song("First")
    second = stage.cycle(stage.artist("Second"))
    seen = stage.read(events.events_since, seq=0, cycle_ids=[first.id])
    assert [event.kind for event in seen] == ["cycle.queued", "cycle.started"]
    assert stage.read(cycles.can_go_on, cycle_ids=[first.id])
    stage.end(fence, first, Outcome.APPROVED)
    assert not stage.read(cycles.can_go_on, cycle_ids=[first.id])
    assert stage.read(cycles.can_go_on, cycle_ids=[first.id, second.id])
