"""Ridges: a range of hills whose profiles are the last seconds of sound, nearest newest."""

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, curves
from agents.visuals.visualizer.scenes.scene import Look, Moment

ROWS, POINTS = 20, 72


class Ridges:
    """Stacked profiles with hidden lines removed; a kick heaves the whole range."""

    def __init__(self, look: Look) -> None:
        self._look = look
        stream = np.random.default_rng(look.seed)
        self._texture = stream.uniform(0.25, 1.0, (ROWS, POINTS)).astype(np.float32)
        phase = stream.uniform(0, 2 * np.pi, (ROWS, 1))
        self._history = np.zeros((ROWS, POINTS), dtype=np.float32)
        self._since = 0.0
        near = np.linspace(0, 1, ROWS, dtype=np.float32)
        self._near = near[:, None]
        self._tones = (120 + 135 * near).tolist()
        self._widths_px = ((1.45 + 0.1 * near) * look.stage.unit_px).tolist()
        across = np.linspace(-1, 1, POINTS, dtype=np.float32)
        self._across = (0.78 + 0.22 * self._near) * across
        self._swell = (phase + across * 5).astype(np.float32)
        self._bell = np.exp(-((across / 0.46) ** 2)).astype(np.float32)

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        stage = self._look.stage
        self._listen(moment)
        reach, (x, y) = stage.reach_px, stage.focus
        half_width = min(stage.width * 0.44, reach * 1.95)
        near = self._near
        base = y - reach * 0.62 + reach * 1.55 * near**1.12
        sway = 0.5 + 0.5 * np.sin(moment.time_s * 0.9 + self._swell)
        heave = 1 + 1.5 * moment.kick * (0.35 + 0.65 * near)
        heights = reach * 0.62 * heave * (self._history + 0.07 * self._texture * sway) * self._bell
        walls = np.empty((ROWS, POINTS + 2, 2), dtype=np.float32)
        lines, feet = walls[:, :POINTS], walls[:, POINTS:]
        lines[..., 0] = x + half_width * self._across
        lines[..., 1] = base - heights
        # Deep enough: of the rows behind, nothing is lower than this one's foot.
        feet[:] = lines[:, [-1, 0]]
        feet[..., 1] += stage.unit_px
        curves(ink, lines, self._tones, self._widths_px, fills=walls, fill_tones=[0] * ROWS)
        return Flow(
            zoom=1.006 + 0.020 * moment.kick,
            warp=0.9 + 0.8 * moment.mid,
            keep=0.84,
            feed=0.72,
            lift=0.20 + 0.22 * moment.loudness + 0.20 * moment.kick,
        )

    def _listen(self, moment: Moment) -> None:
        """Every fifteenth of a second the range moves one row back and a new ridge rises in front."""
        self._since += moment.step
        if self._since >= 2.0:
            self._since -= 2.0
            self._history[:-1] = self._history[1:]
            mirrored = np.concatenate([moment.bands[::-1], moment.bands])
            profile = np.interp(np.linspace(0, len(mirrored) - 1, POINTS), np.arange(len(mirrored)), mirrored)
            self._history[-1] = 0.85 * profile**1.5 * np.roll(self._texture[0], int(moment.beats * 7))
        self._history[-1] *= 0.96
