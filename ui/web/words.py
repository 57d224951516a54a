"""Words of a song as the HTTP API takes them: on one line, no longer than a plan may have them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from agents.planning.wishes import MOOD_MAX, THEME_MAX, TITLE_MAX


def _one_line(words: str) -> str:
    return " ".join(words.split())


Theme = Annotated[str, Field(max_length=THEME_MAX), AfterValidator(_one_line)]
Title = Annotated[str, Field(max_length=TITLE_MAX), AfterValidator(_one_line)]
Mood = Annotated[str, Field(max_length=MOOD_MAX), AfterValidator(_one_line)]
