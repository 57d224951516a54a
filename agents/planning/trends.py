"""What is in the air, as far as one artist listens to it: in its songs, when it is drafted, and when it changes.

Trends are terms of our own vocabulary with scores: of what others write nothing else is left by the time it comes here.
"""

import random
from collections.abc import Mapping

from configs.genres import Genre
from configs.trends import load_trends
from storage.clock import sub_seed
from storage.types import Frozen, GeneEdit, Genes, Persona, Trend

LOUDEST = 5
"""Trends of each kind that a writer is told of."""
AUDIBLE = 0.15
"""Score from which a trend can move anything."""
_PUSH = 0.6
"""How far the strongest trend moves the tempo of an artist that follows every trend, in the genes' own terms."""


THEMES_MAX, MOODS_MAX = 6, 5


class InTheAir(Frozen):
    """Trends as one artist hears them: names of our own vocabulary, with scores that its adaptability has scaled."""

    themes: tuple[tuple[str, float], ...] = ()
    moods: tuple[tuple[str, float], ...] = ()
    told: tuple[Trend, ...] = ()


def heard_by(persona: Persona, trends: tuple[Trend, ...], own_themes: tuple[str, ...]) -> InTheAir:
    """What an artist could follow: themes that suit it, moods that it has. Nothing where it follows none."""
    if not persona.trend_adaptability:
        return InTheAir()
    audible = tuple(trend for trend in trends if trend.score >= AUDIBLE)

    def scaled(kind: str, suiting: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
        suits = [trend for trend in audible if trend.kind == kind and trend.term in suiting]
        return tuple(
            (trend.term, round(trend.score * persona.trend_adaptability, 3)) for trend in suits[:LOUDEST]
        )

    return InTheAir(
        themes=scaled("theme", (*persona.themes, *own_themes)),
        moods=scaled("mood", persona.moods),
        told=audible,
    )


def push_tempo(
    song: Genes, genre: Genre, persona: Persona, trends: tuple[Trend, ...]
) -> tuple[Genes, tuple[str, ...]]:
    """A song's tempo a little towards the band of tempos that is in the air, within the genre's own."""
    band, wanted = _tempo_in_the_air(genre, trends)
    if band is None:
        return song, ()
    moved = _PUSH * persona.trend_adaptability * band.score * (wanted - song.tempo_bias)
    bias = round(min(1.0, max(-1.0, song.tempo_bias + moved)), 3)
    if abs(bias - song.tempo_bias) < 0.02:
        return song, ()
    return song.model_copy(update={"tempo_bias": bias}), (f"trend: {band} moved the tempo by {moved:+.2f}",)


def moved_words(air: InTheAir, kind: str, chosen: str) -> tuple[str, ...]:
    """A line for a theme or mood that is in the air and was chosen."""
    offered = dict(air.themes if kind == "theme" else air.moods)
    trend = next((each for each in air.told if each.kind == kind and each.term == chosen), None)
    if trend is None or chosen not in offered:
        return ()
    return (f"trend: {trend}, and the song takes it up",)


def lean_genre(
    names: Mapping[str, object], adaptability: float, trends: tuple[Trend, ...], seed: int
) -> tuple[str, tuple[str, ...]]:
    """A genre drawn by the seed, those in the air more readily; told where the trend made the difference."""
    known = sorted(names)
    own = random.Random(sub_seed(seed, "genre")).choice(known)
    loud = {trend.term: trend for trend in _audible(trends, "genre") if trend.term in names}
    if not loud or not adaptability:
        return own, ()
    rng = random.Random(sub_seed(seed, "genre", "trend"))
    pull = adaptability * max(trend.score for trend in loud.values())
    # At least half of all draws are the seed's own: a roster in which everybody follows the season would be one artist.
    if rng.random() >= pull / (pull + 1):
        return own, ()
    chosen = rng.choices(sorted(loud), [loud[name].score for name in sorted(loud)])[0]
    return chosen, () if chosen == own else (f"trend: {loud[chosen]} moved the genre from {own!r}",)


def lean_persona(
    persona: Persona,
    genes: Genes,
    genre: Genre,
    suiting: Mapping[str, tuple[str, ...]],
    trends: tuple[Trend, ...],
) -> tuple[Persona, Genes]:
    """A draft with one theme and one mood more that are in the air and suit its genre, and its tempo a little nearer.

    Args:
        suiting: what suits, by `theme` and `mood`; a kind that a person has fixed is left out.
    """
    if not persona.trend_adaptability:
        return persona, genes
    changed: dict[str, object] = {}
    told: list[str] = []
    for kind, field, most in (("theme", "themes", THEMES_MAX), ("mood", "moods", MOODS_MAX)):
        have = getattr(persona, field)
        loudest = next(
            (
                trend
                for trend in _audible(trends, kind)
                if trend.term in suiting.get(kind, ()) and trend.score * persona.trend_adaptability >= AUDIBLE
            ),
            None,
        )
        if loudest is not None and loudest.term not in have and len(have) < most:
            changed[field] = (*have, loudest.term)
            told.append(f"trend: {loudest} brought a {kind}")
    genes, moved = push_tempo(genes, genre, persona, trends)
    return persona.model_copy(update=changed | {"leanings": (*persona.leanings, *told, *moved)}), genes


def lean_change(
    genes: Genes, genre: Genre, adaptability: float, trends: tuple[Trend, ...], largest: float
) -> tuple[GeneEdit, ...]:
    """A step of the tempo towards what is in the air, as far as an artist listens; none where it is there already."""
    band, wanted = _tempo_in_the_air(genre, trends)
    if band is None:
        return ()
    step = adaptability * band.score * (wanted - genes.tempo_bias)
    delta = round(max(-largest, min(largest, step)), 3)
    return () if abs(delta) < 0.02 else (GeneEdit(gene="tempo_bias", delta=delta, because=f"trend: {band}"),)


def _audible(trends: tuple[Trend, ...], kind: str) -> list[Trend]:
    return [trend for trend in trends if trend.kind == kind and trend.score >= AUDIBLE]


def _tempo_in_the_air(genre: Genre, trends: tuple[Trend, ...]) -> tuple[Trend | None, float]:
    """The loudest band of tempos, and where in the genre's own band its middle lies, −1 to 1."""
    band = next(iter(_audible(trends, "tempo")), None)
    bounds = load_trends().tempo_bands.get(band.term) if band is not None else None
    if band is None or bounds is None:
        return None, 0.0
    slow, fast = genre.tempo_bpm
    middle = min(fast, max(slow, sum(bounds) / 2))
    return band, (2 * middle - slow - fast) / (fast - slow)
