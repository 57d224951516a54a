"""Which clips to take of those offered: sharp and long enough, of nobody and nothing that belongs to somebody."""

import random
import re
from collections.abc import Iterable

from agents.visuals.footage.protocol import FootageTerms, Offer, OfferedFile
from agents.visuals.footage.standing import Standing
from configs.footage import load_footage
from storage.clock import sub_seed
from storage.types import Frozen

STRETCH_MAX = 1.35
"""How much a smaller picture may be enlarged, where there is no larger one."""
OFFER_MAX_S = 180.0
"""Longer clips are large files, of which a few seconds would be shown."""


class Shape(Frozen):
    """What a clip must fill."""

    width: int
    height: int
    shortest_s: float


class Pick(Frozen):
    """A clip to be fetched, in one of its renditions."""

    offer: Offer
    file: OfferedFile
    is_lively: bool


class Delivery(Frozen):
    """A clip that was fetched, or lies in the store already."""

    pick: Pick
    terms: FootageTerms
    path: str = ""
    sha256: str = ""


def pick(offer: Offer, shape: Shape, *, is_lively: bool) -> Pick | None:
    """The smallest rendition that fills the frame, or None for a clip that is not to be used."""
    if not shape.shortest_s <= offer.duration_s <= OFFER_MAX_S or not is_harmless(offer):
        return None
    fitting = [file for file in offer.files if _stretch(file, shape) <= 1.0]
    nearly = [file for file in offer.files if _stretch(file, shape) <= STRETCH_MAX]
    if not nearly:
        return None
    file = (
        min(fitting, key=lambda file: file.width * file.height)
        if fitting
        else max(nearly, key=lambda file: file.width * file.height)
    )
    return Pick(offer=offer, file=file, is_lively=is_lively)


def is_harmless(offer: Offer) -> bool:
    """Whether nothing that is told of the clip speaks of people, children or brands."""
    told = f"{offer.words} {offer.page_url.rpartition('//')[2].partition('/')[2]}"
    avoided = load_footage().avoid
    return not any(avoided & _forms(word) for word in re.findall(r"[a-z]+", told.lower()))


def _forms(word: str) -> set[str]:
    """A word, and what it would be the plural of."""
    forms = {word}
    for plural, singular in (("s", ""), ("es", ""), ("ies", "y"), ("ves", "fe")):
        if word.endswith(plural):
            forms.add(word.removesuffix(plural) + singular)
    return forms


def ranked(picks: Iterable[Pick], standing: Standing, seed: int) -> list[Pick]:
    """Each clip once, the most promising first: by what people said of it and its source, and by how worn it is.

    Between equals the seed decides, so that two songs with the same search do not get the same film.
    """
    once = {(each.offer.provider, each.offer.id): each for each in picks}
    stream = random.Random(sub_seed(seed, "footage choice"))
    noise = {key: stream.random() for key in sorted(once)}
    return sorted(
        once.values(),
        key=lambda each: (
            -(
                standing.score(each.offer.provider, each.offer.id, each.offer.author)
                + 0.3 * noise[each.offer.provider, each.offer.id]
            )
        ),
    )


def _stretch(file: OfferedFile, shape: Shape) -> float:
    return max(shape.width / file.width, shape.height / file.height)
