"""Sunrise: a slit sun over a plain that rolls toward us, bar by bar."""

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, Stars, curves, dot, floor, polylines
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
        self._bands = np.linspace(0, BAND_COUNT - 1, HILLS)
        width, height, (x, y) = look.stage.width, look.stage.height, look.stage.focus
        self._horizon = horizon = y + 0.62 * look.stage.reach_px
        self._slopes = np.empty((len(RANGES), HILLS + 2, 2), dtype=np.float32)
        """The hills' lines, and their feet at both ends: what stays of them is filled in here."""
        self._slopes[:, :HILLS, 0] = np.linspace(0, width, HILLS)
        self._slopes[:, HILLS:] = [[width, horizon], [0, horizon]]
        away, near = (x + width * share * np.linspace(-1, 1, LANES) for share in (0.30, 2.2))
        ends = [
            np.stack([across, np.full(LANES, down)], axis=1)
            for across, down in ((away, horizon), (near, height))
        ]
        self._lanes = np.stack(ends, axis=1)
        places = stream.uniform(0, 1, (46, 2)) * (width, horizon * 0.92)
        self._stars = Stars((height, width), places, 1.6 * look.stage.unit_px)
        self._twinkle = stream.uniform(0, 2 * np.pi, self._stars.count)

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        stage = self._look.stage
        unit, reach, (x, y) = stage.unit_px, stage.reach_px, stage.focus
        self._stars.draw(ink, 120 + 80 * np.sin(moment.time_s * 1.3 + self._twinkle))
        self._sun(ink, (x, y - 0.06 * reach), reach * (0.68 + 0.14 * moment.kick), unit)
        self._ranges(ink, moment)
        self._plain(ink, moment)
        return Flow(
            zoom=1.006 + 0.020 * moment.kick,
            warp=0.8 + 0.6 * moment.mid,
            keep=0.80,
            feed=0.39,
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

    def _ranges(self, ink: Ink, moment: Moment) -> None:
        """Two ranges of hills, as high as the bands stretched over them."""
        stage = self._look.stage
        heard = np.interp(self._bands, np.arange(BAND_COUNT), moment.bands)
        lines = self._slopes[:, :HILLS]
        lines[..., 1] = self._horizon - stage.reach_px * RANGES * (0.5 + 0.5 * heard) * self._hills
        widths_px = [1.55 * stage.unit_px] * len(lines)
        curves(ink, lines, (120, 200), widths_px, fills=self._slopes, fill_tones=(14, 14))

    def _plain(self, ink: Ink, moment: Moment) -> None:
        """Furrows that come nearer and lanes between them, from the horizon on, which is the brightest line."""
        stage = self._look.stage
        depth = stage.height - self._horizon
        roll = (moment.beats * 0.5) % 1
        passed = FURROW + roll
        near = (passed / FURROWS) ** 2.4
        tones = (60 + 120 * near + 75 * moment.kick) * np.minimum(1.0, 3 * passed / FURROWS)
        heights, widths = (
            np.append(self._horizon + depth * near, self._horizon),
            np.append(0.8 + 1.8 * near, 2.4),
        )
        top = round(self._horizon - 2 * stage.unit_px)
        floor(ink, top, heights, np.append(tones, 255), widths * stage.unit_px)
        polylines(ink, self._lanes, 105 + 70 * moment.kick, 1.1 * stage.unit_px)
