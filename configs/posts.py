"""What the publicist writes with, read once from posts.yaml."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from configs.tables import read_table


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Platform(_Table):
    """A place where an artist is heard of."""

    title: str
    chars_max: int = Field(ge=40)
    """Most characters of a post there."""


class Posts(_Table):
    """Platforms, and sentences with gaps."""

    platforms: dict[str, Platform] = Field(min_length=1)
    disclosure: str
    """Ends every post that has room for it."""
    short_disclosure: str
    """Ends the others."""
    teasers: tuple[str, ...] = Field(min_length=1)
    posts: tuple[str, ...] = Field(min_length=1)


@cache
def load_posts() -> Posts:
    """The table; raises ValueError where it is malformed."""
    return Posts.model_validate(read_table(Path(__file__).with_name("posts.yaml")))
