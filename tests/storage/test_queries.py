"""What people and the lifecycle read: sums that must agree with the rows they come from."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from storage import approvals, artists, cycles, faults, label, ledger, queries
from storage.cycles import Cycle, Reviewing
from storage.errors import ConflictError, NotFoundError
from storage.evidence import Window, evidence_page
from storage.open_days import note_open_day
from storage.store import Tx
from storage.types import CycleState, CycleStep, Genes, LifecycleState, Outcome
from tests.storage.stage import CAPS, Stage, asset, persona


def test_a_cycle_is_shown_whole(stage: Stage):
    fence, cycle = stage.song()
    stage.begin(fence, cycle, CycleStep.PLAN)
    stage.finish(fence, cycle, CycleStep.PLAN)
    stage.begin(fence, cycle, cost="0.4")
    stage.finish(fence, cycle, assets=[asset("aa")], cost="0.25")
    stage.begin(fence, cycle, CycleStep.FILM, cost="1")
    asked = stage.ask(fence, cycle)
    shown = stage.read(queries.cycle_overview, cycle_id=cycle.id)
    assert [step.name for step in shown.steps] == ["plan", "compose", "film"]
    assert (shown.cost_usd, shown.approval, shown.release) == (Decimal("1.25"), asked, None)
    assert (shown.artist.slug, [each.sha256[:2] for each in shown.assets]) == ("nova-rain", ["aa"])


def test_cycles_are_listed_and_found(stage: Stage):
    fence, first = stage.song("One")
    stage.begin(fence, first, CycleStep.PLAN)
    stage.finish(fence, first, CycleStep.PLAN, output='{"title": "Slow Rain"}')
    stage.end(fence, first, Outcome.REJECTED, decided_by="policy")
    stage.clock.advance(seconds=5)
    second = stage.cycle(stage.artist("Two"))
    lines = stage.read(queries.list_cycles)
    assert [(line.cycle.id, line.title) for line in lines] == [(second.id, None), (first.id, "Slow Rain")]
    assert [line.artist_slug for line in stage.read(queries.list_cycles, states=(CycleState.QUEUED,))] == [
        "two"
    ]
    assert [line.cycle.id for line in stage.read(queries.list_cycles, artist_id=fence.artist_id)] == [
        first.id
    ]
    assert stage.read(queries.find_cycle, ref=f" {second.id.upper()} ").id == second.id
    assert stage.read(queries.find_cycle, ref=second.id.removeprefix("cyc_")[:-2]).id == second.id
    with pytest.raises(ConflictError, match="fits several"):
        stage.read(queries.find_cycle, ref="cyc_")
    for ref in ("", "nothing", "%"):
        with pytest.raises(NotFoundError):
            stage.read(queries.find_cycle, ref=ref)


def test_the_roster_sums_what_each_artist_did(stage: Stage):
    for name, outcomes in (("Amber", ["approved", "rejected", "expired"]), ("Birch", ["approved"])):
        artist = stage.artist(name)
        fence = stage.activate(artist, name).fence
        for outcome in outcomes:
            cycle = stage.cycle(artist)
            stage.begin(fence, cycle, cost="0.5")
            stage.finish(fence, cycle, cost="0.1")
            stage.end(fence, cycle, Outcome(outcome))
    stage.cycle(artist)
    stage.artist("Cedar")
    rows = stage.read(queries.roster)
    assert [
        (row.slug, row.songs, row.approved, row.rejected, row.in_the_making, row.spent_usd) for row in rows
    ] == [
        ("amber", 3, 1, 1, 0, Decimal("0.3")),
        ("birch", 1, 1, 0, 1, Decimal("0.1")),
        ("cedar", 0, 0, 0, 0, Decimal(0)),
    ]
    assert [row.slug for row in stage.read(queries.roster, limit=1, after_slug="amber")] == ["birch"]
    assert rows[0].autopilot is False


def test_the_status_counts_what_is_open(stage: Stage):
    running = stage.song("Running")
    waiting = stage.song("Waiting")
    stage.ask(*waiting, deadline_h=1)
    stage.write(
        cycles.suspend_cycle,
        fence=waiting[0],
        cycle_id=waiting[1].id,
        state=CycleState.WAITING,
        reason="asked",
    )
    ended = stage.song("Ended")
    stage.end(*ended, Outcome.APPROVED)
    stage.cycle(stage.artist("Queued"))
    stage.begin(*running, cost="0.75")
    stage.write(faults.record_fault, fingerprint="f" * 16, code="c", title="t", message="m", trace="")
    stage.clock.advance(hours=2)
    status = stage.read(queries.label_status, caps=CAPS)
    assert status.cycles == {"queued": 1, "running": 1, "waiting": 1, "parked": 0, "deferred": 0}
    assert status.artists[LifecycleState.ACTIVE] == 4
    assert (status.undecided, status.overdue, status.open_error_groups, status.is_stopped) == (1, 1, 1, False)
    assert status.spent == stage.read(ledger.spent, caps=CAPS)
    assert status.spent.day_usd == Decimal("0.75")
    stage.write(label.stop_label, who="ann")
    assert stage.read(queries.label_status, caps=CAPS).is_stopped


def test_the_next_due_moment_is_that_of_the_nearest_work(stage: Stage):
    assert stage.read(queries.next_due_at) is None
    fence, cycle = stage.song("One")
    assert stage.read(queries.next_due_at) is None, "a running cycle is due by its lease alone"
    asked = stage.ask(fence, cycle)
    stage.write(
        cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="asked"
    )
    assert stage.read(queries.next_due_at) is None
    decision = {
        "approval_id": asked.id,
        "outcome": Outcome.APPROVED,
        "decided_by": "person",
        "who": "a",
        "surface": "cli",
        "undo_s": 10.0,
    }
    decided = stage.write(approvals.decide, **decision)
    assert stage.read(queries.next_due_at) == decided.effective_at
    queued = stage.cycle(stage.artist("Two"))
    assert stage.read(queries.next_due_at) == queued.due_at
    pausing = {
        "before": "active",
        "after": "paused",
        "trigger": "pause",
        "evidence": None,
        "bound": None,
        "reason": "r",
        "who": "a",
    }
    stage.write(artists.set_state, artist_id=queued.artist_id, **pausing)
    assert stage.read(queries.next_due_at) == decided.effective_at


def outcomes(stage: Stage, artist, fence, *told: str) -> None:
    """End one cycle for each `outcome` or `outcome by decider`, a day apart."""
    for line in told:
        outcome, _, decider = line.partition(" by ")
        stage.clock.advance(days=1)
        stage.end(fence, stage.cycle(artist), Outcome(outcome), decider or "person")


@pytest.fixture
def artist_and_fence(stage: Stage):
    artist = stage.artist()
    return artist, stage.activate(artist, lease_s=3600).fence


def evidence(stage: Stage, artist, **changes):
    window = Window(**{"days": 30} | changes)
    return stage.read(queries.lifecycle_evidence, artist_id=artist.id, window=window).evidence


def test_only_the_asked_deciders_count_and_no_failure_of_others(stage: Stage, artist_and_fence):
    artist, fence = artist_and_fence
    told = ["approved", "rejected", "approved by autopilot", "rejected by policy", "expired", "cancelled"]
    outcomes(stage, artist, fence, *told, "failed_provider", "failed_internal")
    found = evidence(stage, artist)
    assert (found.approved, found.rejected, found.errors) == (1, 1, 1)
    both = evidence(stage, artist, deciders=("person", "autopilot"))
    assert (both.approved, both.rejected) == (2, 1)


def test_the_window_ends_by_days_and_by_number(stage: Stage, artist_and_fence):
    artist, fence = artist_and_fence
    outcomes(stage, artist, fence, *["approved"] * 10, *["rejected"] * 4)
    assert (evidence(stage, artist).approved, evidence(stage, artist).rejected) == (10, 4)
    assert (evidence(stage, artist, last=6).approved, evidence(stage, artist, last=6).rejected) == (2, 4)
    near = evidence(stage, artist, days=7)
    assert (near.approved, near.rejected) == (3, 4)


def test_a_streak_of_rejections_is_broken_by_an_approval_alone(stage: Stage, artist_and_fence):
    artist, fence = artist_and_fence
    outcomes(
        stage,
        artist,
        fence,
        "rejected",
        "approved",
        "rejected",
        "expired",
        "rejected by autopilot",
        "rejected",
    )
    assert evidence(stage, artist).consecutive_rejections == 2
    assert evidence(stage, artist, days=1).consecutive_rejections == 2, "a streak has no window"
    outcomes(stage, artist, fence, "approved")
    assert evidence(stage, artist).consecutive_rejections == 0


def test_after_a_move_the_counts_begin_again(stage: Stage, artist_and_fence):
    artist, fence = artist_and_fence

    def move(before: str, after: str, trigger: str) -> None:
        numbers = {"evidence": None, "bound": None, "reason": None, "who": "t"}
        stage.write(
            artists.set_state, artist_id=artist.id, before=before, after=after, trigger=trigger, **numbers
        )

    outcomes(stage, artist, fence, *["rejected"] * 3)
    assert evidence(stage, artist).runs_since_evolution is None
    move("active", "evolving", "evolve")
    outcomes(stage, artist, fence, "rejected", "approved", "failed_internal", "expired")
    found = evidence(stage, artist)
    assert (found.approved, found.rejected, found.runs_since_evolution) == (1, 1, 3)
    move("evolving", "paused", "evolution_failed")
    stage.clock.advance(days=3, hours=5)
    found = evidence(stage, artist)
    assert (found.approved, found.rejected, found.errors, found.consecutive_rejections) == (0, 0, 0, 0)
    assert (found.failed_evolutions, found.paused_days) == (1, 3)
    move("paused", "active", "resume")
    move("active", "evolving", "evolve")
    move("evolving", "active", "evolved")
    assert evidence(stage, artist).failed_evolutions == 0


REVIEWING = Reviewing(per_artist_max=2, per_label_max=2)


def pass_days(stage: Stage, days: int) -> None:
    for _ in range(days):
        stage.clock.advance(days=1)
        stage.write(note_open_day, caps=CAPS, reviewing=REVIEWING)


def test_days_without_money_room_or_while_stopped_make_nobody_idle(stage: Stage):
    artist = stage.artist("Waiting")
    stage.write(label.stop_label, who="ann")
    pass_days(stage, 3)
    stage.write(label.resume_label, who="ann")
    broke = CAPS.model_copy(update={"daily_usd": Decimal("0.5")})
    fence = stage.activate(artist, lease_s=3600).fence
    spending = stage.cycle(artist)
    stage.clock.advance(days=1)
    stage.begin(fence, spending, cost="0.5")
    assert not stage.write(note_open_day, caps=broke, reviewing=REVIEWING)
    assert evidence(stage, artist).idle_days == 0
    pass_days(stage, 2)
    assert evidence(stage, artist).idle_days == 2


def test_a_clock_that_was_set_back_harms_nobody(stage: Stage):
    artist = stage.artist("Time Traveller")
    pass_days(stage, 5)
    numbers = {"evidence": None, "bound": None, "reason": "idle", "who": "policy:label"}
    stage.write(
        artists.set_state, artist_id=artist.id, before="active", after="paused", trigger="pause", **numbers
    )
    stage.clock.advance(days=-2)
    found = evidence(stage, artist)
    assert (found.idle_days, found.paused_days, found.pause_cause) == (3, 0, "idle")


def test_a_career_goes_through_pauses_and_ends_at_a_step_up(stage: Stage, artist_and_fence):
    artist, fence = artist_and_fence

    def move(before: str, after: str, trigger: str, who: str = "policy:label") -> None:
        numbers = {"evidence": None, "bound": None, "reason": "rejections", "who": who}
        stage.write(
            artists.set_state, artist_id=artist.id, before=before, after=after, trigger=trigger, **numbers
        )

    outcomes(stage, artist, fence, "approved", *["rejected"] * 3)
    move("active", "paused", "pause")
    assert evidence(stage, artist).pause_cause == "rejections"
    move("paused", "evolving", "return")
    outcomes(stage, artist, fence, "rejected", "failed_internal")
    found = evidence(stage, artist)
    assert (found.career_approved, found.career_rejected, found.rejected) == (1, 4, 1)
    assert found.runs_since_evolution == 2
    assert evidence(stage, artist, career=2).career_rejected == 2
    move("evolving", "paused", "pause", who="ann")
    assert evidence(stage, artist).pause_cause is None, "a person's pause is a person's to end"
    move("paused", "active", "resume", who="ann")
    assert evidence(stage, artist).career_rejected == 0


def test_a_page_leaves_retired_artists_out_and_one_that_is_asked_for_keeps_its_songs(stage: Stage):
    gone = None
    for name in ("Ash", "Birch", "Cedar"):
        artist = stage.artist(name)
        fence = stage.activate(artist, owner=name, lease_s=10**6).fence
        outcomes(stage, artist, fence, "approved", "rejected")
        gone = artist if name == "Birch" else gone
    stage.write(
        artists.set_state, artist_id=gone.id, before=LifecycleState.ACTIVE, after=LifecycleState.RETIRED,
        trigger="retire", evidence=None, bound=None, reason="r", who="ann",
    )  # fmt: skip

    page = stage.read(evidence_page, window=Window(days=30), limit=2)
    assert [(one.slug, one.evidence.approved, one.evidence.rejected) for one in page] == [
        ("ash", 1, 1),
        ("cedar", 1, 1),
    ]
    alone = evidence(stage, gone)
    assert (alone.career_approved, alone.career_rejected) == (1, 1)


def test_who_joins_while_a_page_is_read_pushes_nobody_out_of_it(stage: Stage):
    """On PostgreSQL each question sees what others have done since the one before."""
    cedar = stage.artist("Cedar")
    occurrence = {"code": "c", "title": "t", "message": "m", "trace": ""}
    stage.write(faults.record_fault, fingerprint="f" * 16, artist_id=cedar.id, **occurrence)

    def read(tx: Tx) -> list[tuple[str, int]]:
        joined: list[str] = []

        def join(*told: object) -> None:
            if "error_groups" in str(told[2]) and not joined:
                joined.append("Ash")
                artists.add_artist(
                    tx, persona=persona("Ash"), genes=Genes(), who="test", state=LifecycleState.ACTIVE
                )

        event.listen(tx.connection, "before_cursor_execute", join)
        page = evidence_page(tx, window=Window(days=30), limit=1)
        event.remove(tx.connection, "before_cursor_execute", join)
        assert joined
        return [(one.slug, one.evidence.open_faults) for one in page]

    assert stage.read(read) == [("cedar", 1)]


def test_idle_days_count_from_the_last_run_or_from_the_beginning(stage: Stage):
    artist = stage.artist("Never Ran")
    pass_days(stage, 46)
    assert evidence(stage, artist).idle_days == 46
    fence = stage.activate(artist).fence
    stage.write(cycles.open_cycle, fence=fence, cycle_id=stage.cycle(artist).id, claims_max=5)
    pass_days(stage, 2)
    assert evidence(stage, artist).idle_days == 2


def test_a_roster_is_narrowed_before_it_is_paged(stage: Stage):
    for name, state in (
        ("Ash", LifecycleState.ACTIVE),
        ("Bel", LifecycleState.PAUSED),
        ("Ashes", LifecycleState.PAUSED),
    ):
        stage.artist(name, state)

    def found(**wanted: object) -> list[str]:
        return [row.slug for row in stage.read(queries.roster, **wanted)]

    assert found() == ["ash", "ashes", "bel"]
    assert found(states=(LifecycleState.PAUSED,)) == ["ashes", "bel"]
    assert found(states=(LifecycleState.PAUSED,), limit=1, after_slug="ashes") == ["bel"]
    assert found(text="aSH") == ["ash", "ashes"]
    assert found(text="%") == []
    assert found(text="LOFI", states=(LifecycleState.ACTIVE,)) == ["ash"]


class Recount:
    """An artist's evidence counted by hand, from what was done to it in order."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self.artist = stage.artist(name)
        self.fence = stage.activate(self.artist, owner=name, lease_s=10**9).fence
        self.songs: list[tuple[datetime, datetime, str, str]] = []
        """Begun, ended, outcome, decider."""
        self.moves: list[tuple[datetime, str]] = []
        self.waiting: list[tuple[Cycle, datetime]] = []

    def live(self, rng: random.Random) -> None:
        self.stage.clock.advance(days=rng.choice((0.25, 1, 6)))
        if rng.random() < 0.5:
            self.waiting.append((self.stage.cycle(self.artist), self.stage.clock.now()))
        elif self.waiting and rng.random() < 0.8:
            cycle, begun = self.waiting.pop(rng.randrange(len(self.waiting)))
            outcome = rng.choice(("approved", "rejected", "failed_internal", "expired"))
            decider = rng.choice(("person", "person", "autopilot"))
            self.stage.end(self.fence, cycle, Outcome(outcome), decider)
            self.songs.append((begun, self.stage.clock.now(), outcome, decider))
        elif rng.random() < 0.2:
            trigger = rng.choice(("promote", "evolve", "return", "evolved", "evolution_failed"))
            self.stage.write(
                artists.set_state, artist_id=self.artist.id, before=LifecycleState.ACTIVE,
                after=LifecycleState.ACTIVE, trigger=trigger, evidence=None, bound=None, reason="", who="ann",
            )  # fmt: skip
            self.moves.append((self.stage.clock.now(), trigger))

    def counted(self, last: int, career: int, days: int) -> dict[str, int | None]:
        def latest(*triggers: str) -> datetime | None:
            return max((at for at, trigger in self.moves if trigger in triggers), default=None)

        moved = max((at for at, _ in self.moves), default=None)
        changed, rose = latest("evolve", "return"), latest("promote", "evolved", "resume")
        since = self.stage.clock.now() - timedelta(days=days)
        after_change = [
            song for song in self.songs if changed is not None and song[1] > changed and song[0] >= changed
        ]
        fresh = [
            song
            for song in self.songs
            if (moved is None or song[1] > moved) and (changed is None or song in after_change)
        ]

        def verdicts(songs: list[tuple[datetime, datetime, str, str]]) -> list[str]:
            told = [song for song in songs if song[2] in ("approved", "rejected") and song[3] == "person"]
            return [song[2] for song in sorted(told, key=lambda song: song[1], reverse=True)]

        near = verdicts([song for song in fresh if song[1] > since])
        seen = near[:last]
        all_fresh = verdicts(fresh)
        own = verdicts(self.songs)[:career]
        kept = own[: len(verdicts([song for song in self.songs if rose is None or song[1] > rose]))]
        faults = [song for song in self.songs if song[2] == "failed_internal"]
        return {
            "approved": seen.count("approved"),
            "rejected": seen.count("rejected"),
            "errors": len([song for song in faults if song in fresh and song[1] > since]),
            "consecutive_rejections": ([*all_fresh, "approved"]).index("approved"),
            "runs_since_evolution": None
            if changed is None
            else len(verdicts(after_change)) + len([song for song in faults if song in after_change]),
            "career_approved": kept.count("approved"),
            "career_rejected": kept.count("rejected"),
        }


def test_a_page_counts_as_one_would_by_hand(stage: Stage):
    rng, window = random.Random(4), {"days": 60, "last": 4, "career": 6}
    roster = [Recount(stage, name) for name in ("Ann", "Bea", "Cleo")]
    told = 0
    for round_ in range(180):
        rng.choice(roster).live(rng)
        if round_ % 15 == 14:
            page = stage.read(evidence_page, window=Window(**window), limit=10)
            for one, seen in zip(roster, page, strict=True):
                by_hand = one.counted(**window)
                assert {name: getattr(seen.evidence, name) for name in by_hand} == by_hand
                told += seen.evidence.runs
    assert told > 20
