"""A virtual artist's name and story, open about what it is."""

import random

from agents.llm.offline.banks import genre_bank, persona_bank, theme_banks
from agents.llm.offline.grammar import with_article
from agents.llm.offline.names import choose_name
from agents.llm.tasks import PersonaDraft, PersonaInputs
from storage.clock import sub_seed


def write_persona(inputs: PersonaInputs, seed: int) -> PersonaDraft:
    """Invent one artist of a genre.

    Raises:
        UsageError: every name tried is too much like one that is taken.
    """
    rng = random.Random(sub_seed(seed, "persona", "story"))
    name = inputs.wanted_name or choose_name(
        inputs.taken_names, random.Random(sub_seed(seed, "persona", "name"))
    )
    genre, bank = genre_bank(inputs.genre), persona_bank()
    themes = tuple(rng.sample(genre.themes, min(4, len(genre.themes))))
    moods = tuple(rng.sample(genre.moods, min(3, len(genre.moods))))
    reach = random.Random(sub_seed(seed, "persona", "reach"))
    influences = tuple(rng.sample(genre.influences, min(3, len(genre.influences))))
    audience = rng.choice(genre.audiences)
    sung, felt = inputs.wanted_themes or themes[:2], inputs.wanted_moods or moods
    neighbours = rng.sample(genre.neighbours, 2)
    slots = {
        "name": name,
        "genre": inputs.genre.replace("_", " "),
        "theme": _phrase(sung[0]),
        "theme2": _phrase(sung[-1]),
        **_mood_slots(felt[0]),
        "sound": rng.choice(genre.sounds),
        "influence": influences[0],
        "influence2": influences[1],
        "audience": audience,
    }
    return PersonaDraft(
        name=name,
        tagline=_sentence(rng.choice(bank.taglines), slots),
        backstory=_backstory(slots, felt, rng),
        lyrical_voice=_sentence(rng.choice(bank.voices), slots),
        themes=themes,
        moods=moods,
        audience=_sentence("{audience}.", slots),
        influences=influences,
        secondary_genres=tuple(neighbours[: rng.choice((1, 2))]),
        platforms=tuple(reach.sample(inputs.platforms, min(3, len(inputs.platforms)))),
        calls_to_action=tuple(reach.sample(bank.calls, 3)),
    )


def _backstory(slots: dict[str, str], moods: tuple[str, ...], rng: random.Random) -> str:
    """Three paragraphs: what it is, how it works, whom it is for."""
    bank = persona_bank()
    turned = {**slots, **_mood_slots(moods[-1])}
    paragraphs = (
        (_sentence(rng.choice(bank.origins), slots), _sentence(rng.choice(bank.beginnings), slots)),
        tuple(_sentence(rng.choice(part), slots) for part in (bank.works, bank.subjects, bank.habits)),
        (_sentence(rng.choice(bank.outlooks), turned),),
    )
    return "\n\n".join(" ".join(sentences) for sentences in paragraphs)


def _phrase(theme: str) -> str:
    """A theme as it stands in a sentence; one without a bank is its own."""
    bank = theme_banks().get(theme)
    return theme if bank is None else bank.phrase


def _mood_slots(mood: str) -> dict[str, str]:
    return {"mood": mood, "a_mood": with_article(mood)}


def _sentence(pattern: str, slots: dict[str, str]) -> str:
    filled = pattern.format_map(slots)
    return filled[:1].upper() + filled[1:]
