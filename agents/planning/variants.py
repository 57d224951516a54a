"""What an experiment may vary, and how a variant is written: a gene's number or step, or a text for those who make the song."""

import re

from agents.visuals.identity import COMPOSITIONS
from storage.errors import UsageError
from storage.types import Frozen, Genes, SongRequest

CONTROL = "control"
GENES = tuple(name for name in Genes.model_fields if name not in ("adventurousness", "temperature"))
PREFIX, COVER = "music_prompt_prefix", "cover_composition"
TEXT_MAX = 80
_FIXED_BY = {"tempo_bias": "tempo_bpm", "darkness": "mode", "density": "density", "energy": "energy"}
"""Genes that say nothing where a request fixes the one thing they decide."""
_NUMBER = re.compile(r"(?P<sign>[+\-−]?)(?P<value>\d+(\.\d+)?)")


class Variant(Frozen):
    """One parameter of a song that is not the artist's own choice."""

    arm_id: str
    parameter: str
    value: str
    """`control`; a gene's `0.7`, or `+0.1` as a step; a prefix for vendors' prompts; a cover composition's name."""
    is_promoted: bool = False
    """A winner of before: it teaches nothing more."""


def check_variant(parameter: str, value: str) -> None:
    """Raises UsageError for what no song can be made with."""
    if parameter not in (*GENES, PREFIX, COVER):
        raise UsageError(
            f"no parameter {parameter[:40]!r}: an experiment varies one of {', '.join((*GENES, PREFIX, COVER))}"
        )
    if value == CONTROL:
        return
    if parameter in GENES:
        step(Variant(arm_id=parameter, parameter=parameter, value=value), 0.0)
    elif parameter == COVER and value not in COMPOSITIONS:
        raise UsageError(
            f"no cover composition {value[:40]!r}: choose control or one of {', '.join(COMPOSITIONS)}"
        )
    elif not value.isprintable() or not 0 < len(value) <= TEXT_MAX:
        raise UsageError(f"a prefix is plain text of 1 to {TEXT_MAX} characters, or {CONTROL}")


def is_fixed(parameter: str, request: SongRequest) -> bool:
    """Whether a song would be the same under every variant, because the request says what the parameter decides."""
    if parameter == "tempo_bias" and request.form is not None and request.seconds is not None:
        return True  # so many bars in so many seconds have one tempo
    field = _FIXED_BY.get(parameter)
    return field is not None and getattr(request, field) is not None


def fixed_by(request: SongRequest) -> frozenset[str]:
    """The genes that nothing may steer, because the request says what they decide."""
    return frozenset(name for name in GENES if is_fixed(name, request))


def steers(variants: tuple[Variant, ...], parameter: str) -> bool:
    """Whether a gene is compared, or set by a winner: then nothing else may move it afterwards."""
    return any(
        each.parameter == parameter and not (each.is_promoted and each.value == CONTROL) for each in variants
    )


def step(variant: Variant, now: float) -> float:
    """The gene's number under the variant, before it is bounded. Raises UsageError for what is no number."""
    if variant.value == CONTROL:
        return now
    found = _NUMBER.fullmatch(variant.value.strip())
    if found is None:
        raise UsageError(
            f"experiment arm {variant.arm_id}: {variant.value[:40]!r} is no value of {variant.parameter}; "
            f"write {CONTROL}, a number such as 0.7, or a step such as +0.1"
        )
    value = float(found["value"])
    return {"": value, "+": now + value}.get(found["sign"], now - value)


def text(variants: tuple[Variant, ...], parameter: str) -> str | None:
    """What a text parameter is set to; None where nobody sets it."""
    found = [each.value for each in variants if each.parameter == parameter and each.value != CONTROL]
    return found[-1] if found else None
