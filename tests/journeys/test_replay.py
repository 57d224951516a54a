"""A finished song is made again from what is on record, by the command, on a home in which no label runs."""

import asyncio
from pathlib import Path

import pytest

from runtime.label import Label
from storage import queries
from storage.types import CycleState, CycleStep, Master, Takes
from tests.journeys.quick import changed, copied_home, decide, new_song, reaches
from tests.ui.conftest import Answer, Call, call

__all__ = ["call"]
pytestmark = [pytest.mark.walk, pytest.mark.cluster]
MADE_AGAIN = ("plan", "write", "compose", "produce", "criticise", "paint", "reflect", "film", "package")
LEFT_OUT = ("ask", "learn")


def findings(told: Answer) -> dict[str, tuple[str, str]]:
    return {step["name"]: (step["likeness"], step["what"]) for step in told.data["steps"]}


async def test_a_replay_finds_the_same_song_and_what_was_tampered_with(label: Label, home: Path, call: Call):
    with changed(label, critic_threshold=0.0):
        cycle = await new_song(label, seed=51)
        await reaches(label, cycle, CycleState.WAITING)
        await decide(label, cycle)
        await reaches(label, cycle, CycleState.ENDED)
    steps = (await label.store.read(queries.cycle_overview, cycle_id=cycle.id)).steps
    await asyncio.to_thread(copied_home, label.settings.home, home)

    told = await asyncio.to_thread(call, "cycle", "replay", cycle.id, "--videos", "--json")
    found = findings(told)
    assert {name: found[name] for name in MADE_AGAIN} == dict.fromkeys(MADE_AGAIN, ("same", ""))
    assert {name: found[name][0] for name in LEFT_OUT} == dict.fromkeys(LEFT_OUT, "not replayed")
    assert (told.code, len(told.err.splitlines())) == (0, len(CycleStep))

    produced = next(step.output for step in steps if step.name is CycleStep.PRODUCE)
    master = Takes[Master].model_validate_json(produced).first
    wav = home / "assets" / master.wav.sha256[:2] / master.wav.sha256
    wav.write_bytes(wav.read_bytes()[:-2] + b"\1\1")
    told = await asyncio.to_thread(call, "cycle", "replay", cycle.id, "--json")
    found = findings(told)
    assert told.code == 1
    assert found["produce"] == ("differs", "the stored wav is damaged")
    assert found["compose"] == ("same", "")
    assert found["film"][0] == "not replayed"

    lines = (await asyncio.to_thread(call, "cycle", "replay", cycle.id)).out.splitlines()
    assert lines[3] == "produce     differs: the stored wav is damaged"
