"""What is in the air, as far as one artist listens to it: themes and moods it could take up, and a push to the tempo."""

from configs.genres import Genre
from configs.trends import load_trends
from storage.types import Frozen, Genes, Persona, Trend

LOUDEST = 5
"""Trends of each kind that a writer is told of."""
AUDIBLE = 0.15
"""Score from which a trend can move anything."""
_PUSH = 0.6
"""How far the strongest trend moves the tempo of an artist that follows every trend, in the genes' own terms."""


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
    band = next((trend for trend in trends if trend.kind == "tempo" and trend.score >= AUDIBLE), None)
    slow, fast = genre.tempo_bpm
    bounds = load_trends().tempo_bands.get(band.term) if band is not None else None
    if band is None or bounds is None:
        return song, ()
    middle = min(fast, max(slow, sum(bounds) / 2))
    wanted = (2 * middle - slow - fast) / (fast - slow)
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
