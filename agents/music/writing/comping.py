"""The accompaniment: struck chords, a sustained pad and an arpeggio, each in at its genre's energy."""

from agents.music.writing.arrangement import Section
from agents.music.writing.harmony import Chord
from agents.music.writing.pulse import STEPS_A_BAR, Pulse, stream
from configs.genres import Genre
from storage.types import Brief, Note

STRUM_S = 0.011


def pattern_for(patterns: tuple[str, ...], section: Section) -> str:
    """The pattern of a section: the first is the verse's, the last the hook's."""
    return patterns[-1] if section.carries_hook else patterns[0]


def strikes(pattern: str) -> list[tuple[int, int]]:
    """The (step, length) of every struck note of a pattern in which `-` holds."""
    found: list[tuple[int, int]] = []
    for step, mark in enumerate(pattern):
        if mark not in ".-":
            end = step + 1
            while end < STEPS_A_BAR and pattern[end] == "-":
                end += 1
            found.append((step, end - step))
    return found


def write_chords(
    brief: Brief, genre: Genre, sections: tuple[Section, ...], chords: tuple[Chord, ...], pulse: Pulse
) -> tuple[Note, ...]:
    """The genre's chord pattern through every section that has the energy for it."""
    rng = stream(brief, "chords")
    notes: list[Note] = []
    for section in sections:
        if section.energy < genre.layers.chords:
            continue
        pattern = pattern_for(genre.chords, section)
        for chord in chords[section.start_bar : section.end_bar]:
            is_close = section.leads_to is None and chord.bar == section.end_bar - 1
            for step, length in [(0, STEPS_A_BAR)] if is_close else strikes(pattern):
                if pattern[step] == "o" and not is_close and rng.random() > brief.density:
                    continue
                start_s = pulse.played_s(chord.bar, step, rng)
                velocity = (
                    0.45 + 0.3 * section.energy + (0.07 if step % 8 == 0 else 0.0) + rng.gauss(0, 0.025)
                )
                for voice, pitch in enumerate(chord.voicing):
                    notes.append(
                        Note(
                            start_s=start_s + voice * STRUM_S * (genre.timing_ms / 8),
                            duration_s=max(0.7, length * 0.95) * pulse.step_s
                            + (pulse.close_s if is_close else 0),
                            pitch=pitch,
                            velocity=max(0.15, min(1.0, velocity)),
                        )
                    )
    return tuple(notes)


def write_pad(
    genre: Genre, sections: tuple[Section, ...], chords: tuple[Chord, ...], pulse: Pulse
) -> tuple[Note, ...]:
    """Held chords; where no struck chord plays they play in any case, so that a song is never empty."""
    notes: list[Note] = []
    for section in sections:
        if genre.layers.pad > section.energy >= genre.layers.chords:
            continue
        run: list[Chord] = []
        bars = chords[section.start_bar : section.end_bar]
        for chord in bars:
            if run and chord.voicing != run[0].voicing:
                notes.extend(_hold(run, section, pulse))
                run = []
            run.append(chord)
        notes.extend(_hold(run, section, pulse))
    return tuple(notes)


def _hold(run: list[Chord], section: Section, pulse: Pulse) -> list[Note]:
    start_s = pulse.time_s(run[0].bar, 0)
    duration_s = len(run) * pulse.bar_s * 0.98
    if section.leads_to is None and run[-1].bar == section.end_bar - 1:
        duration_s += pulse.close_s
    velocity = 0.4 + 0.35 * section.energy
    return [
        Note(start_s=start_s, duration_s=duration_s, pitch=pitch, velocity=velocity)
        for pitch in run[0].voicing
    ]


def write_arpeggio(
    brief: Brief, genre: Genre, sections: tuple[Section, ...], chords: tuple[Chord, ...], pulse: Pulse
) -> tuple[Note, ...]:
    """The chord's tones one by one, an octave up; a sparse brief leaves out the off-beats."""
    rng = stream(brief, "arpeggio")
    notes: list[Note] = []
    for section in sections:
        enough = genre.layers.arpeggio + 0.25 * (0.5 - brief.density)
        pattern = pattern_for(genre.arpeggio, section)
        for chord in chords[section.start_bar : section.end_bar]:
            if section.leads_to is None and chord.bar == section.end_bar - 1:
                continue
            if section.energy_at(chord.bar - section.start_bar) < enough:
                continue
            for step, mark in enumerate(pattern):
                if mark == "." or (step % 2 and brief.density < 0.3):
                    continue
                octave, voice = divmod(int(mark), len(chord.voicing))
                accent = 0.12 if step % 4 == 0 else 0.0
                notes.append(
                    Note(
                        start_s=pulse.played_s(chord.bar, step, rng, tightness=0.5),
                        duration_s=pulse.step_s * 1.4,
                        pitch=chord.voicing[voice] + 12 * (octave + 1),
                        velocity=max(
                            0.15, min(1.0, 0.4 + 0.25 * section.energy + accent + rng.gauss(0, 0.03))
                        ),
                    )
                )
    return tuple(notes)
