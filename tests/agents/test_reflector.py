import pytest

from agents.llm.offline.writer import OfflineWriter
from agents.llm.protocol import Completion
from agents.llm.tasks import ReflectionDraft
from agents.reflector import LARGEST_STEP, reflect
from storage.errors import ProviderRefusedError
from storage.types import (
    Asset,
    Critique,
    Finding,
    GeneEdit,
    MadePiece,
    Master,
    ParameterChange,
    PlannedSection,
    Severity,
    SongPlan,
)
from tests.agents.llm.songs import ARTIST, brief_of

ASSET = Asset(sha256="0" * 64, kind="wav", media_type="audio/wav", size_bytes=1, tool="test")
GOOD = Finding(
    metric="hook_return",
    value=1.0,
    target="in every chorus",
    severity=Severity.INFO,
    text="The hook is in 3 of 3 choruses.",
)


def finding(metric="chorus_rise_db", parameter="energy", delta=0.3, severity=Severity.MINOR, value=0.4):
    return Finding(
        metric=metric,
        value=value,
        target="at least 1 dB",
        severity=severity,
        text=f"The chorus rises by {value:g} dB",
        change=ParameterChange(parameter=parameter, delta=delta),
    )


def critique(*findings, score=0.7):
    return Critique(
        score=score, passed=score >= 0.6, threshold=0.6, findings=findings, feedback="…", source="measured"
    )


async def reflection(judged, *, artist=ARTIST, memory=(), writer=None, tempo_bpm=109.8):
    brief = brief_of(1)
    plan = SongPlan(
        title=brief.title,
        artist_name=brief.artist_name,
        genre=brief.genre,
        tempo_bpm=brief.tempo_bpm,
        key=brief.key,
        mode=brief.mode,
        duration_s=63.1,
        sections=(PlannedSection(name="verse", start_s=0, end_s=17, bars=8, energy=0.5),),
        beats_s=(),
        bars_s=(),
        chords=(),
        lyric_lines=(),
        source="embedded",
    )
    master = Master(
        wav=ASSET,
        flac=ASSET,
        mp3=ASSET,
        facts=ASSET,
        duration_s=63.1,
        loudness_lufs=-14.03,
        true_peak_dbtp=-1.21,
        tempo_bpm=tempo_bpm,
        key="C",
        mode="minor",
        source="embedded",
    )
    made, _ = await reflect(
        writer or OfflineWriter(),
        artist=artist,
        brief=brief,
        critique=judged,
        plan=plan,
        master=master,
        memory=memory,
    )
    return made


async def test_it_quotes_what_was_measured_on_this_song():
    made = await reflection(critique(GOOD))
    for quoted in (
        "Rain on the Roof",
        "63 s",
        "109.8 BPM",
        "C minor",
        "−14.0 LUFS",
        "−1.2 dBTP",
        "0.70",
        "0.60",
    ):
        assert quoted in made.summary
    assert made.keep
    assert made.edits == ()
    assert made.source == "offline"


async def test_other_facts_other_reflection_same_facts_same():
    judged = [
        critique(GOOD),
        critique(finding(), GOOD),
        critique(finding(value=0.1), GOOD),
        critique(finding("rhyme_share", "hook_density", -0.2), GOOD),
        critique(GOOD, score=0.3),
    ]
    told = [(await reflection(one)).model_dump_json() for one in judged]
    assert len(set(told)) == len(judged)
    assert told[1] == (await reflection(judged[1])).model_dump_json()


async def test_edits_come_from_findings_and_stay_small():
    worst = finding("side_mid", "brightness", -2.0, Severity.MAJOR)
    made = await reflection(
        critique(finding(delta=0.1), worst, finding("repeated_lines", "hook_density", 0.3))
    )
    assert made.edits[0].gene == "brightness"
    assert all(0 < abs(edit.delta) <= LARGEST_STEP for edit in made.edits)
    assert {edit.gene: edit.delta for edit in made.edits}["energy"] == pytest.approx(0.05)
    assert "side_mid" in made.edits[0].because
    assert made.change[0].startswith("The chorus rises")


async def test_genes_at_their_end_and_parameters_without_a_gene_are_left_alone():
    full = ARTIST.model_copy(update={"genes": ARTIST.genes.model_copy(update={"energy": 1.0})})
    made = await reflection(
        critique(finding(delta=0.3), finding("loudness", "loudness_lufs", 1.0)), artist=full
    )
    assert made.edits == ()


async def test_it_compares_with_the_songs_before():
    memory = tuple(
        MadePiece(
            title=f"Old {n}",
            theme="x",
            mood="y",
            tempo_bpm=100,
            key="C",
            mode="minor",
            outcome="approved",
            score=0.5,
        )
        for n in range(3)
    )
    assert "0.20 above the usual 0.50" in (await reflection(critique(GOOD), memory=memory)).summary
    assert "first song on record" in (await reflection(critique(GOOD))).summary


class BoldModel:
    """A hosted model that moves a gene further, or another gene, than is allowed."""

    def __init__(self, gene: str, delta: float) -> None:
        self.edit = GeneEdit(gene=gene, delta=delta, because="I felt like it")

    async def complete(self, request):
        draft = ReflectionDraft(summary="s", keep=("k",), change=(), edits=(self.edit,), style_note="n")
        return Completion(
            value=draft,
            source="vendor:model",
            provider="vendor",
            model="model",
            prompt_sha256="p",
            request_sha256="r",
            latency_s=0.0,
        )


@pytest.mark.parametrize(
    ("gene", "delta", "said"), [("energy", 0.19, "more than 0.1"), ("charisma", 0.05, "no gene 'charisma'")]
)
async def test_a_models_edits_are_held_to_their_bounds(gene, delta, said):
    with pytest.raises(ProviderRefusedError, match=said):
        await reflection(critique(finding()), writer=BoldModel(gene, delta))
