"""What a verdict and a move lead to: proposals with reasons, comparison, and the way back."""

from pathlib import Path

from agents.transitions import Trigger
from configs.settings import Settings
from runtime.desk import Desk
from runtime.desk.actor import Actor
from runtime.evolution import after_song
from runtime.label import Label
from runtime.launch import Launch
from runtime.lifecycle_sweep import check_roster
from storage import approvals, artists, evolutions, histories, memory
from storage.store import LocalStore
from storage.types import GeneEdit, LifecycleState, MadePiece, Outcome
from tests.storage.stage import Stage
from tests.storage.test_learning import decided, learn
from ui.console.cards.past import moved_genes

WISH = (GeneEdit(gene="swing", delta=0.1, because="straight, target more"),)


class Career:
    """An artist whose songs are decided one after the other."""

    def __init__(self, stage: Stage, name: str = "Nova Rain") -> None:
        self.stage, self.store = stage, LocalStore(stage.store)
        self.id = stage.artist(name).id
        self.fence = stage.activate(self.now, owner=name, lease_s=10**9).fence

    @property
    def now(self):
        return self.stage.read(artists.artist_by_id, artist_id=self.id)

    @property
    def changes(self):
        return self.stage.read(evolutions.evolutions_of, artist_id=self.id)

    async def song(
        self, outcome: str, wishes: tuple[GeneEdit, ...] = (), energy: float = 0.5, **numbers: float
    ) -> None:
        self.stage.clock.advance(days=7)
        cycle = self.stage.cycle(self.now)
        verdict = decided(self.stage, self.fence, cycle, outcome)
        piece = MadePiece(
            title="t", theme="t", mood="m", tempo_bpm=80, key="C", mode="minor", outcome=outcome,
            numbers={"energy": energy, **numbers},
        )  # fmt: skip
        learn(self.stage, self.fence, cycle, verdict, piece=piece)
        self.stage.end(self.fence, cycle, Outcome(outcome))
        await after_song(self.store, self.id, verdict, wishes, "Swing a little.")


async def test_a_finding_is_tried_compared_and_kept_or_taken_back(stage: Stage):
    career = Career(stage)
    for outcome in ("approved", "rejected", "approved"):
        await career.song(outcome)
    assert career.changes == [], "nothing asked for a change"
    await career.song("rejected", WISH)
    (trial,) = career.changes
    assert (trial.kind, trial.status, trial.edits, trial.before_decided) == ("refine", "trying", WISH, 4)
    assert (career.now.genes.swing, career.now.style_notes) == (0.6, "Swing a little.")
    for _ in range(5):
        await career.song("rejected", WISH)
    assert [each.status for each in career.changes] == ["rolled_back"]
    assert "0 of 5 approved, 2 of 4 before: better with probability 0.0" in career.changes[0].why
    assert (career.now.genes.swing, career.now.style_notes) == (0.5, "")
    await career.song("rejected", WISH)
    for _ in range(5):
        await career.song("approved")
    assert [each.status for each in career.changes] == ["kept", "rolled_back"]
    assert career.now.genes.swing == 0.6
    assert career.changes[0].before_decided == 5, "those of before, and not those of what was taken back"


async def test_a_model_setting_is_tried_and_taken_back_as_a_gene_is(stage: Stage):
    career = Career(stage)
    wish = (GeneEdit(gene="temperature", delta=0.1, because="two lines repeat, target none"),)
    await career.song("approved", wish)
    assert career.changes == [], "no model wrote it"
    await career.song("approved", wish, temperature=0.5)
    (trial,) = career.changes
    assert (trial.edits, career.now.genes.temperature) == (wish, 0.6)
    before, after = stage.read(histories.versions_of, artist_id=career.id)[1::-1]
    assert list(moved_genes(before, after)) == [("temperature", 0.5, 0.6)]
    for _ in range(5):
        await career.song("rejected", temperature=0.6)
    assert [each.status for each in career.changes] == ["rolled_back"]
    assert career.now.genes.temperature == 0.5


async def test_a_song_that_a_person_gave_up_starts_no_change(stage: Stage):
    career = Career(stage)
    cycle = stage.cycle(career.now)
    asked = stage.ask(career.fence, cycle)
    stage.write(
        approvals.close_expired, approval_id=asked.id, decided_by="person", who="a", surface="cli", reason=""
    )
    given_up = stage.read(approvals.effective_verdict, approval_id=asked.id)
    learn(stage, career.fence, cycle, given_up)
    stage.end(career.fence, cycle, Outcome.EXPIRED)
    await after_song(career.store, career.id, given_up, WISH, "Swing a little.")
    assert career.changes == []


async def test_people_are_followed_where_no_finding_asks(stage: Stage):
    career = Career(stage)
    songs = [
        ("approved", 0.72),
        ("rejected", 0.41),
        ("approved", 0.66),
        ("rejected", 0.45),
        ("approved", 0.7),
    ]
    for outcome, energy in songs:
        await career.song(outcome, energy=energy)
    assert career.changes == [], "two rejected songs are an accident"
    await career.song("rejected", energy=0.39)
    (trial,) = career.changes
    assert [(edit.gene, edit.delta) for edit in trial.edits] == [("energy", 0.1)]
    assert trial.edits[0].because == "people: energy is 0.69 in 3 approved songs, 0.42 in 3 rejected"


async def test_no_change_leads_into_a_neighbours_niche(stage: Stage):
    career, _neighbour = Career(stage), stage.artist("Other Rain")
    await career.song("rejected", (GeneEdit(gene="swing", delta=0.01, because="a hair"),))
    (trial,) = career.changes
    assert any("niche: away from other-rain" in edit.because for edit in trial.edits)


async def test_an_unloved_artist_explores_when_it_returns_and_loses_what_fails(stage: Stage, home: Path):
    career, settings = Career(stage), Settings.load(home)
    for _ in range(5):
        await career.song("rejected")
    await check_roster(career.store, settings)
    assert career.now.state is LifecycleState.PAUSED
    stage.clock.advance(days=31)
    await check_roster(career.store, settings)
    (trial,) = career.changes
    assert (career.now.state, trial.kind, trial.status) == (LifecycleState.EVOLVING, "explore", "trying")
    assert len(trial.edits) == 3
    changed = career.now.genes
    for _ in range(5):
        await career.song("rejected")
    await check_roster(career.store, settings)
    (ended,) = career.changes
    assert (career.now.state, ended.status, ended.decided) == (LifecycleState.PAUSED, "rolled_back", 5)
    assert "5 rejections in a row" in ended.why
    assert career.now.genes != changed


async def test_a_move_whose_change_was_lost_gets_it_at_a_later_sweep(stage: Stage, home: Path):
    career, settings = Career(stage), Settings.load(home)

    def move(before: LifecycleState, after: LifecycleState, trigger: Trigger, reason: str) -> None:
        stage.write(
            artists.set_state, artist_id=career.id, before=before, after=after, trigger=trigger,
            evidence=None, bound=None, reason=reason, who="policy:label",
        )  # fmt: skip

    genes = career.now.genes
    move(LifecycleState.ACTIVE, LifecycleState.EVOLVING, Trigger.EVOLVE, "poor")
    await check_roster(career.store, settings)
    assert career.changes == [], "it may be on its way"
    stage.clock.advance(minutes=6)
    for _ in range(2):
        await check_roster(career.store, settings)
    (trial,) = career.changes
    assert (trial.kind, trial.status, career.now.genes != genes) == ("explore", "trying", True)
    move(LifecycleState.EVOLVING, LifecycleState.PAUSED, Trigger.EVOLUTION_FAILED, "rejections")
    stage.clock.advance(minutes=6)
    await check_roster(career.store, settings)
    assert (career.changes[0].status, career.now.genes) == ("rolled_back", genes)


async def test_a_person_lets_an_artist_evolve_and_the_way_back_leads_before_it(stage: Stage, home: Path):
    career = Career(stage)
    await career.song("rejected", WISH)
    label = Label(Settings.load(home), career.store, Launch(home=home, label_id="l", build="b"), running=None)
    before = career.now
    moved = await Desk(label, Actor(alias="ann", surface="cli")).artists.move(
        before, Trigger.EVOLVE, reason="tired"
    )
    assert (moved.state, moved.persona.sound != before.persona.sound) == (LifecycleState.EVOLVING, True)
    explored, refined = career.changes
    assert (explored.kind, explored.who, explored.status) == ("explore", "ann", "trying")
    assert refined.status == "rolled_back"
    await Desk(label, Actor(alias="ann", surface="cli")).artists.move(moved, Trigger.PAUSE, reason="a break")
    assert career.changes[0].status == "trying", "a person's pause ends no trial"
    stage.write(
        evolutions.close_evolution,
        evolution_id=explored.id, verdict="roll_back", chance_better=None, why="by hand", who="ann",
    )  # fmt: skip
    assert career.now.genes.swing == 0.5
    assert career.now.persona.sound == before.persona.sound
    assert stage.read(memory.memory_of, artist_id=career.id, limit=1)[0].numbers == {"energy": 0.5}
