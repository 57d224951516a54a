"""Halo: rings of sound around an empty centre, inside a soft corona of the bands."""

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, around, dot, polyline
from agents.visuals.visualizer.scenes.scene import Look, Moment, smooth

POINTS = 360


class Halo:
    """Three waveform rings that jump apart on the kick."""

    def __init__(self, look: Look) -> None:
        self._look = look
        stream = np.random.default_rng(look.seed)
        self._spin = float(stream.choice([-1, 1]) * (0.12 + 0.25 * look.motion))
        self._folds = int(stream.integers(2, 5))
        self._angles = np.linspace(0, 2 * np.pi, POINTS, endpoint=False)
        self._window = np.hanning(POINTS).astype(np.float32)

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        stage = self._look.stage
        unit, reach = stage.unit_px, stage.reach_px
        wave = smooth(moment.wave[:POINTS] * self._window, 7)
        spin = moment.time_s * self._spin
        rings = ((0.64, 1.0, 4.2, 255), (0.53, -0.7, 2.2, 190), (0.45, 0.45, 1.2, 120))
        for rank, (radius, gain, width, tone) in enumerate(rings):
            jump = 0.17 * moment.kick * (1 - 0.55 * rank)
            radii = reach * (radius + jump + 0.42 * gain * wave)
            polyline(
                ink,
                around(stage.focus, radii, self._angles + spin * (1 + rank)),
                tone,
                width * unit,
                closed=True,
            )
        corona = self._corona(moment)
        for rank in range(4):
            radii = reach * (0.70 + 0.13 * moment.kick + (0.30 + 0.02 * rank) * corona * (1 - 0.2 * rank))
            turn = -spin * 0.6 + rank * np.pi / (4 * self._folds)
            points = around(stage.focus, radii, self._angles + turn)
            polyline(ink, points, 205 - 42 * rank, (2.4 - 0.5 * rank) * unit, closed=True)
        for angle in np.linspace(0, 2 * np.pi, 4 * self._folds, endpoint=False) + spin * 0.4:
            far = reach * (1.0 + 0.10 * moment.bar)
            x, y = stage.focus[0] + far * np.cos(angle), stage.focus[1] + far * np.sin(angle)
            dot(ink, x, y, (1.6 + 3.5 * moment.treble) * unit, 210)
        return Flow(
            zoom=1.012 + 0.030 * moment.kick + 0.008 * moment.energy,
            turn=0.004 * np.sign(self._spin),
            swirl=0.010,
            warp=0.7 + 0.6 * moment.bass,
            keep=0.92,
            feed=0.82,
            lift=0.22 + 0.20 * moment.loudness + 0.10 * moment.kick,
        )

    def _corona(self, moment: Moment) -> np.ndarray:
        bands = np.concatenate([moment.bands, moment.bands[::-1]])
        at = np.linspace(0, len(bands) * self._folds, POINTS, endpoint=False)
        closed = np.interp(at % len(bands), np.arange(len(bands) + 1), np.append(bands, bands[0]))
        return smooth(closed.astype(np.float32), 9)
