"""Which motif each bar of a section sings: statement, sequence, contrast, cadence; and where the hook returns."""

from dataclasses import dataclass

from agents.music.writing.arrangement import Section
from agents.music.writing.motif import Motif, draw_motif, motif_stock
from agents.music.writing.pulse import stream
from configs.genres import Genre
from storage.types import Brief

VERSE_PLAN = {0: (0, 2), 1: (1, 3), 2: (0, 3), 4: (0, 2), 5: (2, 4), 6: (2, 3)}
"""For each bar of eight that is no cadence: which of the verse's motifs, and from which degree."""


@dataclass(frozen=True)
class SungBar:
    """What the melody does in one bar."""

    motif: Motif
    start_degree: int
    """Scale degree around which the bar begins; 0 is the tonic."""
    is_cadence: bool = False
    is_hook: bool = False


@dataclass(frozen=True)
class Themes:
    """The song's own motifs."""

    hook: tuple[Motif, Motif]
    answer: Motif
    verse: tuple[Motif, Motif, Motif]
    rise: Motif
    calm: tuple[Motif, Motif]
    hook_degree: int


def choose_themes(brief: Brief) -> Themes:
    """Draw the song's motifs from the artist's stock."""
    rng = stream(brief, "themes")
    stock = motif_stock(brief)
    return Themes(
        hook=(draw_motif(stock, rng, 0.65), draw_motif(stock, rng, 0.4)),
        answer=draw_motif(stock, rng, 0.5),
        verse=(draw_motif(stock, rng, 0.45), draw_motif(stock, rng, 0.3), draw_motif(stock, rng, 0.6)),
        rise=draw_motif(stock, rng, 0.7),
        calm=(draw_motif(stock, rng, 0.0), draw_motif(stock, rng, 0.1)),
        hook_degree=rng.choice((4, 5, 7)),
    )


def sing_bar(
    brief: Brief, genre: Genre, themes: Themes, section: Section, bar: int, *, is_worded: bool = False
) -> SungBar | None:
    """What the melody does in the section's `bar`, or None where it rests; under words it always has a tune."""
    hook_density = brief.hook_density
    match section.name:
        case "chorus" | "drop":
            sung = _hook_bar(themes, section, bar, hook_density)
        case "intro":
            sung = _quote(themes, bar, section.bars - 2) if hook_density >= 0.6 and section.bars > 2 else None
        case "outro":
            sung = _quote(themes, bar, 0) if hook_density >= 0.3 else None
        case "bridge" | "break":
            sung = _calm_bar(themes, section, bar, hook_density)
        case "pre":
            sung = SungBar(themes.rise, 1 + min(bar, 4))
        case _:
            sung = _verse_bar(themes, section, bar, hook_density)
    is_too_quiet = section.name in ("verse", "pre", "bridge") and section.energy < genre.layers.melody
    if is_worded:
        return sung or SungBar(themes.calm[1].shorten(2), 2, is_cadence=True)
    return None if is_too_quiet else sung


def _hook_bar(themes: Themes, section: Section, bar: int, hook_density: float) -> SungBar:
    pair, within = divmod(bar, 2)
    is_last_pair = bar // 2 == (section.bars - 1) // 2
    if is_last_pair and within == 1:
        return SungBar(themes.hook[1].shorten(3), themes.hook_degree - 2, is_cadence=True)
    if pair % 4 == 1 and hook_density < 0.45 and section.bars > 4:
        return SungBar(themes.answer, themes.hook_degree + 1)
    motif = themes.answer if pair % 4 == 2 and within == 1 and hook_density < 0.8 else themes.hook[within]
    return SungBar(motif, themes.hook_degree - within, is_hook=True)


def _verse_bar(themes: Themes, section: Section, bar: int, hook_density: float) -> SungBar:
    """Eight bars: statement and reply, a sequence, a cadence; statement and contrast, a cadence."""
    reply = themes.verse[1]
    is_end = bar == section.bars - 1
    if is_end and hook_density >= 0.7:
        return SungBar(themes.hook[0], 3, is_hook=True)  # a taste of the chorus
    if is_end or bar % 4 == 3:
        return SungBar(reply.shorten(max(2, len(reply.steps) // 2)), 2, is_cadence=True)
    motif, degree = VERSE_PLAN[bar % 8]
    return SungBar(themes.verse[motif], degree)


def _calm_bar(themes: Themes, section: Section, bar: int, hook_density: float) -> SungBar | None:
    if bar % 4 == 3:
        return None if bar < section.bars - 1 else SungBar(themes.calm[1].shorten(2), 2, is_cadence=True)
    if hook_density > 0.55 and bar % 4 == 2:
        return SungBar(themes.hook[0].shorten(4), 3, is_hook=True)
    return SungBar(themes.calm[bar % 2], 2 + bar % 3)


def _quote(themes: Themes, bar: int, first_bar: int) -> SungBar | None:
    if bar in (first_bar, first_bar + 1):
        within = bar - first_bar
        return SungBar(
            themes.hook[within].shorten(4), themes.hook_degree - 2 - within, within == 1, is_hook=True
        )
    return None
