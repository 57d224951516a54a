"""Scope: the waveform drawn against its own recent past, as a slowly turning knot of wire."""

import numpy as np

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink, curves, polylines
from agents.visuals.visualizer.scenes.scene import Look, Moment, smooth

POINTS = 400
ECHOES = np.arange(3, dtype=np.float32)[:, None, None]
TONES, WIDTHS = (255, 165, 105), (2.7, 1.55, 1.1)
CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])[:, None]
ARM = np.array([[0.10, 0], [0, 0], [0, 0.10]])
"""Of the frame around it, as shares of the focus' reach."""


class Scope:
    """A delay portrait of the sound over a resting knot, so that silence has a shape too."""

    def __init__(self, look: Look) -> None:
        self._look = look
        stream = np.random.default_rng(look.seed)
        self._knot = [(2, 3), (3, 4), (3, 5), (4, 5)][int(stream.integers(4))]
        self._delay = int(stream.integers(60, 100))
        self._spin = float(stream.choice([-1, 1]) * (0.20 + 0.3 * look.motion))
        self._along = np.linspace(0, 2 * np.pi, POINTS, endpoint=False, dtype=np.float32)
        self._ends = np.hanning(POINTS).astype(np.float32)

    def draw(self, ink: Ink, moment: Moment) -> Flow:
        stage = self._look.stage
        unit, reach = stage.unit_px, stage.reach_px
        wave = smooth(moment.wave[: POINTS + 100], 11)
        gain = 0.55 / max(0.35, float(np.abs(wave).max()))
        early = 100 - self._delay
        now, past = (piece * gain * self._ends for piece in (wave[100:], wave[early : early + POINTS]))
        size = reach * (0.56 + 0.26 * moment.kick - 0.13 * ECHOES)
        wires = self._wires(moment.time_s - 0.22 * ECHOES, moment)
        wires += np.stack([now, past], axis=1) * (0.9 - 0.2 * ECHOES)
        wires *= size
        wires += np.array(stage.focus, dtype=np.float32)
        curves(ink, wires, TONES, [width * unit for width in WIDTHS], closed=True)
        corners = CORNERS * reach * (1.0 - 0.05 * moment.kick) - CORNERS * ARM * reach + stage.focus
        polylines(ink, corners, 150 + 100 * moment.bar, 2.0 * unit)
        return Flow(
            zoom=1.016 + 0.034 * moment.kick,
            turn=0.008 * np.sign(self._spin),
            warp=0.5 + 0.7 * moment.mid,
            keep=0.90,
            feed=0.80,
            lift=0.16 + 0.20 * moment.loudness + 0.18 * moment.kick,
        )

    def _wires(self, time_s: np.ndarray, moment: Moment) -> np.ndarray:
        """The knot at several times: (times, POINTS, 2)."""
        first, second = self._knot
        turn = self._spin * time_s[..., 0]
        x = np.sin(first * self._along + turn) * (1 + 0.18 * np.cos(second * self._along + turn * 1.7))
        y = np.sin(second * self._along - turn * 0.8) * (1 + 0.18 * moment.bass)
        return np.stack([x, y], axis=2)
