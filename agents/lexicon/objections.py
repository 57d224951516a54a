"""Why a song must be seen by a person whatever its score: slurs, and names of real artists."""

from collections.abc import Callable, Iterable, Mapping

from agents.lexicon.artists import artists_in
from agents.lexicon.imitation import imitated_in
from agents.lexicon.tokens import listed
from configs.wordlists import words_of_list
from storage.types import Brief, Lyrics, Persona

_STYLE = frozenset({"style", "influences", "music prompt", "voice"})
_WISH = _STYLE | {"theme", "mood"}
_SHOWN = 3
"""Names told in one reason."""


def objections(brief: Brief, lyrics: Lyrics, persona: Persona, style_notes: str = "") -> tuple[str, ...]:
    """What is in the words of a song, and of what it was made from, that no policy may let through.

    Returns:
        Reasons in words, the gravest first, such as `names a real artist: taylor swift (theme)`; a slur is never told.
    """
    texts: dict[str, tuple[str, ...]] = {
        "title": (brief.title, lyrics.title),
        "theme": (brief.theme,),
        "mood": (brief.mood,),
        "lyrics": (lyrics.hook, *(line for section in lyrics.sections for line in section.lines)),
        "music prompt": (brief.music_prompt_prefix,),
        "cover": (brief.cover_composition or "",),
        "voice": (persona.vocal.timbre,),
        "style": (style_notes, persona.lyrical_voice, persona.tagline),
        "influences": persona.influences,
    }
    found: list[str] = []
    if places := _slurs(texts):
        found.append(f"holds a slur ({', '.join(places)})")
    names = _first_places(texts, lambda text, place: artists_in(text, is_style=place in _STYLE))
    if names:
        told = ", ".join(f"{name} ({place})" for name, place in list(names.items())[:_SHOWN])
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        found.append(f"names {'a real artist' if len(names) == 1 else 'real artists'}: {told}{more}")
    own = {brief.artist_name.casefold(), persona.name.casefold()}
    imitated = _first_places(texts, lambda text, place: imitated_in(text, is_wish=place in _WISH))
    unlisted = {name: place for name, place in imitated.items() if name.casefold() not in own}
    if unlisted and not names:
        told = ", ".join(f"{name} ({place})" for name, place in list(unlisted.items())[:_SHOWN])
        found.append(f"asks for somebody's style: {told}")
    return tuple(found)


def _slurs(texts: Mapping[str, Iterable[str]]) -> list[str]:
    slurs = words_of_list("slurs")
    return [place for place, said in texts.items() if any(next(listed(text, slurs), None) for text in said)]


def _first_places(
    texts: Mapping[str, Iterable[str]], names_in: Callable[[str, str], Iterable[str]]
) -> dict[str, str]:
    """For each name that is found in a text of a place, the first place that has it."""
    names: dict[str, str] = {}
    for place, said in texts.items():
        for text in said:
            for name in names_in(text, place):
                names.setdefault(name, place)
    return names
