"""Which tail may follow which opening: one place, one time and one likeness a line, and no verb that a tail would change."""

import re
from functools import lru_cache

_WORD = re.compile(r"[a-z']+")
_TIMES = frozenset(
    {"after", "again", "as", "before", "every", "for", "though", "till", "until", "when", "while"}
)
_PLACES = frozenset(
    {
        "above", "across", "along", "around", "at", "behind", "below", "beneath", "between", "beyond", "by", "down",
        "far", "from", "home", "in", "inside", "into", "near", "off", "on", "onto", "out", "outside", "over", "past", "round",
        "through", "underneath", "under", "up", "upward", "where",
    }
)  # fmt: skip
_COMPANY = frozenset({"with", "without"})
_PARTICLES = frozenset({"up", "down", "off", "over", "out", "through", "round", "in", "on", "by", "to"})
"""After a bare verb they would make another verb of it: the cheque clears, up the stair."""
_DETERMINERS = frozenset(
    {"the", "a", "an", "my", "our", "your", "her", "both", "every", "one", "each", "no", "not", "don't"}
)
_WORN = ("with a ", "with an ", "with no ", "with promises", "with one eye", "with that ", "with the brim", "in a bed", "in a coat", "in an old", "in your ",
         "barely", "under a borrowed", "without a word", "without knowing", "one step", "far away from home")  # fmt: skip
_SOUNDING = frozenset({"breathe", "dance", "drift", "fall", "hum", "move", "nod", "run", "sing", "sleep", "sway", "swing", "turn",
                       "wake", "walk"})  # fmt: skip
"""What is done to a song, a sound or a beat."""


@lru_cache(maxsize=50_000)
def fits(opening: str, tail: str) -> bool:
    """Whether a tail may close a line that begins with this verb phrase or clause."""
    said, closing = _WORD.findall(opening.lower()), _WORD.findall(tail.lower())
    first = closing[0]
    if first in _PARTICLES and first != "to" and (len(said) == 1 or said[-1] in _PARTICLES):
        return False
    if first == "to":
        return said[0] in _SOUNDING and not _DETERMINERS.intersection(said)
    if first == "like":
        return not _DETERMINERS.intersection(said) and "like" not in said
    return not any(
        first in group and group.intersection(said[1:]) for group in (_PLACES, _COMPANY, _TIMES)
    ) and (not _shared(said, closing))


def is_of_time(tail: str) -> bool:
    """Whether a tail tells when: it goes with anything."""
    return tail.split(" ", 1)[0].lower() in _TIMES and not tail.startswith(("as easy", "as far"))


def tells_of_people(tail: str) -> bool:
    """Whether a tail tells what somebody has with them, which a thing has not."""
    return tail.startswith(_WORN)


def _shared(said: list[str], closing: list[str]) -> bool:
    """Whether a word of meaning stands in both."""
    told, closed = ({word.removesuffix("'s") for word in words if len(word) > 3} for words in (said, closing))
    return bool(told & closed)
