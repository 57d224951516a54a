"""What one song teaches about the next ones, drawn from its reflection and its critique."""

from storage.types import Brief, Critique, DrawnLesson, Reflection, Severity

WORD_METRICS = frozenset(
    {"rhyme_share", "syllable_stray", "repeated_lines", "reused_lines", "distinct_2", "hook_return"}
)
"""What the critic measures on words (agents/music/review)."""


def drawn_from(brief: Brief, critique: Critique, reflection: Reflection) -> tuple[DrawnLesson, ...]:
    """What a reflection teaches about the songs after this one: its gene steps, and what fell short in the words."""
    music = [
        DrawnLesson(
            key=f"{edit.gene}/{'up' if edit.delta > 0 else 'down'}",
            about="music",
            text=f"“{brief.title}” taught {edit.gene} {edit.delta:+.2f}: {edit.because}",
            step=edit.delta,
        )
        for edit in reflection.edits
        if edit.delta
    ]
    words = [
        DrawnLesson(
            key=f"words/{finding.metric}", about="words", text=f"“{brief.title}” taught: {finding.text}"
        )
        for finding in critique.findings
        if finding.metric in WORD_METRICS and finding.severity is not Severity.INFO
    ]
    return tuple({lesson.key: lesson for lesson in (*music, *words)}.values())
