"""The creator: a seed and a genre become an artist with a name, a story, a look and genes of its own."""

import random

from agents.llm.offline.banks import genre_bank
from agents.llm.protocol import Completion, Request, Writer
from agents.llm.repair import ask
from agents.llm.tasks import PersonaDraft, PersonaInputs
from agents.niches import AXES
from agents.planning.trends import lean_genre, lean_persona
from agents.roster_guard import (
    SAYS_WHAT_IT_IS,
    Described,
    description_fault,
    disclosed,
    name_fault,
    nearness_fault,
    require_wish,
)
from configs.genres import load_genres
from configs.posts import load_posts
from storage.clock import sub_seed
from storage.errors import UsageError
from storage.types import NOTHING_FIXED, Genes, Persona, PersonaWish, Trend, VocalIdentity

_SPREAD = 0.16
"""Standard deviation of an artist's genes around their genre's middle."""
_TIMBRES = (
    "airy",
    "breathy",
    "clear",
    "deep",
    "gritty",
    "husky",
    "intimate",
    "nasal",
    "raspy",
    "smoky",
    "soulful",
    "velvety",
    "warm",
)
TRIES = 5
"""Personas that are drawn until one is unlike the others of its genre."""


async def create(
    writer: Writer,
    *,
    seed: int,
    genre: str | None,
    taken_names: frozenset[str],
    taken_looks: frozenset[str],
    wish: PersonaWish = NOTHING_FIXED,
    roster: tuple[Described, ...] = (),
    trends: tuple[Trend, ...] = (),
) -> tuple[Persona, Genes, Completion[PersonaDraft]]:
    """Invent an artist unlike those on the roster; without a genre the seed picks one.

    Args:
        wish: what a person fixes; the rest is invented around it.
        roster: personas, drafted or still to come, from which this one must be told apart.
        trends: what is in the air; the draft leans to it by its adaptability, and `leanings` say how.

    Raises:
        UsageError: the genre is unknown, what was fixed may not be, or no distinct name or persona is left.
        ProviderError: no writer gave a persona that holds.
    """
    # Inside, because faces and palettes are heavier than most callers of this module need.
    from agents.music.dna import draw_dna
    from agents.visuals.identity import choose_identity

    listens = Persona.model_fields["trend_adaptability"].default
    if wish.trend_adaptability is not None:
        listens = wish.trend_adaptability
    chosen, leanings = (
        (chosen_genre(genre, seed), ())
        if genre is not None
        else lean_genre(load_genres(), listens, trends, seed)
    )
    require_wish(wish, tuple(taken_names))
    near: str | None = None
    for number in range(TRIES):
        part = sub_seed(seed, "persona", *([number] if number else []))
        completion = await _drafted(writer, chosen, part, taken_names, wish)
        draft = completion.value
        persona = Persona(
            **draft.model_dump(exclude={"secondary_genres", "platforms", "calls_to_action"}),
            **{name: value for name in ("platforms", "calls_to_action") if (value := getattr(draft, name))},
            genre=chosen,
            secondary_genres=tuple(name for name in draft.secondary_genres if name in load_genres()),
            visual=choose_identity(sub_seed(seed, "look"), chosen, draft.moods, taken_looks),
            vocal=draw_voice(seed),
            sound=draw_dna(load_genres()[chosen], sub_seed(seed, "signature")),
            signature_seed=sub_seed(seed, "signature"),
            leanings=leanings,
            source=completion.source,
        ).model_copy(update=wish.given())
        persona, genes = lean_persona(
            persona, draw_genes(seed), load_genres()[chosen], _suiting(chosen, wish), trends
        )
        persona = persona.model_copy(update={"backstory": disclosed(persona.name, persona.backstory)})
        near = nearness_fault(persona, roster)
        if near is None:
            return persona, genes, completion
    raise UsageError(f"{near}: choose another genre or seed, or fix other themes")


def _suiting(genre: str, wish: PersonaWish) -> dict[str, tuple[str, ...]]:
    """Themes and moods of a genre, but for what a person has fixed."""
    bank = genre_bank(genre)
    fixed = {"theme": wish.themes, "mood": wish.moods}
    suits = {"theme": bank.themes, "mood": bank.moods}
    return {kind: tuple(terms) for kind, terms in suits.items() if fixed[kind] is None}


async def _drafted(
    writer: Writer, genre: str, seed: int, taken_names: frozenset[str], wish: PersonaWish
) -> Completion[PersonaDraft]:
    request = Request(
        task="persona",
        prompt="persona",
        inputs=PersonaInputs(
            genre=genre,
            taken_names=tuple(sorted(taken_names)),
            wanted_name=wish.name,
            wanted_themes=wish.themes or (),
            wanted_moods=wish.moods or (),
            platforms=tuple(load_posts().platforms),
        ),
        answer=PersonaDraft,
        seed=seed,
    )
    return await ask(writer, request, lambda draft: _faults(draft, taken_names, wish.name))


def draw_voice(seed: int) -> VocalIdentity:
    """The voice that vendors who sing are asked for, the same in every song."""
    stream = random.Random(sub_seed(seed, "voice"))
    return VocalIdentity(gender=stream.choice(("female", "male")), timbre=stream.choice(_TIMBRES))


def draw_genes(seed: int) -> Genes:
    """Genes around the genre's middle, distinct for each artist."""

    def draw(name: str, middle: float, low: float) -> float:
        stream = random.Random(sub_seed(seed, "gene", name))
        return round(min(1.0, max(low, stream.gauss(middle, _SPREAD if low == 0 else 2 * _SPREAD))), 3)

    return Genes(
        **{
            name: draw(name, field.default, -1.0 if field.default == 0.0 else 0.0)
            for name, field in Genes.model_fields.items()
            if name in AXES
        }
    )


def chosen_genre(genre: str | None, seed: int) -> str:
    """The genre, or without one the seed's. Raises UsageError for one that nobody knows."""
    known = load_genres()
    if genre is None:
        return random.Random(sub_seed(seed, "genre")).choice(sorted(known))
    if genre not in known:
        raise UsageError(f"no genre {genre[:40]!r}: choose one of {', '.join(known)}")
    return genre


def _faults(draft: PersonaDraft, taken_names: frozenset[str], wanted_name: str | None) -> tuple[str, ...]:
    """What keeps a draft off the roster; a model reads these words."""
    faults: list[str] = []
    if wanted_name is None and (fault := name_fault(draft.name, tuple(taken_names))):
        faults.append(fault)
    if len(draft.backstory.split("\n\n")) != 3:
        faults.append("the backstory must have three paragraphs, parted by empty lines")
    if not all(pattern.search(draft.backstory) for pattern in SAYS_WHAT_IT_IS):
        faults.append("the backstory must say `virtual artist` and `made with AI`")
    if fault := description_fault(draft, draft.name):
        faults.append(fault)
    if unknown := [name for name in draft.platforms if name not in load_posts().platforms]:
        faults.append(f"there is no platform {unknown[0]!r}")
    return tuple(faults)
