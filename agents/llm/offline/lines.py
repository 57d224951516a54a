"""Single lines: every way the banks can be put together into one line that ends on a given rhyme."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from agents.llm.offline.banks import GenreVoice, SharedBank, ThemeBank, moods, shared_bank
from agents.llm.offline.collocation import fits, is_of_time, tells_of_people
from agents.llm.offline.grammar import Speaker, as_line, clause_of, clause_of_again, is_order
from agents.llm.offline.prosody import WEAK_WORDS, sound_of, stress_pattern, words_of

KINDS_BY_ENDING = {
    "tail": frozenset({"scene", "act", "order", "build", "recall"}),
    "close": frozenset({"head", "later", "claim"}),
    "recall": frozenset({"recall"}),
    "turn": frozenset({"turn"}),
}
"""Which kinds of line a phrase can close."""
_TRIED = 6
"""Openings tried for each ending and kind of line."""
_UNJOINED = 5
"""Times as readily as it joins, a line stands by itself."""
_NOUN = "{noun}"
_PERSONAL = ("{my}", "{I", "{mine}", "with {me}")


@dataclass(frozen=True)
class Ending:
    """A phrase that can close a line."""

    phrase: str
    kind: str
    """tail, close, recall or turn."""
    rhyme: str
    onset: str
    remoteness: float
    """0 for the theme's own words, more for words that fit anything."""
    is_personal: bool
    """Whether it speaks of the singer, which a line about a thing cannot."""
    source: str = "shared"
    """Whose words it is made of: theme, genre, mood, or shared by all."""

    @property
    def is_own(self) -> bool:
        """Whether it belongs to the theme, the genre or the mood."""
        return self.remoteness < 1.0

    @property
    def is_filling(self) -> bool:
        """Whether it fits anything, and tells little."""
        return self.kind in {"tail", "close"} and not self.is_own

    @property
    def close(self) -> str:
        """What a line ends with, whatever noun is brought back before it."""
        return self.phrase.rpartition(_NOUN)[2]

    def can_end(self, kinds: tuple[str, ...]) -> bool:
        """Whether a line of one of these kinds can close with it."""
        return not KINDS_BY_ENDING[self.kind].isdisjoint(kinds)


@dataclass(frozen=True)
class LineDraft:
    """A possible line with what it is made of."""

    kind: str
    """scene, act, order, head, later, claim, build, recall or turn."""
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
    def sets_out(self) -> bool:
        """Whether it opens with where or when."""
        return self.kind in {"head", "later"}

    @property
    def is_joined(self) -> bool:
        """Whether it opens with a word that joins it to the line before."""
        return self.kind == "claim" and bool(self.opening)


def stem_of(word: str) -> str:
    """A word without the commonest endings: near enough to tell that two words are one."""
    word = word.removesuffix("'s")
    if word.endswith("ing") and len(word) > 5:
        return word.removesuffix("ing")
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


@dataclass(frozen=True)
class LineWriter:
    """All lines one song's theme, mood and speaker allow."""

    theme: ThemeBank
    mood: str
    speaker: Speaker
    voice: GenreVoice
    shared: SharedBank = field(default_factory=shared_bank)
    images: dict[str, None] = field(default_factory=dict)
    """Nouns that the song has seen, in order: what a recall may bring back."""

    def endings(self) -> dict[str, list[Ending]]:
        """What can close a line, by rhyme."""
        found: defaultdict[str, list[Ending]] = defaultdict(list)
        sources = (
            ("theme", "tail", self.theme.tails, 0.0),
            ("theme", "close", self.theme.closes, 0.0),
            ("genre", "tail", self.voice.tails, 0.2),
            ("genre", "close", self.voice.closes, 0.0),
            ("mood", "close", moods().get(self.mood, ()), 0.5),
            ("shared", "recall", self.shared.recalls, 2.0),
            ("genre", "turn", self.voice.turns, 0.0),
            ("shared", "turn", self.shared.turns, 1.5),
            ("shared", "tail", self.shared.tails, 4.0),
            ("shared", "close", self.shared.closes, 3.0),
        )
        for source, kind, phrases, remoteness in sources:
            for phrase in phrases:
                if self.speaker.can_say(phrase):
                    spoken = self.speaker.say(phrase)
                    sound = sound_of(words_of(spoken)[-1])
                    is_personal = any(slot in phrase for slot in _PERSONAL)
                    found[sound.rhyme].append(
                        Ending(
                            spoken,
                            kind,
                            sound.rhyme,
                            sound.onset,
                            remoteness,
                            is_personal,
                            source,
                        )
                    )
        return found

    def drafts(self, kinds: tuple[str, ...], ending: Ending, rng: random.Random) -> Iterator[LineDraft]:
        """A few lines of the wanted kinds that close with `ending`."""
        for kind in kinds:
            if kind == "recall" == ending.kind:
                yield from self._memories(ending, rng)
            elif kind in KINDS_BY_ENDING[ending.kind]:
                for opening, part in self._openings(kind, ending, rng):
                    stresses = stress_pattern(opening) + stress_pattern(ending.phrase)
                    yield LineDraft(kind, opening, ending, frozenset(part), stresses)

    def _memories(self, ending: Ending, rng: random.Random) -> Iterator[LineDraft]:
        """A line about somebody who thinks of an image of before."""
        for noun in rng.sample(list(self.images), min(3, len(self.images))):
            filled = replace(ending, phrase=ending.phrase.replace(_NOUN, noun))
            parts = frozenset({ending.phrase, f"recall {noun}"})
            yield LineDraft("recall", "", filled, parts, stress_pattern(filled.phrase))

    def _openings(
        self, kind: str, ending: Ending, rng: random.Random
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What may stand before an ending, with the bank phrase it comes from."""
        say = self.speaker.say
        match kind:
            case "scene" | "recall" if not (ending.is_personal or tells_of_people(ending.phrase)):
                yield from self._scenes(kind, ending, rng)
            case "act":
                for act in self._sampled(self.theme.acts, ending, rng):
                    yield self.speaker.does(act), (act,)
            case "order" if not ending.is_personal:
                orders = tuple(act for act in self.theme.acts if is_order(act))
                yield from ((act, (act,)) for act in self._sampled(orders, ending, rng))
            case "build" if is_of_time(ending.phrase) or ending.source == "genre":
                yield from ((say(build), (build,)) for build in self._sampled(self.voice.builds, ending, rng))
            case "head" if heads := self._sayable(self._heads(ending)):
                # Where a line sets out is the world it stays in: no bees forty feet down.
                yield from ((f"{say(head)},", (head,)) for head in rng.sample(heads, min(_TRIED, len(heads))))
            case "later" if ending.is_own:
                yield from ((f"{say(head)},", (head,)) for head in self._sayable(self.voice.laters))
            case "claim":
                joins = ("",) * _UNJOINED + self.voice.joins
                yield from ((join, ()) for join in rng.sample(joins, 2))
            case "turn":
                yield "", (ending.phrase.split()[0],)
            case _:
                return

    def _scenes(self, kind: str, ending: Ending, rng: random.Random) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Things that do something; in a recall one that was seen before does it still."""
        is_new = kind == "scene"
        known = [thing for thing in self.theme.things if thing.noun in self.images]
        for thing in rng.sample(self.theme.things, _TRIED) if is_new else known:
            clause, verb = (clause_of if is_new else clause_of_again)(thing, rng)
            if self.speaker.can_say(verb) and fits(verb, ending.phrase):
                yield self.speaker.say(clause), (thing.noun if is_new else f"recall {thing.noun}",)

    def _heads(self, ending: Ending) -> tuple[str, ...]:
        """What a line that closes with this may open with: words of the same source."""
        return {"theme": self.theme.heads, "genre": self.voice.openers}.get(ending.source, ())

    def _sayable(self, phrases: tuple[str, ...]) -> list[str]:
        return [phrase for phrase in phrases if self.speaker.can_say(phrase)]

    def _sampled(self, phrases: tuple[str, ...], ending: Ending, rng: random.Random) -> list[str]:
        """A few phrases that this person can say and that go with the ending."""
        sayable = [phrase for phrase in self._sayable(phrases) if fits(phrase, ending.phrase)]
        return rng.sample(sayable, min(_TRIED, len(sayable)))
