"""Sunrise: a slit sun over a plain that rolls toward us, bar by bar."""

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, curves, dot, dots, floor, polyline, polylines
from agents.visuals.visualizer.scenes.scene import Look, Moment
from agents.visuals.visualizer.sound import BAND_COUNT

LANES, FURROWS, HILLS = 15, 12, 60
FURROW = np.arange(FURROWS)
RANGES = np.array([[0.30], [0.17]])
"""Heights of the far and of the near hills, as shares of the focus' reach."""


class Sunrise:
    """The kick swells the sun; the furrows of the plain pass at two to the beat."""

    def __init__(self, look: Look) -> None:
        self._look = look
        stream = np.random.default_rng(look.seed)
        self._slits = int(stream.integers(4, 7))
        away = 0.22 + 0.78 * np.abs(np.linspace(-1, 1, HILLS)) ** 0.8
        self._hills = stream.uniform(0.1, 1.0, (2, HILLS)) * away
        self._across = np.linspace(0, look.stage.width, HILLS)
        self._bands = np.linspace(0, BAND_COUNT - 1, HILLS)
        self._lanes = np.linspace(-1, 1, LANES)[:, None] * (0.30, 2.2)
        stars = stream.uniform(0, 1, (46, 2))
        self._stars, self._twinkle = stars, stream.uniform(0, 2 * np.pi, 46)

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        stage = self._look.stage
        unit, reach, (x, y) = stage.unit_px, stage.reach_px, stage.focus
        horizon = y + 0.62 * reach
        glint = 0.5 + 0.5 * np.sin(moment.time_s * 1.3 + self._twinkle)
        dots(ink, self._stars * (stage.width, horizon * 0.92), (0.8 + 1.1 * glint) * unit, 70 + 120 * glint)
        self._sun(ink, (x, y - 0.06 * reach), reach * (0.68 + 0.14 * moment.kick), unit)
        self._ranges(ink, horizon, moment)
        self._plain(ink, horizon, moment)
        return Flow(
            zoom=1.006 + 0.020 * moment.kick,
            warp=0.8 + 0.6 * moment.mid,
            keep=0.80,
            feed=0.45,
            lift=0.24 + 0.20 * moment.loudness + 0.10 * moment.kick,
        )

    def _sun(self, ink: Ink, centre: tuple[float, float], radius: float, unit: float) -> None:
        dot(ink, *centre, radius, 222)
        left, right = round(centre[0] - radius * 1.02), round(centre[0] + radius * 1.02)
        for slit in range(self._slits):
            share = slit / self._slits
            top = centre[1] + radius * (0.06 + 0.94 * share)
            tall = max(1.5 * unit, radius * (0.03 + 0.09 * share))
            ink[round(top) : round(top + tall) + 1, left : right + 1] = 0

    def _ranges(self, ink: Ink, horizon: float, moment: Moment) -> None:
        """Two ranges of hills, as high as the bands stretched over them."""
        stage = self._look.stage
        heard = np.interp(self._bands, np.arange(BAND_COUNT), moment.bands)
        heights = stage.reach_px * RANGES * (0.5 + 0.5 * heard) * self._hills
        lines = np.stack([np.broadcast_to(self._across, heights.shape), horizon - heights], axis=2)
        feet = np.broadcast_to([[stage.width, horizon], [0, horizon]], (len(lines), 2, 2))
        widths_px = [1.6 * stage.unit_px] * len(lines)
        curves(ink, lines, (120, 200), widths_px, fills=np.hstack([lines, feet]), fill_tones=(14, 14))

    def _plain(self, ink: Ink, horizon: float, moment: Moment) -> None:
        stage = self._look.stage
        depth = stage.height - horizon
        roll = (moment.beats * 0.5) % 1
        passed = FURROW + roll
        near = (passed / FURROWS) ** 2.4
        tones = (60 + 120 * near + 75 * moment.kick) * np.minimum(1.0, 3 * passed / FURROWS)
        floor(ink, round(horizon), horizon + depth * near, tones, (0.8 + 1.8 * near) * stage.unit_px)
        lanes = self._lanes * stage.width + stage.focus[0]
        ends = np.broadcast_to([horizon, float(stage.height)], lanes.shape)
        lanes = np.stack([lanes, ends], axis=2)
        polylines(ink, lanes, 105 + 70 * moment.kick, 1.1 * stage.unit_px)
        polyline(ink, np.array([[0, horizon], [stage.width, horizon]]), 255, 2.4 * stage.unit_px)
