"""What stock footage is searched for and what is never taken, from `footage.yaml`."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from configs.tables import read_table

Words = Annotated[tuple[str, ...], Field(min_length=1)]


class Pace(BaseModel):
    """Words for how fast a picture should move, by tempo."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    calm_below_bpm: float
    energetic_above_bpm: float
    calm: Words
    moderate: Words
    energetic: Words

    def words(self, tempo_bpm: float) -> tuple[str, ...]:
        """Those of a tempo."""
        if tempo_bpm < self.calm_below_bpm:
            return self.calm
        return self.energetic if tempo_bpm > self.energetic_above_bpm else self.moderate


class FootageTable(BaseModel):
    """The whole table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    moods: dict[str, Words]
    genres: dict[str, Words]
    pace: Pace
    intense_from: float
    gentle_below: float
    intense: Words
    gentle: Words
    fallbacks: Words
    avoid: frozenset[str]
    """Single words in lower case."""


@cache
def load_footage() -> FootageTable:
    """The table, read once; raises ValueError for a malformed one."""
    return FootageTable.model_validate(read_table(Path(__file__).with_name("footage.yaml")))
