"""Five ways to make a tone: sustained wave, struck string or bar, frequency modulation, spectral pad, sub-bass.

Every voice is a frozen recipe whose `sound` makes one note: float32 (2, samples) at the given rate, peak about 1.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Voice(Protocol):
    def sound(self, pitch: int, held_s: float, brightness: float, sample_rate_hz: int) -> NDArray[np.float32]:
        """One note; brightness 0 dark to 1 bright."""
        ...
