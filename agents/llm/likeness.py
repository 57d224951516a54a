"""When two artist names could be taken for each other."""

import re


def is_like(name: str, other: str) -> bool:
    """Whether two names could be taken for each other: equal but for spelling, order, article or two letters."""
    one, two = _plain(name), _plain(other)
    if sorted(one.split()) == sorted(two.split()):
        return True
    one, two = one.replace(" ", ""), two.replace(" ", "")
    if abs(len(one) - len(two)) > 2:
        return False
    allowed = 2 if min(len(one), len(two)) >= 8 else 1
    return _edits(one, two) <= allowed


def _plain(name: str) -> str:
    letters = re.sub(r"[^\w ]", "", name.lower())
    return re.sub(r"^the ", "", letters).strip()


def _edits(one: str, two: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(two) + 1))
    for at, letter in enumerate(one, 1):
        above, row = row, [at]
        for place, other in enumerate(two, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != other)))
    return row[-1]
