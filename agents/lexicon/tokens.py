"""Words as a list knows them, however they are written: accents, masks, digits for letters and drawn-out vowels aside."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product, zip_longest

from configs.wordlists import ListedWord

_WRITTEN = re.compile(r"[^\W_](?:[\w$@*!'’]*[\w$*])?|[$@*][\w$@*!]*\w", re.UNICODE)
_DIGITS = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "$": "s", "@": "a", "!": "i"}
)
_GAP = r"[\s.\-_·/|]+"
_LETTERS = re.compile(rf"(?<![^\W_])(?:[^\W_]{_GAP}){{2,}}[^\W_](?![^\W_])")
_ONE_LETTER_WORDS = frozenset("aiouy")
_MASKED = re.compile(r"[*]")


@dataclass(frozen=True)
class Token:
    """One word of a text."""

    written: str
    plain: str
    """Lower case, without accents; a mask stays as `*`."""
    start: int
    """Index of its first character in the text."""


def plain_text(text: str) -> str:
    """Lower case and without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words of a text in order."""
    return tuple(
        Token(match[0], plain_text(match[0]).replace("’", "'"), match.start())
        for match in _WRITTEN.finditer(text)
    )


def _spelled_out(text: str) -> Iterator[Token]:
    """Letters that stand apart, `f u c k` and `f-u-c-k`, as the words they may make."""
    for run in _LETTERS.finditer(text):
        yield Token(run[0], plain_text(re.sub(_GAP, "", run[0])), run.start())


def _trimmed(run: Token) -> Iterator[Token]:
    """The run, and what is left of it without the words of one letter at its ends: `I f u c k u`."""
    for start, end in product((0, 1), (None, -1)):
        dropped = run.plain[:start] + (run.plain[end:] if end else "")
        if all(letter in _ONE_LETTER_WORDS for letter in dropped):
            yield replace(run, plain=run.plain[start:end])


def listed(text: str, words: dict[str, ListedWord]) -> Iterator[tuple[Token, ListedWord]]:
    """Every word of the text that is on the list, in order; then those whose letters stand apart."""
    tokens = tokens_of(text)
    for token, following in zip_longest(tokens, tokens[1:]):
        word = _find(token, words)
        if word is None or (word.is_lower_only and not token.written.islower()):
            continue
        if following is None or following.plain not in word.harmless_before:
            yield token, word
    for run in _spelled_out(text):
        if found := next(filter(None, (_find(form, words) for form in _trimmed(run))), None):
            yield run, found


def _find(token: Token, words: dict[str, ListedWord]) -> ListedWord | None:
    plain = token.plain.replace("'", "")
    spelled = plain if plain.isdigit() else plain.translate(_DIGITS)
    for form in (
        plain,
        spelled,
        re.sub(r"(.)\1{2,}", r"\1", spelled),
        re.sub(r"(.)\1{2,}", r"\1\1", spelled),
    ):
        if form in words:
            return words[form]
    if _MASKED.search(plain) and plain.strip("*"):
        mask = re.compile("".join("[a-z]" if letter == "*" else re.escape(letter) for letter in spelled))
        return next((found for word, found in words.items() if mask.fullmatch(word)), None)
    return None
