"""A song whose words come from a model server at the far side of a socket, and what happens when that dies."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.label import Label
from storage import cycles, model_calls, people, queries
from storage.cycles import Cycle
from storage.people import Role
from storage.types import Brief, Critique, CycleState, CycleStep, Lyrics, Outcome, Reflection, Takes
from tests.agents.llm.songwriter import MARK
from tests.journeys.quick import begins, changed, decide, new_song, reaches

pytestmark = [pytest.mark.walk, pytest.mark.cluster]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def model_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A model server in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.agents.llm.songwriter"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip(), process
    process.kill()
    process.wait()
    process.stdout.close()


async def made(label: Label, cycle: Cycle, step: CycleStep) -> str:
    """A step's output, as it is kept."""
    overview = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
    return next(row.output for row in overview.steps if row.name is step and row.output)


async def test_the_servers_words_are_sung_criticised_and_reflected_on(
    label: Label, model_server: tuple[str, subprocess.Popen[str]]
):
    with changed(label, llm_base_url=model_server[0]):
        cycle = await new_song(label, seed=31)
        await reaches(label, cycle, CycleState.WAITING)
        lyrics = Lyrics.model_validate_json(await made(label, cycle, CycleStep.WRITE))
        assert lyrics.source == "local:m1"
        assert all(MARK in line for section in lyrics.sections for line in section.lines)
        assert any("anew" in line for section in lyrics.sections for line in section.lines), (
            "after the critic"
        )
        reflection = Reflection.model_validate_json(await made(label, cycle, CycleStep.REFLECT))
        assert (reflection.source, MARK in reflection.summary) == ("local:m1", True)
        calls = await label.store.read(model_calls.calls_of, cycle_id=cycle.id)
        assert [call.task for call in calls] == [
            "brief",
            "lyrics",
            "critique",
            "lyrics",
            "feedback",
            "reflection",
        ]
        critiques = Takes[Critique].model_validate_json(await made(label, cycle, CycleStep.CRITICISE))
        critique = critiques.first
        assert (critique.source, MARK in critique.feedback) == ("local:m1", True)
        seen = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
        worded = {row.name for row in seen.steps if row.provider == "local:m1"}
        assert worded == {CycleStep.PLAN, CycleStep.WRITE, CycleStep.CRITICISE, CycleStep.REFLECT}
        assert {call.cost_usd for call in calls} == {0}
        await decide(label, cycle)
        assert (await reaches(label, cycle, CycleState.ENDED)).outcome is Outcome.APPROVED


async def test_what_people_said_reaches_a_model_when_it_may_and_without_their_names(
    label: Label, model_server: tuple[str, subprocess.Popen[str]]
):
    with changed(label, llm_base_url=model_server[0]):
        await label.store.write(people.add_person, alias="Ada", role=Role.REVIEWER, who="test")
        first = await new_song(label, seed=33)
        await reaches(label, first, CycleState.WAITING)
        await decide(label, first, Outcome.REJECTED, why="Too many rivers, ADA thinks")
        await reaches(label, first, CycleState.ENDED)
        heard: list[tuple[str, ...]] = []
        for share in ("false", "true"):
            with changed(label, llm_base_url=model_server[0], share_reasons_with_models=share):
                song = await label.request_song(first.artist_id, first.request, who="test")
                await begins(label, song, CycleStep.WRITE)
                brief = Brief.model_validate_json(await made(label, song, CycleStep.PLAN))
                heard.append(tuple(reason for reason in brief.reasons if reason.startswith("heard:")))
                await label.store.write(cycles.request_cancel, cycle_id=song.id, who="test")
                await reaches(label, song, CycleState.ENDED)
        assert heard == [(), ("heard: Too many rivers, somebody thinks",)]


async def test_with_the_server_killed_half_way_the_song_still_ends(
    label: Label, model_server: tuple[str, subprocess.Popen[str]]
):
    base_url, process = model_server
    with changed(label, llm_base_url=base_url):
        cycle = await new_song(label, seed=32)
        await begins(label, cycle, CycleStep.PRODUCE)
        process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(process.wait)
        await reaches(label, cycle, CycleState.WAITING)
        assert MARK in await made(label, cycle, CycleStep.WRITE)
        reflection = Reflection.model_validate_json(await made(label, cycle, CycleStep.REFLECT))
        assert reflection.source == "offline"
        await decide(label, cycle)
        assert (await reaches(label, cycle, CycleState.ENDED)).outcome is Outcome.APPROVED
