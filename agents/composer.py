"""The composer: a brief and its lyrics become a score and the plan of the song's time."""

from agents.music.genre import find_genre
from agents.music.theory import pitch_class, scale_of
from agents.music.writing.arrangement import Section, arrange
from agents.music.writing.bass import write_bass
from agents.music.writing.comping import write_arpeggio, write_chords, write_pad
from agents.music.writing.counterpoint import write_counter, write_harmony_line
from agents.music.writing.drums import write_drums
from agents.music.writing.harmony import Chord, harmonise
from agents.music.writing.melody import play_line, write_melody
from agents.music.writing.pulse import Pulse, set_pulse
from agents.music.writing.words import lay_lines, time_lines
from storage.errors import UsageError
from storage.types import (
    Brief,
    Lyrics,
    Note,
    PlannedChord,
    PlannedSection,
    Score,
    SongPlan,
)


def compose(brief: Brief, lyrics: Lyrics) -> tuple[Score, SongPlan]:
    """Write the song: pure, and the same for the same brief and lyrics.

    Raises:
        UsageError: the genre, key or mode is unknown, the form is empty, or the lyrics do not fit it.
    """
    genre = find_genre(brief.genre)
    pitch_class(brief.key)
    scale_of(brief.mode)
    if not brief.form:
        raise UsageError("the brief has no form: give at least one section")
    pulse = set_pulse(brief, genre)
    sections = arrange(brief)
    chords = harmonise(brief, genre, sections)
    lines = lay_lines(lyrics, sections)
    line = write_melody(brief, genre, sections, chords, lines)
    melody = play_line(line, brief, pulse, "melody")
    parts: dict[str, tuple[Note, ...]] = {
        "melody": melody,
        "harmony": play_line(write_harmony_line(sections, line), brief, pulse, "harmony"),
        "counter": play_line(write_counter(genre, sections, chords, line), brief, pulse, "counter"),
        "chords": write_chords(brief, genre, sections, chords, pulse),
        "pad": write_pad(genre, sections, chords, pulse),
        "arpeggio": write_arpeggio(brief, genre, sections, chords, pulse),
        "bass": write_bass(brief, genre, sections, chords, pulse),
    }
    score = Score(
        parts={name: notes for name, notes in parts.items() if notes},
        drums=write_drums(brief, genre, sections, pulse),
    )
    plan = SongPlan(
        title=brief.title,
        artist_name=brief.artist_name,
        genre=brief.genre,
        tempo_bpm=brief.tempo_bpm,
        key=brief.key,
        mode=brief.mode,
        duration_s=brief.duration_s + brief.tail_s,
        sections=_plan_sections(sections, pulse),
        beats_s=tuple(beat * pulse.bar_s / 4 for beat in range(4 * len(chords))),
        bars_s=tuple(bar * pulse.bar_s for bar in range(len(chords))),
        chords=_plan_chords(chords, pulse),
        lyric_lines=time_lines(lines, line, melody, pulse),
        kicks_s=tuple(hit.start_s for hit in score.drums if hit.sound == "kick"),
        source="embedded",
    )
    return score, plan


def _plan_sections(sections: tuple[Section, ...], pulse: Pulse) -> tuple[PlannedSection, ...]:
    return tuple(
        PlannedSection(
            name=section.name,
            start_s=section.start_bar * pulse.bar_s,
            end_s=section.end_bar * pulse.bar_s,
            bars=section.bars,
            energy=section.energy,
        )
        for section in sections
    )


def _plan_chords(chords: tuple[Chord, ...], pulse: Pulse) -> tuple[PlannedChord, ...]:
    """Chords with their times; bars that hold the same chord are one."""
    planned: list[PlannedChord] = []
    for chord in chords:
        end_s = (chord.bar + 1) * pulse.bar_s
        if planned and not chord.is_new:
            planned[-1] = planned[-1].model_copy(update={"end_s": end_s})
        else:
            planned.append(PlannedChord(symbol=chord.symbol, start_s=chord.bar * pulse.bar_s, end_s=end_s))
    return tuple(planned)
