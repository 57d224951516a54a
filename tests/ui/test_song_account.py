"""One song told whole, from rows and files."""

from pathlib import Path

import pytest

from storage import queries, steps
from storage.assets import AssetStore
from storage.types import (
    Asset,
    Composition,
    Critique,
    CycleStep,
    Finding,
    Master,
    Reflection,
    Severity,
    SongPlan,
)
from tests.storage.stage import CAPS, intent, key
from tests.ui.conftest import behind
from ui.cli.running import Ran
from ui.song_account import SongAccount, song_account

PLAN = SongPlan(
    title="Slow Rain", artist_name="Nova Rain", genre="lofi", tempo_bpm=80, key="F#", mode="minor", duration_s=10,
    sections=(), beats_s=(), bars_s=(), chords=(), lyric_lines=(), source="embedded",
)  # fmt: skip


@pytest.fixture
def files(home: Path) -> AssetStore:
    return AssetStore(str(home / "assets"))


def kept(files: AssetStore, folder: Path, kind: str, text: str) -> Asset:
    (folder / kind).write_text(text)
    return files.put(folder / kind, kind=kind, media_type="audio/wav", tool="test")


def master(files: AssetStore, folder: Path, revision: int) -> Master:
    wav, flac, mp3 = (kept(files, folder, kind, f"{kind} {revision}") for kind in ("wav", "flac", "mp3"))
    facts = kept(files, folder, "facts", f"facts {revision}")
    return Master(
        wav=wav, flac=flac, mp3=mp3, facts=facts, duration_s=10, loudness_lufs=-14, true_peak_dbtp=-1.5, tempo_bpm=80, key="F#",
        mode="minor", source="embedded",
    )  # fmt: skip


def critique(score: float) -> Critique:
    finding = Finding(metric="tempo_bpm", value=80, target="80", severity=Severity.INFO, text="It holds.")
    return Critique(
        score=score,
        passed=score >= 0.6,
        threshold=0.6,
        findings=(finding,),
        feedback="so it is",
        source="measured",
        beside=("cyc_another",),
    )


@pytest.fixture
def told(home: Path, tmp_path: Path, files: AssetStore) -> SongAccount:
    """A song that was made twice and rejected by the critic."""
    with behind(home) as stage:
        fence, cycle = stage.song()

        def finish(step: CycleStep, revision: int, value, assets: tuple[Asset, ...] = ()) -> None:
            begun = intent(cycle, step, provider="embedded", revision=revision)
            stage.write(steps.begin_step, fence=fence, intent=begun, caps=CAPS)
            done = steps.StepResult(
                key=key(cycle, step, revision), output=value.model_dump_json(), assets=assets, cpu_s=1.23456
            )
            stage.write(steps.finish_step, fence=fence, finished=done)

        for revision, score in enumerate((0.4, 0.5)):
            plan = kept(files, tmp_path, "plan", PLAN.model_dump_json())
            song = Composition(plan=PLAN, plan_asset=plan, source="embedded")
            finish(CycleStep.COMPOSE, revision, song, (plan,))
            made = master(files, tmp_path, revision)
            finish(CycleStep.PRODUCE, revision, made, (made.wav, made.flac, made.mp3, made.facts))
            finish(CycleStep.CRITICISE, revision, critique(score))
        reflection = Reflection(
            summary="Less.", keep=(), change=(), edits=(), style_note="Less.", source="offline"
        )
        finish(CycleStep.REFLECT, 1, reflection)
        stage.end(fence, cycle, "rejected", "policy")
        files.delete(made.flac.sha256)
        overview = stage.read(queries.cycle_overview, cycle_id=cycle.id)
    return song_account(overview, home / "releases", files)


def test_the_last_revision_is_told(told: SongAccount):
    assert (told.title, told.outcome, told.decided_by, told.release_dir) == (
        "Slow Rain",
        "rejected",
        "policy",
        None,
    )
    assert told.critique is not None
    assert told.critique.score == 0.5
    assert told.critique.findings[0].metric == "tempo_bpm"
    assert told.reflection is not None
    assert told.reflection.summary == "Less."
    assert (told.artist.slug, told.artist.persona.name) == ("nova-rain", "Nova Rain")


def test_files_are_those_that_are_still_there(told: SongAccount):
    assert Path(told.audio.wav or "").read_text() == "wav 1"
    assert Path(told.audio.mp3 or "").read_text() == "mp3 1"
    assert told.audio.flac is None
    assert SongPlan.model_validate_json(Path(told.plan or "").read_text()) == PLAN
    assert (told.cover, told.preview, told.videos) == (None, None, ())


def test_every_step_of_every_revision_is_there_with_what_it_made(told: SongAccount):
    steps_told = [(step.name, step.revision, [made.kind for made in step.assets]) for step in told.steps]
    once = [("compose", ["plan"]), ("produce", ["wav", "flac", "mp3", "facts"]), ("criticise", [])]
    assert steps_told == [
        *((name, 0, kinds) for name, kinds in once),
        *((name, 1, kinds) for name, kinds in once),
        ("reflect", 1, []),
    ]
    assert all(step.duration_s is not None and step.cpu_s == 1.235 for step in told.steps)


@pytest.mark.parametrize(
    ("state", "outcome", "exit_code"),
    [
        ("ended", "approved", 0),
        ("ended", "rejected", 0),
        ("waiting", None, 0),
        ("ended", "failed_internal", 1),
        ("parked", None, 1),
        ("deferred", None, 1),
        ("ended", "failed_provider", 4),
    ],
)
def test_a_run_ends_with_the_worst_of_its_songs(
    told: SongAccount, state: str, outcome: str | None, exit_code: int
):
    changed = SongAccount.model_validate(told.model_dump() | {"state": state, "outcome": outcome})
    assert Ran(cycles=(told, changed)).exit_code == exit_code
