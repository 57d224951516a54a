"""Rules of English that a lyric line may break; each names what it finds.

They know words by their endings and by the banks' own nouns and verbs, and nothing of how the writer puts lines together.
"""

import re
from functools import cache
from itertools import pairwise

from agents.llm.offline.banks import theme_banks
from agents.llm.offline.prosody import _pronunciations, words_of

_BE = frozenset({"am", "is", "are", "was", "were", "has", "does"})
_PLURAL_SUBJECTS = frozenset({"i", "we", "you", "they"})
_SINGULAR_SUBJECTS = frozenset(
    {"he", "she", "it", "nobody", "somebody", "everybody", "everything", "nothing", "something"}
)
_MODALS = frozenset(
    [
        "can",
        "could",
        "will",
        "would",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "don't",
        "doesn't",
        "didn't",
        "can't",
        "won't",
        "i'll",
        "we'll",
        "you'll",
        "let's",
        "i'd",
        "we'd",
    ]
)
_ARTICLES = frozenset({"a", "an", "the"})
_POSSESSIVES = frozenset({"my", "our", "your", "her", "his", "their"})
_CANNOT_END = frozenset(
    {*_ARTICLES, "my", "our", "your", "their", "and", "or", "but", "of", "at", "from", "into", "than", "if"}
)
_OBJECTS = frozenset({"me", "us", "him", "them"})
_SUBJECTS_ONLY = frozenset({"i", "we", "he", "they"})
_BEFORE_OBJECT = frozenset({"with", "for", "of", "at", "from", "into", "beside", "between"})
_NOUN_TOO = frozenset(
    [
        "waves",
        "needs",
        "lights",
        "stops",
        "dreams",
        "hopes",
        "rings",
        "walks",
        "calls",
        "looks",
        "turns",
        "sounds",
        "falls",
        "fades",
        "works",
        "drinks",
        "starts",
        "sings",
    ]
)
"""Third-person forms that are plural nouns as well: no sign of a missing subject."""
_COMMON_VERBS = frozenset(
    ["go", "come", "keep", "know", "want", "need", "see", "hear", "feel", "say", "tell", "leave", "stay", "run", "walk", "wait", "hold", "let", "make", "take", "give", "find", "lose", "burn", "fall", "rise", "sing", "dance", "sleep", "wake", "dream", "breathe", "drive", "ride", "turn", "learn", "look", "love", "miss", "remember", "forget"]
)  # fmt: skip
_HOMOGRAPHS = frozenset({"light", "dream", "dance", "sleep", "love", "walk", "run", "ride", "drive", "turn", "fall", "look",
                         "need", "burn", "rise", "wait", "know", "find", "leave", "let"})  # fmt: skip


_PAST = frozenset(
    {"was", "were", "had", "fell", "came", "went", "began", "broke", "left", "lost", "rose", "sang", "ran"}
)
_ADJECTIVES_IN_ED = frozenset(
    {"red", "bed", "tired", "borrowed", "need", "bleed", "speed", "heed", "seed", "weed"}
)


def faults(line: str) -> tuple[str, ...]:
    """What is wrong with a line; empty for one that breaks no rule."""
    words = words_of(line)
    found = [name for name, rule in RULES.items() if rule(line, words)]
    return tuple(found)


def _is_untidy(line: str, words: tuple[str, ...]) -> bool:
    return bool(re.search(r"[{}_]|  | [,.!?]|,$|,,|\s$|^[a-z]", line)) or not words


def _doubles_a_word(line: str, _: tuple[str, ...]) -> bool:
    """`on on`; with a comma between them it is meant."""
    return bool(re.search(r"\b([A-Za-z']+) \1\b", line, re.IGNORECASE))


def _misses_an(line: str, words: tuple[str, ...]) -> bool:
    """`a` before a vowel sound, `an` before a consonant."""
    if "a.m." in line:
        return False
    for article, word in pairwise(words):
        phones = _pronunciations().get(word)
        if (
            article in {"a", "an"}
            and phones
            and (article == "an") != phones[:2].isalpha() * (phones[0] in "AEIOU")
        ):
            return True
    return False


def _has_two_determiners(_: str, words: tuple[str, ...]) -> bool:
    pairs = pairwise(words)
    determiners = _ARTICLES | _POSSESSIVES - {"her"}
    return any(one in determiners and other in determiners for one, other in pairs)


def _counts_wrongly(_: str, words: tuple[str, ...]) -> bool:
    """`a` before a plural, `these` before a singular, `this` before a plural."""
    singular, plural = nouns()
    for before, noun in pairwise(words):
        if before in {"a", "an", "this", "one"} and noun in plural:
            return True
        if before in {"these", "those", "two", "many"} and noun in singular - plural:
            return True
    return False


def _disagrees_with_a_pronoun(_: str, words: tuple[str, ...]) -> bool:
    for at, (subject, verb) in enumerate(pairwise(words)):
        before = words[at - 1] if at else ""
        if subject in _PLURAL_SUBJECTS and (verb in third_persons() or verb in {"is", "has", "does"}):
            return before not in {"who", "that"}
        if subject in {"we", "you", "they"} and verb in {"am", "was"}:
            return True
        if subject == "i" and verb in {"are", "were"} and before != "if":
            return True
        is_free = before not in _MODALS and before not in {"let", "help", "make", "see", "hear", "to", "and"}
        if (
            subject in {"he", "she", "nobody", "somebody", "everybody"}
            and is_free
            and verb in base_verbs() - _HOMOGRAPHS
        ):
            return True
        if (
            subject in _SINGULAR_SUBJECTS
            and verb in {"are", "am", "were", "have", "do"}
            and is_free
            and before != "if"
        ):
            return True
    return False


def _is_one_of_many(_: str, words: tuple[str, ...]) -> bool:
    """`There's sparks`: a plural after there's, as far as its ending tells."""
    return any(
        one == "there's" and (other in {"two", "three", "four", "people"} or _looks_plural(other))
        for one, other in pairwise(words)
    )


def _looks_plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "ys", "ness"))


def _disagrees_with_a_noun(_: str, words: tuple[str, ...]) -> bool:
    """The banks' singular nouns before a base form, their plurals before a third person; after `the` or an adjective."""
    singular, plural = nouns()
    for at in range(1, len(words) - 1):
        noun, verb = words[at], words[at + 1]
        if words[0] not in {"the", "a", "an"} or at > 3:
            continue
        if noun in singular - plural and verb in base_verbs() - singular - plural - _HOMOGRAPHS:
            return True
        if noun in plural and verb in (third_persons() | {"is", "was", "has"}) - plural:
            return True
    return False


def _inflects_after_a_modal(_: str, words: tuple[str, ...]) -> bool:
    pairs = pairwise(words)
    return any(
        (one in _MODALS and (other in third_persons() or other in _BE))
        or (one == "to" and other in third_persons() - _NOUN_TOO - nouns()[1])
        for one, other in pairs
    )


def _coordinates_unequal_verbs(_: str, words: tuple[str, ...]) -> bool:
    """`She lies still and listen`."""
    if not words or words[0] not in {"she", "he", "it"} or len(words) < 4 or words[1] not in third_persons():
        return False
    pairs = pairwise(words)
    return any(one == "and" and other in base_verbs() - nouns()[0] - nouns()[1] for one, other in pairs)


def _has_no_subject(_: str, words: tuple[str, ...]) -> bool:
    return bool(words) and (
        words[0] in {"am", "was", "were", "has", "is", "are"}
        or words[0] in third_persons() - _NOUN_TOO - nouns()[1]
    )


def _dangles(_: str, words: tuple[str, ...]) -> bool:
    return bool(words) and words[-1] in _CANNOT_END


def _mistakes_the_case(_: str, words: tuple[str, ...]) -> bool:
    pairs = list(pairwise(words))
    return any(one in _BEFORE_OBJECT and other in _SUBJECTS_ONLY for one, other in pairs) or any(
        before != "of" and one in _OBJECTS and other in {"am", "is", "are", "was", "were", "has", "have"}
        for before, one, other in zip(("", *words), words, words[1:], strict=False)
    )


def _has_no_verb(line: str, words: tuple[str, ...]) -> bool:
    """`The whale, but quiet and deep`: a noun of the banks alone before a comma, and nothing that it does."""
    subject, comma, rest = line.partition(",")
    said, following = words_of(subject), words_of(rest)
    is_noun = bool(comma) and words[0] == "the" and len(said) <= 4 and said[-1] in frozenset.union(*nouns())
    return is_noun and following[:1] != () and following[0] in {"and", "but", "in", "like", "when", "with"}


def _clashes_in_tense(line: str, _: tuple[str, ...]) -> bool:
    """`When it cleared, we don't need to reach the shore`: what is past opens a line that is present."""
    before, comma, after = line.partition(",")
    opening, rest = words_of(before), words_of(after)
    if (
        not comma
        or not opening
        or opening[0] not in {"when", "as", "while", "after", "once", "until", "till"}
    ):
        return False
    return any(map(_is_past, opening[1:])) and not any(map(_is_past, rest))


def _is_past(word: str) -> bool:
    return word in _PAST or (word.endswith("ed") and word not in _ADJECTIVES_IN_ED)


def _goes_twice(line: str, _: tuple[str, ...]) -> bool:
    """`Falls upward up the stair`."""
    return bool(re.search(r"\b(up|down|out|back)wards? \1\b", line, re.IGNORECASE))


def _likens_many_to_it(_: str, words: tuple[str, ...]) -> bool:
    """`The sirens miss us like it's something new`: what is many is no it; a day or a year may be."""
    many = nouns()[1]
    if not any(word in many for word in words[:3]):
        return False
    return any(
        one == "like"
        and other in {"it", "it's"}
        and following not in {"yesterday", "always", "the", "everyone's"}
        for one, other, following in zip(words, words[1:], words[2:], strict=False)
    )


def _misses_a_preposition(_: str, words: tuple[str, ...]) -> bool:
    """`The sirens are knocking the door`."""
    return any(
        one in {"knock", "knocks", "knocking", "listen", "listens", "listening"}
        and other in _ARTICLES | _POSSESSIVES
        for one, other in pairwise(words)
    )


RULES = {
    "untidy": _is_untidy,
    "doubled word": _doubles_a_word,
    "a or an": _misses_an,
    "two determiners": _has_two_determiners,
    "number": _counts_wrongly,
    "pronoun and verb": _disagrees_with_a_pronoun,
    "there's and a plural": _is_one_of_many,
    "noun and verb": _disagrees_with_a_noun,
    "verb after a modal": _inflects_after_a_modal,
    "unequal verbs": _coordinates_unequal_verbs,
    "no subject": _has_no_subject,
    "dangling end": _dangles,
    "case": _mistakes_the_case,
    "no verb": _has_no_verb,
    "tense": _clashes_in_tense,
    "direction": _goes_twice,
    "number of it": _likens_many_to_it,
    "preposition": _misses_a_preposition,
}


@cache
def nouns() -> tuple[frozenset[str], frozenset[str]]:
    """The banks' nouns, those that are singular or mass and those that are plural."""
    things = [thing for bank in theme_banks().values() for thing in bank.things]
    return (
        frozenset(thing.noun.split()[-1] for thing in things if thing.number != "plural"),
        frozenset(thing.noun.split()[-1] for thing in things if thing.number == "plural"),
    )


@cache
def base_verbs() -> frozenset[str]:
    """Verbs of the banks and the commonest ones, in their base form."""
    banks = theme_banks().values()
    phrases = [act for bank in banks for act in bank.acts]
    phrases += [verb for bank in banks for thing in bank.things for verb in thing.verbs]
    return _COMMON_VERBS | {phrase.split()[0] for phrase in phrases} - {
        "never",
        "still",
        "always",
        "be",
        "half",
    }


@cache
def third_persons() -> frozenset[str]:
    """Their forms after he, she or it, by the plainest rule of spelling."""
    return frozenset(_third(verb) for verb in base_verbs())


def _third(verb: str) -> str:
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb[-1] == "y" and verb[-2] not in "aeiou" else f"{verb}s"
