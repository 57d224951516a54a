"""Songs that people make elsewhere: imported ones, and those that the label waits for."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from agents.music.analysis import analyse
from agents.music.local.encode import write_mp3
from runtime.desk import Desk
from runtime.desk.actor import Actor
from runtime.desk.cycles import Bringing
from runtime.label import Label
from storage import approval_rows, inbox, queries
from storage.cycles import Cycle
from storage.errors import NotFoundError, UsageError
from storage.inbox import InboxStatus
from storage.types import CycleState, CycleStep, Outcome, SongPlan, SongRequest
from tests.journeys.quick import LOOK_S, changed, decide, new_song, reaches
from tests.runtime.vendor import song as vendor_song

pytestmark = [pytest.mark.walk, pytest.mark.cluster]
RATE_HZ, SECONDS, BEAT_S, FIRST_S = 22_050, 24.0, 60 / 104, 0.35
WORDS = (
    "[Verse]\nthe kettle sings at four\nand no one minds the door\n\n[Chorus]\nstay a while\nstay a while\n"
)


def desk(label: Label) -> Desk:
    return Desk(label, Actor(alias="ann", surface="cli"))


def beat(path: Path) -> Path:
    """A kick on each beat at 104 BPM under a chord of A minor, as an MP3."""
    audio = np.zeros(round(SECONDS * RATE_HZ), np.float32)
    at = np.arange(round(0.2 * RATE_HZ)) / RATE_HZ
    kick = np.sin(2 * np.pi * 70 * at) * np.exp(-at / 0.04)
    for start_s in np.arange(FIRST_S, SECONDS - 0.3, BEAT_S):
        start = round(start_s * RATE_HZ)
        audio[start : start + len(kick)] += 0.5 * kick.astype(np.float32)
    time_s = np.arange(len(audio)) / RATE_HZ
    for hz in (220.0, 261.6, 329.6):
        audio += (0.06 * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)
    write_mp3(np.stack([audio, audio]), path, RATE_HZ)
    return path


async def released(label: Label, cycle: Cycle) -> Path:
    told = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
    assert told.release is not None
    return label.settings.home / "releases" / told.release.directory / "data"


async def test_an_imported_mp3_comes_out_as_a_release_filmed_to_its_beats(label: Label, tmp_path: Path):
    artist = await label.create_artist(seed=71, genre=None, who="test")
    bringing = Bringing(licence="recorded at home", ai_role="human")
    # Whatever it scores: the critic judges a person's recording, and people decide on it.
    with changed(label, critic_threshold=1.0):
        cycle = await desk(label).cycles.import_song(
            artist.id, beat(tmp_path / "Kettle_Song.mp3"), SongRequest(seed=71, formats=("16:9",)), bringing, words=WORDS
        )  # fmt: skip
        await reaches(label, cycle, CycleState.WAITING)
        asked = await label.store.read(approval_rows.find_approval, ref=cycle.id)
        assert (asked.title, asked.facts["source"], asked.facts["rights"]) == (
            "Kettle Song",
            "person",
            "yours to clear: recorded at home",
        )
        await decide(label, cycle)
        ended = await reaches(label, cycle, CycleState.ENDED)
    assert ended.outcome is Outcome.APPROVED, ended.reason

    bag = await released(label, cycle)
    heard = analyse(next(bag.glob("**/*.wav")))
    assert heard.loudness_lufs == pytest.approx(-14, abs=0.2)
    assert heard.true_peak_dbtp <= -1.0
    plan = SongPlan.model_validate_json((bag / "plan.json").read_text())
    assert plan.tempo_bpm == pytest.approx(104, abs=0.3)
    truth = np.arange(FIRST_S - BEAT_S, SECONDS, BEAT_S)
    assert max(np.abs(truth - beat_s).min() for beat_s in plan.beats_s) < 0.04
    assert [line.text for line in plan.lyric_lines][-2:] == ["stay a while", "stay a while"]
    assert list(bag.glob("**/*.mp4"))
    told = json.loads((bag / "ai_disclosure.json").read_text())
    assert "made by people" in told["statement"]
    assert told["instrumentation"]["ai"] == "none"
    assert "recorded at home" in (bag / "LICENSES.json").read_text()

    # The same recording under another name: the critic says whose it is, and people decide.
    other = await label.create_artist(seed=74, genre=None, who="test")
    again = await desk(label).cycles.import_song(
        other.id, tmp_path / "Kettle_Song.mp3", SongRequest(seed=75, title="My Own"), bringing
    )
    await reaches(label, again, CycleState.WAITING)
    asked = await label.store.read(approval_rows.find_approval, ref=again.id)
    assert f"“Kettle Song” by {artist.persona.name}" in str(asked.facts["findings"])


async def test_what_is_no_song_is_not_imported(label: Label, tmp_path: Path):
    artist = await label.create_artist(seed=72, genre=None, who="test")
    path = tmp_path / "page.mp3"
    path.write_bytes(b"<html>" * 2000)
    with pytest.raises(UsageError, match=r"page\.mp3 cannot be read as audio"):
        await desk(label).cycles.import_song(artist.id, path, SongRequest(seed=1), Bringing())
    short = tmp_path / "short.mp3"
    write_mp3(np.zeros((2, 3 * RATE_HZ), np.float32), short, RATE_HZ)
    with pytest.raises(UsageError, match=r"lasts 3\.\d s"):
        await desk(label).cycles.import_song(artist.id, short, SongRequest(seed=1), Bringing())
    with pytest.raises(UsageError, match="at most 400"):
        await desk(label).cycles.import_song(
            artist.id, beat(tmp_path / "a.mp3"), SongRequest(seed=1), Bringing(), words="la\n" * 10_000
        )
    assert await label.store.read(queries.list_cycles, artist_id=artist.id) == []


async def test_a_song_made_by_hand_is_waited_for_and_goes_on_when_it_is_brought(label: Label, tmp_path: Path):
    takes = []
    for number, hz in enumerate((329.6, 440.0), start=1):
        path = tmp_path / f"take{number}.wav"
        path.write_bytes(vendor_song(hz))
        takes.append(path)
    with changed(label, music_providers="inbox", critic_threshold=0.0):
        cycle = await new_song(label, seed=73)
        waiting = await reaches(label, cycle, CycleState.WAITING)
        assert "made by hand" in waiting.reason
        asked = await label.store.read(inbox.find_request, ref=cycle.id)
        assert asked.status is InboxStatus.WAITING
        assert asked.sheet.style
        assert "[Chorus]" in asked.sheet.lyrics or "[Verse]" in asked.sheet.lyrics
        with pytest.raises(UsageError, match="is not there"):
            await desk(label).cycles.deliver(asked, (tmp_path / "missing.wav",), licence="")
        assert (await label.store.read(inbox.find_request, ref=asked.id)).status is InboxStatus.WAITING

        await desk(label).cycles.deliver(asked, tuple(takes), licence="Suno Pro, my plan")
        await _asked_about(label, cycle)
        question = await label.store.read(approval_rows.find_approval, ref=cycle.id)
        assert (question.takes, question.facts["source"]) == (2, "inbox")
        assert question.facts["rights"] == "yours to clear: Suno Pro, my plan"
        await decide(label, cycle)
        ended = await reaches(label, cycle, CycleState.ENDED)
    assert ended.outcome is Outcome.APPROVED, ended.reason
    assert (await label.store.read(inbox.find_request, ref=asked.id)).status is InboxStatus.TAKEN
    told = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
    assert next(step.provider for step in told.steps if step.name is CycleStep.COMPOSE) == "inbox"
    assert told.cost_usd == 0


async def _asked_about(label: Label, cycle: Cycle) -> None:
    """Wait until people are asked about the song: it waited before, for the song itself."""
    while True:
        await reaches(label, cycle, CycleState.WAITING)
        with suppress(NotFoundError):
            await label.store.read(approval_rows.find_approval, ref=cycle.id)
            return
        await asyncio.sleep(LOOK_S)
