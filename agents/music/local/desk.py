"""The mixing desk's channel strips: what is done to each part before it meets the others."""

from dataclasses import dataclass

from agents.music.local.filters import Equaliser, bell, high_shelf, highpass, lowpass


@dataclass(frozen=True)
class Strip:
    """One channel. Filters act on each distinct note once: the sum of filtered notes is the filtered sum."""

    level_db: float
    """Loudness of the part while it plays, in dB rms."""
    low_cut_hz: float
    high_cut_hz: float = 0.0
    bells: tuple[tuple[float, float, float], ...] = ()
    """Frequency in Hz, gain in dB, quality."""
    shelf_db: float = 0.0
    send: float = 0.0
    """Share that goes to the reverb."""
    echo: float = 0.0
    """Level of the first of three echoes that alternate between the sides."""
    ducks: bool = False
    pan: float = 0.0
    """−1 left to 1 right."""
    spread: float = 0.0
    """How far successive notes step to the sides."""

    def equaliser(self, sample_rate_hz: int) -> Equaliser:
        chain = [highpass(self.low_cut_hz, sample_rate_hz)]
        chain += [bell(hz, gain_db, sample_rate_hz, quality) for hz, gain_db, quality in self.bells]
        if self.shelf_db:
            chain.append(high_shelf(7000, self.shelf_db, sample_rate_hz))
        if self.high_cut_hz:
            chain.append(lowpass(self.high_cut_hz, sample_rate_hz))
        return Equaliser(tuple(chain), sample_rate_hz)


STRIPS: dict[str, Strip] = {
    "bass": Strip(-20.0, 34, 6500, ((250, -2.5, 1.0), (900, 1.5, 1.0)), ducks=True),
    "chords": Strip(
        -23.0, 160, bells=((350, -2.0, 0.8), (2500, -1.5, 0.9)), send=0.2, ducks=True, spread=0.25
    ),
    "pad": Strip(-25.0, 170, bells=((380, -2.5, 0.8),), send=0.3, ducks=True),
    "arpeggio": Strip(-26.5, 330, shelf_db=1.0, send=0.24, echo=0.3, ducks=True, spread=0.7),
    "melody": Strip(-20.5, 190, bells=((400, -1.5, 1.0), (2800, 2.0, 0.9)), send=0.2, echo=0.22),
    "harmony": Strip(-26.0, 240, bells=((2800, 1.0, 0.9),), send=0.28, echo=0.15, spread=0.6),
    "counter": Strip(-25.0, 260, bells=((1800, 1.0, 0.9),), send=0.32, echo=0.25, pan=-0.35),
}

DRUM_LEVELS: dict[str, float] = {
    "kick": 0.95,
    "snare": 0.62,
    "clap": 0.5,
    "hat": 0.28,
    "open_hat": 0.22,
    "shaker": 0.26,
    "tom": 0.55,
    "crash": 0.34,
    "rim": 0.32,
    "cowbell": 0.34,
    "impact": 0.5,
    "riser": 0.3,
}
DRUM_PANS: dict[str, float] = {
    "hat": 0.28,
    "open_hat": -0.3,
    "shaker": -0.55,
    "tom": 0.25,
    "crash": 0.15,
    "rim": 0.4,
    "cowbell": -0.25,
}
KICK_LEVEL_DB = -19.0
DRUM_LEVEL_DB = -21.0
DRUM_SEND = 0.07
