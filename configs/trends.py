"""Seasons, tempo bands and the outside world's words for ours, read once from trends.yaml."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from configs.tables import read_table

Share = Annotated[float, Field(ge=0, le=1)]
Kind = Literal["genre", "mood", "theme", "tempo"]


class TrendTable(BaseModel):
    """The embedded source, and the vocabulary that every other source is read with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seasons: dict[int, dict[Kind, dict[str, Share]]] = Field(min_length=12, max_length=12)
    """Scores by month, kind and term."""
    south: frozenset[str]
    """Countries whose seasons lie six months apart."""
    tempo_bands: dict[str, tuple[float, float]]
    """Slowest and fastest BPM of each, slowest band first."""
    genres: dict[str, tuple[str, ...]]
    """What others call a genre of genres.yaml."""
    moods: dict[str, tuple[str, ...]]
    """Words in titles and tags that speak of a mood."""


@cache
def load_trends() -> TrendTable:
    """The table; raises ValueError where it is malformed."""
    return TrendTable.model_validate(read_table(Path(__file__).with_name("trends.yaml")))
