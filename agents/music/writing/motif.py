"""Motifs: one bar of rhythm with a contour. Each artist owns a small stock that its songs draw from."""

import random
from dataclasses import dataclass

from agents.music.dna import dna_of
from storage.types import Brief

BEAT_WEIGHT = (3.0, 0.3, 1.2, 0.6, 2.4, 0.3, 1.5, 0.7, 2.2, 0.3, 1.3, 0.6, 2.0, 0.3, 1.0, 0.4)
"""How readily a melody places a note on each sixteenth."""


@dataclass(frozen=True)
class Motif:
    """Onsets in sixteenths with, for each, the scale steps above the motif's first note."""

    steps: tuple[int, ...]
    contour: tuple[int, ...]

    def shorten(self, count: int) -> "Motif":
        """Its first notes."""
        return Motif(self.steps[:count], self.contour[:count])


def motif_stock(brief: Brief) -> tuple[Motif, ...]:
    """The artist's motifs at the brief's density, sparse ones first."""
    dna = dna_of(brief)
    stock: list[Motif] = []
    for index, seed in enumerate(dna.motif_seeds):
        rng = random.Random(seed)
        count = round(2.2 + 3.6 * brief.density + 0.45 * index + rng.uniform(-0.4, 0.4))
        stock.append(_invent(rng, max(2, min(9, count)), dna.syncopation, dna.leaps))
    return tuple(stock)


def draw_motif(stock: tuple[Motif, ...], rng: random.Random, liveliness: float) -> Motif:
    """A motif from the stock, with one onset or interval of its own; liveliness 0 prefers sparse, 1 busy."""
    spot = max(0.0, min(1.0, liveliness + rng.uniform(-0.35, 0.35)))
    motif = stock[round(spot * (len(stock) - 1))]
    contour = list(motif.contour)
    for i in range(1, len(contour)):
        if rng.random() < 0.35:
            contour[i] += rng.choice((-2, -1, 1, 2))
    steps = list(motif.steps)
    if rng.random() < 0.5:
        moved = rng.randrange(1, len(steps))
        free = [step for step in range(steps[moved - 1] + 1, 16) if step not in steps and step % 2 == 0]
        steps[moved] = rng.choice(free) if free else steps[moved]
    return Motif(tuple(sorted(steps)), tuple(max(-4, min(6, step)) for step in contour))


def _invent(rng: random.Random, count: int, syncopation: float, leap_taste: float) -> Motif:
    weights = [weight if step % 4 == 0 else weight * syncopation for step, weight in enumerate(BEAT_WEIGHT)]
    steps: list[int] = []
    while len(steps) < count:
        step = rng.choices(range(16), weights)[0]
        if step not in steps:
            steps.append(step)
    contour = [0]
    for _ in range(count - 1):
        leap = rng.random() < leap_taste
        step = rng.choice((-4, -3, 3, 4)) if leap else rng.choice((-2, -1, -1, 0, 1, 1, 2))
        # What leaps out comes back: keep within about an octave of the start.
        contour.append(contour[-1] + (step if abs(contour[-1] + step) <= 5 else -step))
    return Motif(tuple(sorted(steps)), tuple(contour))
