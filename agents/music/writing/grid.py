"""Notes of a line on the bar grid, and the scale degrees a chord lets them take."""

from dataclasses import dataclass

from agents.music.writing.harmony import Chord

LOWEST_DEGREE, HIGHEST_DEGREE = -1, 11
LARGEST_LEAP = 4


@dataclass(frozen=True)
class GridNote:
    """A note of a line on the bar grid, before anyone plays it."""

    bar: int
    step: int
    length: float
    """In sixteenths."""
    degree: int
    velocity: float
    line: int | None = None
    """Which lyric line it sings, counted through the song; None where it sings no words."""


def in_reach(degree: int, previous: int | None) -> int:
    """The degree within the melody's range, and within a capped leap of the note before it."""
    if previous is not None and abs(degree - previous) > LARGEST_LEAP:
        degree = previous + (2 if degree > previous else -2)
    return max(LOWEST_DEGREE, min(HIGHEST_DEGREE, degree))


def nearest_chord_degree(degree: int, chord: Chord) -> int:
    return min(
        (d for d in range(degree - 2, degree + 3) if chord.has_degree(d)), key=lambda d: (abs(d - degree), d)
    )


def move_on(degree: int, chord: Chord, *, is_strong: bool, rises: bool) -> int:
    """Away from a note that has sounded twice: to the next chord tone on a beat, to a neighbour off it."""
    step = 1 if rises and degree < HIGHEST_DEGREE - 2 else -1
    moved = degree + step
    while is_strong and not chord.has_degree(moved):
        moved += step
    return moved


def cadence_degree(degree: int, chord: Chord, *, is_section_end: bool) -> int:
    """Home at a section's end if the chord allows it, any chord tone else."""
    wanted = [d for d in range(degree - 4, degree + 5) if chord.has_degree(d)]
    home = [d for d in wanted if d % 7 in ((0, 4) if is_section_end else (0, 2, 4))]
    return min(home or wanted, key=lambda d: (abs(d - degree), d))
