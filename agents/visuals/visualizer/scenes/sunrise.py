"""Sunrise: a slit sun over a plain that rolls toward us, bar by bar."""

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, dot, dots, polygon, polyline, polylines
from agents.visuals.visualizer.scenes.scene import Look, Moment
from agents.visuals.visualizer.sound import BAND_COUNT

LANES, FURROWS, HILLS = 15, 12, 60


class Sunrise:
    """The kick swells the sun; the furrows of the plain pass at two to the beat."""

    def __init__(self, look: Look) -> None:
        self._look = look
        stream = np.random.default_rng(look.seed)
        self._slits = int(stream.integers(4, 7))
        self._hills = stream.uniform(0.1, 1.0, (2, HILLS))
        stars = stream.uniform(0, 1, (46, 2))
        self._stars, self._twinkle = stars, stream.uniform(0, 2 * np.pi, 46)

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        stage = self._look.stage
        unit, reach, (x, y) = stage.unit_px, stage.reach_px, stage.focus
        horizon = y + 0.62 * reach
        glint = 0.5 + 0.5 * np.sin(moment.time_s * 1.3 + self._twinkle)
        dots(ink, self._stars * (stage.width, horizon * 0.92), (0.8 + 1.1 * glint) * unit, 70 + 120 * glint)
        self._sun(ink, (x, y - 0.06 * reach), reach * (0.68 + 0.14 * moment.kick), unit)
        for rank, (tall, tone) in enumerate(((0.30, 120), (0.17, 200))):
            self._range(
                ink, horizon, tall * reach * (0.5 + 0.5 * self._heard(moment)) * self._hills[rank], tone
            )
        polygon(
            ink,
            np.array([[0, horizon], [stage.width, horizon], [stage.width, stage.height], [0, stage.height]]),
            0,
        )
        self._plain(ink, horizon, moment)
        return Flow(
            zoom=1.006 + 0.020 * moment.kick,
            warp=0.8 + 0.6 * moment.mid,
            keep=0.88,
            feed=0.72,
            lift=0.24 + 0.20 * moment.loudness + 0.10 * moment.kick,
        )

    def _sun(self, ink: Ink, centre: tuple[float, float], radius: float, unit: float) -> None:
        dot(ink, *centre, radius, 222)
        for slit in range(self._slits):
            share = slit / self._slits
            top = centre[1] + radius * (0.06 + 0.94 * share)
            tall = max(1.5 * unit, radius * (0.03 + 0.09 * share))
            left, right = centre[0] - radius * 1.02, centre[0] + radius * 1.02
            polygon(ink, np.array([[left, top], [right, top], [right, top + tall], [left, top + tall]]), 0)

    def _heard(self, moment: Moment) -> np.ndarray:
        """The bands, stretched over the hills."""
        return np.interp(np.linspace(0, BAND_COUNT - 1, HILLS), np.arange(BAND_COUNT), moment.bands)

    def _range(self, ink: Ink, horizon: float, heights: np.ndarray, tone: float) -> None:
        stage = self._look.stage
        across = np.linspace(0, stage.width, HILLS)
        away = 0.22 + 0.78 * np.abs(np.linspace(-1, 1, HILLS)) ** 0.8
        line = np.stack([across, horizon - heights * away], axis=1)
        polygon(ink, np.concatenate([line, [[stage.width, horizon], [0, horizon]]]), 14)
        polyline(ink, line, tone, 1.6 * stage.unit_px)

    def _plain(self, ink: Ink, horizon: float, moment: Moment) -> None:
        stage = self._look.stage
        depth = stage.height - horizon
        roll = (moment.beats * 0.5) % 1
        for furrow in range(FURROWS):
            near = ((furrow + roll) / FURROWS) ** 2.4
            row = np.array([[0, horizon + depth * near], [stage.width, horizon + depth * near]])
            tone = (60 + 120 * near + 75 * moment.kick) * min(1.0, 3 * (furrow + roll) / FURROWS)
            polyline(ink, row, tone, (0.8 + 1.8 * near) * stage.unit_px)
        spread = np.linspace(-1, 1, LANES)
        top = np.stack([stage.focus[0] + spread * stage.width * 0.30, np.full(LANES, horizon)], axis=1)
        foot = np.stack(
            [stage.focus[0] + spread * stage.width * 2.2, np.full(LANES, float(stage.height))], axis=1
        )
        polylines(ink, np.stack([top, foot], axis=1), 105 + 70 * moment.kick, 1.1 * stage.unit_px)
        polyline(ink, np.array([[0, horizon], [stage.width, horizon]]), 255, 2.4 * stage.unit_px)
