"""Marks for newness: melody, lines and sound beside the artist's earlier songs, and beside those of other artists."""

from agents.music.resemblance import alike, shingles
from agents.music.review.mark import MINOR_BELOW, Mark, mark, near, within
from agents.music.review.words import plain
from agents.music.similarity import jaccard
from storage.types import Lyrics, MadePiece, OthersSong

USUAL_OVERLAP, COPY = 0.22, 0.6
"""Jaccard overlap two songs of one artist's motif stock may have, and that of the same song again."""

MELODY, WORDS, SOUND = (0.3, 0.6), (0.3, 0.6), (0.9, 0.96)
"""What is usual at most between two artists of a genre, and from where one song is the other: Jaccard overlap of melodies
and of runs of three words, and likeness of sound (agents/music/resemblance.py)."""
TOLD = {
    "melody_of_another": "The melody shares {:.0%} of its turns with",
    "words_of_another": "The words share {:.0%} of their runs of three words with",
    "sound_of_another": "Loudness and pitches go by {:.0%} as in",
}


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


def mark_resemblance(
    lyrics: Lyrics, grams: tuple[str, ...], sound: tuple[float, ...], others: tuple[OthersSong, ...]
) -> list[Mark]:
    """Marks for each way in which the song is too near to another artist's; none where it is near to nobody's."""
    words = shingles(line for section in lyrics.sections for line in section.lines)
    marks: list[Mark] = []
    for metric, tells, bounds in (
        ("melody_of_another", lambda piece: jaccard(grams, piece.melody_hash), MELODY),
        ("words_of_another", lambda piece: jaccard(words, shingles(piece.lines)), WORDS),
        ("sound_of_another", lambda piece: alike(sound, piece.sound), SOUND),
    ):
        values = [(tells(song.piece), song) for song in others]
        if not values:
            continue
        value, song = max(values, key=lambda one: one[0])
        allowed, copied = bounds
        quality = within(value, -1.0, allowed, copied - allowed)
        if quality < MINOR_BELOW:
            target = f"at most {allowed:.2f} with another artist's song"
            text = f"{TOLD[metric].format(value)} “{song.piece.title}” by {song.artist}."
            marks.append(mark(metric, value, quality, target=target, text=text, weight=2.0))
    return marks
