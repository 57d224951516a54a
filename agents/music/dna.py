"""Sound DNA: who plays an artist's songs and which motifs they grow from; drawn once, then moved by small steps."""

import random

from agents.music.genre import find_genre
from configs.genres import Genre
from storage.clock import sub_seed
from storage.types import Brief, SoundDna

PARTS = ("melody", "counter", "chords", "pad", "arpeggio", "bass", "kit")
MOTIFS = 6
SYNCOPATION, LEAPS = (0.3, 1.6), (0.15, 0.45)
"""Least and most: how readily off-beats are struck, and what share of steps are leaps."""
LARGEST_STEP = 0.1
"""How far one step moves a number, as a share of its range."""


def draw_dna(genre: Genre, signature_seed: int) -> SoundDna:
    """The same signature always has the same DNA."""
    instruments: dict[str, str] = {}
    for part in PARTS:
        stock: tuple[str, ...] = getattr(genre.stock, part)
        rng = random.Random(sub_seed(signature_seed, "palette", part))
        fresh = [name for name in stock if name not in instruments.values()]
        instruments[part] = rng.choice(fresh or list(stock))
    taste = random.Random(sub_seed(signature_seed, "motifs"))
    return SoundDna(
        instruments=instruments,
        syncopation=taste.uniform(*SYNCOPATION),
        leaps=taste.uniform(*LEAPS),
        motif_seeds=tuple(sub_seed(signature_seed, "motif", index) for index in range(MOTIFS)),
    )


def dna_of(brief: Brief) -> SoundDna:
    """A brief's DNA; of briefs from before it was on record, what their signature gives."""
    return brief.sound or draw_dna(find_genre(brief.genre), brief.signature_seed)


def step(dna: SoundDna, genre: Genre, seed: int) -> tuple[SoundDna, str]:
    """One small step: an instrument of the genre's stock for another, one motif anew, or a taste a little moved.

    Returns:
        The DNA after it, and what moved, in words.
    """
    rng = random.Random(sub_seed(seed, "dna"))
    kinds: list[str] = ["motif", "syncopation", "leaps"]
    others = {part: _others(dna, genre, part) for part in PARTS}
    replaceable = [part for part, names in others.items() if names]
    if replaceable:
        kinds += ["instrument"] * 2
    kind = rng.choice(kinds)
    if kind == "instrument":
        part = rng.choice(replaceable)
        name = rng.choice(others[part])
        told = f"{part}: {dna.instruments[part]} gives way to {name}".replace("_", " ")
        return dna.model_copy(update={"instruments": dna.instruments | {part: name}}), told
    if kind == "motif":
        place = rng.randrange(len(dna.motif_seeds))
        seeds = list(dna.motif_seeds)
        seeds[place] = sub_seed(seed, "dna", "motif", place)
        return dna.model_copy(
            update={"motif_seeds": tuple(seeds)}
        ), f"motif {place + 1} of {len(seeds)} is new"
    low, high = SYNCOPATION if kind == "syncopation" else LEAPS
    before = float(getattr(dna, kind))
    moved = before + rng.choice((-1, 1)) * rng.uniform(0.4, 1.0) * LARGEST_STEP * (high - low)
    after = round(min(high, max(low, moved)), 4)
    return dna.model_copy(update={kind: after}), f"{kind}: {before:.2f} to {after:.2f}"


def _others(dna: SoundDna, genre: Genre, part: str) -> list[str]:
    return [name for name in getattr(genre.stock, part) if name not in dna.instruments.values()]
