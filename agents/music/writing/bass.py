"""The bass line: the genre's pattern over the roots, approaching the next chord from beside."""

import random

from agents.music.theory import degree_pitch, pitch_class
from agents.music.writing.arrangement import Section
from agents.music.writing.comping import pattern_for, strikes
from agents.music.writing.harmony import Chord
from agents.music.writing.pulse import STEPS_A_BAR, Pulse, stream
from configs.genres import Genre
from storage.types import Brief, Note

LOWEST_ROOT, HIGHEST_ROOT = 29, 40


def write_bass(
    brief: Brief, genre: Genre, sections: tuple[Section, ...], chords: tuple[Chord, ...], pulse: Pulse
) -> tuple[Note, ...]:
    """Notes of the bass in every section that has the energy for it."""
    rng = stream(brief, "bass")
    notes: list[Note] = []
    for section in sections:
        if section.energy < genre.layers.bass and section.name != "outro":
            continue
        for chord in chords[section.start_bar : section.end_bar]:
            following = chords[chord.bar + 1] if chord.bar + 1 < len(chords) else chord
            is_close = section.leads_to is None and chord.bar == section.end_bar - 1
            calm = section.name in ("bridge", "break", "outro")
            pattern = "r---------------" if is_close or calm else pattern_for(genre.bass, section)
            for step, length in strikes(pattern):
                if step % 4 and brief.density < 0.25 and rng.random() < 0.4:
                    continue
                accent = 0.06 if step % 8 == 0 else 0.0
                notes.append(
                    Note(
                        start_s=pulse.played_s(chord.bar, step, rng, tightness=0.6),
                        duration_s=min(length, STEPS_A_BAR - step) * 0.93 * pulse.step_s
                        + (pulse.close_s if is_close else 0),
                        pitch=_pitch(pattern[step], chord, following, brief, rng),
                        velocity=max(
                            0.3, min(1.0, 0.62 + 0.2 * section.energy + accent + rng.gauss(0, 0.025))
                        ),
                    )
                )
    return tuple(notes)


def _pitch(mark: str, chord: Chord, following: Chord, brief: Brief, rng: random.Random) -> int:
    root = _root(chord.degree, brief)
    match mark:
        case "o":
            return root + 12
        case "f":
            return _degree_above(chord.degree, 4, root, brief)
        case "t":
            return _degree_above(chord.degree, 2, root, brief)
        case "a":  # a scale step beside the root that comes
            side = rng.choice((-1, 1))
            return _degree_above(following.degree, side, _root(following.degree, brief), brief)
    return root


def _root(degree: int, brief: Brief) -> int:
    pitch = degree_pitch(degree, pitch_class(brief.key), brief.mode) % 12 + 24
    while pitch < LOWEST_ROOT:
        pitch += 12
    return pitch if pitch <= HIGHEST_ROOT else pitch - 12


def _degree_above(degree: int, steps: int, root: int, brief: Brief) -> int:
    tonic = pitch_class(brief.key)
    return root + degree_pitch(degree + steps, tonic, brief.mode) - degree_pitch(degree, tonic, brief.mode)
