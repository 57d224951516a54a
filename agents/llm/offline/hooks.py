"""The line that returns: from the banks where the title is theirs, built around it where a person chose it."""

import random

from agents.llm.offline.banks import theme_banks
from agents.llm.offline.prosody import syllables, words_of

_AROUND_TITLE = (
    "{title}, {title}",
    "oh, {title}, call me home",
    "{title}, stay the night with me",
    "it always comes back to {title}",
    "sing it to me now, {title}",
    "all I ever said was {title}",
    "{title}, over and over",
    "say it like you mean it, {title}",
    "{title}, say it again",
    "give me one more {title}",
)


def hook_for(title: str, syllables_min: int, syllables_max: int, avoid: frozenset[str], rng: random.Random) -> str:
    """The hook of a song with this title, within the syllables where the title itself leaves room.

    A title the banks do not know is sung as it stands: it is a name, whatever it says.
    """
    for bank in theme_banks().values():
        for hook in bank.hooks:
            if hook.title.lower() == title.lower() and hook.line not in avoid:
                return hook.line
    sung = title.lower() if _is_ours(title) else title
    lines = [pattern.format(title=sung) for pattern in _AROUND_TITLE]
    lines = [line[:1].upper() + line[1:] for line in lines]
    fitting = [line for line in lines if syllables_min <= syllables(line) <= syllables_max and line not in avoid]
    return rng.choice(fitting) if fitting else title


def _is_ours(title: str) -> bool:
    """Whether a title is made of the banks' common words, which need no capitals inside a line."""
    known = {
        word
        for bank in theme_banks().values()
        for thing in bank.things
        for word in words_of(" ".join((thing.noun, *thing.adjectives, "the")))
    }
    return set(words_of(title)) <= known
