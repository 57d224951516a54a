"""Tunnel: polygons that fly past, one more push with every kick."""

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, around, curves, polyline, polylines, spokes
from agents.visuals.visualizer.scenes.scene import Look, Moment

SIDES = {
    "hexagon": 6,
    "diamond": 4,
    "star": 5,
    "disc": 48,
    "eye": 48,
    "arch": 8,
    "steps": 4,
    "crescent": 7,
    "petals": 6,
}
GATES = 11
GATES_BEHIND = np.arange(GATES, 0, -1)
"""Far ones first."""


class Tunnel:
    """A corridor of gates with the shape of the artist's emblem."""

    def __init__(self, look: Look) -> None:
        self._look = look
        stream = np.random.default_rng(look.seed)
        self._sides = SIDES.get(look.emblem, 3)
        self._spokes = spokes(np.linspace(0, 2 * np.pi, self._sides, endpoint=False) - np.pi / 2)
        self._twist = float(stream.choice([-1, 1]) * stream.uniform(0.10, 0.32))
        self._drift = stream.uniform(0, 2 * np.pi, 2)
        self._travel = 0.0

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        stage = self._look.stage
        self._travel += moment.step * (
            0.010 + 0.012 * self._look.motion + 0.085 * moment.kick + 0.010 * moment.bass
        )
        turn = self._twist * moment.beats * 0.25
        depths = GATES_BEHIND - self._travel % 1
        near = 1 - depths / GATES
        accents = np.where((GATES_BEHIND + int(self._travel)) % 4 == 0, 1.0, 0.72)
        rims = self._rims(np.append(depths, GATES + 0.2)[:, None], turn, moment)
        widths_px = (1 + 6.5 * near**3) * stage.unit_px
        curves(ink, rims[:-1], (255 * near**0.7 * accents).tolist(), widths_px.tolist(), closed=True)
        struts = np.stack([rims[-2], rims[1]], axis=1)[:: max(1, self._sides // 8)]
        polylines(ink, struts, 60 + 130 * moment.mid, 1.2 * stage.unit_px)
        polyline(ink, rims[-1], 255, 2.2 * stage.unit_px, closed=True)
        return Flow(
            zoom=1.035 + 0.045 * moment.kick,
            turn=0.010 * self._twist,
            warp=0.35 + 0.4 * moment.bass,
            keep=0.865,
            feed=0.86,
            lift=0.16 + 0.18 * moment.loudness + 0.08 * moment.kick,
        )

    def _rims(self, depths: np.ndarray, turn: float, moment: Moment) -> np.ndarray:
        """The gates' corners at (gates, 1) depths: (gates, sides, 2)."""
        stage = self._look.stage
        far = depths / GATES
        radii = stage.reach_px * (0.20 + 0.06 * moment.kick) / np.maximum(0.045, far**1.35)
        sway = stage.reach_px * 0.16 * (1 - far)
        across, down = np.sin(moment.time_s * np.array([0.5, 0.37]) + self._drift) * (1, 0.6)
        corners = self._spokes * spokes(turn + self._twist * 2.2 * (1 - far))
        return around(stage.focus, 1.0, sway * complex(across, down) + radii * corners)
