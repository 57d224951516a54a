"""Swarm: bright motes that circle the focus in a slow wind and scatter on the kick."""

from itertools import pairwise

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, around, dot, polylines, spokes
from agents.visuals.visualizer.scenes.scene import Look, Moment

COUNT = 420
SIZES = (0.46, 0.30, 0.16, 0.08)
"""Shares of the motes, small to large: many far ones, few near ones."""
WIDTHS = (1.2, 1.85, 3.3, 4.9)
"""Of the strokes of each size, in 720ths of the shorter side: thinner at rest, wider on a kick."""


class Swarm:
    """Particles drawn as strokes along their own speed, so that they are seen."""

    def __init__(self, look: Look) -> None:
        self._look = look
        stream = np.random.default_rng(look.seed)
        angle, radius = stream.uniform(0, 2 * np.pi, COUNT), 0.25 + 0.9 * np.sqrt(stream.uniform(0, 1, COUNT))
        self._place = (radius * spokes(angle)).astype(np.complex64)
        """x + iy in reaches from the focus, as the speed: complex64 (COUNT,)."""
        self._speed = np.zeros(COUNT, dtype=np.complex64)
        self._orbit = radius.astype(np.float32)
        # The motes of a size stand side by side.
        ends = np.searchsorted(np.sort(stream.choice(len(SIZES), COUNT, p=SIZES)), np.arange(len(SIZES) + 1))
        self._sizes = [slice(*pair) for pair in pairwise(ends.tolist())]
        self._phase = stream.uniform(0, 2 * np.pi, (COUNT, 2)).astype(np.float32)
        self._pace = stream.uniform(0.6, 1.5, COUNT).astype(np.float32)
        self._turn = float(stream.choice([-1, 1]))
        self._last_kick = 0.0

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        self._move(moment)
        stage = self._look.stage
        stretch = 1.25 if stage.width > stage.height else 1.0
        tail = self._place - self._speed * (2.2 + 1.2 * moment.kick)
        strokes = around((0, 0), stage.reach_px, np.stack([tail, self._place], axis=1))
        strokes[..., 0] *= stretch
        strokes += np.array(stage.focus, dtype=np.float32)
        for size, mine in enumerate(self._sizes):
            width_px = WIDTHS[size] * (0.8 + 0.5 * moment.kick) * stage.unit_px
            polylines(ink, strokes[mine], 150 + 34 * size, width_px)
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
            lift=0.20 + 0.20 * moment.loudness + 0.18 * moment.kick,
        )

    def _move(self, moment: Moment) -> None:
        """A spring to each mote's orbit, a turn around the focus, wind, and a push when the kick rises."""
        place, step = self._place, moment.step
        distance = np.abs(place) + np.float32(1e-6)
        outward = place / distance
        gusts = np.sin(self._phase + np.array([1.1, 0.83], dtype=np.float32) * moment.time_s)
        wind = gusts.view(np.complex64)[:, 0] * (0.0012 * (0.6 + self._look.motion))
        pull = (self._orbit - distance) * 0.012
        turn = self._pace / np.sqrt(distance) * (0.006 + 0.008 * moment.energy) * 0.08
        push = wind + outward * (pull + turn * (1j * self._turn)) - self._speed * 0.08
        self._speed += push * step
        if moment.kick > self._last_kick + 0.15:
            self._speed += outward * 0.055 * moment.kick * (1.2 - np.minimum(distance, 1.1))
        self._last_kick = moment.kick
        place += self._speed * step
