"""The melody fitted to the words: a note for each syllable, the tune's own turns kept, the hook on its own tune."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from agents.music.writing.grid import GridNote, cadence_degree, in_reach, move_on, nearest_chord_degree
from agents.music.writing.harmony import Chord
from agents.music.writing.pulse import STEPS_A_BAR
from agents.music.writing.rhythm import place_syllables
from agents.music.writing.words import SungLine

SHORTEST_NOTE_S = 0.11
"""Faster than that nobody sings syllables."""
_HOLD = 8.0
"""The longest note of a line, in sixteenths, at its end."""
Tune = tuple[tuple[int, int], ...]
"""For each note of a hook its step from the line's start and its degree."""


@dataclass
class Singer:
    """Sings a song's lines in order and remembers the tune of its hook."""

    chords: Sequence[Chord]
    """One a bar, from the song's start."""
    step_s: float

    def __post_init__(self) -> None:
        self._tunes: dict[tuple[str, int], Tune] = {}

    def sing(
        self, line: SungLine, tune: Sequence[GridNote], energy: float, rng: random.Random
    ) -> list[GridNote]:
        """The line's notes.

        Args:
            tune: what the motifs sing in the line's bars: its contour stays, its rhythm follows the words.
            energy: of the section, 0 to 1.
        """
        own = [(note.bar * STEPS_A_BAR + note.step - line.start_step, note.degree) for note in tune]
        key = (line.text, line.room)
        if line.is_hook and key in self._tunes:
            return self._on_chords(line, self._tunes[key], energy, returns=True)
        gap = 1 if self.step_s >= SHORTEST_NOTE_S else 2
        steps = place_syllables(line.stresses, line.room, tuple(step for step, _ in own), gap)
        placed = tuple((step, _contour(step, own, rng)) for step in steps)
        placed = (*placed[:-1], (placed[-1][0], own[-1][1])) if placed and own else placed
        notes = self._on_chords(line, placed, energy)
        if line.is_hook:
            self._tunes[key] = tuple(
                (note.bar * STEPS_A_BAR + note.step - line.start_step, note.degree) for note in notes
            )
        return notes

    def _on_chords(
        self, line: SungLine, placed: Tune, energy: float, *, returns: bool = False
    ) -> list[GridNote]:
        """Degrees settled note by note: chord tones on beats, capped leaps, no note three times, a cadence.

        A tune that `returns` changes only where the chord under it has.
        """
        notes: list[GridNote] = []
        for index, (step, wanted) in enumerate(placed):
            bar, within = divmod(line.start_step + step, STEPS_A_BAR)
            chord, is_strong = self.chords[bar], within % 4 == 0
            is_last = index == len(placed) - 1
            degree = nearest_chord_degree(wanted, chord) if is_strong else wanted
            degree = in_reach(degree, notes[-1].degree if notes else None)
            if is_last:
                is_kept = returns and chord.has_degree(degree)
                degree = (
                    degree if is_kept else _cadence(degree, notes, chord, is_section_end=line.ends_section)
                )
            elif len(notes) > 1 and degree == notes[-1].degree == notes[-2].degree:
                degree = move_on(degree, chord, is_strong=is_strong, rises=placed[index + 1][1] >= wanted)
            following = line.room if is_last else placed[index + 1][0]
            accent = 0.1 if within == 0 else 0.05 if is_strong else 0.0
            notes.append(
                GridNote(
                    bar=bar,
                    step=within,
                    length=min((following - step) * 0.94, _HOLD if is_last else 6.0),
                    degree=in_reach(degree, None),
                    velocity=min(1.0, 0.52 + 0.3 * energy + accent),
                    line=line.index,
                )
            )
        return notes


def _cadence(degree: int, notes: list[GridNote], chord: Chord, *, is_section_end: bool) -> int:
    """The line's last degree, where a step or a small leap reaches it."""
    home = cadence_degree(degree, chord, is_section_end=is_section_end)
    return (
        home if not notes or home == in_reach(home, notes[-1].degree) else nearest_chord_degree(degree, chord)
    )


def _contour(step: int, own: list[tuple[int, int]], rng: random.Random) -> int:
    """The tune's degree at a step: its own note there, or one on the way to the next."""
    if not own:
        return 0
    before = max((note for note in own if note[0] <= step), default=own[0])
    after = min((note for note in own if note[0] >= step), default=own[-1])
    if before[0] == after[0]:
        return before[1]
    share = (step - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0.0
    between = before[1] + share * (after[1] - before[1])
    if abs(after[1] - before[1]) >= 2:
        return round(between)
    return before[1] + rng.choice((0, -1, 1, 1, 2, -2))  # a turn around a note that is held
