"""Who may do what at the desk: whatever is not said to be everybody's is refused to a reviewer, unread."""

import inspect
from pathlib import Path

import pytest

from agents.transitions import Trigger
from configs.settings import Settings
from runtime.desk import Desk
from runtime.desk.actor import Actor, Seat
from runtime.label import Label
from runtime.launch import Launch
from storage.errors import NotAllowedError, NotFoundError
from storage.people import Role
from storage.store import LocalStore
from storage.types import CycleId, LifecycleState
from tests.storage.stage import Stage

EVERYBODYS = {
    "decisions": {"approve", "edit", "reject", "send_back", "put_off", "undo", "give_up"},
    "cycles": {"ask_song", "import_song", "deliver", "cancel", "resolve"},
    "artists": {"move"},
    "plan": {"add", "change", "redraw"},
    "releases": set[str](),
    "experiments": set[str](),
    "repairs": {"dismiss_fault", "resolve_fault"},
    "house": {"stop"},
}


def acts(subject: Seat) -> set[str]:
    found = inspect.getmembers(type(subject), inspect.iscoroutinefunction)
    return {name for name, _ in found if not name.startswith("_")}


@pytest.fixture
def reviewer(stage: Stage, home: Path) -> Desk:
    launch = Launch(home=home, label_id="l", build="b")
    label = Label(Settings.load(home), LocalStore(stage.store), launch, running=None)
    return Desk(label, Actor(alias="bob", surface="console", role=Role.REVIEWER))


async def test_a_reviewer_is_refused_every_act_that_is_not_everybodys(reviewer: Desk):
    subjects = {name: seat for name, seat in vars(reviewer).items() if isinstance(seat, Seat)}
    assert subjects.keys() == EVERYBODYS.keys()
    for name, subject in subjects.items():
        assert acts(subject) >= EVERYBODYS[name]
        for act in acts(subject) - EVERYBODYS[name]:
            method = getattr(subject, act)
            # Rights come before everything else, so it does not matter on what it is tried.
            nothing = dict.fromkeys(inspect.signature(method).parameters)
            with pytest.raises(NotAllowedError, match=r"Only the owner may .*; bob is a reviewer"):
                await method(**nothing)


async def test_of_moves_and_parked_songs_a_reviewer_has_what_costs_nothing_and_is_not_for_ever(
    reviewer: Desk, stage: Stage
):
    artist = stage.artist()
    for trigger in (Trigger.EVOLVE, Trigger.RETIRE):
        with pytest.raises(NotAllowedError):
            await reviewer.artists.move(artist, trigger, reason="tired")
    paused = await reviewer.artists.move(artist, Trigger.PAUSE, reason="tired")
    assert paused.state is LifecycleState.PAUSED
    resumed = await reviewer.artists.move(paused, Trigger.RESUME, reason="awake")
    assert resumed.state is not LifecycleState.PAUSED
    with pytest.raises(NotAllowedError, match="buy again"):
        await reviewer.cycles.resolve(CycleId("cyc_1"), "buy_again")
    with pytest.raises(NotFoundError):
        await reviewer.cycles.resolve(CycleId("cyc_1"), "cancel")
