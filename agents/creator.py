"""The creator: a seed and a genre become an artist with a name, a story, a look and genes of its own."""

import random
import re

from agents.llm.likeness import is_like
from agents.llm.protocol import Completion, Request, Writer
from agents.llm.repair import ask
from agents.llm.tasks import PersonaDraft, PersonaInputs
from configs.genres import load_genres
from storage.clock import sub_seed
from storage.errors import UsageError
from storage.types import Genes, Persona, VocalIdentity

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
_SAYS_WHAT_IT_IS = (
    re.compile(r"\bvirtual artist\b", re.IGNORECASE),
    re.compile(r"\bmade with AI\b", re.IGNORECASE),
)
_CLAIMS_A_LIFE = re.compile(
    r"\b(he|she|his|her) (was|is|grew|lives|plays)\b|\b(was born|grew up|raised) in\b|\breal person\b|\bI am human\b",
    re.IGNORECASE,
)


async def create(
    writer: Writer,
    *,
    seed: int,
    genre: str | None,
    taken_names: frozenset[str],
    taken_palettes: frozenset[str],
) -> tuple[Persona, Genes, Completion[PersonaDraft]]:
    """Invent an artist unlike those on the roster; without a genre the seed picks one.

    Raises:
        UsageError: the genre is unknown, or no distinct name is left.
        ProviderError: no writer gave a persona that holds.
    """
    # Inside, because faces and palettes are heavier than most callers of this module need.
    from agents.music.dna import draw_dna
    from agents.visuals.identity import choose_identity

    chosen = _genre(genre, seed)
    request = Request(
        task="persona",
        prompt="persona",
        inputs=PersonaInputs(genre=chosen, taken_names=tuple(sorted(taken_names))),
        answer=PersonaDraft,
        seed=sub_seed(seed, "persona"),
    )
    completion = await ask(writer, request, lambda draft: _faults(draft, taken_names))
    draft = completion.value
    persona = Persona(
        **draft.model_dump(exclude={"secondary_genres"}),
        genre=chosen,
        secondary_genres=tuple(name for name in draft.secondary_genres if name in load_genres()),
        visual=choose_identity(sub_seed(seed, "look"), chosen, draft.moods, taken_palettes),
        vocal=draw_voice(seed),
        sound=draw_dna(load_genres()[chosen], sub_seed(seed, "signature")),
        signature_seed=sub_seed(seed, "signature"),
        source=completion.source,
    )
    return persona, draw_genes(seed), completion


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
        }
    )


def _genre(genre: str | None, seed: int) -> str:
    known = load_genres()
    if genre is None:
        return random.Random(sub_seed(seed, "genre")).choice(sorted(known))
    if genre not in known:
        raise UsageError(f"no genre {genre[:40]!r}: choose one of {', '.join(known)}")
    return genre


def _faults(draft: PersonaDraft, taken_names: frozenset[str]) -> tuple[str, ...]:
    """What keeps a draft off the roster; a model reads these words."""
    faults: list[str] = []
    like = next((name for name in sorted(taken_names) if is_like(draft.name, name)), None)
    if like:
        faults.append(f"the name {draft.name!r} is too much like {like!r}, which is taken")
    if not draft.name.isprintable():
        faults.append("the name holds control characters")
    if len(draft.backstory.split("\n\n")) != 3:
        faults.append("the backstory must have three paragraphs, parted by empty lines")
    if not all(pattern.search(draft.backstory) for pattern in _SAYS_WHAT_IT_IS):
        faults.append("the backstory must say `virtual artist` and `made with AI`")
    if claim := _CLAIMS_A_LIFE.search(draft.backstory):
        faults.append(f"the backstory claims a human life: {claim.group()!r}")
    return tuple(faults)
