"""Swarm: bright motes that circle the focus in a slow wind and scatter on the kick."""

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, dot, polylines
from agents.visuals.visualizer.scenes.scene import Look, Moment

COUNT = 420
SIZES = (0.46, 0.30, 0.16, 0.08)
"""Shares of the motes, small to large: many far ones, few near ones."""


class Swarm:
    """Particles drawn as strokes along their own speed, so that they are seen."""

    def __init__(self, look: Look) -> None:
        self._look = look
        stream = np.random.default_rng(look.seed)
        angle, radius = stream.uniform(0, 2 * np.pi, COUNT), 0.25 + 0.9 * np.sqrt(stream.uniform(0, 1, COUNT))
        self._place = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        self._speed = np.zeros((COUNT, 2))
        self._orbit = radius
        self._class = stream.choice(len(SIZES), COUNT, p=SIZES)
        self._phase = stream.uniform(0, 2 * np.pi, (COUNT, 2))
        self._pace = stream.uniform(0.6, 1.5, (COUNT, 1))
        self._turn = float(stream.choice([-1, 1]))
        self._last_kick = 0.0

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        self._move(moment)
        stage = self._look.stage
        stretch = 1.25 if stage.width > stage.height else 1.0
        scale = stage.reach_px * np.array([stretch, 1.0])
        head = np.asarray(stage.focus) + self._place * scale
        tail = head - self._speed * scale * (2.2 + 1.2 * moment.kick)
        for size in range(len(SIZES)):
            mine = self._class == size
            strokes = np.stack([tail[mine], head[mine]], axis=1)
            width = (1.3 + 1.25 * size) * (0.8 + 0.5 * moment.kick) * stage.unit_px
            polylines(ink, strokes, 150 + 34 * size, width)
        core = stage.reach_px * (0.11 + 0.10 * moment.kick)
        dot(ink, *stage.focus, core, 255, 2.4 * stage.unit_px)
        dot(ink, *stage.focus, core * 1.45, 120, 1.2 * stage.unit_px)
        return Flow(
            zoom=1.004 + 0.020 * moment.kick,
            turn=0.003 * self._turn,
            swirl=0.010 * self._turn,
            warp=0.9 + 0.5 * moment.treble,
            keep=0.89,
            feed=0.78,
            lift=0.20 + 0.20 * moment.loudness + 0.10 * moment.kick,
        )

    def _move(self, moment: Moment) -> None:
        """A spring to each mote's orbit, a turn around the focus, wind, and a push when the kick rises."""
        place, step = self._place, moment.step
        distance = np.hypot(place[:, 0], place[:, 1])[:, None] + 1e-6
        outward = place / distance
        around = np.stack([-outward[:, 1], outward[:, 0]], axis=1) * self._turn
        wind = (
            np.sin(self._phase + moment.time_s * np.array([1.1, 0.83])) * 0.0012 * (0.6 + self._look.motion)
        )
        pull = (self._orbit[:, None] - distance) * outward * 0.012
        target = around * (0.006 + 0.008 * moment.energy) / np.sqrt(distance) * self._pace
        self._speed += (wind + pull + (target - self._speed) * 0.08) * step
        if moment.kick > self._last_kick + 0.15:
            self._speed += outward * 0.055 * moment.kick * (1.2 - np.minimum(distance, 1.1))
        self._last_kick = moment.kick
        place += self._speed * step
