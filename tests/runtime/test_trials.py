"""Experiments on the label's own rows: who tries what, what it teaches, and how it ends."""

from pathlib import Path

import pytest

from agents.planning.variants import Variant
from configs.settings import Settings
from runtime.experiments import POLICY, report_of, settle_experiments
from runtime.trials import variants_of
from storage import cycles, experiments, outbox
from storage.errors import ConflictError
from storage.store import LocalStore
from storage.types import SongRequest
from tests.storage.stage import Stage


def begin(stage: Stage, parameter: str = "energy", method: str = "thompson"):
    values = ("control", "+0.1")
    return stage.write(
        experiments.create_experiment, parameter=parameter, values=values, method=method, who="ann"
    )


def decided(stage: Stage, fence, artist, arm: str, experiment, *rewards: float) -> None:
    for reward in rewards:
        cycle = stage.cycle(artist)
        place = {"fence": fence, "cycle_id": cycle.id}
        stage.write(experiments.assign_arm, **place, experiment_id=experiment.id, arm_id=arm)
        stage.write(experiments.reward_arms, **place, reward=reward)


async def test_a_cycle_keeps_its_variant_and_a_winner_holds_for_later_ones(stage: Stage):
    experiment, store = begin(stage), LocalStore(stage.store)
    artist = stage.artist()
    fence = stage.activate(artist, lease_s=3600).fence
    cycle = stage.cycle(artist)
    first = await variants_of(store, fence, cycle, is_trying=True)
    assert first == await variants_of(store, fence, cycle, is_trying=True)
    assert (first[0].parameter, first[0].is_promoted) == ("energy", False)
    assert await variants_of(store, fence, cycle, is_trying=False) == ()
    stage.clock.advance(hours=1)
    arm = experiment.arms[1]
    stage.write(
        experiments.promote_arm, experiment_id=experiment.id, arm_id=arm.arm_id, who="ann", reason="better"
    )
    stage.clock.advance(hours=1)
    later = stage.cycle(artist)
    held = Variant(arm_id=arm.arm_id, parameter="energy", value="+0.1", is_promoted=True)
    assert await variants_of(store, fence, later, is_trying=True) == (held,)
    assert await variants_of(store, fence, cycle, is_trying=False) == (), "an earlier song stays as it was"
    begin(stage)
    again = await variants_of(store, fence, stage.cycle(artist), is_trying=True)
    assert [each.is_promoted for each in again] == [False], "what is tried is no winner's"


async def test_an_even_split_gives_each_variant_its_turn(stage: Stage):
    begin(stage, method="even")
    artist = stage.artist()
    fence = stage.activate(artist, lease_s=3600).fence
    values = []
    for seed in range(6):
        cycle = stage.cycle(artist, seed)
        (variant,) = await variants_of(LocalStore(stage.store), fence, cycle, is_trying=True)
        stage.write(experiments.reward_arms, fence=fence, cycle_id=cycle.id, reward=1.0)
        values.append(variant.value)
    assert sorted(values) == ["+0.1"] * 3 + ["control"] * 3


async def test_an_even_split_counts_songs_that_nobody_decides_on(stage: Stage):
    experiment = begin(stage, method="even")
    artist = stage.artist()
    fence = stage.activate(artist, lease_s=3600).fence
    decided(stage, fence, artist, experiment.arms[0].arm_id, experiment, 1.0)
    for seed in range(9):
        await variants_of(LocalStore(stage.store), fence, stage.cycle(artist, seed), is_trying=True)
    row = stage.read(experiments.experiment_by_id, experiment_id=experiment.id)
    assert [arm.assigned for arm in row.arms] == [5, 5]


async def test_experiments_that_run_side_by_side_share_the_songs(stage: Stage):
    rows = [begin(stage, "energy"), begin(stage, "swing"), begin(stage, "width")]
    artist = stage.artist()
    fence = stage.activate(artist, lease_s=3600).fence
    tried = []
    for seed in range(24):
        (variant,) = await variants_of(
            LocalStore(stage.store), fence, stage.cycle(artist, seed), is_trying=True
        )
        tried.append(variant.parameter)
    assert min(tried.count(row.parameter) for row in rows) >= 4


@pytest.mark.parametrize(
    ("parameter", "wish"),
    [
        ("tempo_bias", {"tempo_bpm": 97}),
        ("tempo_bias", {"seconds": 30, "form": [{"name": "verse", "bars": 12}]}),
        ("darkness", {"mode": "minor"}),
        ("density", {"density": 0.0}),
    ],
)
async def test_a_song_whose_request_decides_the_matter_tries_nothing_there(
    stage: Stage, parameter: str, wish: dict[str, object]
):
    begin(stage, parameter)
    artist = stage.artist()
    fence = stage.activate(artist, lease_s=3600).fence
    asked = stage.write(
        cycles.request_cycle,
        artist_id=artist.id,
        request=SongRequest.model_validate({"seed": 1, **wish}),
        requested_by="test",
    )
    assert await variants_of(LocalStore(stage.store), fence, asked, is_trying=True) == ()
    begin(stage, "energy")
    (variant,) = await variants_of(LocalStore(stage.store), fence, asked, is_trying=True)
    assert variant.parameter == "energy"
    free = stage.cycle(artist, 2)
    assert await variants_of(LocalStore(stage.store), fence, free, is_trying=True)


@pytest.mark.parametrize(("promotion", "winner"), [("person", None), ("policy", "+0.1")])
async def test_a_decided_experiment_is_told_once_and_promoted_where_a_person_said_so(
    stage: Stage, home: Path, promotion: str, winner: str | None
):
    experiment = begin(stage)
    artist = stage.artist()
    fence = stage.activate(artist, lease_s=3600).fence
    control, louder = (arm.arm_id for arm in experiment.arms)
    settings = Settings.load(home, experiment_promotion=promotion)
    decided(stage, fence, artist, control, experiment, *[0.0] * 9, 1.0)
    await settle_experiments(LocalStore(stage.store), settings)
    assert stage.write(outbox.claim_messages, kinds=("alert",), limit=9, claim_s=60) == []
    decided(stage, fence, artist, louder, experiment, *[1.0] * 10)
    for _ in range(2):
        await settle_experiments(LocalStore(stage.store), settings)
    told = report_of(stage.read(experiments.experiment_by_id, experiment_id=experiment.id))
    assert (told.winner, told.outlook.verdict) == (winner, "winner")
    assert [(arm.approved, arm.decided) for arm in told.arms] == [(1, 10), (10, 10)]
    (message,) = stage.write(outbox.claim_messages, kinds=("alert",), limit=9, claim_s=60)
    assert "+0.1 is best with probability" in message.payload["text"]
    assert POLICY == "policy:experiments"


@pytest.mark.parametrize(("promotion", "status"), [("person", "running"), ("policy", "ended")])
async def test_variants_that_do_not_differ_are_told_once_and_stopped_where_the_label_may(
    stage: Stage, home: Path, promotion: str, status: str
):
    experiment = begin(stage)
    artist = stage.artist()
    fence = stage.activate(artist, lease_s=3600).fence
    for arm in experiment.arms:
        decided(stage, fence, artist, arm.arm_id, experiment, *[1.0] * 25)
    settings = Settings.load(home, experiment_promotion=promotion)
    for _ in range(2):
        await settle_experiments(LocalStore(stage.store), settings)
    row = stage.read(experiments.experiment_by_id, experiment_id=experiment.id)
    assert (row.status, row.winner_arm_id) == (status, None)
    (message,) = stage.write(outbox.claim_messages, kinds=("alert",), limit=9, claim_s=60)
    assert "no variant is expected to beat" in message.payload["text"]


def test_stopping_by_the_rule_leaves_a_winner_that_a_person_chose(stage: Stage):
    experiment = begin(stage)
    arm_id = experiment.arms[1].arm_id
    stage.write(experiments.promote_arm, experiment_id=experiment.id, arm_id=arm_id, who="ann", reason="")
    with pytest.raises(ConflictError):
        stage.write(experiments.stop_experiment, experiment_id=experiment.id, who=POLICY)
    assert stage.read(experiments.experiment_by_id, experiment_id=experiment.id).winner_arm_id == arm_id
