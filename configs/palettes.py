"""The label's colour families, read once from palettes.yaml."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from configs.tables import read_table

Oklch = tuple[
    Annotated[float, Field(ge=0, le=1)],
    Annotated[float, Field(ge=0, le=0.37)],
    Annotated[float, Field(ge=0, lt=360)],
]
"""Lightness 0–1, chroma, hue in degrees."""


class Palette(BaseModel):
    """Six OKLCH colours from dark to light, one second hue, and what they suit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    ground: Oklch
    deep: Oklch
    body: Oklch
    glow: Oklch
    paper: Oklch
    accent: Oklch
    suits: tuple[str, ...]

    @property
    def ramp(self) -> tuple[Oklch, ...]:
        """The five colours of one light, darkest first."""
        return (self.ground, self.deep, self.body, self.glow, self.paper)


@cache
def load_palettes() -> dict[str, Palette]:
    """All palettes by name, in file order; raises ValueError for a malformed table."""
    table = read_table(Path(__file__).with_name("palettes.yaml"))
    return {name: Palette(name=name, **colours) for name, colours in table.items()}
