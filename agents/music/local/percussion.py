"""Drums and transition noises made from sines and filtered noise, in several takes so that no two hits repeat."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from agents.music.local.envelopes import close, decay, seconds
from agents.music.local.filters import apply, bandpass, highpass, lowpass
from storage.clock import sub_seed
from storage.errors import RenderError

Samples = NDArray[np.floating]
TAKES = {"hat": 4, "shaker": 4, "snare": 3, "clap": 2, "tom": 3, "open_hat": 2, "rim": 2}
METAL_HZ = (3100, 4290, 5330, 6210, 7770, 8830)


@dataclass(frozen=True)
class Kit:
    """What sets one drum kit apart from another."""

    kick_hz: float = 52
    kick_drop: float = 3.0
    kick_s: float = 0.16
    click: float = 0.15
    drive: float = 1.8
    snare_hz: float = 185
    snare_s: float = 0.11
    snare_noise: float = 0.55
    snare_top_hz: float = 9000
    gate_s: float = 0.0
    """A gated snare stays loud this long, then stops."""
    hat_s: float = 0.022
    metal: float = 0.5
    dull_hz: float = 18_000


KITS: dict[str, Kit] = {
    "electronic": Kit(),
    "gated": Kit(kick_hz=54, snare_hz=170, snare_s=0.3, snare_noise=0.7, gate_s=0.2),
    "clubby": Kit(kick_hz=49, kick_drop=4.0, kick_s=0.2, click=0.22, drive=2.4, hat_s=0.028, metal=0.6),
    "industrial": Kit(kick_hz=50, kick_s=0.22, click=0.3, drive=4.0, snare_noise=0.8, metal=0.9, hat_s=0.03),
    "dusty": Kit(kick_hz=56, kick_drop=2.0, kick_s=0.12, click=0.06, drive=1.3, snare_s=0.08, dull_hz=6500, metal=0.3),
    "brushed": Kit(kick_hz=62, kick_drop=1.6, kick_s=0.1, click=0.04, drive=1.1, snare_s=0.14, snare_noise=0.8, dull_hz=8000, metal=0.2),
    "trap": Kit(kick_hz=48, kick_drop=3.4, kick_s=0.2, click=0.2, drive=2.0, snare_hz=210, snare_s=0.14, hat_s=0.016),
    "crisp": Kit(kick_hz=51, kick_drop=3.6, kick_s=0.15, click=0.25, drive=2.2, snare_hz=225, snare_s=0.1, snare_top_hz=11_000, hat_s=0.018),
    "acoustic": Kit(kick_hz=64, kick_drop=1.9, kick_s=0.12, click=0.12, drive=1.2, snare_hz=195, snare_s=0.13, metal=0.35, hat_s=0.03),
    "roomy": Kit(kick_hz=60, kick_drop=2.1, kick_s=0.16, click=0.1, drive=1.4, snare_hz=180, snare_s=0.19, metal=0.35, hat_s=0.035),
    "breaks": Kit(kick_hz=66, kick_drop=2.6, kick_s=0.1, click=0.25, drive=2.2, snare_hz=230, snare_s=0.12, metal=0.4),
    "epic": Kit(kick_hz=44, kick_drop=1.6, kick_s=0.4, click=0.06, drive=1.5, snare_hz=150, snare_s=0.22, dull_hz=10_000),
}  # fmt: skip


class DrumKit:
    """One artist's copy of a kit: its tunings lie a little to the side of the stock's."""

    def __init__(self, name: str, signature_seed: int, sample_rate_hz: int, bar_s: float) -> None:
        self._kit = KITS[name]
        self._seed = signature_seed
        self._rate = sample_rate_hz
        self._bar_s = bar_s
        rng = np.random.default_rng(sub_seed(signature_seed, "kit", name))
        self._tune = float(2 ** (rng.uniform(-1.2, 1.2) / 12))
        self._takes: dict[tuple[str, int], NDArray[np.float32]] = {}

    def sound(self, name: str, take: int) -> NDArray[np.float32]:
        """One hit, float32 (samples,), peak about 1; `take` chooses among the takes in turn.

        Raises:
            RenderError: the kit has no such sound.
        """
        if name not in self._recipes:
            raise RenderError(f"no drum is called {name!r}: the kit has {', '.join(self._recipes)}")
        key = name, take % TAKES.get(name, 1)
        if key not in self._takes:
            rng = np.random.default_rng(sub_seed(self._seed, "drum", *key))
            hit = apply(self._recipes[name](rng, key[1]), lowpass(self._kit.dull_hz, self._rate))
            self._takes[key] = close(hit, self._rate, 0.006)
        return self._takes[key]

    @cached_property
    def _recipes(self) -> dict[str, Callable[[np.random.Generator, int], Samples]]:
        return {
            "kick": self._kick,
            "snare": self._snare,
            "clap": self._clap,
            "hat": lambda rng, take: self._cymbal(rng, 0.1, self._kit.hat_s * (1 + 0.12 * take), 6500),
            "open_hat": lambda rng, take: self._cymbal(rng, 0.42, 0.13, 6000),
            "crash": lambda rng, take: self._cymbal(rng, 1.8, 0.5, 3200),
            "shaker": self._shaker,
            "tom": self._tom,
            "rim": self._rim,
            "cowbell": self._cowbell,
            "impact": self._impact,
            "riser": self._riser,
        }

    def _noise(self, rng: np.random.Generator, duration_s: float) -> Samples:
        return rng.standard_normal(int(duration_s * self._rate), np.float32)

    def _falling_sine(self, count: int, low_hz: float, drop: float, drop_s: float) -> Samples:
        """A sine that falls onto `low_hz`, its phase integrated in closed form."""
        t = np.arange(count) / self._rate
        cycles = low_hz * (t + drop * drop_s * (1 - np.exp(-t / drop_s)))
        return np.sin(2 * math.pi * cycles).astype(np.float32)

    def _kick(self, rng: np.random.Generator, _take: int) -> Samples:
        kit = self._kit
        count = int(min(0.9, kit.kick_s * 3.2) * self._rate)
        body = self._falling_sine(count, kit.kick_hz * self._tune, kit.kick_drop, 0.024)
        body *= decay(count, self._rate, kit.kick_s)
        body += kit.click * rng.standard_normal(count, np.float32) * decay(count, self._rate, 0.004)
        return np.tanh(body * np.float32(kit.drive)) * np.float32(1 / math.tanh(kit.drive))

    def _snare(self, rng: np.random.Generator, take: int) -> Samples:
        kit = self._kit
        noise = self._noise(rng, max(0.35, kit.gate_s + 0.05))
        count = len(noise)
        tone = self._falling_sine(count, kit.snare_hz * self._tune * (1 + 0.015 * take), 0.5, 0.012)
        tone *= decay(count, self._rate, 0.07)
        rattle = apply(noise, highpass(1200, self._rate), lowpass(kit.snare_top_hz, self._rate))
        rattle *= decay(count, self._rate, kit.snare_s)
        if kit.gate_s:
            rattle[int(kit.gate_s * self._rate) :] *= decay(
                count - int(kit.gate_s * self._rate), self._rate, 0.012
            )
        return (0.55 * tone + kit.snare_noise * rattle).astype(np.float32)

    def _clap(self, rng: np.random.Generator, _take: int) -> Samples:
        noise = apply(self._noise(rng, 0.34), highpass(800, self._rate), bandpass(1900, self._rate, 0.7))
        envelope = np.zeros(len(noise), np.float32)
        for start_s, fall_s in ((0.0, 0.006), (0.011, 0.006), (0.021, 0.006), (0.031, 0.1)):
            start = int(start_s * self._rate)
            envelope[start:] += decay(len(noise) - start, self._rate, fall_s)
        return noise * np.minimum(envelope, np.float32(1.2)) * np.float32(1.5)

    def _cymbal(self, rng: np.random.Generator, duration_s: float, fall_s: float, low_hz: float) -> Samples:
        noise = self._noise(rng, duration_s)
        t = seconds(len(noise), self._rate)
        metal = np.zeros(len(noise), np.float32)
        for hz in METAL_HZ:
            if hz * self._tune < 0.45 * self._rate:
                start = rng.random() * 2 * math.pi
                metal += np.sign(np.sin(t * np.float32(2 * math.pi * hz * self._tune) + np.float32(start)))
        tone = np.float32(self._kit.metal / 6) * metal + 0.6 * noise
        corner_hz = min(low_hz, 0.3 * self._rate)
        return apply(tone, highpass(corner_hz, self._rate), highpass(corner_hz, self._rate)) * (
            decay(len(noise), self._rate, fall_s) * np.float32(0.7)
        )

    def _shaker(self, rng: np.random.Generator, _take: int) -> Samples:
        noise = apply(self._noise(rng, 0.075), bandpass(min(7000, 0.3 * self._rate), self._rate, 0.8))
        return noise * np.hanning(len(noise)).astype(np.float32)

    def _tom(self, rng: np.random.Generator, take: int) -> Samples:
        count = int(0.45 * self._rate)
        body = self._falling_sine(count, (78 + 24 * take) * self._tune, 0.8, 0.035) * decay(
            count, self._rate, 0.14
        )
        return body + 0.1 * rng.standard_normal(count, np.float32) * decay(count, self._rate, 0.012)

    def _rim(self, rng: np.random.Generator, take: int) -> Samples:
        count = int(0.09 * self._rate)
        body = self._falling_sine(count, 480 * self._tune * (1 + 0.02 * take), 1.4, 0.003)
        body += 0.4 * rng.standard_normal(count, np.float32)
        return apply(body * decay(count, self._rate, 0.016), highpass(350, self._rate))

    def _cowbell(self, _rng: np.random.Generator, _take: int) -> Samples:
        count = int(0.4 * self._rate)
        t = seconds(count, self._rate)
        tone = sum(np.sign(np.sin(t * np.float32(2 * math.pi * hz * self._tune))) for hz in (555.0, 835.0))
        return apply(0.45 * np.asarray(tone, np.float32), bandpass(1400, self._rate, 0.9)) * decay(
            count, self._rate, 0.08
        )

    def _impact(self, rng: np.random.Generator, _take: int) -> Samples:
        """A low boom with a falling breath of noise."""
        noise = apply(self._noise(rng, 1.6), lowpass(900, self._rate)) * decay(
            int(1.6 * self._rate), self._rate, 0.3
        )
        boom = self._falling_sine(len(noise), 38, 1.2, 0.08) * decay(len(noise), self._rate, 0.35)
        return 0.8 * boom + 0.5 * noise

    def _riser(self, rng: np.random.Generator, _take: int) -> Samples:
        """Noise that opens and swells for a bar and stops where the next begins."""
        noise = self._noise(rng, self._bar_s)
        rise = np.linspace(0, 1, len(noise), dtype=np.float32)
        low = apply(noise, bandpass(900, self._rate, 0.8))
        high = apply(noise, bandpass(min(5200, 0.3 * self._rate), self._rate, 0.8))
        return (low * (1 - rise) + high * rise) * rise * rise * np.float32(0.9)
