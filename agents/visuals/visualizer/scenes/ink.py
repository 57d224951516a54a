"""Ink: paper marbling. Every kick lets a drop fall, and every drop pushes the older ones aside."""

import numpy as np
from numpy.typing import NDArray

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.pen import Ink as Plane
from agents.visuals.visualizer.pen import around, curves, spokes
from agents.visuals.visualizer.scenes.scene import Look, Moment

DROPS, POINTS, SITES, STAY = 26, 88, 3, 4
Rim = NDArray[np.complexfloating]
TONES = (168, 0, 98, 16, 135, 0, 57)


class Ink:
    """Suminagashi after Jaffer (2010): a drop of radius r moves a point p to c + (p − c)·√(1 + r²/|p − c|²)."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._stream = np.random.default_rng(look.seed)
        self._circle = spokes(np.linspace(0, 2 * np.pi, POINTS, endpoint=False))
        self._rims = np.zeros((0, POINTS), dtype=np.complex64)
        """The drops' rims, x + iy in reaches from the focus: complex64 (drops, POINTS)."""
        self._tones: list[int] = []
        angles = self._stream.uniform(0, 2 * np.pi) + np.arange(SITES) * 2 * np.pi / SITES
        self._sites = 0.42 * np.stack([1.25 * np.cos(angles), np.sin(angles)], axis=1)
        self._centre = np.complex64(0)
        self._left = 0.0
        self._fallen = 0
        self._last_kick = 0.0
        self._phase = self._stream.uniform(0, 2 * np.pi, 4)
        for _ in range(DROPS - 4):
            self._let_fall()
            self._spread(float(self._stream.uniform(0.03, 0.13)))

    def draw(self, ink: Plane, moment: Moment) -> Flow:
        if moment.kick > self._last_kick + 0.15:
            self._let_fall()
            self._left = 0.05 + 0.11 * moment.kick
        self._last_kick = moment.kick
        share = min(1.0, 0.34 * moment.step)
        self._spread(self._left * share + 0.0020 * moment.step * (0.4 + moment.bass))
        self._left *= 1 - share
        self._stir(moment)
        stage = self._look.stage
        places = around(stage.focus, stage.reach_px, self._rims)
        bright = 0.86 + 0.14 * moment.kick
        tones = [bright * tone for tone in self._tones]
        rims = len(places)
        curves(
            ink,
            places,
            [156] * rims,
            [1.3 * stage.unit_px] * rims,
            closed=True,
            fills=places,
            fill_tones=tones,
        )
        return Flow(
            zoom=1.004 + 0.010 * moment.kick,
            warp=0.8 + 0.6 * moment.mid,
            keep=0.80,
            feed=0.66,
            lift=0.22 + 0.22 * moment.loudness + 0.10 * moment.kick,
        )

    def _let_fall(self) -> None:
        """A new drop, at first a point, in the ring of the last few; the oldest is forgotten."""
        site = self._sites[self._fallen // STAY % SITES]
        site += self._stream.normal(0, 0.035, 2)
        self._centre = np.complex64(complex(*site))
        drop = self._centre + 1e-3 * self._circle
        kept = [_evened(rim) for rim in self._rims[-DROPS + 1 :]]
        self._rims = np.stack([*kept, drop]).astype(np.complex64)
        self._tones = [*self._tones[-DROPS + 1 :], TONES[self._fallen % len(TONES)]]
        self._fallen += 1

    def _spread(self, area: float) -> None:
        """The newest drop grows by `area` (in squared reaches) and makes room for itself."""
        out = self._rims - self._centre
        far2 = out.real**2 + out.imag**2 + np.float32(1e-9)
        out *= np.minimum(np.sqrt(1 + np.float32(area) / far2), 60)
        self._rims = out + self._centre

    def _stir(self, moment: Moment) -> None:
        """A slow comb through the water."""
        pull = 0.0040 * moment.step * (0.5 + self._look.motion) * (0.5 + moment.mid)
        a, b, c, d = (self._phase + moment.time_s * np.array([0.31, 0.23, 0.41, 0.29])).astype(np.float32)
        x, y = self._rims.real.copy(), self._rims.imag.copy()
        self._rims.real += np.float32(pull) * (np.sin(2.3 * y + a) + 0.5 * np.sin(4.9 * y + c))
        self._rims.imag += np.float32(pull) * (np.sin(2.1 * x + b) + 0.5 * np.sin(4.3 * x + d))


def _evened(rim: Rim) -> Rim:
    """The same rim with its points evenly along it: what drops have pulled apart would be a straight edge."""
    closed = np.append(rim, rim[0])
    along = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(closed)))])
    even = np.linspace(0, along[-1], len(rim), endpoint=False)
    return np.interp(even, along, closed)
