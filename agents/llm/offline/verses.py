"""Whole sections: lines chosen so that they rhyme as the scheme says, scan evenly and repeat nothing."""

import random
from dataclasses import dataclass, field, replace
from itertools import product

from agents.llm.offline.gap import Gap
from agents.llm.offline.grammar import SHE_SPEAKER
from agents.llm.offline.lines import Ending, LineDraft, LineWriter
from agents.llm.offline.prosody import rhyme_of, sound_of, words_of
from agents.llm.tasks import SungSection
from storage.errors import UsageError

Kinds = tuple[str, ...]
KINDS: dict[str, Kinds] = {
    "pre": ("build", "act"),
    "chorus": ("claim",),
    "drop": ("claim",),
    "bridge": ("turn", "claim"),
}
"""Which kinds of line a section is made of; the others are made like the genre's verse."""
_TALE: Kinds = ("act", "scene", "head")
"""A verse about somebody else: what they do must be told, or nobody knows of whom it is."""
_ANY_KIND: Kinds = ("scene", "act", "head", "claim")
"""For long songs, whose sections have used up their own kinds."""
_CHANCE = 2.0
"""Strain that chance may add, so that equal lines take turns."""
_RECALLS = 2
"""Images that come back in one song: more often, it is a habit."""
_PATIENCE = 1_500
"""Rhymes that are tried in vain in one song until lines of long ago will do: a second or two of work."""
_HABIT = 2.0
"""Strain of an ending that fits anything, for each one that the song has."""
_STALENESS = 5.0
"""Strain of an ending that one of the artist's latest songs has sung in another line."""


@dataclass
class Sheet:
    """A song's words as they grow: what has been used and may not come again."""

    writer: LineWriter
    rng: random.Random
    sung: frozenset[str]
    """Lines of all earlier songs, in lower case."""
    recent: frozenset[str]
    """Those of the latest songs: they do not come back even where the banks have nothing else left."""
    content: set[str] = field(default_factory=set)
    openings: set[str] = field(default_factory=set)
    endings: set[str] = field(default_factory=set)
    rhymes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._endings = self.writer.endings()
        self._verses = 0
        self._recalls = self._fillings = self._failed = 0
        self._stale = frozenset(
            ending.phrase
            for family in self._endings.values()
            for ending in family
            if any(line.endswith(ending.close.lower()) for line in self.recent)
        )

    def lines(self, section: SungSection, hook: str) -> tuple[str, ...]:
        """The lines of one section, in order; `H` in its scheme is the hook.

        Raises:
            UsageError: the song is so long that the banks have no rhymes left.
        """
        written: dict[int, LineDraft] = {}
        kinds = self._kinds(section)
        for letter in dict.fromkeys(section.scheme.replace("H", "")):
            places = [index for index, one in enumerate(section.scheme) if one == letter]
            written |= self._rhyming(section, places, kinds, written)
        if section.section == "verse":
            self._verses += 1
        return tuple(
            written[index].text if index in written else hook for index in range(len(section.scheme))
        )

    def _kinds(self, section: SungSection) -> list[Kinds]:
        """What may stand at each place: a verse sets out or moves on, and what was seen comes back at its end."""
        own = self._usual(section)
        if self.rng.random() < self.writer.voice.order:
            own = (*(kind for kind in own if kind != "act"), "order")
        kinds = [own] * len(section.scheme)
        if section.section == "verse":
            kinds[0] = ("later",) if self._verses else tuple(dict.fromkeys(("head", "scene", *own[:1])))
        if (
            self.writer.images
            and self._recalls < _RECALLS
            and (section.section == "bridge" or (self._verses and section.section == "verse"))
        ):
            kinds[-1] = ("recall",)
        if section.section == "bridge":
            kinds[0] = ("turn",)
        return kinds

    def _usual(self, section: SungSection) -> Kinds:
        verse = _TALE if self.writer.speaker is SHE_SPEAKER else self.writer.voice.verse
        return KINDS.get(section.section, verse)

    def turned(self, section: SungSection, lines: tuple[str, ...]) -> tuple[str, ...]:
        """A returning section with its last line other than the hook anew, in rhyme; all on its rhyme if that is used up.

        Raises:
            UsageError: the song is so long that the banks have no rhymes left.
        """
        free = [index for index, letter in enumerate(section.scheme) if letter != "H"]
        if not free:
            return lines
        place = free[-1]
        places = [index for index in free if section.scheme[index] == section.scheme[place]]
        anew = self._other_line(section, lines, place, [lines[at] for at in places if at != place])
        drafts = {place: anew} if anew else self._rhyming(section, places, self._kinds(section), {})
        return tuple(drafts[at].text if at in drafts else line for at, line in enumerate(lines))

    def _other_line(
        self, section: SungSection, lines: tuple[str, ...], place: int, partners: list[str]
    ) -> LineDraft | None:
        own = self._usual(section)
        families = [rhyme_of(partners[0])] if partners else self._families(1, own)
        onsets = frozenset(sound_of(words_of(line)[-1]).onset for line in (*partners, lines[place]))
        gap = Gap(section, place, onsets, frozenset(self.openings | self.endings), self.sung)
        for kinds, family in product((own, _ANY_KIND), families):
            if draft := self._best(gap, family, kinds):
                self._use(draft)
                return draft
        return None

    def _rhyming(
        self,
        section: SungSection,
        places: list[int],
        own: list[Kinds],
        written: dict[int, LineDraft],
    ) -> dict[int, LineDraft]:
        usual = [self._usual(section)] * len(own)
        loose = [_ANY_KIND] * len(own)
        ways = (
            (own, self.openings),
            (usual, self.openings),
            (loose, self.openings),
            (loose, set[str]()),
        )
        # Who has sung for years takes up an old line rather than fall silent.
        for sung, (kinds, openings) in product((self.sung, self.recent), ways):
            asked = tuple(dict.fromkeys(kind for place in places for kind in kinds[place]))
            for family in self._families(len(places), asked):
                if self._failed > _PATIENCE and sung is self.sung:
                    break
                gap = Gap(section, 0, parts=frozenset(openings | self.endings), sung=sung)
                group = self._group(gap, places, written, family, kinds)
                if group:
                    for draft in group.values():
                        self._use(draft)
                    return group
                self._failed += 1
        raise UsageError(
            f"the word bank {self.writer.theme.name!r} has no fresh rhymes left for this {section.section}: "
            "shorten the song or choose another theme"
        )

    def _group(
        self,
        any_gap: Gap,
        places: list[int],
        written: dict[int, LineDraft],
        family: str,
        kinds: list[Kinds],
    ) -> dict[int, LineDraft]:
        """Lines for all places on one rhyme, each in a gap like `any_gap`; empty if one of them finds none."""
        group: dict[int, LineDraft] = {}
        for place in places:
            gap = replace(
                any_gap,
                place=place,
                onsets=frozenset(draft.ending.onset for draft in group.values()),
                parts=any_gap.parts.union(*(draft.parts for draft in group.values())),
                has_set_out=any(draft.sets_out for draft in (*written.values(), *group.values())),
                before=written.get(place - 1) or group.get(place - 1),
            )
            draft = self._best(gap, family, kinds[place])
            if draft is None:
                return {}
            group[place] = draft
        return group

    def _families(self, size: int, kinds: Kinds) -> list[str]:
        """Rhymes that can end `size` lines: unused ones first, among them those the theme has its own words on."""
        able = [
            rhyme for rhyme, endings in self._endings.items() if len({one.onset for one in endings}) >= size
        ]
        self.rng.shuffle(able)
        return sorted(
            able, key=lambda rhyme: (rhyme in self.rhymes, -min(size, self._own(self._endings[rhyme], kinds)))
        )

    def _own(self, endings: list[Ending], kinds: Kinds) -> int:
        """How many different sounds theme, genre or mood have on a rhyme for these kinds of line."""
        fresh = [one for one in endings if one.is_own and one.phrase not in self.endings]
        return len({one.onset for one in fresh if one.can_end(kinds)})

    def _best(self, gap: Gap, family: str, kinds: Kinds) -> LineDraft | None:
        drafts = (
            draft
            for ending in self._endings.get(family, ())
            if ending.phrase not in gap.parts and ending.onset not in gap.onsets
            for draft in self.writer.drafts(kinds, ending, self.rng)
            if gap.holds(draft)
        )
        return min(
            drafts,
            key=lambda draft: (
                gap.strain(draft, self.content)
                + _STALENESS * (draft.ending.phrase in self._stale)
                + _HABIT * self._fillings * draft.ending.is_filling
                + self.rng.uniform(0.0, _CHANCE)
            ),
            default=None,
        )

    def _use(self, draft: LineDraft) -> None:
        self.openings |= draft.parts
        self.endings.add(draft.ending.phrase)
        self.content |= draft.content
        self.rhymes.add(draft.ending.rhyme)
        self._recalls += draft.kind == "recall"
        self._fillings += draft.ending.is_filling
        if draft.kind == "scene":
            self.writer.images.update(dict.fromkeys(draft.parts))
