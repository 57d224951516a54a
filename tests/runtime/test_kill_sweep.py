"""SIGKILL at every boundary of the step machine: nothing paid for twice, nothing lost, nothing half-written.

The store's own boundary, committed but not yet acknowledged, is one of them. The naive control must fail
the same sweep; otherwise the sweep would prove nothing.
"""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from storage import artists, cycles, ledger, steps
from storage.artists import add_artist
from storage.clock import SystemClock
from storage.home import open_home
from storage.store import Store
from storage.types import (
    CycleState,
    Genes,
    LifecycleState,
    Persona,
    SongRequest,
    StepStatus,
    VisualIdentity,
)
from tests.homes import ready
from tests.processes import forked
from tests.runtime import owner

pytestmark = pytest.mark.slow
PERSONA = Persona(
    name="Kill Sweep",
    genre="house",
    tagline="t",
    backstory="b",
    lyrical_voice="v",
    themes=("night",),
    moods=("calm",),
    audience="a",
    visual=VisualIdentity(
        palette="p",
        display_font="Anton",
        text_font="Inter",
        compositions=("a",),
        scenes=("b",),
        emblem="e",
        motion=0.5,
        grain=0.5,
    ),
    signature_seed=1,
    source="offline",
)


class Label:
    """A home, a vendor and a cycle, for one run of the sweep."""

    def __init__(self, folder: Path, base: str) -> None:
        self.folder = ready(folder)
        self.base = base
        self.artist = self.ask(
            add_artist, persona=PERSONA, genes=Genes(), who="test", state=LifecycleState.ACTIVE
        )
        self.cycle = self.ask(
            cycles.request_cycle, artist_id=self.artist.id, request=SongRequest(seed=1), requested_by="test"
        )

    def ask(self, op, **kwargs):
        """One write or query through a store that is opened and closed for it."""
        home = open_home(self.folder)
        store = Store(home.engine, SystemClock())
        try:
            return store.submit(op, kwargs, None if op not in _WRITES else f"{op.__name__}{kwargs}").result(
                10
            )
        finally:
            store.close()
            home.close()

    def run(self, own, kill_at: int | None = None) -> tuple[int, list[str]]:
        """One owner process; its exit code and the boundaries it passed."""
        process = forked.Process(target=own, args=(self.folder, self.base, self.cycle.id, kill_at))
        process.start()
        process.join(30)
        assert process.exitcode is not None, "the owner hangs"
        self.ask(artists.expire_lease, artist_id=self.artist.id, owner=str(process.pid))
        boundaries = self.folder / "boundaries"
        return process.exitcode, boundaries.read_text().split("\n") if boundaries.exists() else []


_WRITES = {add_artist, cycles.request_cycle, artists.expire_lease, steps.resolve_parked}


def charges_of(books: Path, before: int) -> list[dict[str, str]]:
    return json.loads(books.read_text())[before:]


def test_killed_at_every_boundary(tmp_path: Path, vendor_at: tuple[str, Path]):
    base, books = vendor_at
    (tmp_path / "whole").mkdir()
    code, boundaries = Label(tmp_path / "whole", base).run(owner.own)
    assert code == 0
    assert len(boundaries) > 40
    assert {"intent", "fence checked", "submitted", "job recorded", "made", "done", "store:committed"} <= set(
        boundaries
    )

    parked_at = []
    for kill_at in range(1, len(boundaries) + 1):
        before = len(json.loads(books.read_text()))
        (tmp_path / str(kill_at)).mkdir()
        label = Label(tmp_path / str(kill_at), base)
        code, _ = label.run(owner.own, kill_at)
        assert code == -9, f"boundary {kill_at} was not reached"
        code, _ = label.run(owner.own)
        assert code == 0, f"the successor failed after a kill at boundary {kill_at}"

        killed = f"boundary {kill_at} ({(label.folder / 'killed_at').read_text()})"
        keys = Counter(charge["key"] for charge in charges_of(books, before))
        assert max(keys.values(), default=0) <= 1, f"bought twice after a kill at {killed}"
        cycle = label.ask(cycles.cycle_by_id, cycle_id=label.cycle.id)
        rows = label.ask(steps.steps_of, cycle_id=label.cycle.id)
        spent = label.ask(ledger.spent, caps=owner.CAPS)
        if cycle.state is CycleState.PARKED:
            parked_at.append(kill_at)
            assert rows[-1].status is StepStatus.UNKNOWN
            assert spent.day_usd == Decimal("0.30"), "an unknown purchase keeps its reservation"
        else:
            assert cycle.state is CycleState.ENDED, killed
            assert len(rows) == 6
            assert all(row.status is StepStatus.DONE for row in rows), killed
            assert len(keys) == 3, killed
            assert spent.day_usd == Decimal("0.30"), killed
            assert len(set((label.folder / "messages").read_text().split())) == 1
            files = [path for path in (label.folder / "assets").rglob("*") if path.is_file()]
            assert [path.read_text() for path in files if ".part" not in path.name] == ["the release"]
    # Only the window in which nobody can tell: intent committed, up to the job id being on record.
    assert 0 < len(parked_at) <= 8


@pytest.mark.parametrize(("choice", "bought"), [("paste", 0), ("buy_again", 1), ("cancel", 0)])
def test_an_operator_settles_a_parked_purchase(
    tmp_path: Path, vendor_at: tuple[str, Path], choice: str, bought: int
):
    base, books = vendor_at
    (tmp_path / "whole").mkdir()
    _, boundaries = Label(tmp_path / "whole", base).run(owner.own)
    third = [index for index, name in enumerate(boundaries) if name == "submitted"][2]
    (tmp_path / "parked").mkdir()
    label = Label(tmp_path / "parked", base)
    label.run(owner.own, third + 1)
    label.run(owner.own)
    assert label.ask(cycles.cycle_by_id, cycle_id=label.cycle.id).state is CycleState.PARKED
    before = json.loads(books.read_text())

    label.ask(
        steps.resolve_parked, cycle_id=label.cycle.id, choice=choice, job_id=before[-1]["job"], who="operator"
    )
    code, _ = label.run(owner.own)

    if choice == "cancel":
        return  # The owner ends with the cancel, which LiveArtist turns into an outcome.
    assert code == 0
    assert len(charges_of(books, len(before))) == bought
    assert label.ask(cycles.cycle_by_id, cycle_id=label.cycle.id).state is CycleState.ENDED
    assert label.ask(ledger.spent, caps=owner.CAPS).day_usd == Decimal("0.30") + bought * owner.PRICE_USD


def test_the_naive_control_buys_twice(tmp_path: Path, vendor_at: tuple[str, Path]):
    base, books = vendor_at
    (tmp_path / "whole").mkdir()
    _, boundaries = Label(tmp_path / "whole", base).run(owner.own_naively)
    doubled = 0
    for kill_at in range(1, len(boundaries) + 1):
        before = len(json.loads(books.read_text()))
        (tmp_path / str(kill_at)).mkdir()
        label = Label(tmp_path / str(kill_at), base)
        label.run(owner.own_naively, kill_at)
        label.run(owner.own_naively)
        doubled += len(charges_of(books, before)) > 3
    assert doubled >= 3, "the sweep does not see what it is there to see"
