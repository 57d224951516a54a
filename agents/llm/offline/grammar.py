"""Putting phrases together so that they agree: speaker, number, article, third person, capitals."""

import random
import re
from dataclasses import dataclass

from agents.llm.offline.banks import Thing

_SLOT = re.compile(r"\{((?:I|me|my|mine)[^}]*)\}")
"""A place for the person; other braces belong to somebody else."""
_ADDRESS = re.compile(r"\byou(r|rs|'re|'ve|'ll)?\b")
_SUBJECT = re.compile(r"\{I[^}]*\}")
_OTHERS = re.compile(r"\b(we|us|our|ours|let's|he|him|his|I|me|my|mine)\b(?!\})")
"""Whoever else might tell a story or stand in it: one that is told of her is told of nobody else."""
_SLOTS_OF_PERSON = re.compile(r"\{(I|me|my|mine)[^}]*\}")
_IRREGULAR = {"be": "is", "have": "has"}
_SPOKEN_AS_CONSONANT = ("one", "uni", "eu", "use")
_ADVERBS = frozenset({"never", "still", "always"})
_PARTICLES = frozenset({"out", "down", "up", "off", "on", "over"})


@dataclass(frozen=True)
class Speaker:
    """Who sings, and the forms that follow."""

    name: str
    forms: dict[str, str]

    def can_say(self, phrase: str) -> bool:
        """Whether the phrase makes sense of this person.

        `we` neither address a `you` nor share one body; `she` is told of, and what the phrase says of her would need
        another verb.
        """
        if self.name == "I":
            return True
        if self.name == "she":
            return not (_SUBJECT.search(phrase) or _ADDRESS.search(phrase) or _OTHERS.search(phrase))
        return not (_ADDRESS.search(phrase) or "{my" in phrase or "{mine}" in phrase)

    def does(self, act: str) -> str:
        """The clause in which this person does what a verb phrase says."""
        return self.say(f"{{I}} {third_person(act) if self.name == 'she' else act}")

    def say(self, phrase: str) -> str:
        """Fill the speaker's slots."""
        filled = _SLOT.sub(lambda slot: self.forms[slot[1]], phrase)
        return filled.replace("we am ", "we are ").replace("we was ", "we were ")


I_SPEAKER = Speaker(
    "I",
    {
        "I": "I",
        "me": "me",
        "my": "my",
        "mine": "mine",
        "myself": "myself",
        "I'm": "I'm",
        "I'll": "I'll",
        "I've": "I've",
        "I'd": "I'd",
    },
)
WE_SPEAKER = Speaker(
    "we",
    {
        "I": "we",
        "me": "us",
        "my": "our",
        "mine": "ours",
        "myself": "ourselves",
        "I'm": "we're",
        "I'll": "we'll",
        "I've": "we've",
        "I'd": "we'd",
    },
)


SHE_SPEAKER = Speaker("she", {"I": "she", "me": "her", "my": "her", "mine": "hers", "myself": "herself"})
"""Somebody whom a song tells of, from its first line to its last."""


def speaker_of(hook: str, rng: random.Random, share_of_we: float, *, is_tale: bool = False) -> Speaker:
    """Who sings a song with this hook; where it leaves that open, a tale is told of her, and `we` sing the genre's share."""
    words = set(re.findall(r"[a-z]+", hook.lower()))
    if words & {"we", "us", "our"}:
        return WE_SPEAKER
    if words & {"i", "me", "my", "mine", "you", "your", "yours"}:
        return I_SPEAKER
    if is_tale:
        return SHE_SPEAKER
    return WE_SPEAKER if rng.random() < share_of_we else I_SPEAKER


def is_order(act: str) -> bool:
    """Whether a verb phrase can be said to somebody else: it tells of nobody."""
    return not _SLOTS_OF_PERSON.search(act)


def clause_of(thing: Thing, rng: random.Random) -> tuple[str, str]:
    """A whole clause about a thing, and its verb phrase: article, perhaps an adjective, noun, a verb that agrees."""
    verb = rng.choice(thing.verbs)
    adjective = rng.choice((*thing.adjectives, ""))
    noun = f"{adjective} {thing.noun}".strip()
    if thing.number == "singular":
        subject = rng.choice((f"the {noun}", with_article(noun))) if adjective else f"the {noun}"
        return f"{subject} {third_person(verb)}", verb
    subject = rng.choice((f"the {noun}", noun)) if adjective else f"the {noun}"
    return f"{subject} {third_person(verb) if thing.number == 'mass' else verb}", verb


def clause_of_again(thing: Thing, rng: random.Random) -> tuple[str, str]:
    """A clause about a thing that was seen before: it does so still; the verb phrase as well."""
    verb = rng.choice(thing.verbs)
    said = verb if verb.startswith("never ") else f"still {verb}"
    return f"the {thing.noun} {said if thing.number == 'plural' else third_person(said)}", verb


def with_article(noun: str) -> str:
    """`a` or `an` before a phrase, by its first letter; `last`, `first` and their kind take `the`."""
    first = noun.split(" ", 1)[0]
    if first in {"last", "first", "same", "only", "other", "second", "whole", "one", "wrong"}:
        return f"the {noun}"
    return f"{'an' if first[0] in 'aeiou' and not first.startswith(_SPOKEN_AS_CONSONANT) else 'a'} {noun}"


def third_person(verb_phrase: str) -> str:
    """The phrase's verbs with the ending of he, she or it; an adverb before one stays as it is."""
    first, joined, second = verb_phrase.partition(" and ")
    if joined and second not in _PARTICLES:
        return f"{third_person(first)} and {third_person(second)}"
    verb, _, rest = verb_phrase.partition(" ")
    if verb in _ADVERBS:
        return f"{verb} {third_person(rest)}"
    if verb in _IRREGULAR:
        formed = _IRREGULAR[verb]
    elif re.search(r"(s|x|z|ch|sh|o)$", verb):
        formed = f"{verb}es"
    elif re.search(r"[^aeiou]y$", verb):
        formed = f"{verb[:-1]}ies"
    else:
        formed = f"{verb}s"
    return f"{formed} {rest}".strip()


def as_line(text: str) -> str:
    """A lyric line: capital first, spaces single."""
    line = " ".join(text.split())
    return line[:1].upper() + line[1:]
