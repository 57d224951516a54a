"""What each task gives a writer and what it wants back, in the order of a song's life.

Inputs are data. Answers are drafts: the role checks them and adds what it knows itself. The bounds here are the
ones the prompts state, so a hosted model and the embedded writer fulfil the same contract.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from storage.types import Finding, Frozen, GeneEdit, Genes, LyricSection, Remark

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=240)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]

# ---------------------------------------------------------------- persona


class PersonaInputs(Frozen):
    genre: str
    taken_names: tuple[str, ...] = ()
    wanted_name: str | None = None
    wanted_themes: tuple[str, ...] = ()
    wanted_moods: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    """Those there are."""
    faults: tuple[str, ...] = ()
    """What was wrong with the draft before, in words."""


class PersonaDraft(Frozen):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=32)]
    tagline: Sentence
    backstory: Annotated[str, StringConstraints(strip_whitespace=True, min_length=200, max_length=2400)]
    """Three paragraphs, parted by empty lines."""
    lyrical_voice: Sentence
    themes: tuple[Short, ...] = Field(min_length=3, max_length=6)
    moods: tuple[Short, ...] = Field(min_length=2, max_length=5)
    audience: Sentence
    influences: tuple[Short, ...] = Field(min_length=2, max_length=5)
    """Styles and eras, never the names of real people."""
    secondary_genres: tuple[Short, ...] = Field(default=(), max_length=2)
    platforms: tuple[Short, ...] = Field(default=(), max_length=4)
    calls_to_action: tuple[Short, ...] = Field(default=(), max_length=4)


# ---------------------------------------------------------------- brief


class BriefInputs(Frozen):
    artist_name: str
    genre: str
    themes: tuple[str, ...]
    moods: tuple[str, ...]
    wanted_theme: str | None = None
    wanted_title: str | None = None
    wanted_mood: str | None = None
    avoid_titles: tuple[str, ...] = ()
    avoid_themes: tuple[str, ...] = ()
    """Used lately, latest first."""
    approved_themes: tuple[str, ...] = ()
    approved_moods: tuple[str, ...] = ()
    rejected_moods: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
    """What earlier songs taught, with their evidence; the best proven first."""
    trending_themes: tuple[tuple[str, float], ...] = ()
    """Themes in the air that suit the artist, with how strongly it listens to each, 0 to 1."""
    trending_moods: tuple[tuple[str, float], ...] = ()
    adventurousness: float = 0.5
    style_notes: str = ""
    remarks: tuple[Remark, ...] = ()
    """What people said of earlier songs, where they let a model know."""
    faults: tuple[str, ...] = ()


class BriefDraft(Frozen):
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    theme: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    mood: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    reasons: tuple[Sentence, ...] = Field(default=(), max_length=4)


# ---------------------------------------------------------------- lyrics


class SungSection(Frozen):
    """What the form asks of one section's words."""

    position: int
    section: str
    scheme: str
    """One letter a line: lines that share a letter rhyme, `H` is the hook itself, `h` rhymes with the hook."""
    syllables_min: int
    syllables_max: int


class LyricsInputs(Frozen):
    title: str
    theme: str
    mood: str
    genre: str
    voice: str
    themes: tuple[str, ...] = ()
    """The artist's own themes: where to turn when the theme itself has no words."""
    sections: tuple[SungSection, ...]
    avoid_lines: tuple[str, ...] = ()
    avoid_hooks: tuple[str, ...] = ()
    sung_lines: frozenset[str] = Field(default=frozenset(), exclude=True)
    """All lines the artist ever sang, in lower case. Left out of every dump: of no use to a hosted model, whose question would
    grow with each song; the embedded writer alone is handed it."""
    lessons: tuple[str, ...] = ()
    """What fell short in the words of earlier songs."""
    remarks: tuple[Remark, ...] = ()
    faults: tuple[str, ...] = ()


class LyricsDraft(Frozen):
    hook: Line
    sections: tuple[LyricSection, ...]


# ---------------------------------------------------------------- critique


class CritiqueInputs(Frozen):
    title: str
    theme: str
    mood: str
    genre: str
    voice: str
    sections: tuple[SungSection, ...]
    draft: LyricsDraft
    faults: tuple[str, ...] = ()


class CritiqueDraft(Frozen):
    verdict: Literal["keep", "rewrite"]
    faults: tuple[Sentence, ...] = Field(max_length=5)


# ---------------------------------------------------------------- feedback


class FeedbackInputs(Frozen):
    title: str
    genre: str
    score: float
    threshold: float
    passed: bool
    findings: tuple[Finding, ...]
    """Worst first."""
    faults: tuple[str, ...] = ()


class FeedbackDraft(Frozen):
    feedback: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20, max_length=500)]


# ---------------------------------------------------------------- reflection


class EarlierPiece(Frozen):
    """One earlier song, as far as a reflection needs it."""

    title: str
    outcome: str
    score: float | None
    tempo_bpm: float
    mood: str


class ReflectionInputs(Frozen):
    artist_name: str
    genre: str
    title: str
    theme: str
    mood: str
    planned_tempo_bpm: float
    measured_tempo_bpm: float
    planned_key: str
    """Tonic and mode, for instance `F# minor`."""
    measured_key: str
    loudness_lufs: float
    true_peak_dbtp: float
    duration_s: float
    form: tuple[str, ...]
    score: float
    threshold: float
    passed: bool
    findings: tuple[Finding, ...]
    genes: Genes
    style_notes: str = ""
    earlier: tuple[EarlierPiece, ...] = ()
    """Latest last."""
    faults: tuple[str, ...] = ()


class ReflectionDraft(Frozen):
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
    keep: tuple[Sentence, ...] = Field(min_length=1, max_length=4)
    change: tuple[Sentence, ...] = Field(max_length=4)
    edits: tuple[GeneEdit, ...] = Field(max_length=3)
    style_note: Sentence


# ---------------------------------------------------------------- mending labelmate itself


class PatchSource(Frozen):
    """One file of ours as a model is shown it."""

    path: str
    line: int
    """Where the trace goes through it."""
    text: str


class AnalysisInputs(Frozen):
    title: str
    trace: str
    sources: tuple[PatchSource, ...]
    """Innermost frame first."""
    faults: tuple[str, ...] = ()


class AnalysisDraft(Frozen):
    cause: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
    approach: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]


class PatchInputs(AnalysisInputs):
    cause: str
    approach: str


class PatchDraft(Frozen):
    diff: Annotated[str, StringConstraints(min_length=1, max_length=40_000)]
    """Unified, of the files that were shown."""
