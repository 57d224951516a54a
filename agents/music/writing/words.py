"""When each lyric line is due: the phrase of the melody in its share of the section's bars."""

from agents.music.writing.arrangement import Section
from agents.music.writing.pulse import Pulse
from storage.errors import UsageError
from storage.types import Lyrics, Note, PlannedLine

SHORTEST_LINE_S = 0.8


def time_lines(
    lyrics: Lyrics, sections: tuple[Section, ...], melody: tuple[Note, ...], pulse: Pulse
) -> tuple[PlannedLine, ...]:
    """Give every line its time, in order and without overlap.

    Raises:
        UsageError: the lyrics speak of sections the form does not have.
    """
    lines: list[PlannedLine] = []
    for words in sorted(lyrics.sections, key=lambda words: words.position):
        if not 0 <= words.position < len(sections):
            raise UsageError(
                f"the lyrics have words for section {words.position}, the form ends at {len(sections) - 1}: "
                "write lyrics that fit the brief's form"
            )
        section = sections[words.position]
        span_s = section.bars * pulse.bar_s / max(1, len(words.lines))
        for index, text in enumerate(words.lines):
            start_s = section.start_bar * pulse.bar_s + index * span_s
            first_s, last_s = _phrase(melody, start_s, start_s + span_s)
            lines.append(PlannedLine(text=text, section=section.name, start_s=first_s, end_s=last_s))
    return tuple(lines)


def _phrase(melody: tuple[Note, ...], start_s: float, end_s: float) -> tuple[float, float]:
    """From the first to the last note sung in a span, or the whole span where nothing is."""
    sung = [note for note in melody if start_s - 0.05 <= note.start_s < end_s - 0.05]
    if not sung:
        return start_s, end_s
    first_s = max(start_s, sung[0].start_s)
    last_s = min(end_s, max(note.start_s + note.duration_s for note in sung))
    return (
        (first_s, last_s) if last_s - first_s >= min(SHORTEST_LINE_S, end_s - start_s) else (start_s, end_s)
    )
