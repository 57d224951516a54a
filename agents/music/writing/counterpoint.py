"""What a return adds to the melody: a counter-line where it rests, and thirds below it at the last."""

from dataclasses import replace

from agents.music.writing.arrangement import Section
from agents.music.writing.grid import GridNote
from agents.music.writing.harmony import Chord
from configs.genres import Genre


def write_counter(
    genre: Genre, sections: tuple[Section, ...], chords: tuple[Chord, ...], melody: tuple[GridNote, ...]
) -> tuple[GridNote, ...]:
    """Long chord tones that move where the melody holds, from the second hook section on and in the bridge."""
    sung: dict[int, list[GridNote]] = {}
    for note in melody:
        sung.setdefault(note.bar, []).append(note)
    line: list[GridNote] = []
    previous = 9
    for section in sections:
        returns = section.carries_hook and (section.occurrence > 0 or section.is_last_of_name)
        if not (returns or section.name == "bridge") or section.energy < min(genre.layers.counter, 0.9) - 0.4:
            continue
        for chord in chords[section.start_bar : section.end_bar]:
            step = _quiet_step(sung.get(chord.bar, []))
            for onset, length in ((step, 16 - step), (0, step - 1))[: 2 if step >= 8 else 1]:
                degree = min(
                    (d for d in range(5, 14) if chord.has_degree(d)), key=lambda d: (abs(d - previous), -d)
                )
                if degree == previous and onset == step:
                    degree = min(
                        (d for d in range(5, 14) if chord.has_degree(d) and d != previous),
                        key=lambda d: abs(d - previous),
                    )
                line.append(GridNote(chord.bar, onset, length * 0.96, degree, 0.4 + 0.25 * section.energy))
                previous = degree
    return tuple(sorted(line, key=lambda note: (note.bar, note.step)))


def _quiet_step(notes: list[GridNote]) -> int:
    """The step on a beat after which the melody is quiet longest."""
    onsets = [note.step for note in notes]
    beats = (0, 4, 8, 12)
    return max(
        beats, key=lambda beat: (min((s - beat for s in onsets if s >= beat), default=16 - beat), -beat)
    )


def write_harmony_line(sections: tuple[Section, ...], melody: tuple[GridNote, ...]) -> tuple[GridNote, ...]:
    """Thirds below the melody in every hook section but the first."""
    bars = {
        bar
        for section in sections
        if section.carries_hook and section.occurrence > 0
        for bar in range(
            section.start_bar + (0 if section.is_last_of_name else section.bars // 2), section.end_bar
        )
    }
    return tuple(
        replace(note, degree=note.degree - 2, velocity=note.velocity * 0.8)
        for note in melody
        if note.bar in bars
    )
