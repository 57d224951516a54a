"""A song is sent back for one part after another: that part is new, the rest is what it was, nothing is bought again."""

import asyncio
import json
from pathlib import Path

import pytest

from runtime.desk import Desk
from runtime.desk.actor import Actor
from runtime.label import Label
from runtime.replay import StepReplay, replay
from storage import approval_rows, queries, records, releases
from storage.approval_rows import Approval
from storage.cycles import Cycle
from storage.types import (
    Artwork,
    Brief,
    CycleState,
    CycleStep,
    Lyrics,
    Master,
    Outcome,
    Redo,
    SongEdits,
    Takes,
)
from tests.journeys.quick import changed, new_song, reaches
from tests.journeys.test_providers import BUYING, PRICE_USD, connect, spent_usd

pytestmark = [pytest.mark.walk, pytest.mark.cluster]


async def asked(label: Label, cycle: Cycle) -> Approval:
    await reaches(label, cycle, CycleState.WAITING)
    return await label.store.read(approval_rows.find_approval, ref=cycle.id)


async def newest(label: Label, cycle: Cycle, step: CycleStep, kind):
    rows = (await label.store.read(queries.cycle_overview, cycle_id=cycle.id)).steps
    return kind.model_validate_json([row for row in rows if row.name is step and row.output][-1].output)


async def test_sent_back_for_each_part_and_released_under_a_persons_title(
    label: Label, vendor_at: tuple[str, Path], tmp_path: Path
):
    base, books = vendor_at
    connect(label, base)
    desk = Desk(label, Actor(alias="ann", surface="console"))
    with changed(label, **BUYING):
        cycle = await new_song(label, seed=31)
        seen = await asked(label, cycle)
        before = await newest(label, cycle, CycleStep.PAINT, Artwork)
        words = await newest(label, cycle, CycleStep.WRITE, Lyrics)
        master = await newest(label, cycle, CycleStep.PRODUCE, Takes[Master])

        await desk.decisions.send_back(seen, Redo.COVER)
        seen = await _another(label, cycle, seen)
        painted = await newest(label, cycle, CycleStep.PAINT, Artwork)
        assert painted.cover.sha256 != before.cover.sha256
        assert painted.preview == before.preview

        await desk.decisions.send_back(seen, Redo.LYRICS)
        seen = await _another(label, cycle, seen)
        assert (await newest(label, cycle, CycleStep.WRITE, Lyrics)).sections != words.sections

        await desk.decisions.send_back(seen, Redo.TITLE)
        title_before = seen.title
        seen = await _another(label, cycle, seen)
        assert seen.title != title_before
        assert (await newest(label, cycle, CycleStep.PLAN, Brief)).title == seen.title

        lines = [f"line {number}" for number in range(len(seen.facts["lines"]))]
        await desk.decisions.approve(seen, edits=SongEdits(title="A Person's Title", lines=tuple(lines)))
        ended = await reaches(label, cycle, CycleState.ENDED)

    assert ended.outcome is Outcome.APPROVED, ended.reason
    assert await newest(label, cycle, CycleStep.PRODUCE, Takes[Master]) == master
    assert len(json.loads(books.read_text())) == 1
    assert await spent_usd(label, cycle) == PRICE_USD
    released = await label.store.read(releases.release_of_cycle, cycle_id=cycle.id)
    bag = label.settings.home / "releases" / released.directory
    assert released.title == "A Person's Title"
    assert "line 0" in (bag / "data" / "lyrics" / "lyrics.txt").read_text()
    assert json.loads((bag / "data" / "plan.json").read_text())["lyric_lines"][0]["text"] == "line 0"

    record = await label.store.read(records.cycle_record, cycle_id=cycle.id)
    told: list[StepReplay] = []
    again = await replay(record, label.settings, tmp_path, videos=False, tell=told.append)
    assert again.is_same, told
    assert {(step.name, step.revision) for step in told} == {
        (step.row.name, step.row.revision) for step in record.steps
    }


async def _another(label: Label, cycle: Cycle, before: Approval) -> Approval:
    """The question about the next version; the answered one stays answered."""
    async with asyncio.timeout(120):
        while True:
            now = await label.store.read(approval_rows.of_cycle, cycle_id=cycle.id)
            if now.id != before.id:
                return now
            await asyncio.sleep(0.1)
