"""Which steps each lyric line has, and when it and its syllables sound."""

from dataclasses import dataclass

from agents.llm.offline.prosody import stress_pattern
from agents.music.writing.arrangement import Section
from agents.music.writing.grid import GridNote
from agents.music.writing.pulse import STEPS_A_BAR, Pulse
from storage.errors import UsageError
from storage.types import Lyrics, Note, PlannedLine

_BEAT = 4
"""A line has this many sixteenths at least."""


@dataclass(frozen=True)
class SungLine:
    """One line of the lyrics where it stands in the song."""

    index: int
    """Counted through the song."""
    text: str
    section: Section
    start_step: int
    """In sixteenths from the song's start; on a beat."""
    room: int
    """Sixteenths until the next line or the section's end."""
    stresses: str
    """`1` for each stressed and `0` for each other syllable; empty for a line without words."""
    is_hook: bool

    @property
    def ends_section(self) -> bool:
        return self.start_step + self.room == self.section.end_bar * STEPS_A_BAR


def lay_lines(lyrics: Lyrics, sections: tuple[Section, ...]) -> tuple[SungLine, ...]:
    """Give every line its share of its section, on whole beats.

    Raises:
        UsageError: the lyrics speak of sections the form does not have, or have more lines than a section has beats.
    """
    lines: list[SungLine] = []
    for words in sorted(lyrics.sections, key=lambda words: words.position):
        if not 0 <= words.position < len(sections):
            raise UsageError(
                f"the lyrics have words for section {words.position}, the form ends at {len(sections) - 1}: "
                "write lyrics that fit the brief's form"
            )
        section, count = sections[words.position], len(words.lines)
        beats = section.bars * STEPS_A_BAR // _BEAT
        if count > beats:
            raise UsageError(
                f"{count} lines for a {section.name} of {section.bars} bars, which has time for {beats} at most: "
                "shorten the lyrics or spread them over more sections"
            )
        edges = [section.start_bar * STEPS_A_BAR + _BEAT * (beats * at // count) for at in range(count + 1)]
        for at, text in enumerate(words.lines):
            lines.append(
                SungLine(
                    index=len(lines),
                    text=text,
                    section=section,
                    start_step=edges[at],
                    room=edges[at + 1] - edges[at],
                    stresses=stress_pattern(text),
                    is_hook=text == lyrics.hook,
                )
            )
    return tuple(lines)


def time_lines(
    lines: tuple[SungLine, ...], line: tuple[GridNote, ...], melody: tuple[Note, ...], pulse: Pulse
) -> tuple[PlannedLine, ...]:
    """When each line is sung, from its first note's start to its last one's end, in order and without overlap.

    A line that nothing sings has its whole share of the section.

    Args:
        line: the melody on the grid.
        melody: the same notes as they are played.
    """
    played: dict[int, list[Note]] = {}
    for grid_note, note in zip(line, melody, strict=True):
        if grid_note.line is not None:
            played.setdefault(grid_note.line, []).append(note)
    planned: list[PlannedLine] = []
    for one in lines:
        start_s = one.start_step * pulse.step_s
        end_s = start_s + one.room * pulse.step_s
        notes = played.get(one.index, [])
        starts_s = tuple(min(max(note.start_s, start_s), end_s) for note in notes)
        if notes:
            end_s = min(end_s, notes[-1].start_s + notes[-1].duration_s)
        planned.append(
            PlannedLine(
                text=one.text,
                section=one.section.name,
                start_s=starts_s[0] if starts_s else start_s,
                end_s=end_s,
                syllables_s=starts_s if len(starts_s) == len(one.stresses) else (),
            )
        )
    return tuple(planned)
