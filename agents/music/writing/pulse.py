"""From steps of the grid to seconds, with the genre's swing and a person's timing."""

import random
from dataclasses import dataclass

from configs.genres import Genre
from storage.clock import sub_seed
from storage.types import Brief

STEPS_A_BAR = 16
ROOM_S = 0.75
"""The last chord is let go so long before the song ends, and dies away with the room."""


@dataclass(frozen=True)
class Pulse:
    """A song's clock."""

    bar_s: float
    swing: float
    """How late off-beat sixteenths come, as a share of a sixteenth."""
    spread_s: float
    """Standard deviation of human timing."""
    laid_back_s: float
    close_s: float
    """How far the last chord rings on after the last bar."""

    @property
    def step_s(self) -> float:
        """Length of a sixteenth."""
        return self.bar_s / STEPS_A_BAR

    def time_s(self, bar: int, step: float) -> float:
        """When a step sounds on the swung grid, before human timing."""
        late = self.swing if int(step) % 2 else 0.0
        return (bar * STEPS_A_BAR + step + late) * self.step_s

    def played_s(self, bar: int, step: float, rng: random.Random, *, tightness: float = 1.0) -> float:
        """When a player plays it; a tightness of 0 is a machine's."""
        offset = max(-2.0, min(2.0, rng.gauss(0, 1))) * self.spread_s * tightness
        return max(0.0, self.time_s(bar, step) + offset)


def set_pulse(brief: Brief, genre: Genre) -> Pulse:
    """The song's clock: the brief's swing gene at 0.5 is the genre's own swing, at 1 half as much again."""
    gene = brief.swing
    swing = genre.swing * (2 * gene if gene <= 0.5 else 0.5 + gene)
    return Pulse(
        bar_s=brief.bar_s,
        swing=swing,
        spread_s=genre.timing_ms / 1000,
        laid_back_s=genre.laid_back_ms / 1000,
        close_s=brief.tail_s - ROOM_S,
    )


def stream(brief: Brief, part: str, *names: str | int) -> random.Random:
    """The song's own random stream for one part, so that parts do not disturb each other."""
    return random.Random(sub_seed(brief.seed, "score", part, *names))
