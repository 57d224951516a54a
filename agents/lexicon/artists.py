"""Real artists that a text names."""

import re
from functools import cache

from agents.lexicon.tokens import plain_text
from configs.wordlists import real_artists

_BEFORE = re.compile(
    r"(?:\bin the (?:style|manner|vein|spirit) of|\bthe (?:sound|voice|song|songs|music) of|\b(?:style|sound|voice) of|\bsounds? like|"
    r"\b(?:cover|tribute|homage) (?:of|to)|\b(?:inspired|influenced|produced|written) by|\b(?:feat|ft|featuring|a la|remix of))\s+$"
)
_WEAK_BEFORE = re.compile(r"\b(?:like|by|as|think|versus|vs|meets|early|late)\s+$")
"""These are said of things too: the name must be written with a capital."""
_AFTER = re.compile(r"^\s+(?:type beats?|style|styled|esque|inspired|cover|remix|vibes?|meets)\b")


def artists_in(text: str, *, is_style: bool = False) -> tuple[str, ...]:
    """Names of real artists in a text, as the list spells them, each once, in the text's order.

    Args:
        is_style: the text says how music shall sound, so that a name that stands alone in it means the artist.
    """
    written = _spaced(text)
    plain = written.lower()
    found: dict[str, int] = {}
    for match in _certain().finditer(plain):
        found.setdefault(_spelled()[match[0]], match.start())
    for match in _ambiguous().finditer(plain):
        before, after = plain[: match.start()], plain[match.end() :]
        is_name = written[match.start()].isupper()
        is_alone = is_style and not before and not after
        if (
            _BEFORE.search(before)
            or _AFTER.search(after)
            or (is_name and (is_alone or _WEAK_BEFORE.search(before)))
        ):
            found.setdefault(_spelled()[match[0]], match.start())
    return tuple(sorted(found, key=found.__getitem__))


def _spaced(text: str) -> str:
    """A text whose words stand a space apart: no accents or genitives, `A$AP` as `ASAP`, punctuation as one space."""
    letters = "".join(
        plain_text(letter).upper() if letter.isupper() else plain_text(letter)
        for letter in text.replace("$", "s").replace("&", " and ")
    )
    return " ".join(re.sub(r"[^\w]+|_", " ", re.sub(r"['’]s\b|['’.]", "", letters)).split())


@cache
def _spelled() -> dict[str, str]:
    """The list's spelling of each name in plain form."""
    return {_spaced(artist.name): artist.name for artist in real_artists()}


@cache
def _certain() -> re.Pattern[str]:
    return _pattern([_spaced(artist.name) for artist in real_artists() if not artist.is_word])


@cache
def _ambiguous() -> re.Pattern[str]:
    return _pattern([_spaced(artist.name) for artist in real_artists() if artist.is_word])


def _pattern(names: list[str]) -> re.Pattern[str]:
    longest_first = sorted(set(names), key=lambda name: (-len(name), name))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
