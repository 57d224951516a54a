"""What keeps somebody off the roster: a name that is taken or famous, a claim to be human, another's style, a persona too near another's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from agents.lexicon.artists import artists_in
from agents.lexicon.imitation import imitated_in
from agents.llm.likeness import is_like
from agents.publicist import require_platforms
from configs.wordlists import real_artists
from storage.errors import UsageError
from storage.types import Genes, PersonaWish

DISCLOSURE = "{name} is a virtual artist, made with AI."
SAYS_WHAT_IT_IS = (
    re.compile(r"\bvirtual artist\b", re.IGNORECASE),
    re.compile(r"\bmade with AI\b", re.IGNORECASE),
)
CLAIMS_A_LIFE = re.compile(
    r"\b(he|she|his|her) (was|is|grew|lives|plays)\b|\b(was born|grew up|raised) in\b|\breal person\b|\bI am human\b",
    re.IGNORECASE,
)
PINNABLE = frozenset({*Genes.model_fields, "sound", "style_notes"})
NEAR = 0.6
"""Share of word triples that two backstories may have in common."""


def name_fault(name: str, taken: Sequence[str]) -> str | None:
    """Why a name cannot be taken; the list of real artists is a first filter, and no search."""
    if not name.isprintable():
        return "the name holds control characters"
    if like := next((other for other in sorted(taken) if is_like(name, other)), None):
        return f"the name {name!r} is too much like {like!r}, which is taken"
    famous = next((artist.name for artist in real_artists() if is_like(name, artist.name)), None)
    return f"the name {name!r} is too much like that of {famous}, a real artist" if famous else None


def story_fault(told: str, *, own_name: str = "", is_style: bool = False) -> str | None:
    """Why a text may not be told in public: it claims a human life, names somebody real, or asks for somebody's style.

    Args:
        own_name: the artist's, who may sound like itself.
        is_style: the text says how the artist's songs sound, as in agents/lexicon/objections.py.
    """
    if claim := CLAIMS_A_LIFE.search(told):
        return f"it claims a human life: {claim.group()!r}"
    # A word of a name may be somebody's on the list.
    own = artists_in(f"sounds like {own_name}")
    if named := [name for name in artists_in(told, is_style=is_style) if name not in own]:
        return f"it names {named[0]}, a real artist: say styles and eras"
    imitated = [
        name for name in imitated_in(told, is_wish=is_style) if name.casefold() != own_name.casefold()
    ]
    return f"it asks for the style of {imitated[0]}: say styles and eras" if imitated else None


class Description(Protocol):
    """What a persona says of itself; None is what is still open."""

    @property
    def tagline(self) -> str | None: ...
    @property
    def backstory(self) -> str | None: ...
    @property
    def lyrical_voice(self) -> str | None: ...
    @property
    def audience(self) -> str | None: ...
    @property
    def influences(self) -> tuple[str, ...] | None: ...


def description_fault(said: Description, own_name: str) -> str | None:
    """The first fault of what a persona says of itself, and where it stands."""
    stories = {"backstory": said.backstory, "audience": said.audience}
    styles = {"tagline": said.tagline, "lyrical voice": said.lyrical_voice}
    told = [(place, text, False) for place, text in stories.items()]
    told += [(place, text, True) for place, text in styles.items()]
    told += [("influences", text, True) for text in said.influences or ()]
    for place, text, is_style in told:
        if text and (fault := story_fault(text, own_name=own_name, is_style=is_style)):
            return f"{place}: {fault}"
    return None


class Described(Protocol):
    """A persona, or as much of one as is fixed before it is drafted; empty is what is still open."""

    @property
    def name(self) -> str: ...
    @property
    def genre(self) -> str: ...
    @property
    def themes(self) -> tuple[str, ...]: ...
    @property
    def moods(self) -> tuple[str, ...]: ...
    @property
    def backstory(self) -> str: ...


@dataclass(frozen=True)
class FixedPart:
    """What a person fixes of a persona."""

    name: str
    genre: str
    themes: tuple[str, ...]
    moods: tuple[str, ...]
    backstory: str

    @classmethod
    def of(cls, wish: PersonaWish, *, label: str, genre: str) -> Self:
        """`label` stands for a name that is still open."""
        name = wish.name or label
        backstory = disclosed(name, wish.backstory) if wish.backstory else ""
        return cls(name, genre, wish.themes or (), wish.moods or (), backstory)


def nearness_fault(persona: Described, roster: Sequence[Described]) -> str | None:
    """Why a persona is too near another's of its genre: the same themes and moods, or much of the same story."""
    for other in roster:
        if other.genre != persona.genre or other.name == persona.name:
            continue
        is_told = persona.themes and persona.moods
        if is_told and (set(other.themes), set(other.moods)) == (set(persona.themes), set(persona.moods)):
            return f"themes and moods are those of {other.name}"
        if _shared(persona.backstory, other.backstory) > NEAR:
            return f"the story is too near that of {other.name}"
    return None


def require_wish(wish: PersonaWish, taken: Sequence[str], *, own_name: str = "") -> None:
    """Check what a person fixes, of an artist that has its name already or none yet. Raises UsageError in one line."""
    fault = name_fault(wish.name, taken) if wish.name else None
    if fault := fault or description_fault(wish, wish.name or own_name):
        raise UsageError(f"{fault[:1].upper()}{fault[1:]}; write it otherwise")
    require_platforms(wish.platforms or ())
    if unknown := sorted(set(wish.pinned or ()) - PINNABLE):
        raise UsageError(f"{unknown[0][:40]!r} cannot be pinned: choose of {', '.join(sorted(PINNABLE))}")


def disclosed(name: str, backstory: str) -> str:
    """A backstory that says what the artist is."""
    if all(pattern.search(backstory) for pattern in SAYS_WHAT_IT_IS):
        return backstory
    return f"{backstory.rstrip()} {DISCLOSURE.format(name=name)}"


def _shared(one: str, other: str) -> float:
    """Jaccard overlap of word triples, names left as they are."""
    first, second = _triples(one), _triples(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def _triples(told: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", told.lower())
    return set(zip(words, words[1:], words[2:], strict=False))
