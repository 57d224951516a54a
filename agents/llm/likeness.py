"""When two artist names could be taken for each other."""

import re
from functools import lru_cache

from rapidfuzz.distance import Levenshtein


def is_like(name: str, other: str) -> bool:
    """Whether two names could be taken for each other: equal but for spelling, order, article or two letters."""
    one, two = _plain(name), _plain(other)
    if sorted(one.split()) == sorted(two.split()):
        return True
    one, two = one.replace(" ", ""), two.replace(" ", "")
    allowed = 2 if min(len(one), len(two)) >= 8 else 1
    return Levenshtein.distance(one, two, score_cutoff=allowed) <= allowed


@lru_cache(maxsize=10_000)
def _plain(name: str) -> str:
    letters = re.sub(r"[^\w ]", "", name.lower())
    return re.sub(r"^the ", "", letters).strip()
