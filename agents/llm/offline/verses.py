"""Whole sections: lines chosen so that they rhyme as the scheme says, scan evenly and repeat nothing."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.llm.offline.lines import LineDraft, LineWriter
from agents.llm.offline.prosody import rhyme_of, sound_of, words_of
from agents.llm.tasks import SungSection
from storage.errors import UsageError

KINDS: dict[str, tuple[str, ...]] = {
    "verse": ("scene", "act", "head"),
    "pre": ("build", "act"),
    "chorus": ("claim", "act"),
    "drop": ("claim", "act"),
    "bridge": ("turn", "claim"),
}
"""Which kinds of line a section is made of; other sections are made like a verse."""
_ANY_KIND = ("scene", "act", "head", "claim", "turn")
"""For long songs, whose sections have used up their own kinds."""


@dataclass
class Sheet:
    """A song's words as they grow: what has been used and may not come again."""

    writer: LineWriter
    rng: random.Random
    avoid_lines: frozenset[str]
    """Lines of earlier songs, in lower case."""
    content: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    rhymes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._endings = self.writer.endings()

    def lines(self, section: SungSection, hook: str) -> tuple[str, ...]:
        """The lines of one section, in order; `H` in its scheme is the hook."""
        written: dict[int, LineDraft] = {}
        for letter in dict.fromkeys(section.scheme.replace("H", "")):
            places = [index for index, one in enumerate(section.scheme) if one == letter]
            written |= self._rhyming(section, places, written)
        return tuple(written[index].text if index in written else hook for index in range(len(section.scheme)))

    def other_line(self, section: SungSection, lines: tuple[str, ...], place: int) -> str | None:
        """A new line for one place of a finished section, in rhyme with its partners; None if there is none."""
        letter = section.scheme[place]
        partners = [lines[at] for at, one in enumerate(section.scheme) if one == letter and at != place]
        kinds = KINDS.get(section.section, KINDS["verse"])
        families = [rhyme_of(partners[0])] if partners else self._families(1, kinds)
        for family in families:
            if draft := self._best(section, place, family, kinds, [*partners, lines[place]], None, fresh=True):
                self._use(draft)
                return draft.text
        return None

    def _rhyming(
        self, section: SungSection, places: list[int], written: dict[int, LineDraft]
    ) -> dict[int, LineDraft]:
        own_kinds = KINDS.get(section.section, KINDS["verse"])
        for kinds, fresh in ((own_kinds, True), (_ANY_KIND, True), (_ANY_KIND, False)):
            for family in self._families(len(places), kinds):
                group: dict[int, LineDraft] = {}
                for place in places:
                    before = written.get(place - 1) or group.get(place - 1)
                    taken = [draft.text for draft in group.values()]
                    draft = self._best(section, place, family, kinds, taken, before, fresh=fresh)
                    if draft is None:
                        break
                    group[place] = draft
                if len(group) == len(places):
                    for draft in group.values():
                        self._use(draft)
                    return group
        raise UsageError(
            f"the word bank {self.writer.theme.name!r} has no fresh rhymes left for this {section.section}: "
            "shorten the song or choose another theme"
        )

    def _families(self, size: int, kinds: tuple[str, ...]) -> list[str]:
        """Rhymes that can end `size` lines: unused ones first, among them those the theme has its own words on."""
        able = [rhyme for rhyme, endings in self._endings.items() if len({one.onset for one in endings}) >= size]
        self.rng.shuffle(able)
        return sorted(able, key=lambda rhyme: (rhyme in self.rhymes, -min(size, self._own(rhyme, kinds))))

    def _own(self, rhyme: str, kinds: tuple[str, ...]) -> int:
        """How many different sounds the theme itself, or the mood, has on this rhyme for these kinds of line."""
        endings = [one for one in self._endings[rhyme] if one.remoteness < 1 and one.phrase not in self.parts]
        return len({one.onset for one in endings if one.can_end(kinds)})

    def _best(
        self,
        section: SungSection,
        place: int,
        family: str,
        kinds: tuple[str, ...],
        partners: Sequence[str],
        before: LineDraft | None,
        *,
        fresh: bool,
    ) -> LineDraft | None:
        onsets = {_onset(partner) for partner in partners}
        found: list[tuple[float, LineDraft]] = []
        for ending in self._endings[family]:
            if ending.onset in onsets or ending.phrase in self.parts:
                continue
            for draft in self.writer.drafts(kinds, ending, self.rng):
                if self._is_free(draft, section, place) and not (fresh and draft.parts & self.parts):
                    found.append((self._cost(draft, section, partners, before), draft))
        return min(found, key=lambda pair: pair[0])[1] if found else None

    def _is_free(self, draft: LineDraft, section: SungSection, place: int) -> bool:
        if place == 0 and draft.is_joined:
            return False
        fits = section.syllables_min <= len(draft.stresses) <= section.syllables_max
        return fits and draft.text.lower() not in self.avoid_lines

    def _cost(
        self, draft: LineDraft, section: SungSection, partners: Sequence[str], before: LineDraft | None
    ) -> float:
        middle = (section.syllables_min + section.syllables_max) / 2
        beside = len(before.stresses) if before else middle
        repeated = len(draft.content & self.content) + 2 * len(_repeats(draft))
        rough = len(re.findall("11", draft.stresses)) + len(re.findall("000", draft.stresses))
        return (
            0.5 * abs(len(draft.stresses) - middle)
            + 0.5 * abs(len(draft.stresses) - beside)
            + 0.6 * rough
            + 2.0 * repeated
            + draft.ending.remoteness
            + 5.0 * len(draft.parts & self.parts)
            + (1.2 if before and before.kind == draft.kind != "turn" else 0.0)
            + (2.0 if before and draft.is_joined and before.is_joined else 0.4 * draft.is_joined)
            + (4.0 if before and before.text.split()[:2] == draft.text.split()[:2] else 0.0)
            + self.rng.uniform(0.0, 2.0)
        )

    def _use(self, draft: LineDraft) -> None:
        self.parts |= draft.parts
        self.content |= draft.content
        self.rhymes.add(draft.ending.rhyme)


def _repeats(draft: LineDraft) -> set[str]:
    """Words of meaning that a line says twice."""
    words = words_of(draft.text)
    return {word for word in draft.content if words.count(word) > 1}


def _onset(line: str) -> str:
    return sound_of(words_of(line)[-1]).onset
