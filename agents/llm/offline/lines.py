"""Single lines: every way the banks can be put together into one line that ends on a given rhyme."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from agents.llm.offline.banks import SharedBank, ThemeBank, moods, shared_bank
from agents.llm.offline.grammar import Speaker, as_line, clause_of
from agents.llm.offline.prosody import WEAK_WORDS, sound_of, stress_pattern, words_of

KINDS_BY_ENDING = {
    "tail": frozenset({"scene", "act", "build"}),
    "close": frozenset({"head", "claim"}),
    "turn": frozenset({"turn"}),
}
"""Which kinds of line a phrase can close."""
CONNECTIVES = ("", "", "", "and ", "but ", "still, ", "oh, ")
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

    def can_end(self, kinds: tuple[str, ...]) -> bool:
        """Whether a line of one of these kinds can close with it."""
        return not KINDS_BY_ENDING[self.kind].isdisjoint(kinds)


@dataclass(frozen=True)
class LineDraft:
    """A possible line with what it is made of."""

    text: str
    kind: str
    """scene, act, head, claim, build or turn."""
    ending: Ending
    parts: frozenset[str]
    """Bank phrases it uses: each is used once in a song."""
    stresses: str

    @property
    def is_joined(self) -> bool:
        """Whether it opens with a word that joins it to the line before."""
        return self.text.startswith(_JOINED)

    @property
    def content(self) -> frozenset[str]:
        """Its words that carry meaning."""
        return frozenset(word for word in words_of(self.text) if word not in WEAK_WORDS)


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
            ("tail", self.shared.tails, 2.5),
            ("close", self.shared.closes, 3.0),
            ("turn", self.shared.turns, 0.5),
        )
        for kind, phrases, remoteness in sources:
            for phrase in phrases:
                if self.speaker.can_say(phrase):
                    spoken = self.speaker.say(phrase)
                    sound = sound_of(words_of(spoken)[-1])
                    found[sound.rhyme].append(Ending(spoken, kind, sound.rhyme, sound.onset, remoteness, "{my}" in phrase))
        return found

    def drafts(self, kinds: tuple[str, ...], ending: Ending, rng: random.Random) -> Iterator[LineDraft]:
        """A few lines of the wanted kinds that close with `ending`."""
        for kind in kinds:
            if ending.kind == "tail" and kind == "scene" and not ending.is_personal:
                for thing in rng.sample(self.theme.things, 4):
                    yield _draft(kind, ending, f"{self.speaker.say(clause_of(thing, rng))} {ending.phrase}", thing.noun)
            elif ending.kind == "tail" and kind == "act":
                acts = [act for act in self.theme.acts if self.speaker.can_say(act)]
                for act in rng.sample(acts, min(5, len(acts))):
                    spoken = self.speaker.say(f"{{I}} {act}")
                    yield _draft(kind, ending, f"{spoken} {ending.phrase}", act)
            elif ending.kind == "tail" and kind == "build":
                for build in rng.sample(self.shared.builds, 4):
                    spoken = self.speaker.say(build)
                    yield _draft(kind, ending, f"{spoken} {ending.phrase}", build)
            elif ending.kind == "close" and kind == "head" and ending.remoteness < 0.5:
                for head in rng.sample(self.theme.heads, 4):
                    yield _draft(kind, ending, f"{self.speaker.say(head)}, {ending.phrase}", head)
            elif ending.kind == "close" and kind == "claim":
                for connective in rng.sample(CONNECTIVES, 2):
                    yield _draft(kind, ending, f"{connective}{ending.phrase}")
            elif ending.kind == "turn" and kind == "turn":
                yield _draft(kind, ending, ending.phrase)


def _draft(kind: str, ending: Ending, text: str, *parts: str) -> LineDraft:
    line = as_line(text)
    return LineDraft(line, kind, ending, frozenset((ending.phrase, *parts)), stress_pattern(line))
