"""Somebody whose style a text asks for, known to the list or not."""

import re
from itertools import dropwhile

from agents.lexicon.tokens import plain_text
from configs.wordlists import style_words

_STRICT = (
    r"in the (?:style|manner|vein|spirit|fashion|mould) of|sound(?:s|ing)? (?:just |a bit |a lot |more )?like"
)
_LOOSE = rf"{_STRICT}|like|[aà] la"
"""In a text that tells how a song shall be; elsewhere these stand before anything: like Sunday, a la playa."""
_WORD = r"[^\W_][\w'’.$&!-]*"
_FIRST = re.compile(rf"(?:the\s+)?(?P<name>{_WORD}(?:\s+{_WORD}){{0,3}})", re.IGNORECASE)
_TYPE_BEAT = re.compile(rf"(?P<name>(?:{_WORD}\s+){{1,3}})type beats?\b", re.IGNORECASE)


def imitated_in(text: str, *, is_wish: bool = False) -> tuple[str, ...]:
    """Names that stand where a text says whose style is wanted, as they are written there, each once.

    A name has a capital, or a script that knows none, and the words before it have none: in a title's capitals nothing
    tells it. `in the style of a lullaby` and `of Chicago house` name nobody.

    Args:
        is_wish: the text says how a song shall be, so that `like` and `à la` tell it, too.
    """
    found: dict[str, None] = {}
    for opener in re.finditer(rf"\b(?:{_LOOSE if is_wish else _STRICT})\s+", text, re.IGNORECASE):
        is_title = any(letter.isupper() for at, letter in enumerate(opener[0], opener.start()) if at)
        if not is_title and (match := _FIRST.match(text, opener.end())):
            found |= dict.fromkeys(_named(match["name"]))
    for match in _TYPE_BEAT.finditer(text):
        name = list(dropwhile(lambda word: not _is_large(word), match["name"].split()))
        # The first word of a text has its capital from there.
        if match.start() > 0 or len(name) > 1:
            found |= dict.fromkeys(_named(" ".join(name)))
    return tuple(found)


def _named(words: str) -> tuple[str, ...]:
    """The words up to the first that is written small, if that is a name."""
    name: list[str] = []
    for word in words.split():
        if not _is_large(word):
            break
        name.append(word)
    if not name or plain_text(re.sub(r"['’]s$|\W+$", "", name[0])) in style_words():
        return ()
    return (re.sub(r"['’]s$|[^\w$!]+$", "", " ".join(name)),)


def _is_large(word: str) -> bool:
    """Whether a word begins with a capital, or with a letter that has none."""
    return word[0].isalpha() and not word[0].islower()
