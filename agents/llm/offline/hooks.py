"""The line that returns: from the banks where the title is theirs, built around it where it is not."""

import random

from agents.llm.offline.banks import theme_banks
from agents.llm.offline.grammar import as_line
from agents.llm.offline.prosody import syllables

_AROUND_NAME = (
    "{title}, {title}",
    "oh, {title}, call me home",
    "{title}, stay the night with me",
    "sing it to me now, {title}",
    "say it like you mean it, {title}",
    "{title}, over and over",
    "{title}, say it again",
    "oh, {title}",
    "call it {title} if you like",
)
"""For titles a person typed: they are sung as names, whatever they say."""


def hook_for(
    title: str,
    theme: str,
    frames: tuple[str, ...],
    *,
    fewest: int,
    most: int,
    avoid: frozenset[str],
    rng: random.Random,
) -> str:
    """The hook of a song with this title, of `fewest` to `most` syllables where the title itself leaves room.

    Args:
        frames: the genre's lines around a title that names a thing of the banks, such as Broken Streetlight.
        avoid: what was sung before, in lower case.
    """
    for bank in theme_banks().values():
        for hook in bank.hooks:
            if hook.title.lower() == title.lower() and hook.line.lower() not in avoid:
                return hook.line
    is_thing = title.lower() in _things()
    sung = title.lower() if is_thing else _as_typed(title, theme)
    patterns = frames if is_thing else _AROUND_NAME
    lines = [as_line(pattern.replace("{title}", sung)) for pattern in patterns]
    fitting = [line for line in lines if fewest <= syllables(line) <= most and line.lower() not in avoid]
    return rng.choice(fitting) if fitting else as_line(sung)


def _things() -> frozenset[str]:
    """Every adjective and noun the banks' titles are made of, in lower case."""
    return frozenset(
        f"{adjective} {thing.noun}".lower()
        for bank in theme_banks().values()
        for thing in bank.things
        for adjective in thing.adjectives
    )


def _as_typed(title: str, theme: str) -> str:
    """The title with the capitals it has in the theme, if it was taken from there."""
    at = theme.lower().find(title.lower())
    return theme[at : at + len(title)] if at >= 0 else title
