"""One chord a bar: progressions for verse, chorus and bridge, voiced so that each moves little from the last."""

import random
from dataclasses import dataclass

from agents.music.theory import chord_symbol, degree_pitch, pitch_class
from agents.music.writing.arrangement import Section
from agents.music.writing.pulse import stream
from configs.genres import Genre
from storage.types import Brief

PROGRESSIONS: dict[str, tuple[tuple[int, ...], ...]] = {
    "lydian": ((0, 1, 0, 1), (0, 4, 1, 0), (0, 1, 5, 4), (5, 1, 0, 4), (0, 2, 1, 1)),
    "major": (
        (0, 4, 5, 3),
        (0, 5, 3, 4),
        (0, 3, 5, 4),
        (3, 0, 4, 5),
        (0, 2, 3, 4),
        (5, 3, 0, 4),
        (0, 1, 3, 4),
    ),
    "mixolydian": ((0, 6, 3, 0), (0, 3, 6, 3), (0, 4, 6, 3), (0, 6, 3, 4), (3, 6, 0, 0)),
    "dorian": ((0, 3, 0, 3), (0, 2, 3, 6), (0, 6, 3, 3), (0, 1, 3, 0), (0, 2, 6, 3), (0, 4, 3, 6)),
    "minor": (
        (0, 5, 2, 6),
        (0, 3, 5, 4),
        (0, 6, 5, 6),
        (0, 2, 5, 6),
        (0, 5, 3, 6),
        (5, 6, 0, 0),
        (0, 4, 5, 3),
    ),
    "phrygian": ((0, 1, 0, 6), (0, 1, 5, 0), (0, 6, 1, 0), (0, 1, 2, 1), (0, 3, 1, 0)),
}
"""Scale degrees; each starts or ends at home so that the key is heard."""

LOWEST_VOICE, HIGHEST_VOICE = 52, 66


@dataclass(frozen=True)
class Chord:
    """The harmony of one bar."""

    bar: int
    degree: int
    symbol: str
    voicing: tuple[int, ...]
    """MIDI pitches from below."""
    is_new: bool
    """Whether it differs from the bar before."""

    def has_degree(self, degree: int) -> bool:
        """Whether a scale degree, in any octave, is of the triad."""
        return (degree - self.degree) % 7 in (0, 2, 4)


def harmonise(brief: Brief, genre: Genre, sections: tuple[Section, ...]) -> tuple[Chord, ...]:
    """The song's chords, one for each bar."""
    rng = stream(brief, "harmony")
    tonic = pitch_class(brief.key)
    progressions = _choose_progressions(brief.mode, rng)
    seventh_degrees = {degree for degree in range(7) if rng.random() < genre.sevenths}
    chords: list[Chord] = []
    for section in sections:
        degrees = progressions[_harmony_of(section.name)]
        for bar in range(section.bars):
            degree = degrees[bar // genre.bars_per_chord % len(degrees)]
            if section.leads_to is None and bar == section.bars - 1:
                degree = 0  # the song comes home
            previous = chords[-1] if chords else None
            if previous and previous.degree == degree:
                chords.append(
                    Chord(section.start_bar + bar, degree, previous.symbol, previous.voicing, is_new=False)
                )
                continue
            seventh = degree in seventh_degrees
            voicing = _voice(degree, tonic, brief.mode, seventh, previous.voicing if previous else ())
            symbol = chord_symbol(degree, tonic, brief.mode, seventh=seventh)
            chords.append(Chord(section.start_bar + bar, degree, symbol, voicing, is_new=True))
    return tuple(chords)


def _choose_progressions(mode: str, rng: random.Random) -> dict[str, tuple[int, ...]]:
    verse, chorus, bridge = rng.sample(PROGRESSIONS[mode], 3)
    if chorus[0] != 0 and bridge[0] == 0 and rng.random() < 0.6:
        chorus, bridge = bridge, chorus  # most choruses open at home
    return {"verse": verse, "chorus": chorus, "bridge": bridge}


def _harmony_of(section_name: str) -> str:
    if section_name in ("chorus", "drop", "outro"):
        return "chorus"
    return "bridge" if section_name in ("bridge", "pre") else "verse"


def _voice(degree: int, tonic: int, mode: str, seventh: bool, previous: tuple[int, ...]) -> tuple[int, ...]:
    """The close position that moves least from the chord before, and stays in the middle of the keyboard."""
    steps = (0, 2, 4, 6) if seventh else (0, 2, 4)
    pitch_classes = sorted({degree_pitch(degree + step, tonic, mode) % 12 for step in steps})
    candidates = [
        tuple(sorted(low + (pc - low) % 12 for pc in pitch_classes))
        for low in range(LOWEST_VOICE, HIGHEST_VOICE)
    ]

    def strain(voicing: tuple[int, ...]) -> float:
        from_middle = abs(sum(voicing) / len(voicing) - 61)
        movement = sum(min(abs(pitch - other) for pitch in voicing) for other in previous)
        return movement + (0.3 if previous else 1.0) * from_middle

    return min(candidates, key=strain)
