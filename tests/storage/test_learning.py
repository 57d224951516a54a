"""Learning: what a song teaches is taken once, and only a person's verdict moves an artist."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from storage import approvals, artists, experiments, learning, memory
from storage.errors import ConflictError, Fenced, NotFoundError, UsageError
from storage.store import Tx
from storage.types import Genes, MadePiece, Outcome
from tests.storage.stage import Stage
from tests.storage.test_artists import age_leases


def piece(title: str = "Slow Rain", outcome: str = "approved") -> MadePiece:
    return MadePiece(
        title=title,
        theme="rain",
        mood="calm",
        tempo_bpm=80,
        key="C",
        mode="minor",
        outcome=outcome,
        score=0.7,
    )


def decided(stage: Stage, fence, cycle, outcome: str = "approved", decided_by: str = "person"):
    asked = stage.ask(fence, cycle)
    given = {
        "approval_id": asked.id,
        "outcome": Outcome(outcome),
        "decided_by": decided_by,
        "who": "ann",
        "surface": "cli",
        "undo_s": 0.0,
    }
    stage.write(approvals.decide, **given)
    return stage.read(approvals.effective_verdict, approval_id=asked.id)


def learn(stage: Stage, fence, cycle, verdict, **changes) -> None:
    given = {
        "fence": fence,
        "cycle_id": cycle.id,
        "piece": piece(),
        "verdict": verdict,
    }
    stage.write(learning.learn, **given | changes)


def test_a_persons_verdict_is_observed_once_and_moves_nothing_by_itself(stage: Stage):
    fence, cycle = stage.song()
    verdict = decided(stage, fence, cycle)
    for _ in range(2):
        learn(stage, fence, cycle, verdict)
    artist = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    assert (artist.genes, artist.version, artist.style_notes) == (Genes(), 1, "")
    (seen,) = stage.read(learning.observations_of, artist_id=artist.id, metric="approval")
    assert (seen.source, seen.value, seen.cycle_id) == ("person", 1.0, cycle.id)
    assert stage.read(memory.memory_of, artist_id=artist.id, limit=9) == (piece(),)


@pytest.mark.parametrize("decided_by", ["policy", "autopilot"])
def test_other_deciders_are_observed_under_their_name_and_move_nothing(stage: Stage, decided_by: str):
    fence, cycle = stage.song()
    verdict = decided(stage, fence, cycle, "rejected", decided_by)
    learn(stage, fence, cycle, verdict)
    artist = stage.read(artists.artist_by_id, artist_id=fence.artist_id)
    assert (artist.genes, artist.version, artist.style_notes) == (Genes(), 1, "")
    (seen,) = stage.read(learning.observations_of, artist_id=artist.id)
    assert (seen.source, seen.value) == (decided_by, 0.0)


def test_without_a_verdict_a_song_is_remembered_and_teaches_nothing(stage: Stage):
    fence, cycle = stage.song()
    learn(stage, fence, cycle, None)
    assert stage.read(learning.observations_of, artist_id=fence.artist_id) == []
    assert len(stage.read(memory.memory_of, artist_id=fence.artist_id, limit=9)) == 1
    assert not stage.write(learning.record_verdict_observation, fence=fence, cycle_id=cycle.id)


def test_an_expired_song_teaches_nothing(stage: Stage):
    fence, cycle = stage.song()
    asked = stage.ask(fence, cycle)
    stage.write(
        approvals.close_expired, approval_id=asked.id, decided_by="person", who="a", surface="cli", reason=""
    )
    learn(stage, fence, cycle, stage.read(approvals.effective_verdict, approval_id=asked.id))
    assert stage.read(learning.observations_of, artist_id=fence.artist_id) == []
    assert stage.read(artists.artist_by_id, artist_id=fence.artist_id).version == 1


def test_style_notes_keep_the_latest_and_no_double():
    notes = ""
    for number in [*range(10), 5]:
        notes = learning.with_note(notes, f"note {number}")
    assert notes.splitlines() == [f"note {number}" for number in (2, 3, 4, 6, 7, 8, 9, 5)]


def test_memory_has_the_song_made_last_at_its_end_and_is_replaced_by_a_repeat(stage: Stage):
    def titles(limit: int, **also) -> list[str]:
        pieces = stage.read(memory.memory_of, artist_id=fence.artist_id, limit=limit, **also)
        return [each.title for each in pieces]

    fence, cycle = stage.song()
    stage.write(memory.remember, fence=fence, cycle_id=cycle.id, piece=piece("First"))
    stage.clock.advance(hours=1)
    between = stage.clock.now()
    later = stage.cycle(stage.read(artists.artist_by_id, artist_id=fence.artist_id))
    stage.write(memory.remember, fence=fence, cycle_id=later.id, piece=piece("Second"))
    assert titles(9) == ["First", "Second"]
    assert titles(9, before=between) == ["First"], "what a step knew that was made then"
    stage.clock.advance(hours=1)
    stage.write(memory.remember, fence=fence, cycle_id=cycle.id, piece=piece("First, again"))
    assert titles(9) == ["First, again", "Second"], (
        "what is known of a song later does not make it a later one"
    )
    stage.write(age_leases, by_s=31)
    stage.activate(stage.read(artists.artist_by_id, artist_id=fence.artist_id), "newer")
    with pytest.raises(Fenced):
        stage.write(memory.remember, fence=fence, cycle_id=cycle.id, piece=piece())


def start(stage: Stage, *values: str, parameter: str = "mood"):
    return stage.write(
        experiments.create_experiment,
        parameter=parameter,
        values=values or ("calm", "bright"),
        method="thompson",
        who="ann",
    )


def test_a_cycle_keeps_its_first_arm_and_is_rewarded_once(stage: Stage):
    fence, cycle = stage.song()
    experiment = start(stage)
    calm, bright = (arm.arm_id for arm in experiment.arms)
    place = {"fence": fence, "cycle_id": cycle.id, "experiment_id": experiment.id}
    assert stage.write(experiments.assign_arm, **place, arm_id=calm).value == "calm"
    assert stage.write(experiments.assign_arm, **place, arm_id=bright).value == "calm"
    learn(stage, fence, cycle, decided(stage, fence, cycle, "rejected"))
    assert stage.write(experiments.reward_arms, fence=fence, cycle_id=cycle.id, reward=1.0) == 0
    assert stage.read(experiments.assignments_of, cycle_id=cycle.id)[0].reward == 0.0


def test_arms_are_counted_for_the_label_and_for_an_artist(stage: Stage):
    experiment = start(stage, "calm", "bright", "calm")
    calm, bright = (arm.arm_id for arm in experiment.arms)
    for name, arm, reward in (("One", calm, 1.0), ("Two", calm, 0.0), ("Three", bright, None)):
        fence, cycle = stage.song(name)
        stage.write(
            experiments.assign_arm, fence=fence, cycle_id=cycle.id, experiment_id=experiment.id, arm_id=arm
        )
        if reward is not None:
            stage.write(experiments.reward_arms, fence=fence, cycle_id=cycle.id, reward=reward)

    def counts(artist_id: str | None) -> list[tuple[int, int, float]]:
        row = stage.read(experiments.experiment_by_id, experiment_id=experiment.id, artist_id=artist_id)
        return [(arm.assigned, arm.rewarded, arm.reward_sum) for arm in row.arms]

    assert counts(None) == [(2, 2, 1.0), (1, 0, 0.0)]
    assert counts(fence.artist_id) == [(0, 0, 0.0), (1, 0, 0.0)]


def test_a_parameter_has_one_running_experiment_of_at_least_two_arms(stage: Stage):
    with pytest.raises(UsageError, match="two different"):
        start(stage, "calm", "calm")
    experiment = start(stage)
    with pytest.raises(ConflictError, match="already varies mood"):
        start(stage)
    winner = {"experiment_id": experiment.id, "arm_id": experiment.arms[0].arm_id}
    ended = stage.write(experiments.promote_arm, **winner, who="ann", reason="it is better")
    assert (ended.status, ended.winner_arm_id) == ("ended", experiment.arms[0].arm_id)
    with pytest.raises(ConflictError, match="has a winner already"):
        stage.write(experiments.promote_arm, **winner, who="bob", reason="")
    stage.clock.advance(hours=1)
    (held,) = stage.read(experiments.promoted, before=stage.clock.now())
    assert (held.parameter, held.value) == ("mood", "calm")
    assert stage.read(experiments.promoted, before=experiment.created_at) == []
    with pytest.raises(ConflictError, match="ended already; `labelmate experiment withdraw`"):
        stage.write(experiments.stop_experiment, experiment_id=experiment.id, who="ann")
    assert stage.read(experiments.promoted, before=stage.clock.now()) == [held]
    stage.write(experiments.withdraw_winner, experiment_id=experiment.id, who="ann")
    assert stage.read(experiments.promoted, before=stage.clock.now()) == []
    with pytest.raises(ConflictError, match="no winner to withdraw"):
        stage.write(experiments.withdraw_winner, experiment_id=experiment.id, who="ann")
    with pytest.raises(UsageError, match="Name an experiment"):
        stage.read(experiments.find_experiment, ref=" ")
    with pytest.raises(NotFoundError, match="no arm"):
        stage.write(experiments.promote_arm, **(winner | {"arm_id": "arm_x"}), who="ann", reason="")
    again = start(stage)
    assert [each.id for each in stage.read(experiments.list_experiments, running_only=True)] == [again.id]
    assert len(stage.read(experiments.list_experiments)) == 2
    with pytest.raises(NotFoundError):
        stage.read(experiments.experiment_by_id, experiment_id="exp_none")


def test_what_was_stopped_or_withdrawn_is_not_promoted_from_a_question_that_stood_open(stage: Stage):
    stopped = start(stage)
    first, second = (arm.arm_id for arm in stopped.arms)
    promote = {"experiment_id": stopped.id, "who": "bob", "reason": ""}
    stage.write(experiments.stop_experiment, experiment_id=stopped.id, who="ann")
    with pytest.raises(ConflictError, match="ended already, without a winner"):
        stage.write(experiments.promote_arm, **promote, arm_id=first)
    stage.clock.advance(hours=1)
    assert stage.read(experiments.promoted, before=stage.clock.now()) == []
    won = start(stage)
    promote |= {"experiment_id": won.id}
    first, second = (arm.arm_id for arm in won.arms)
    stage.write(experiments.promote_arm, **promote, arm_id=first)
    stage.write(experiments.withdraw_winner, experiment_id=won.id, who="ann")
    with pytest.raises(ConflictError, match="ended already, without a winner"):
        stage.write(experiments.promote_arm, **promote, arm_id=second)


def test_of_two_promotions_at_the_same_moment_the_first_holds(stage: Stage, engine: Engine):
    row = start(stage)
    first, second = ({"experiment_id": row.id, "arm_id": arm.arm_id, "reason": ""} for arm in row.arms)
    with engine.begin() as connection:
        experiments.promote_arm(Tx(connection, stage.clock), **first, who="ann")
        late = stage.store.submit(experiments.promote_arm, second | {"who": "bob"}, "w1")
        with pytest.raises(TimeoutError):
            late.result(1)
    with pytest.raises(ConflictError, match="has a winner already"):
        late.result(30)
    kept = stage.read(experiments.experiment_by_id, experiment_id=row.id)
    assert kept.winner_arm_id == first["arm_id"]


def test_outside_figures_keep_their_source(stage: Stage):
    artist = stage.artist()
    stage.write(learning.observe, artist_id=artist.id, source="real", metric="plays", value=12.0, samples=3)
    (seen,) = stage.read(learning.observations_of, artist_id=artist.id)
    assert (seen.source, seen.metric, seen.value, seen.samples) == ("real", "plays", 12.0, 3)
    assert Decimal(str(seen.value)) == 12
