"""A song is sent back for one part after another: that part is new, the rest is what it was, nothing is bought again."""

import asyncio
import json
from pathlib import Path

import pytest

from runtime.desk import Actor, Desk
from runtime.label import Label
from storage import approval_rows, queries, releases
from storage.approval_rows import Approval
from storage.cycles import Cycle
from storage.types import Artwork, Brief, CycleState, CycleStep, Lyrics, Master, Outcome, Redo, SongEdits
from tests.journeys.quick import new_song, quick_label, reaches
from tests.journeys.test_providers import PRICE_USD, connect, spent_usd

pytestmark = [pytest.mark.slow, pytest.mark.cluster]


async def asked(label: Label, cycle: Cycle) -> Approval:
    await reaches(label, cycle, CycleState.WAITING)
    return await label.store.read(approval_rows.find_approval, ref=cycle.id)


async def newest(label: Label, cycle: Cycle, step: CycleStep, kind):
    rows = (await label.store.read(queries.cycle_overview, cycle_id=cycle.id)).steps
    return kind.model_validate_json([row for row in rows if row.name is step and row.output][-1].output)


async def test_sent_back_for_each_part_and_released_under_a_persons_title(
    home: Path, ray_address: str, vendor_at: tuple[str, Path]
):
    base, books = vendor_at
    connect(home, base)
    async with quick_label(home, ray_address, music_providers="testvendor", critic_threshold=0.0) as label:
        desk = Desk(label, Actor(alias="ann", surface="console"))
        cycle = await new_song(label, seed=31)
        seen = await asked(label, cycle)
        before = await newest(label, cycle, CycleStep.PAINT, Artwork)
        words = await newest(label, cycle, CycleStep.WRITE, Lyrics)
        master = await newest(label, cycle, CycleStep.PRODUCE, Master)

        await desk.send_back(seen, Redo.COVER)
        seen = await _another(label, cycle, seen)
        painted = await newest(label, cycle, CycleStep.PAINT, Artwork)
        assert painted.cover.sha256 != before.cover.sha256
        assert painted.preview == before.preview

        await desk.send_back(seen, Redo.LYRICS)
        seen = await _another(label, cycle, seen)
        assert (await newest(label, cycle, CycleStep.WRITE, Lyrics)).sections != words.sections

        await desk.send_back(seen, Redo.TITLE)
        title_before = seen.title
        seen = await _another(label, cycle, seen)
        assert seen.title != title_before
        assert (await newest(label, cycle, CycleStep.PLAN, Brief)).title == seen.title

        lines = [f"line {number}" for number in range(len(seen.facts["lines"]))]
        await desk.approve(seen, edits=SongEdits(title="A Person's Title", lines=tuple(lines)))
        ended = await reaches(label, cycle, CycleState.ENDED)

        assert ended.outcome is Outcome.APPROVED, ended.reason
        assert await newest(label, cycle, CycleStep.PRODUCE, Master) == master
        assert len(json.loads(books.read_text())) == 1
        assert await spent_usd(label) == PRICE_USD
        released = await label.store.read(releases.release_of_cycle, cycle_id=cycle.id)
        bag = home / "releases" / released.directory
        assert released.title == "A Person's Title"
        assert "line 0" in (bag / "data" / "lyrics" / "lyrics.txt").read_text()
        assert json.loads((bag / "data" / "plan.json").read_text())["lyric_lines"][0]["text"] == "line 0"


async def _another(label: Label, cycle: Cycle, before: Approval) -> Approval:
    """The question about the next version; the answered one stays answered."""
    async with asyncio.timeout(120):
        while True:
            now = await label.store.read(approval_rows.of_cycle, cycle_id=cycle.id)
            if now.id != before.id:
                return now
            await asyncio.sleep(0.1)
