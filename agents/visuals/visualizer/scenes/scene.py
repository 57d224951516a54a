"""What a scene is given for each frame, and what it answers."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink
from agents.visuals.visualizer.stage import Stage

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """What stays the same while a scene plays."""

    stage: Stage
    seed: int
    emblem: str
    motion: float
    """0 still, 1 restless."""
    fps: int


@dataclass(frozen=True)
class Moment:
    """One frame's music. Pulses, levels and bands are 0 to about 1; see `Rhythm` and `Sound`."""

    time_s: float
    step: float
    """Length of the frame in thirtieths of a second."""
    kick: float
    bar: float
    beats: float
    energy: float
    loudness: float
    bass: float
    mid: float
    treble: float
    bands: Floats
    wave: Floats
    """The waveform heard during about 60 ms from this frame on: float32 (512,)."""


class Scene(Protocol):
    """Draws itself on the ink plane (already black) and says how the light behind it flows."""

    def __init__(self, look: Look) -> None: ...

    def draw(self, ink: Ink, moment: Moment) -> Flow: ...


def smooth(values: Floats, width: int) -> Floats:
    """A moving mean of odd `width` around a closed curve, same length."""
    kernel = np.ones(width, dtype=np.float32) / width
    half = width // 2
    wrapped = np.concatenate([values[-half:], values, values[:half]])
    return np.convolve(wrapped, kernel, mode="valid").astype(np.float32)
