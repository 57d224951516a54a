"""Single lines: every way the banks can be put together into one line that ends on a given rhyme."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from agents.llm.offline.banks import SharedBank, ThemeBank, moods, shared_bank
from agents.llm.offline.grammar import Speaker, as_line, clause_of
from agents.llm.offline.prosody import WEAK_WORDS, sound_of, stress_pattern, words_of

KINDS_BY_ENDING = {
    "tail": frozenset({"scene", "act", "build"}),
    "close": frozenset({"head", "claim"}),
    "turn": frozenset({"turn"}),
}
"""Which kinds of line a phrase can close."""
_TRIED = 6
"""Openings tried for each ending and kind of line."""
CONNECTIVES = ("", "", "", "and", "but", "still,", "oh,")
_JOINED = ("And ", "But ", "Still, ", "Oh, ")


@dataclass(frozen=True)
class Ending:
    """A phrase that can close a line."""

    phrase: str
    kind: str
    """tail, close or turn."""
    rhyme: str
    onset: str
    remoteness: float
    """0 for the theme's own words, more for words that fit anything."""
    is_personal: bool
    """Whether it speaks of the singer's own hands, face or things, which a line about a thing cannot."""

    @property
    def is_own(self) -> bool:
        """Whether it belongs to the theme, the mood or the bridge, and is no mere filling."""
        return self.remoteness < 1.0

    def can_end(self, kinds: tuple[str, ...]) -> bool:
        """Whether a line of one of these kinds can close with it."""
        return not KINDS_BY_ENDING[self.kind].isdisjoint(kinds)


@dataclass(frozen=True)
class LineDraft:
    """A possible line with what it is made of."""

    kind: str
    """scene, act, head, claim, build or turn."""
    opening: str
    ending: Ending
    parts: frozenset[str]
    """Bank phrases that open it: each opens one line while others are left."""
    stresses: str

    @cached_property
    def text(self) -> str:
        """The line as it is sung."""
        return as_line(f"{self.opening} {self.ending.phrase}")

    @cached_property
    def content(self) -> frozenset[str]:
        """Its words that carry meaning, each as its stem."""
        return frozenset(self.stems)

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Its words of meaning in order, without the endings by which `wait` and `waits` differ."""
        return tuple(stem_of(word) for word in words_of(self.text) if word not in WEAK_WORDS)

    @property
    def is_joined(self) -> bool:
        """Whether it opens with a word that joins it to the line before."""
        return self.text.startswith(_JOINED)


def stem_of(word: str) -> str:
    """A word without the commonest endings: near enough to tell that two words are one."""
    if word.endswith("ing") and len(word) > 5:
        return word.removesuffix("ing")
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


@dataclass(frozen=True)
class LineWriter:
    """All lines one song's theme, mood and speaker allow."""

    theme: ThemeBank
    mood: str
    speaker: Speaker
    shared: SharedBank = field(default_factory=shared_bank)

    def endings(self) -> dict[str, list[Ending]]:
        """What can close a line, by rhyme."""
        found: defaultdict[str, list[Ending]] = defaultdict(list)
        sources = (
            ("tail", self.theme.tails, 0.0),
            ("close", self.theme.closes, 0.0),
            ("close", moods().get(self.mood, ()), 0.3),
            ("tail", self.shared.tails, 4.0),
            ("close", self.shared.closes, 3.0),
            ("turn", self.shared.turns, 0.5),
        )
        for kind, phrases, remoteness in sources:
            for phrase in phrases:
                if self.speaker.can_say(phrase):
                    spoken = self.speaker.say(phrase)
                    sound = sound_of(words_of(spoken)[-1])
                    found[sound.rhyme].append(
                        Ending(spoken, kind, sound.rhyme, sound.onset, remoteness, "{my}" in phrase)
                    )
        return found

    def drafts(self, kinds: tuple[str, ...], ending: Ending, rng: random.Random) -> Iterator[LineDraft]:
        """A few lines of the wanted kinds that close with `ending`."""
        for kind in kinds:
            if kind in KINDS_BY_ENDING[ending.kind]:
                for opening, part in self._openings(kind, ending, rng):
                    stresses = stress_pattern(opening) + stress_pattern(ending.phrase)
                    yield LineDraft(kind, opening, ending, frozenset(part), stresses)

    def _openings(
        self, kind: str, ending: Ending, rng: random.Random
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What may stand before an ending, with the bank phrase it comes from."""
        say = self.speaker.say
        match kind:
            case "scene" if not ending.is_personal:
                for thing in rng.sample(self.theme.things, _TRIED):
                    yield say(clause_of(thing, rng)), (thing.noun,)
            case "act":
                acts = [act for act in self.theme.acts if self.speaker.can_say(act)]
                yield from ((say(f"{{I}} {act}"), (act,)) for act in rng.sample(acts, min(_TRIED, len(acts))))
            case "build":
                yield from ((say(build), (build,)) for build in rng.sample(self.shared.builds, _TRIED))
            case "head" if ending.is_own:
                yield from ((f"{say(head)},", (head,)) for head in rng.sample(self.theme.heads, _TRIED))
            case "claim":
                yield from ((connective, ()) for connective in rng.sample(CONNECTIVES, 2))
            case "turn":
                yield "", (ending.phrase.split()[0],)
            case _:
                return
