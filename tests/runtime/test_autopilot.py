"""A song that only people may decide is asked about, with the reason, although the artist's autopilot is on."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from agents.lexicon.objections import objections
from configs.settings import Settings
from configs.wordlists import words_of_list
from runtime.approvals import Question, ask_people
from runtime.autopilot import autopilot_policy
from runtime.signals import Suspend
from storage import approval_rows, autopilot, migrations
from storage.approval_rows import Approval, ApprovalStatus
from storage.database import open_engine, sqlite_url
from storage.store import LocalStore, Store
from storage.types import (
    Artwork,
    AutopilotPolicy,
    Brief,
    Composition,
    Critique,
    DeciderKind,
    Lyrics,
    LyricSection,
    Master,
    Reflection,
    SongPlan,
    Take,
)
from tests.agents.llm.songs import brief_of
from tests.storage.stage import Stage, Watch, asset, persona

SLUR = min(words_of_list("slurs"))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "labelmate.db"
    engine = open_engine(sqlite_url(file))
    migrations.upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture
def stage(database: Path, tmp_path: Path) -> Iterator[Stage]:
    file = tmp_path / "labelmate.db"
    shutil.copy(database, file)
    clock = Watch(7)
    store = Store(open_engine(sqlite_url(file)), clock)
    yield Stage(store, clock)
    store.close()


def take_of(brief: Brief) -> Take:
    plan = SongPlan(
        title=brief.title, artist_name=brief.artist_name, genre=brief.genre, tempo_bpm=110, key="C", mode="minor",
        duration_s=60, sections=(), beats_s=(), bars_s=(), chords=(), lyric_lines=(), source="embedded",
    )  # fmt: skip
    return Take(
        song=Composition(plan=plan, plan_asset=asset("a0"), source="embedded"),
        master=Master(
            wav=asset("a1"), flac=asset("a2"), mp3=asset("a3"), facts=asset("a4"), duration_s=60,
            loudness_lufs=-14, true_peak_dbtp=-1, tempo_bpm=110, key="C", mode="minor", source="embedded",
        ),
        critique=Critique(score=0.95, passed=True, threshold=0.6, findings=(), feedback="", source="rules"),
    )  # fmt: skip


def question_of(cycle_id, brief: Brief, lines: tuple[str, ...]) -> Question:
    section = LyricSection(section="verse", position=1, lines=lines)
    lyrics = Lyrics(title=brief.title, hook=lines[0], sections=(section,), source="offline")
    return Question(
        cycle_id=cycle_id,
        revision=0,
        brief=brief,
        lyrics=lyrics,
        objections=objections(brief, lyrics, persona("Nova Rain")),
        takes=(take_of(brief),),
        artwork=Artwork(cover=asset("b1"), thumbnail=asset("b2"), preview=asset("b3")),
        reflection=Reflection(summary="", keep=(), change=(), edits=(), style_note="", source="offline"),
        song_price_usd=None,
    )  # fmt: skip


def test_what_is_objected_to_is_told_to_people_whoever_decides():
    brief = brief_of(theme="a drive in the style of Radiohead")
    told = question_of("cyc_1", brief, ("the rain",)).facts()["objections"]
    assert told == ["names a real artist: radiohead (theme)"]


async def asked_about(stage: Stage, home: Path, brief: Brief, lines: tuple[str, ...]) -> Approval:
    """The question's row after an artist with its autopilot on has asked."""
    fence, cycle = stage.song()
    stage.write(
        autopilot.set_autopilot,
        artist_id=fence.artist_id,
        policy=AutopilotPolicy(),
        who="ann",
        surface="cli",
        reason="a good ear",
    )
    store, settings = LocalStore(stage.store), Settings.load(home, undo_s=0.0)
    policy = autopilot_policy(store, settings, fence.artist_id)
    with suppress(Suspend):  # people are asked
        await ask_people(store, fence, question_of(cycle.id, brief, lines), settings, policy)
    return await store.read(approval_rows.find_approval, ref=cycle.id)


async def test_a_clean_song_is_approved(stage: Stage, tmp_path: Path):
    row = await asked_about(stage, tmp_path, brief_of(), ("the rain is on the roof", "and I am dry"))
    assert row.status is not ApprovalStatus.PENDING
    assert row.decided_by is DeciderKind.AUTOPILOT


@pytest.mark.parametrize(
    ("theme", "line", "reason"),
    [
        ("a drive in the style of Prince", "the rain", "autopilot: it names a real artist: prince (theme)"),
        ("city rain", "Radiohead again", "autopilot: it names a real artist: radiohead (lyrics)"),
        ("city rain", f"they called me {SLUR}", "autopilot: it holds a slur (lyrics)"),
    ],
)
async def test_a_name_or_a_slur_brings_it_to_people(
    stage: Stage, tmp_path: Path, theme: str, line: str, reason: str
):
    row = await asked_about(stage, tmp_path, brief_of(theme=theme), (line, "and I am dry"))
    assert row.status is ApprovalStatus.PENDING
    assert row.facts["left_to_people"] == reason
