"""Whole sections: lines chosen so that they rhyme as the scheme says, scan evenly and repeat nothing."""

import random
from dataclasses import dataclass, field

from agents.llm.offline.gap import Gap
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
_ANY_KIND = ("scene", "act", "head", "claim")
"""For long songs, whose sections have used up their own kinds."""
_CHANCE = 2.0
"""Strain that chance may add, so that equal lines take turns."""


@dataclass
class Sheet:
    """A song's words as they grow: what has been used and may not come again."""

    writer: LineWriter
    rng: random.Random
    avoid_lines: frozenset[str]
    """Lines of earlier songs, in lower case."""
    content: set[str] = field(default_factory=set)
    openings: set[str] = field(default_factory=set)
    endings: set[str] = field(default_factory=set)
    rhymes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._by_rhyme = self.writer.endings()

    def lines(self, section: SungSection, hook: str) -> tuple[str, ...]:
        """The lines of one section, in order; `H` in its scheme is the hook.

        Raises:
            UsageError: the song is so long that the banks have no rhymes left.
        """
        written: dict[int, LineDraft] = {}
        for letter in dict.fromkeys(section.scheme.replace("H", "")):
            places = [index for index, one in enumerate(section.scheme) if one == letter]
            written |= self._rhyming(section, places, written)
        return tuple(
            written[index].text if index in written else hook for index in range(len(section.scheme))
        )

    def other_line(self, section: SungSection, lines: tuple[str, ...], place: int) -> str | None:
        """A new line for one place of a finished section, in rhyme with its partners; None if there is none."""
        letter = section.scheme[place]
        partners = [lines[at] for at, one in enumerate(section.scheme) if one == letter and at != place]
        kinds = KINDS.get(section.section, KINDS["verse"])
        families = [rhyme_of(partners[0])] if partners else self._families(1, kinds)
        onsets = frozenset(sound_of(words_of(line)[-1]).onset for line in (*partners, lines[place]))
        gap = Gap(section, place, onsets, frozenset(self.openings | self.endings))
        for family in families:
            if draft := self._best(gap, family, kinds):
                self._use(draft)
                return draft.text
        return None

    def _rhyming(
        self, section: SungSection, places: list[int], written: dict[int, LineDraft]
    ) -> dict[int, LineDraft]:
        own = KINDS.get(section.section, KINDS["verse"])
        for kinds, openings in ((own, self.openings), (_ANY_KIND, self.openings), (_ANY_KIND, set[str]())):
            for family in self._families(len(places), kinds):
                group = self._group(section, places, written, family, kinds, openings | self.endings)
                if group:
                    for draft in group.values():
                        self._use(draft)
                    return group
        raise UsageError(
            f"the word bank {self.writer.theme.name!r} has no fresh rhymes left for this {section.section}: "
            "shorten the song or choose another theme"
        )

    def _group(
        self,
        section: SungSection,
        places: list[int],
        written: dict[int, LineDraft],
        family: str,
        kinds: tuple[str, ...],
        used: set[str],
    ) -> dict[int, LineDraft]:
        """Lines for all places on one rhyme; empty if one of them finds none."""
        group: dict[int, LineDraft] = {}
        for place in places:
            gap = Gap(
                section,
                place,
                onsets=frozenset(draft.ending.onset for draft in group.values()),
                parts=frozenset(used.union(*(draft.parts for draft in group.values()))),
                before=written.get(place - 1) or group.get(place - 1),
            )
            draft = self._best(gap, family, kinds)
            if draft is None:
                return {}
            group[place] = draft
        return group

    def _families(self, size: int, kinds: tuple[str, ...]) -> list[str]:
        """Rhymes that can end `size` lines: unused ones first, among them those the theme has its own words on."""
        able = [
            rhyme for rhyme, endings in self._by_rhyme.items() if len({one.onset for one in endings}) >= size
        ]
        self.rng.shuffle(able)
        return sorted(able, key=lambda rhyme: (rhyme in self.rhymes, -min(size, self._own(rhyme, kinds))))

    def _own(self, rhyme: str, kinds: tuple[str, ...]) -> int:
        """How many different sounds the theme itself, or the mood, has on this rhyme for these kinds of line."""
        endings = [one for one in self._by_rhyme[rhyme] if one.is_own and one.phrase not in self.endings]
        return len({one.onset for one in endings if one.can_end(kinds)})

    def _best(self, gap: Gap, family: str, kinds: tuple[str, ...]) -> LineDraft | None:
        drafts = (
            draft
            for ending in self._by_rhyme[family]
            if ending.phrase not in gap.parts
            for draft in self.writer.drafts(kinds, ending, self.rng)
            if gap.holds(draft) and draft.text.lower() not in self.avoid_lines
        )
        return min(
            drafts,
            key=lambda draft: gap.strain(draft, self.content) + self.rng.uniform(0.0, _CHANCE),
            default=None,
        )

    def _use(self, draft: LineDraft) -> None:
        self.openings |= draft.parts
        self.endings.add(draft.ending.phrase)
        self.content |= draft.content
        self.rhymes.add(draft.ending.rhyme)
