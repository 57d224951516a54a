"""Kaleidoscope: petals cut from the bands, mirrored around the focus, turning against each other."""

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, around, curves, polylines, spokes
from agents.visuals.visualizer.scenes.scene import Look, Moment, smooth

WEDGE_POINTS = 16
SIZES = (1.22, 0.84, 0.46)
ECHO_SIZES, ECHO_TURNS = (
    1 - np.float32(0.13) * np.arange(3, dtype=np.float32)[:, None],
    0.03 * np.arange(3)[:, None],
)
TONES = [tone * (1 - 0.28 * echo) for tone in (170, 220, 255) for echo in range(3)]
WIDTHS = (2.6, 1.45, 1.2) * len(SIZES)


class Kaleidoscope:
    """Three wreaths of petals; their count is the artist's, their shape the sound's."""

    def __init__(self, look: Look) -> None:
        self._look = look
        stream = np.random.default_rng(look.seed)
        self._folds = int(stream.choice([5, 6, 8, 10]))
        shapes = stream.uniform(0, 1, (3, 4))
        self._spin = float(stream.choice([-1, 1]) * (0.10 + 0.22 * look.motion))
        along = np.linspace(0, 1, WEDGE_POINTS, endpoint=False)
        self._petals = [np.sin(np.pi * along) ** (0.5 + shape[0]) for shape in shapes]
        notches = [0.14 * np.sin(2 * np.pi * along * (2 + int(3 * shape[1]))) * shape[2] for shape in shapes]
        self._wedges = [
            0.42 + (0.34 + notch) * petal for petal, notch in zip(self._petals, notches, strict=True)
        ]
        self._along = along
        self._spokes = spokes(np.linspace(0, 2 * np.pi, 2 * WEDGE_POINTS * self._folds, endpoint=False))
        self._rays = np.arange(2 * self._folds) * np.pi / self._folds

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        stage = self._look.stage
        unit, reach = stage.unit_px, stage.reach_px
        spin = self._spin * moment.time_s + 0.10 * moment.kick
        radii, turns = [], []
        for rank, size in enumerate(SIZES):
            bands = moment.bands[rank * 6 : rank * 6 + 12]
            grown = reach * size * (0.80 + 0.30 * moment.kick * (1.25 - 0.5 * size))
            radii.append(grown * ECHO_SIZES * self._wreath(rank, bands))
            turns.append(spin * (1 if rank % 2 else -1) + ECHO_TURNS)
        lines = around(stage.focus, np.concatenate(radii), spokes(np.concatenate(turns)) * self._spokes)
        curves(ink, lines, TONES, [width * unit for width in WIDTHS], closed=True)
        rays = spokes(self._rays + spin * 0.5)
        inner = around(stage.focus, reach * (0.10 + 0.05 * moment.kick), rays)
        outer = around(stage.focus, reach * (0.15 + 0.16 * moment.treble + 0.08 * moment.kick), rays)
        polylines(ink, np.stack([inner, outer], axis=1), 235, 2.0 * unit)
        return Flow(
            zoom=1.022 + 0.030 * moment.kick,
            turn=0.006 * np.sign(self._spin),
            warp=0.4 + 0.5 * moment.mid,
            keep=0.925,
            feed=0.78,
            lift=0.20 + 0.20 * moment.loudness + 0.18 * moment.kick,
        )

    def _wreath(self, rank: int, bands: np.ndarray) -> np.ndarray:
        """The radii of a closed curve of mirrored wedges."""
        heard = np.interp(self._along * (len(bands) - 1), np.arange(len(bands)), bands)
        wedge = self._wedges[rank] + 0.26 * heard * self._petals[rank]
        both = np.concatenate([wedge, wedge[::-1]])
        return np.tile(smooth(both.astype(np.float32), 5), self._folds)
