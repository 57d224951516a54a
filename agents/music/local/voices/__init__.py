"""Five ways to make a tone: sustained wave, struck string or bar, frequency modulation, spectral pad, sub-bass.

Every voice is a frozen recipe. Its `tone` sounds on; its `note` is that tone let go after a time: notes of one pitch
and brightness but several lengths share the work. Both are float32 (channels, samples) at the given rate, one channel
where both sides are alike, a note's peak about 1.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.music.local.filters import Equaliser

Sound = NDArray[np.float32]


class Voice(Protocol):
    def tone(
        self, pitch: int, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        """As long as a note held for `held_s` is heard; brightness 0 dark to 1 bright.

        The equaliser acts where it costs least: on a spectrum, or on the tone; behind the drive if there is one.
        """
        ...

    def note(
        self, tone: Sound, held_s: float, brightness: float, equaliser: Equaliser, sample_rate_hz: int
    ) -> Sound:
        """A new array: the tone begun, held and let go."""
        ...
