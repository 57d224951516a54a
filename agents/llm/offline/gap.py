"""One line still to be written, and how well a draft would fill it."""

import re
from dataclasses import dataclass

from agents.llm.offline.lines import LineDraft
from agents.llm.offline.prosody import words_of
from agents.llm.tasks import SungSection

_WHOLE = frozenset({"turn", "claim"})
"""Kinds that are sentences of any shape: two of them in a row are not alike."""


@dataclass(frozen=True)
class Gap:
    """A place in a section, with what stands around it."""

    section: SungSection
    place: int
    onsets: frozenset[str] = frozenset()
    """Sounds before the rhyme that its partners have taken."""
    parts: frozenset[str] = frozenset()
    """Openings and endings that may not come again."""
    sung: frozenset[str] = frozenset()
    """Lines in lower case that may not come again."""
    has_set_out: bool = False
    """Whether a line of this section tells where or when already: it does not go somewhere else."""
    before: LineDraft | None = None
    """The line before it, if it is new."""

    def holds(self, draft: LineDraft) -> bool:
        """Whether a draft may stand here at all."""
        if draft.ending.onset in self.onsets or draft.parts & self.parts:
            return False
        if (self.place == 0 and draft.is_joined) or (self.has_set_out and draft.sets_out):
            return False
        if not self.section.syllables_min <= len(draft.stresses) <= self.section.syllables_max:
            return False
        return draft.text.lower() not in self.sung

    def strain(self, draft: LineDraft, content: set[str]) -> float:
        """How badly a draft would stand here; 0 is best.

        It counts syllables off the middle and off the line before, clashing or missing stresses, words of meaning
        in `content` that the song has used, and likeness to the line before.
        """
        length = len(draft.stresses)
        middle = (self.section.syllables_min + self.section.syllables_max) / 2
        rough = len(re.findall("11", draft.stresses)) + len(re.findall("000", draft.stresses))
        words = words_of(draft.text)
        doubled = len(draft.stems) - len(draft.content)
        strain = 0.5 * abs(length - middle) + 0.6 * rough + draft.ending.remoteness
        strain += 2.0 * len(draft.content & content) + 4.0 * doubled
        if self.before is None:
            return strain + 0.4 * draft.is_joined
        strain += 0.5 * abs(length - len(self.before.stresses))
        strain += 2.0 * (self.before.kind == draft.kind) * (draft.kind not in _WHOLE)
        strain += 4.0 * (words_of(self.before.text)[:2] == words[:2])
        return strain + (2.0 if self.before.is_joined else 0.4) * draft.is_joined
