"""Whether shops want a song marked."""

from collections.abc import Iterable

from agents.lexicon.tokens import listed
from configs.wordlists import words_of_list
from storage.types import Lyrics


def is_explicit(texts: Iterable[str]) -> bool:
    """Whether any text holds an explicit word or a slur, in whichever spelling."""
    lists = (words_of_list("explicit"), words_of_list("slurs"))
    return any(next(listed(text, words), None) for text in texts for words in lists)


def marked(lyrics: Lyrics) -> Lyrics:
    """The lyrics with the mark that their title, hook and lines ask for."""
    lines = (line for section in lyrics.sections for line in section.lines)
    return lyrics.model_copy(update={"explicit": is_explicit((lyrics.title, lyrics.hook, *lines))})
