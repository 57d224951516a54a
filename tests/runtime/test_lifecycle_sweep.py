"""The sweep on the label's own rows: moves, proposals, returns, and any sequence of events."""

import random
from pathlib import Path

import pytest

from agents.simulation.life import Life
from agents.transitions import TRANSITIONS, Trigger
from configs.lifecycle import load_profile
from configs.settings import Settings
from runtime.lifecycle_sweep import check_roster
from storage import artists, faults, histories, label, outbox
from storage.cycles import Reviewing
from storage.evidence import Window, lifecycle_evidence
from storage.open_days import note_open_day
from storage.store import LocalStore
from storage.types import Genes, LifecycleState, Outcome
from tests.storage.stage import CAPS, Stage

AT_WORK = (LifecycleState.CANDIDATE, LifecycleState.ACTIVE, LifecycleState.EVOLVING)
PEOPLES = (*[Trigger.PAUSE, Trigger.RESUME, Trigger.EVOLVE] * 3, Trigger.RETIRE)
REVIEWING = Reviewing(per_artist_max=2, per_label_max=12)


def state_of(stage: Stage, artist) -> LifecycleState:
    return stage.read(artists.artist_by_id, artist_id=artist.id).state


async def sweep(stage: Stage, home: Path, **settings: object) -> list[str]:
    decisions = await check_roster(LocalStore(stage.store), Settings.load(home, **settings))
    return [decision.trigger for decision in decisions]


async def test_an_unloved_artists_way_to_a_proposal_is_on_record(stage: Stage, home: Path):
    artist = stage.artist()
    fence = stage.activate(artist, owner="actor", lease_s=10**9).fence
    moves: list[str] = []
    for _ in range(120):
        if state_of(stage, artist) is LifecycleState.PAUSED:
            stage.clock.advance(days=7)
        else:
            stage.clock.advance(days=7)
            stage.end(fence, stage.cycle(artist), Outcome.REJECTED)
        moves += await sweep(stage, home)
        if "retire" in moves:
            break
    assert moves == ["pause", "return", "evolution_failed", "return", "evolution_failed", "retire"]
    assert state_of(stage, artist) is LifecycleState.PAUSED, "a proposal is a person's to answer"
    assert await sweep(stage, home) == [], "and is made once"
    changes = stage.read(histories.lifecycle_changes_of, artist_id=artist.id)
    assert {change.who for change in changes} == {"policy:label"}
    assert changes[-1].evidence["text"] == "5 rejections in a row; 5 are the limit."
    assert (changes[-1].bound, changes[-1].evidence["consecutive_rejections"]) == (5, 5)
    (message,) = stage.write(outbox.claim_messages, kinds=("lifecycle_proposal",), limit=5, claim_s=9)
    assert "approved since it last rose" in message.payload["because"]
    assert await sweep(stage, home, auto_retire=True) == ["retire"]
    assert state_of(stage, artist) is LifecycleState.RETIRED


async def test_a_pause_for_faults_ends_when_they_are_resolved(stage: Stage, home: Path):
    artist = stage.artist()
    fence = stage.activate(artist, owner="actor", lease_s=10**9).fence
    fault = {"fingerprint": "f" * 64, "code": "render", "title": "t", "message": "m", "trace": ""}
    for _ in range(10):
        stage.clock.advance(hours=1)
        stage.end(fence, stage.cycle(artist), Outcome.FAILED_INTERNAL)
        stage.write(faults.record_fault, **fault, artist_id=artist.id)
    assert await sweep(stage, home) == ["pause"]
    paused = stage.read(artists.artist_by_id, artist_id=artist.id)
    assert (paused.state, paused.pause_reason) == (LifecycleState.PAUSED, "faults")
    assert await sweep(stage, home) == []
    stage.write(faults.resolve_group, fingerprint="f" * 64, who="ann")
    assert await sweep(stage, home) == ["mended"]
    assert state_of(stage, artist) is LifecycleState.ACTIVE
    assert await sweep(stage, home) == [], "its failed runs were judged once"


async def test_songs_that_waited_when_an_artist_changed_say_nothing_of_the_change(stage: Stage):
    artist = stage.artist()
    fence = stage.activate(artist, owner="actor", lease_s=10**9).fence
    waiting = [stage.cycle(artist) for _ in range(2)]
    stage.clock.advance(days=1)
    stage.write(
        artists.set_state, artist_id=artist.id, before=LifecycleState.ACTIVE, after=LifecycleState.EVOLVING,
        trigger=Trigger.EVOLVE, evidence=None, bound=None, reason="tired", who="ann",
    )  # fmt: skip

    def evidence() -> tuple[int, int, int, int | None]:
        window = Window(days=30, last=3)
        seen = stage.read(lifecycle_evidence, artist_id=artist.id, window=window).evidence
        return seen.approved, seen.rejected, seen.consecutive_rejections, seen.runs_since_evolution

    stage.clock.advance(days=1)
    stage.end(fence, waiting[0], Outcome.APPROVED)
    assert evidence() == (0, 0, 0, 0)
    made = [stage.cycle(artist) for _ in range(3)]
    for cycle in made[:2]:
        stage.clock.advance(hours=1)
        stage.end(fence, cycle, Outcome.REJECTED)
    stage.clock.advance(hours=1)
    stage.end(fence, waiting[1], Outcome.APPROVED)
    stage.clock.advance(hours=1)
    stage.end(fence, made[2], Outcome.REJECTED)
    assert evidence() == (0, 3, 3, 3)


class Fate:
    """Throws events at a roster, in any order."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.rng = stage, random.Random(seed)
        self.roster = [stage.artist(f"Artist {number}", LifecycleState.CANDIDATE) for number in range(3)]
        self.fences = {
            one.id: stage.activate(one, owner=one.slug, lease_s=10**9).fence for one in self.roster
        }

    def strike(self) -> None:
        artist = self.rng.choice(self.roster)
        self.rng.choice((self.time, self.songs, self.songs, self.songs, self.fault, self.person, self.label))(
            artist
        )

    def time(self, _artist) -> None:
        self.stage.clock.advance(days=self.rng.choice((-1, 1, 7, 40, 100)))

    def songs(self, artist) -> None:
        outcome = self.rng.choice(
            (Outcome.APPROVED, Outcome.REJECTED, Outcome.REJECTED, Outcome.EXPIRED, Outcome.FAILED_INTERNAL)
        )
        for _ in range(self.rng.choice((1, 6)) if state_of(self.stage, artist) in AT_WORK else 0):
            self.stage.clock.advance(days=1)
            self.stage.write(note_open_day, caps=CAPS, reviewing=REVIEWING)
            self.stage.end(self.fences[artist.id], self.stage.cycle(artist), outcome)

    def fault(self, artist) -> None:
        fault = {"fingerprint": "f" * 64, "code": "render", "title": "t", "message": "m", "trace": ""}
        self.stage.write(faults.record_fault, **fault, artist_id=artist.id)
        if self.rng.random() < 0.5:
            self.stage.write(faults.resolve_group, fingerprint="f" * 64, who="ann")

    def person(self, artist) -> None:
        now, trigger = state_of(self.stage, artist), self.rng.choice(PEOPLES)
        if (now, trigger) in TRANSITIONS:
            self.stage.write(
                artists.set_state, artist_id=artist.id, before=now, after=TRANSITIONS[now, trigger],
                trigger=trigger, evidence=None, bound=None, reason="a person", who="ann",
            )  # fmt: skip

    def label(self, _artist) -> None:
        self.stage.write(self.rng.choice((label.stop_label, label.resume_label)), who="ann")


@pytest.mark.parametrize(("profile", "seed"), [("label", 1), ("label", 2), ("original", 3)])
async def test_no_sequence_of_events_leaves_the_table(stage: Stage, home: Path, profile: str, seed: int):
    """Songs, people, faults, stops and clocks in any order: every move is the table's, and retired is for ever."""
    fate, settings = Fate(stage, seed), Settings.load(home, lifecycle_profile=profile)
    retired: set[str] = set()
    for _ in range(50):
        fate.strike()
        await check_roster(LocalStore(stage.store), settings)
        now = {one.id for one in fate.roster if state_of(stage, one) is LifecycleState.RETIRED}
        assert retired <= now
        retired = now
    moves = 0
    for one in fate.roster:
        at = LifecycleState.CANDIDATE
        for change in stage.read(histories.lifecycle_changes_of, artist_id=one.id, limit=500)[::-1]:
            assert (change.before, TRANSITIONS[change.before, Trigger(change.trigger)]) == (at, change.after)
            assert profile == "original" or change.trigger != "retire" or change.who == "ann"
            at, moves = change.after, moves + 1
        assert at is state_of(stage, one)
    assert moves > 5


@pytest.mark.parametrize("seed", [1, 2])
def test_a_rehearsal_counts_as_the_rows_do(stage: Stage, seed: int):
    """A simulated life beside an artist's rows with the same songs and moves: one evidence at every check."""
    profile = load_profile("label")
    window = Window(days=180, last=profile.window_decisions, career=profile.retirement_window_decisions)
    life = Life(
        name="nova",
        genre="lofi",
        genes=Genes(),
        seed=seed,
        rate=0.2,
        evolves=False,
        state=LifecycleState.ACTIVE,
    )
    artist = stage.artist()
    fence = stage.activate(artist, owner="actor", lease_s=10**9).fence
    moves = 0
    for _ in range(60):
        if life.is_working:
            life._sing((), ())
            outcome = Outcome.APPROVED if life.songs[-1].outcome else Outcome.REJECTED
            stage.end(fence, stage.cycle(artist), outcome)
            stage.clock.advance(seconds=1)
        seen = stage.read(lifecycle_evidence, artist_id=artist.id, window=window)
        assert seen.evidence._replace(idle_days=0) == life.evidence(profile)
        known = len(life.moves)
        life._check(profile, ())
        for _slot, decision in life.moves[known:]:
            if decision.after is LifecycleState.RETIRED:
                assert moves > 3
                return
            moves += 1
            stage.write(
                artists.set_state, artist_id=artist.id, before=decision.before, after=decision.after,
                trigger=decision.trigger, evidence=None, bound=None, reason=decision.cause, who="policy:label",
            )  # fmt: skip
        life.slot += 1
        life.day += life.every_days
        stage.clock.advance(days=life.every_days)
    assert moves > 3
