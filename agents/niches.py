"""Niches: where each artist stands among the others in style, and how new work is kept off a neighbour's.

Style is the genes, each on a scale of 0 to 1, and the genre. The distance of two artists is the root mean square of
their genes' differences; another genre adds a constant, because a listener hears it first.
"""

from collections.abc import Collection, Sequence
from math import sqrt

from storage.types import Frozen, GeneEdit, Genes

AXES = tuple(name for name in Genes.model_fields if name != "temperature")
"""What can be heard: how a model is asked is no style."""
GENRE_APART = 0.5
CROWDED = 0.12
"""Two artists of a genre that stand nearer than this are in each other's niche."""
PUSH = 0.1
"""How far one change moves an artist out of a neighbour's niche."""
CHUNK = 512


class Niche(Frozen):
    """One artist's place."""

    name: str
    genre: str
    genes: Genes


def place(genes: Genes) -> tuple[float, ...]:
    """The genes in the order of AXES, each 0 to 1."""
    values = dict(genes)
    return tuple((values[axis] + 1) / 2 if axis == "tempo_bias" else values[axis] for axis in AXES)


def distance(first: Niche, second: Niche) -> float:
    """How far apart two artists are: 0 for the same style, about 0.2 for two of a genre by chance."""
    differences = zip(place(first.genes), place(second.genes), strict=True)
    apart = sqrt(sum((a - b) ** 2 for a, b in differences) / len(AXES))
    return apart + (0.0 if first.genre == second.genre else GENRE_APART)


def nearest(own: Niche, others: Sequence[Niche]) -> tuple[Niche, float] | None:
    """The neighbour and its distance; nothing where nobody else is."""
    if not others:
        return None
    found = min(others, key=lambda other: distance(own, other))
    return found, distance(own, found)


def diversity(roster: Sequence[Niche]) -> float:
    """Mean distance of an artist to its nearest neighbour; 0 for fewer than two artists.

    Memory is that of a few hundred rows, whatever the roster's size.
    """
    if len(roster) < 2:
        return 0.0
    import numpy as np

    places = np.array([place(niche.genes) for niche in roster])
    names = {genre: number for number, genre in enumerate(sorted({niche.genre for niche in roster}))}
    genres = np.array([names[niche.genre] for niche in roster])
    total = 0.0
    for start in range(0, len(roster), CHUNK):
        rows = slice(start, start + CHUNK)
        squares = (places[rows, None, :] - places[None, :, :]) ** 2
        apart = np.sqrt(squares.mean(axis=2)) + GENRE_APART * (genres[rows, None] != genres[None, :])
        apart[np.arange(len(apart)), np.arange(start, start + len(apart))] = np.inf
        total += float(apart.min(axis=1).sum())
    return total / len(roster)


def moved(genes: Genes, edits: Sequence[GeneEdit]) -> Genes:
    """Genes after edits; one that is at its end stays there."""
    values = dict(genes)
    for edit in edits:
        low = -1.0 if edit.gene == "tempo_bias" else 0.0
        values[edit.gene] = round(min(1.0, max(low, values[edit.gene] + edit.delta)), 4)
    return Genes.model_validate(values)


def steered_apart(
    own: Niche, edits: tuple[GeneEdit, ...], others: Sequence[Niche], *, pinned: Collection[str] = ()
) -> tuple[GeneEdit, ...]:
    """The edits without those that lead into a neighbour's niche, and with a step out of it where one is inside.

    The step is on none of the `pinned` genes.
    """
    kept = list(edits)
    while kept and (crowd := _crowd(own, kept, others)) is not None:
        fewer = [[one for one in kept if one is not edit] for edit in kept]
        roomiest = max(_room(own, rest, crowd) for rest in fewer)
        if roomiest <= _room(own, kept, crowd):
            break
        kept = next(rest for rest in fewer if _room(own, rest, crowd) == roomiest)
    crowd = _crowd(own, kept, others)
    if crowd is None or distance(own, crowd) >= CROWDED:
        return tuple(kept)
    push = _push(own, crowd, pinned)
    if push is None:
        return tuple(kept)
    return (*(edit for edit in kept if edit.gene != push.gene), push)


def _crowd(own: Niche, edits: Sequence[GeneEdit], others: Sequence[Niche]) -> Niche | None:
    """The nearest neighbour after the edits, if that is too near."""
    after = own.model_copy(update={"genes": moved(own.genes, edits)})
    found = nearest(after, [other for other in others if other.genre == own.genre])
    return found[0] if found is not None and found[1] < CROWDED else None


def _room(own: Niche, edits: Sequence[GeneEdit], other: Niche) -> float:
    return distance(own.model_copy(update={"genes": moved(own.genes, edits)}), other)


def _push(own: Niche, other: Niche, pinned: Collection[str]) -> GeneEdit | None:
    """A step away along the axis on which the two differ most already, and on which there is room."""
    free = [axis for axis in AXES if axis not in pinned]
    if not free:
        return None
    mine, theirs = dict(own.genes), dict(other.genes)

    def gain(axis: str) -> tuple[float, str]:
        step = _away(mine[axis], theirs[axis], axis)
        return abs(step) * (abs(mine[axis] - theirs[axis]) + 0.01), axis

    axis = max(free, key=gain)
    return GeneEdit(
        gene=axis,
        delta=_away(mine[axis], theirs[axis], axis),
        because=f"niche: away from {other.name}, who stands as near as {distance(own, other):.2f}",
    )


def _away(mine: float, theirs: float, axis: str) -> float:
    """A step from theirs to mine and beyond; to the other side, where mine is at the end of the gene."""
    low = -1.0 if axis == "tempo_bias" else 0.0
    up, down = min(PUSH, 1.0 - mine), -min(PUSH, mine - low)
    ahead, back = (up, down) if mine >= theirs else (down, up)
    return round(ahead or back, 4)
