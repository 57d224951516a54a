"""Where a song's numbers come from: genes, what was approved, the critic's steps and the experiment's arm."""

import random
import re

from agents.music.review.mark import ANEW
from agents.planning.memory import Recollection
from configs.genres import Genre
from storage.clock import sub_seed
from storage.errors import UsageError
from storage.types import Genes, ParameterChange

STEERED = tuple(name for name in Genes.model_fields if name != "adventurousness")
ANEW_REASON = "critic: drawn anew, from another seed"
_LARGEST_STEP = 0.5
_TRUST_IN_APPROVED = 0.5
"""How far an artist without any sense of adventure moves its tempo towards what was approved."""
_FREEDOM = 0.12
"""How far one song's numbers stray from the genes of an artist who is all adventure."""
_EFFECT = re.compile(r"(?P<parameter>[a-z_]+)\s*(?P<sign>[=+\-−])\s*(?P<value>\d+(\.\d+)?)")


def steer(
    genes: Genes,
    genre: Genre,
    memory: Recollection,
    changes: tuple[ParameterChange, ...],
    arm: tuple[str, str] | None,
    seed: int,
) -> tuple[Genes, tuple[str, ...]]:
    """The numbers of one song, in the genes' own terms, and a line for everything that moved them.

    Raises:
        UsageError: the experiment's effect names no gene.
    """
    reasons: list[str] = []
    numbers = {name: float(getattr(genes, name)) for name in STEERED}
    for name in STEERED:
        stream = random.Random(sub_seed(seed, "plan", name))
        numbers[name] += _FREEDOM * genes.adventurousness * stream.uniform(-1, 1)
    if memory.approved_tempo_bpm is not None:
        _lean_on_approved(numbers, genes, genre, memory.approved_tempo_bpm, reasons)
    for change in changes:
        _apply_change(numbers, change, reasons)
    if arm is not None:
        _apply_arm(numbers, arm, reasons)
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


def _apply_change(numbers: dict[str, float], change: ParameterChange, reasons: list[str]) -> None:
    if change.parameter == ANEW[0]:
        if ANEW_REASON not in reasons:
            reasons.append(ANEW_REASON)
        return
    if change.parameter not in numbers:
        reasons.append(f"critic: asked for {change.parameter} {change.delta:+g}, which no plan can steer")
        return
    step = max(-_LARGEST_STEP, min(_LARGEST_STEP, change.delta))
    numbers[change.parameter] += step
    reasons.append(f"critic: {change.parameter} {step:+.2f}")


def _apply_arm(numbers: dict[str, float], arm: tuple[str, str], reasons: list[str]) -> None:
    arm_id, effect = arm
    if effect.strip() != "control":
        found = _EFFECT.fullmatch(effect.strip())
        if found is None or found["parameter"] not in numbers:
            raise UsageError(
                f"experiment arm {arm_id}: {effect[:40]!r} is no effect; write `control`, `parameter=0.7` or "
                f"`parameter+0.1` with one of {', '.join(STEERED)}"
            )
        value = float(found["value"])
        before = 0.0 if found["sign"] == "=" else numbers[found["parameter"]]
        numbers[found["parameter"]] = before + (value if found["sign"] in "=+" else -value)
    reasons.append(f"experiment: arm {arm_id}, {effect.strip()}")
