"""The genres as typed, frozen data, read once from genres.yaml."""

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from configs.tables import read_table

Share = Annotated[float, Field(ge=0, le=1)]
Band = Literal["sub", "bass", "low_mid", "mid", "presence", "air"]
Mode = Literal["lydian", "major", "mixolydian", "dorian", "minor", "phrygian"]
DrumSteps = Annotated[str, StringConstraints(pattern=r"^[xo.\-]{16}$")]
ChordSteps = Annotated[str, StringConstraints(pattern=r"^[xo.\-]{16}$")]
BassSteps = Annotated[str, StringConstraints(pattern=r"^[rofta.\-]{16}$")]
ArpeggioSteps = Annotated[str, StringConstraints(pattern=r"^[0-5.]{16}$")]
FormText = Annotated[str, StringConstraints(pattern=r"^([a-z]+\d+)( [a-z]+\d+)*$")]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stock(_Table):
    """Instruments a genre's artists may own, by part; an artist's signature picks one of each."""

    melody: tuple[str, ...] = Field(min_length=1)
    counter: tuple[str, ...] = Field(min_length=1)
    chords: tuple[str, ...] = Field(min_length=1)
    pad: tuple[str, ...] = Field(min_length=1)
    arpeggio: tuple[str, ...] = Field(min_length=1)
    bass: tuple[str, ...] = Field(min_length=1)
    kit: tuple[str, ...] = Field(min_length=1)


class Layers(_Table):
    """The section energy from which each part plays."""

    pad: Share
    chords: Share
    bass: Share
    arpeggio: Share
    melody: Share
    counter: Share


class Genre(_Table):
    """All that makes a genre sound like itself."""

    title: str
    tempo_bpm: tuple[float, float]
    """Slowest and fastest tempo."""
    modes: tuple[Mode, ...] = Field(min_length=1)
    """Brightest first."""
    forms: tuple[FormText, ...] = Field(min_length=1)
    """Sections with their bars, such as `intro4 verse8 chorus8`."""
    swing: Share
    """How late off-beat sixteenths come, as a share of a sixteenth."""
    sevenths: Share
    """Share of chords that carry a seventh."""
    bars_per_chord: int = Field(ge=1, le=4)
    chords: tuple[ChordSteps, ...] = Field(min_length=1)
    bass: tuple[BassSteps, ...] = Field(min_length=1)
    arpeggio: tuple[ArpeggioSteps, ...] = Field(min_length=1)
    grooves: tuple[dict[str, DrumSteps], ...] = Field(min_length=1)
    fill: Literal["tom", "snare", "roll", "none"]
    hat_rolls: Share = 0.0
    """Chance that a bar carries a hi-hat roll."""
    stock: Stock
    layers: Layers
    levels_db: dict[str, float] = Field(default_factory=dict)
    """Level of a part above or below the usual balance."""
    timing_ms: float = Field(ge=0, le=20)
    """Spread of human timing."""
    laid_back_ms: float = Field(ge=0, le=30)
    """How far the back beat drags."""
    side_chain: Share
    """How far the kick ducks what sustains."""
    reverb_s: float = Field(gt=0, le=6)
    space: float = Field(ge=0, le=3)
    """Reverb amount; 1 is usual."""
    width: Share
    """Side energy over mid energy to aim for."""
    balance_db: dict[Band, float] = Field(min_length=6)
    """Each band's share of the mid channel's energy that mastering leads to."""
    texture: Literal["none", "vinyl", "air"] = "none"
    ceiling_hz: float = Field(default=20_000, gt=1000)
    """Where the master's treble ends."""
    drive: Share = 0.0
    """Saturation of the whole mix."""

    @model_validator(mode="after")
    def _tempo_band_is_ordered(self) -> Self:
        slow, fast = self.tempo_bpm
        if not 40 <= slow < fast <= 220:
            raise ValueError(f"tempo_bpm {slow}–{fast}: give a slower then a faster tempo between 40 and 220")
        return self

    def form_sections(self) -> tuple[tuple[tuple[str, int], ...], ...]:
        """The forms as (section name, bars) pairs."""
        return tuple(
            tuple((name, int(bars)) for name, bars in re.findall(r"([a-z]+)(\d+)", form))
            for form in self.forms
        )


class _GenreFile(_Table):
    forms: dict[str, tuple[FormText, ...]]
    genres: dict[str, Genre]


@cache
def load_genres() -> dict[str, Genre]:
    """Every genre by name, in the table's order.

    Raises:
        ValueError: the table is malformed; the message names the entry.
    """
    return _GenreFile.model_validate(read_table(Path(__file__).with_name("genres.yaml"))).genres
