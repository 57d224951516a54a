"""Why a song must be seen by a person whatever its score: slurs, and names of real artists."""

from collections.abc import Iterable, Mapping

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
    names = _artists(texts)
    if names:
        told = ", ".join(f"{name} ({place})" for name, place in list(names.items())[:_SHOWN])
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        found.append(f"names {'a real artist' if len(names) == 1 else 'real artists'}: {told}{more}")
    own = {brief.artist_name.casefold(), persona.name.casefold()}
    unlisted = {name: place for name, place in _imitated(texts).items() if name.casefold() not in own}
    if unlisted and not names:
        told = ", ".join(f"{name} ({place})" for name, place in list(unlisted.items())[:_SHOWN])
        found.append(f"asks for somebody's style: {told}")
    return tuple(found)


def _imitated(texts: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """For each name that stands where somebody's style is asked for, the first place that has it."""
    names: dict[str, str] = {}
    for place, said in texts.items():
        for text in said:
            for name in imitated_in(text, is_wish=place in _WISH):
                names.setdefault(name, place)
    return names


def _slurs(texts: Mapping[str, Iterable[str]]) -> list[str]:
    slurs = words_of_list("slurs")
    return [place for place, said in texts.items() if any(next(listed(text, slurs), None) for text in said)]


def _artists(texts: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """For each real artist the first place that names them."""
    names: dict[str, str] = {}
    for place, said in texts.items():
        for text in said:
            for name in artists_in(text, is_style=place in _STYLE):
                names.setdefault(name, place)
    return names
