"""Lattice: a field of points through which every kick sends a ring."""

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, around, dots, polylines
from agents.visuals.visualizer.scenes.scene import Look, Moment

RINGS = 4


class Lattice:
    """Rows and columns of dots, lifted by waves that start in the focus."""

    def __init__(self, look: Look) -> None:
        self._look = look
        stage = look.stage
        stream = np.random.default_rng(look.seed)
        pitch = stage.reach_px / 5.6
        columns, rows = int(stage.width / pitch / 2) + 1, int(stage.height / pitch / 2) + 1
        xs, ys = np.arange(-columns, columns + 1) * pitch, np.arange(-rows, rows + 1) * pitch
        tilt = float(stream.choice([0.0, np.pi / 4, 0.0, np.pi / 6]))
        grid = (xs + 1j * ys[:, None]) * np.exp(1j * tilt)
        self._distance = (np.abs(grid) / stage.reach_px).astype(np.float32)
        self._spokes = (grid / (np.abs(grid) + 1e-6)).astype(np.complex64)
        # In four turns, for neighbours may be thrown close to one another.
        self._turns = np.add.outer(np.arange(len(ys)) % 2 * 2, np.arange(len(xs)) % 2).ravel()
        self._ages = np.full(RINGS, 99.0)
        self._last_kick = 0.0
        self._phase = float(stream.uniform(0, 6))

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        stage, unit = self._look.stage, self._look.stage.unit_px
        lift = self._waves(moment)
        place = around(stage.focus, (self._distance + 0.20 * lift) * stage.reach_px, self._spokes)
        place[..., 1] -= lift * 0.05 * stage.reach_px
        weave = 44 + 60 * moment.mid
        polylines(ink, place, weave, 1.0 * unit)
        rim = np.clip(1.4 - 0.40 * self._distance, 0.12, 1.0)
        radii = (2.8 + 7.5 * np.clip(lift, 0, 1.25)) * unit * (0.8 + 0.2 * rim) * (0.85 + 0.5 * moment.kick)
        tones = np.clip((130 + 60 * moment.kick + 190 * lift) * rim, 40, 255)
        dots(ink, place.reshape(-1, 2), radii.ravel(), tones.ravel(), self._turns)
        return Flow(
            zoom=1.010 + 0.022 * moment.kick,
            warp=0.2 + 0.2 * moment.treble,
            keep=0.87,
            feed=0.57,
            lift=0.18 + 0.20 * moment.loudness + 0.15 * moment.kick,
        )

    def _waves(self, moment: Moment) -> np.ndarray:
        """Height of each point, 0 to about 1: the last kicks' rings and a breathing middle."""
        self._ages += moment.step / 30
        if moment.kick > self._last_kick + 0.15:
            self._ages = np.append(self._ages[1:], 0.0)
        self._last_kick = moment.kick
        lift = (
            0.26
            * np.maximum(0, np.sin(self._distance * 4.5 - moment.time_s * 1.8 + self._phase))
            * (0.4 + moment.mid)
        )
        for age in self._ages.tolist():
            if age < 2:
                front = 0.15 + age * 1.7
                lift = lift + np.exp(-(((self._distance - front) / 0.20) ** 2) - age * 1.6)
        return lift + 0.55 * moment.kick * np.exp(-((self._distance / 0.42) ** 2))
