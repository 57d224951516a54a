"""Where a song's numbers come from: genes, what was approved, the critic's steps and the experiment's arm."""

import random

from agents.music.review.mark import ANEW
from agents.planning.memory import Recollection
from agents.planning.variants import GENES as STEERED
from agents.planning.variants import Variant, step
from configs.genres import Genre
from storage.clock import sub_seed
from storage.types import Genes, KnownLesson, ParameterChange

ANEW_REASON = "critic: drawn anew, from another seed"
_LARGEST_STEP = 0.5
_TRUST_IN_APPROVED = 0.5
"""How far an artist without any sense of adventure moves its tempo towards what was approved."""
_FREEDOM = 0.12
"""How far one song's numbers stray from the genes of an artist who is all adventure."""


def steer(
    genes: Genes,
    genre: Genre,
    memory: Recollection,
    changes: tuple[ParameterChange, ...],
    variants: tuple[Variant, ...],
    seed: int,
    lessons: tuple[KnownLesson, ...] = (),
    *,
    fixed: frozenset[str] = frozenset(),
) -> tuple[Genes, tuple[str, ...]]:
    """The numbers of one song, in the genes' own terms, and a line for everything that moved them.

    Genes in `fixed` say nothing in this song, because the request does: what would move them is told and not done.

    Raises:
        UsageError: a variant's value is no number.
    """
    reasons: list[str] = []
    numbers = {name: float(getattr(genes, name)) for name in STEERED}
    for name in STEERED:
        stream = random.Random(sub_seed(seed, "plan", name))
        numbers[name] += _FREEDOM * genes.adventurousness * stream.uniform(-1, 1)
    if memory.approved_tempo_bpm is not None:
        _lean_on_approved(numbers, genes, genre, memory.approved_tempo_bpm, reasons)
    for lesson in lessons:
        _apply_lesson(numbers, lesson, reasons)
    for change in changes:
        _apply_change(numbers, change, reasons, fixed)
    for variant in variants:
        if variant.parameter in fixed:
            reasons.append(f"experiment: {variant.parameter} {variant.value} gives way to the request")
            continue
        if variant.parameter in numbers:
            numbers[variant.parameter] = step(variant, numbers[variant.parameter])
        kind = "promoted" if variant.is_promoted else f"arm {variant.arm_id}"
        reasons.append(f"experiment: {kind}, {variant.parameter} {variant.value}")
    bounded = {name: round(min(1.0, max(lowest(name), value)), 3) for name, value in numbers.items()}
    return genes.model_copy(update=bounded), tuple(reasons)


def lowest(name: str) -> float:
    """The lower bound of a gene."""
    return -1.0 if name == "tempo_bias" else 0.0


def _lean_on_approved(
    numbers: dict[str, float], genes: Genes, genre: Genre, approved_bpm: float, reasons: list[str]
) -> None:
    slow, fast = genre.tempo_bpm
    bias = max(-1.0, min(1.0, (2 * approved_bpm - slow - fast) / (fast - slow)))
    weight = _TRUST_IN_APPROVED * (1.0 - genes.adventurousness)
    moved = weight * (bias - numbers["tempo_bias"])
    numbers["tempo_bias"] += moved
    if abs(moved) >= 0.05:
        way = "faster" if moved > 0 else "slower"
        reasons.append(f"memory: approved songs average {approved_bpm:.0f} BPM, so a little {way}")


def _apply_lesson(numbers: dict[str, float], lesson: KnownLesson, reasons: list[str]) -> None:
    """A step that a reflection wanted and the genes have not made: as far as its evidence goes, and told either way."""
    gene = lesson.key.partition("/")[0]
    if lesson.about == "music" and gene in numbers and not lesson.is_absorbed:
        numbers[gene] += lesson.step * min(1.0, lesson.evidence)
    reasons.append(f"lesson: {lesson}")


def _apply_change(
    numbers: dict[str, float], change: ParameterChange, reasons: list[str], fixed: frozenset[str]
) -> None:
    if change.parameter == ANEW[0]:
        if ANEW_REASON not in reasons:
            reasons.append(ANEW_REASON)
        return
    if change.parameter not in numbers:
        reasons.append(f"critic: asked for {change.parameter} {change.delta:+g}, which no plan can steer")
        return
    if change.parameter in fixed:
        reasons.append(f"critic: {change.parameter} {change.delta:+.2f} gives way to the request")
        return
    step = max(-_LARGEST_STEP, min(_LARGEST_STEP, change.delta))
    numbers[change.parameter] += step
    reasons.append(f"critic: {change.parameter} {step:+.2f}")
