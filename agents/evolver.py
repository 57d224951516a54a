"""The evolver: what an artist changes next, and whether a change is kept.

One change set at a time. Its edits are small and bounded; songs after it are compared with those before it, and it
stays or is taken back. A good artist is refined: one or two small steps that its songs ask for. A poor one explores:
up to three larger ones, drawn where nothing is known.
"""

import random
from collections.abc import Collection, Sequence
from enum import StrEnum
from math import sqrt
from typing import Literal

from agents.bandit import probability_above
from agents.niches import Niche, moved, steered_apart
from agents.planning.steering import STEERED
from agents.planning.trends import lean_change
from configs.genres import load_genres
from storage.clock import sub_seed
from storage.types import Brief, Frozen, GeneEdit, Trend

REFINE_STEP, EXPLORE_STEP = 0.1, 0.2
"""How far one change moves a gene at most."""
REFINED, EXPLORED = 2, 3
"""How many genes one change moves at most; a step out of a neighbour's niche may come on top."""
SONGS_MIN, SONGS_MAX = 5, 10
"""Decided songs from which a clear difference ends a trial, and at which any trial ends."""
CLEAR = 0.9
"""Probability from which a difference is clear."""
EVEN = 0.5 - 1e-9
"""Probability from which a change stays: that of equal records, which is summed up and so may lie a hair below a half."""
TOLD_APART = 1.0
"""Standard errors by which approved and rejected songs must differ on a gene before it is followed."""


TRIED = (*STEERED, "temperature")
"""What a change set may move, besides what a finding names."""


class Kind(StrEnum):
    REFINE = "refine"
    EXPLORE = "explore"


class Tried(Frozen):
    """A decided song, and the numbers that it was made with, in the genes' own terms."""

    numbers: dict[str, float]
    approved: bool


class Record(Frozen):
    """What people decided on the songs of one version."""

    approved: int
    decided: int


class ChangeSet(Frozen):
    """Edits that are tried together; each says why."""

    kind: Kind
    edits: tuple[GeneEdit, ...]


class Judgement(Frozen):
    """What becomes of a change set, with the numbers."""

    verdict: Literal["go_on", "keep", "roll_back"]
    chance_better: float
    """Probability that people approve more of it than of the version before."""
    text: str


def propose(
    own: Niche,
    kind: Kind,
    *,
    wishes: tuple[GeneEdit, ...],
    songs: Sequence[Tried],
    others: Sequence[Niche],
    pinned: Collection[str] = (),
    seed: int,
    trends: tuple[Trend, ...] = (),
    adaptability: float = 0.0,
) -> ChangeSet | None:
    """The next change set, or nothing where nothing speaks for a change.

    A trend rides along with what people and critic ask for, or takes the place of a step by chance; it is no reason of its own.

    Args:
        wishes: what the latest reflection drew from the critic's findings.
        songs: decided songs of late, the latest last, from which is read what people like.
        others: the rest of the roster; no change leads into their niches.
        pinned: genes that a person holds where they are.
        trends: what is in the air, followed as far as `adaptability` goes, 0 to 1.
    """
    largest, most = (REFINE_STEP, REFINED) if kind is Kind.REFINE else (EXPLORE_STEP, EXPLORED)
    wanted: dict[str, GeneEdit] = {}
    # It changes nothing where the embedded writer wrote the latest song, or a model that takes no temperature.
    is_tempered = bool(songs) and "temperature" in songs[-1].numbers
    held = {*pinned} if is_tempered else {*pinned, "temperature"}
    for edit in (*liked(songs, largest), *wishes):
        if edit.gene in held:
            continue
        wanted.setdefault(edit.gene, _bounded(edit, largest))
    if trends and (wanted or kind is Kind.EXPLORE):
        for edit in lean_change(own.genes, load_genres()[own.genre], adaptability, trends, largest):
            if edit.gene not in pinned:
                wanted.setdefault(edit.gene, edit)
    if kind is Kind.EXPLORE:
        for edit in _drawn(seed, largest, held):
            wanted.setdefault(edit.gene, edit)
    chosen = [edit for edit in wanted.values() if moved(own.genes, [edit]) != own.genes][:most]
    edits = steered_apart(own, tuple(chosen), others, pinned=pinned)
    return ChangeSet(kind=kind, edits=edits) if edits else None


def liked(songs: Sequence[Tried], largest: float) -> tuple[GeneEdit, ...]:
    """Steps towards what approved songs had and rejected ones had not, the clearest difference first."""
    approved = [song.numbers for song in songs if song.approved]
    rejected = [song.numbers for song in songs if not song.approved]
    if len(approved) < 3 or len(rejected) < 3:
        return ()
    found: list[tuple[float, GeneEdit]] = []
    for gene in TRIED:
        mine, theirs = (
            [numbers[gene] for numbers in side if gene in numbers] for side in (approved, rejected)
        )
        if len(mine) < 3 or len(theirs) < 3:
            continue
        gap = _mean(mine) - _mean(theirs)
        error = sqrt(_variance(mine) / len(mine) + _variance(theirs) / len(theirs))
        clear = abs(gap) / error if error else 0.0
        if clear < TOLD_APART:
            continue
        step = round(largest * min(1.0, clear / 2) * (1 if gap > 0 else -1), 3)
        because = (
            f"people: {gene} is {_mean(mine):.2f} in {len(mine)} approved songs, "
            f"{_mean(theirs):.2f} in {len(theirs)} rejected"
        )
        found.append((clear, GeneEdit(gene=gene, delta=step, because=because)))
    return tuple(edit for _clear, edit in sorted(found, key=lambda one: -one[0]))


def numbers_of(brief: Brief) -> dict[str, float]:
    """What a song was made with, in the genes' own terms."""
    slow, fast = load_genres()[brief.genre].tempo_bpm
    bias = max(-1.0, min(1.0, (2 * brief.tempo_bpm - slow - fast) / (fast - slow)))
    direct = ("brightness", "density", "energy", "swing", "width", "hook_density")
    heard = {"tempo_bias": round(bias, 3)} | {gene: float(getattr(brief, gene)) for gene in direct}
    return heard | {"temperature": brief.temperature} if brief.is_tempered else heard


def judge(before: Record, after: Record, *, is_over: bool = False) -> Judgement:
    """Compare a change with the version before it; equal ones stay, because the step was asked for.

    `is_over`: the trial ends now, whatever its length.
    """
    chance = probability_above(
        (after.approved, after.decided - after.approved), (before.approved, before.decided - before.approved)
    )
    text = (
        f"{after.approved} of {after.decided} approved, {before.approved} of {before.decided} before: "
        f"better with probability {chance:.2f}"
    )
    is_clear = chance >= CLEAR or chance <= 1 - CLEAR
    if is_over or after.decided >= SONGS_MAX or (after.decided >= SONGS_MIN and is_clear):
        return Judgement(verdict="keep" if chance >= EVEN else "roll_back", chance_better=chance, text=text)
    return Judgement(verdict="go_on", chance_better=chance, text=text)


def _bounded(edit: GeneEdit, largest: float) -> GeneEdit:
    return edit.model_copy(update={"delta": max(-largest, min(largest, edit.delta))})


def _drawn(seed: int, largest: float, pinned: Collection[str]) -> list[GeneEdit]:
    rng = random.Random(sub_seed(seed, "explore"))
    free = [gene for gene in TRIED if gene not in pinned]
    genes = rng.sample(free, min(EXPLORED, len(free)))
    return [
        GeneEdit(
            gene=gene,
            delta=round(rng.choice((-1, 1)) * rng.uniform(0.5, 1.0) * largest, 3),
            because="explore: a step drawn by chance, because what there is was turned down",
        )
        for gene in genes
    ]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _variance(values: Sequence[float]) -> float:
    middle = _mean(values)
    return sum((value - middle) ** 2 for value in values) / (len(values) - 1)
