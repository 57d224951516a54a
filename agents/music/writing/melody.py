"""The melody: motifs fitted to the chords, chord tones on the strong beats, leaps that turn back, phrases that breathe."""

import random
from dataclasses import replace

from agents.music.theory import degree_pitch, pitch_class
from agents.music.writing.arrangement import Section
from agents.music.writing.grid import (
    HIGHEST_DEGREE,
    GridNote,
    cadence_degree,
    in_reach,
    move_on,
    nearest_chord_degree,
)
from agents.music.writing.harmony import Chord
from agents.music.writing.phrases import SungBar, choose_themes, sing_bar
from agents.music.writing.pulse import STEPS_A_BAR, Pulse, stream
from agents.music.writing.singing import Singer
from agents.music.writing.words import SungLine
from configs.genres import Genre
from storage.types import Brief, Note


def melody_tonic(brief: Brief) -> int:
    """The MIDI pitch of the melody's degree 0, within the octave below middle C and a half above."""
    tonic = pitch_class(brief.key)
    return tonic + (60 if tonic < 6 else 48)


def write_melody(
    brief: Brief,
    genre: Genre,
    sections: tuple[Section, ...],
    chords: tuple[Chord, ...],
    lines: tuple[SungLine, ...] = (),
) -> tuple[GridNote, ...]:
    """The whole song's melody on the grid; where there are lines it sings them, a note a syllable."""
    themes = choose_themes(brief)
    singer = Singer(chords, brief.bar_s / STEPS_A_BAR)
    melody: list[GridNote] = []
    for section in sections:
        rng = stream(brief, "melody", section.name, section.occurrence)
        own_lines = [line for line in lines if line.section is section]
        notes: list[GridNote] = []
        for bar in range(section.bars):
            sung = sing_bar(brief, genre, themes, section, bar, is_worded=bool(own_lines))
            if sung is None:
                continue
            is_end = bar == section.bars - 1
            fitted = _fit_bar(sung, chords[section.start_bar + bar], section, is_end)
            half = section.bars // 2
            if section.occurrence and bar in (half, half + 1) and not sung.is_cadence:
                fitted = _vary(fitted, rng)  # the return is never a copy, yet opens as it did
            notes.extend(fitted)
        melody.extend(_sing(singer, brief, own_lines, notes) if own_lines else notes)
    return tuple(melody)


def _sing(singer: Singer, brief: Brief, lines: list[SungLine], notes: list[GridNote]) -> list[GridNote]:
    """A section's lines on its own tune; a line without words keeps the tune as it is."""
    sung: list[GridNote] = []
    for place, line in enumerate(lines):
        within = range(line.start_step, line.start_step + line.room)
        tune = [note for note in notes if note.bar * STEPS_A_BAR + note.step in within]
        rng = stream(
            brief, "sing", line.section.name, place
        )  # not the occurrence: what returns is sung as before
        sung += singer.sing(line, tune, line.section.energy, rng) if line.stresses else tune
    return sung


def _fit_bar(sung: SungBar, chord: Chord, section: Section, is_section_end: bool) -> list[GridNote]:
    """The motif's bar over this chord."""
    steps = sung.motif.steps
    start = nearest_chord_degree(sung.start_degree, chord)
    notes: list[GridNote] = []
    previous: int | None = None
    for index, (step, rise) in enumerate(zip(steps, sung.motif.contour, strict=True)):
        degree = start + rise
        is_last = index == len(steps) - 1
        if sung.is_cadence and is_last:
            degree = cadence_degree(degree, chord, is_section_end=is_section_end)
        elif step % 4 == 0:
            degree = nearest_chord_degree(degree, chord)
        degree = in_reach(degree, previous)
        if len(notes) > 1 and degree == notes[-1].degree == notes[-2].degree:
            degree = move_on(
                degree, chord, is_strong=step % 4 == 0, rises=rise >= sung.motif.contour[index - 1]
            )
        room = (steps[index + 1] if not is_last else 16 + (0 if not sung.is_cadence else 2)) - step
        length = min(room * 0.94, 8.0 if sung.is_cadence else 6.0)
        accent = 0.1 if step == 0 else 0.05 if step % 4 == 0 else 0.0
        velocity = min(1.0, 0.52 + 0.3 * section.energy + accent)
        notes.append(GridNote(chord.bar, step, length, degree, velocity))
        previous = degree
    return notes


def _vary(notes: list[GridNote], rng: random.Random) -> list[GridNote]:
    """Decorate a returning bar: a neighbour note before a long one, or the last notes turned upward."""
    varied: list[GridNote] = []
    for note in notes:
        if note.length >= 2.8 and rng.random() < 0.6:
            half = round(note.length / 2)
            turn = replace(
                note,
                step=note.step + half,
                length=note.length - half,
                degree=note.degree + rng.choice((-1, 1)),
            )
            varied += [replace(note, length=half * 0.94), turn]
        else:
            varied.append(note)
    if len(varied) > 2 and rng.random() < 0.6:
        varied[-1] = replace(varied[-1], degree=min(HIGHEST_DEGREE, varied[-1].degree + rng.choice((2, 3))))
    return varied


def play_line(
    line: tuple[GridNote, ...], brief: Brief, pulse: Pulse, part: str, *, octave: int = 0
) -> tuple[Note, ...]:
    """A grid line as a person plays it, in seconds and pitches."""
    rng = stream(brief, "play", part)
    tonic = melody_tonic(brief) + 12 * octave
    notes = [
        Note(
            start_s=pulse.played_s(note.bar, note.step, rng),
            duration_s=note.length * pulse.step_s,
            pitch=degree_pitch(note.degree, tonic, brief.mode),
            velocity=max(0.2, min(1.0, note.velocity + rng.gauss(0, 0.03))),
        )
        for note in line
    ]
    return tuple(sorted(notes, key=lambda note: (note.start_s, note.pitch)))
