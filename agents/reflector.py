"""The reflector: what an artist takes from the song it just made, before anyone decides on it."""

from agents.llm.protocol import Completion, Request, Writer
from agents.llm.repair import ask
from agents.llm.tasks import EarlierPiece, ReflectionDraft, ReflectionInputs
from storage.clock import sub_seed
from storage.types import (
    Artist,
    Brief,
    Critique,
    Genes,
    MadePiece,
    Master,
    Reflection,
    SongPlan,
)

LARGEST_STEP = 0.1
"""How far one reflection may move one gene."""
_REMEMBERED_SONGS = 5


async def reflect(
    writer: Writer,
    *,
    artist: Artist,
    brief: Brief,
    critique: Critique,
    plan: SongPlan,
    master: Master,
    memory: tuple[MadePiece, ...],
) -> tuple[Reflection, Completion[ReflectionDraft]]:
    """Look back on one song: what held, what to change, and at most three small reversible gene steps.

    Raises:
        ProviderError: no writer gave a reflection within its bounds.
    """
    inputs = ReflectionInputs(
        artist_name=artist.persona.name,
        genre=brief.genre,
        title=brief.title,
        theme=brief.theme,
        mood=brief.mood,
        planned_tempo_bpm=brief.tempo_bpm,
        measured_tempo_bpm=master.tempo_bpm,
        planned_key=f"{brief.key} {brief.mode}",
        measured_key=f"{master.key} {master.mode}",
        loudness_lufs=master.loudness_lufs,
        true_peak_dbtp=master.true_peak_dbtp,
        duration_s=master.duration_s,
        form=tuple(section.name for section in plan.sections),
        score=critique.score,
        threshold=critique.threshold,
        passed=critique.passed,
        findings=critique.findings,
        genes=artist.genes,
        style_notes=artist.style_notes,
        earlier=tuple(_earlier(piece) for piece in memory[-_REMEMBERED_SONGS:]),
    )
    request = Request(
        task="reflection",
        prompt="reflection",
        inputs=inputs,
        answer=ReflectionDraft,
        seed=sub_seed(brief.seed, "reflection"),
    )
    completion = await ask(writer, request, lambda draft: _faults(draft, critique))
    return Reflection(**dict(completion.value), source=completion.source), completion


def _earlier(piece: MadePiece) -> EarlierPiece:
    return EarlierPiece(
        title=piece.title,
        outcome=piece.outcome,
        score=piece.score,
        tempo_bpm=piece.tempo_bpm,
        mood=piece.mood,
    )


def _faults(draft: ReflectionDraft, critique: Critique) -> tuple[str, ...]:
    """What keeps a draft from being applied; a model reads these words."""
    faults: list[str] = []
    genes = [edit.gene for edit in draft.edits]
    faults += [f"there is no gene {gene!r}" for gene in genes if gene not in Genes.model_fields]
    faults += [
        f"{edit.gene} moves by {edit.delta:+g}, more than {LARGEST_STEP}"
        for edit in draft.edits
        if abs(edit.delta) > LARGEST_STEP
    ]
    if len(set(genes)) != len(genes):
        faults.append("each gene may be edited once")
    if draft.edits and not critique.findings:
        faults.append("no finding, no edit")
    return tuple(faults)
