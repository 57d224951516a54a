"""Marks for newness: the melody and the lines beside the artist's earlier songs."""

from agents.music.review.mark import Mark, mark, near, within
from agents.music.review.words import plain
from agents.music.similarity import jaccard
from storage.types import Lyrics, MadePiece

USUAL_OVERLAP, COPY = 0.22, 0.6
"""Jaccard overlap two songs of one artist's motif stock may have, and that of the same song again."""


def mark_originality(lyrics: Lyrics, grams: tuple[str, ...], history: tuple[MadePiece, ...]) -> list[Mark]:
    """Marks against the history; none for a first song."""
    marks: list[Mark] = []
    melodies = [(jaccard(grams, piece.melody_hash), piece.title) for piece in history if piece.melody_hash]
    if melodies:
        overlap, title = max(melodies)
        marks.append(
            mark(
                "melody_overlap",
                overlap,
                near(overlap, 0.0, 0.0, USUAL_OVERLAP, COPY - USUAL_OVERLAP),
                target="at most 0.22",
                text=f"The melody shares {overlap:.0%} of its turns with “{title}”.",
                weight=2.0,
                # The motif stock is drawn anew at another density.
                change=("density", 0.15),
            )
        )
    used = {plain(line) for piece in history for line in piece.lines}
    lines = [plain(line) for section in lyrics.sections for line in section.lines if plain(line)]
    if used and lines:
        share = sum(line in used for line in lines) / len(lines)
        marks.append(
            mark(
                "reused_lines",
                share,
                within(share, 0, 0.02, 0.4),
                target="no line of an earlier song",
                text=f"{share:.0%} of the lines were sung in earlier songs.",
                weight=1.5,
            )
        )
    return marks
