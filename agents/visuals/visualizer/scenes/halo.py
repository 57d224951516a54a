"""Halo: rings of sound around an empty centre, inside a soft corona of the bands."""

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, around, curves, dot, spokes
from agents.visuals.visualizer.scenes.scene import Look, Moment, smooth
from agents.visuals.visualizer.sound import BAND_COUNT

POINTS = 220
RINGS = ((0.64, 1.0, 0.17, 255, 3.8), (0.53, -0.7, 0.0765, 190, 2.6), (0.45, 0.45, -0.017, 120, 1.2))
"""Radius, how far the waveform bends it, how far a kick throws it, tone and width."""
CORONAS = 4


class Halo:
    """Three waveform rings that jump apart on the kick."""

    def __init__(self, look: Look) -> None:
        self._look = look
        stream = np.random.default_rng(look.seed)
        self._spin = float(stream.choice([-1, 1]) * (0.12 + 0.25 * look.motion))
        self._folds = int(stream.integers(2, 5))
        self._spokes = spokes(np.linspace(0, 2 * np.pi, POINTS, endpoint=False))
        radius, bend, jump, tone, width = np.array(RINGS, dtype=np.float32).T
        self._radius, self._bend, self._jump = radius[:, None], 0.42 * bend[:, None], jump[:, None]
        rank = np.arange(CORONAS)
        self._reach = ((0.30 + 0.02 * rank) * (1 - 0.2 * rank))[:, None].astype(np.float32)
        self._tones = [*tone.tolist(), *(205 - 42 * rank).tolist()]
        self._widths_px = (np.append(width, 2.4 - 0.85 * rank) * look.stage.unit_px).tolist()
        self._lean = rank * np.pi / (4 * self._folds)
        self._marks = np.arange(4 * self._folds) * np.pi / (2 * self._folds)
        self._at = np.linspace(0, 2 * BAND_COUNT * self._folds, POINTS, endpoint=False) % (2 * BAND_COUNT)
        self._window = np.hanning(POINTS).astype(np.float32)

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        stage = self._look.stage
        unit, reach = stage.unit_px, stage.reach_px
        wave = smooth(moment.wave[:POINTS] * self._window, 7)
        spin = moment.time_s * self._spin
        rings = self._radius + moment.kick * self._jump + self._bend * wave
        coronas = 0.70 + 0.13 * moment.kick + self._reach * self._corona(moment)
        turns = spokes(np.append(spin * np.arange(1, 4), self._lean - 0.6 * spin))
        radii = reach * np.concatenate([rings, coronas])
        lines = around(stage.focus, radii, turns[:, None] * self._spokes)
        curves(ink, lines, self._tones, self._widths_px, closed=True)
        marks = around(stage.focus, reach * (1.0 + 0.10 * moment.bar), spokes(self._marks + spin * 0.4))
        for x, y in marks.tolist():
            dot(ink, x, y, (1.6 + 3.5 * moment.treble) * unit, 210)
        return Flow(
            zoom=1.012 + 0.030 * moment.kick + 0.008 * moment.energy,
            turn=0.004 * np.sign(self._spin),
            swirl=0.010,
            warp=0.7 + 0.6 * moment.bass,
            keep=0.92,
            feed=0.82,
            lift=0.22 + 0.20 * moment.loudness + 0.18 * moment.kick,
        )

    def _corona(self, moment: Moment) -> np.ndarray:
        bands = np.concatenate([moment.bands, moment.bands[::-1], moment.bands[:1]])
        closed = np.interp(self._at, np.arange(len(bands)), bands)
        return smooth(closed.astype(np.float32), 9)
