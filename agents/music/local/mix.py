"""The mix: stems are played, levelled, ducked and added one after the other, so only one is in memory at a time."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from agents.music.local.automation import BrightnessCurve, duck, fade_out, ride_faders
from agents.music.local.desk import DRUM_LEVEL_DB, DRUM_SEND, KICK_LEVEL_DB, STRIPS
from agents.music.local.palette import Palette
from agents.music.local.percussion import DrumKit
from agents.music.local.space import add_reverb
from agents.music.local.stems import play_drums, play_part
from agents.music.local.texture import lay_texture
from configs.genres import Genre
from storage.types import Brief, Score, SongPlan

Stereo = NDArray[np.float32]
BLOCK = 1024
STRETCH = 1 << 15


def mix_song(
    brief: Brief,
    genre: Genre,
    palette: Palette,
    score: Score,
    plan: SongPlan,
    sample_rate_hz: int,
    *,
    tap: Callable[[str, Stereo], None] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Stereo:
    """The unmastered mix, float32 (2, samples), of the plan's whole duration.

    `tap` is shown each stem as it enters the mix: at its level and ducked, before reverb, faders and mastering.
    `progress` is told the share done, 0 to 1, after each stem.
    """
    tell = progress or (lambda _share: None)
    count = round(plan.duration_s * sample_rate_hz)
    desk = _Desk(genre, np.zeros((2, count), np.float32), plan.kicks_s, sample_rate_hz, tap)
    stem = np.zeros((2, count), np.float32)
    brightness = BrightnessCurve(brief, plan)
    kit = DrumKit(palette.kit, brief.signature_seed, sample_rate_hz, brief.bar_s)
    for name, is_kick in (("kick", True), ("drums", False)):
        play_drums(
            stem, (hit for hit in score.drums if (hit.sound == "kick") is is_kick), kit, sample_rate_hz
        )
        level_db = KICK_LEVEL_DB if is_kick else DRUM_LEVEL_DB
        desk.add(stem, name, level_db, send=0.0 if is_kick else DRUM_SEND, ducks=False)
    for number, (part, notes) in enumerate(score.parts.items(), start=2):
        tell(number / (len(score.parts) + 2))
        strip = STRIPS[part]
        play_part(
            stem,
            notes,
            palette.voices[part],
            strip,
            step_s=brief.bar_s / 16,
            brightness_at=brightness,
            sample_rate_hz=sample_rate_hz,
        )
        desk.add(stem, part, strip.level_db, send=strip.send, ducks=strip.ducks)
    del stem
    add_reverb(desk.mix, desk.send, genre.reverb_s, brief.signature_seed, sample_rate_hz)
    ride_faders(desk.mix, plan, sample_rate_hz)
    lay_texture(desk.mix, genre.texture, brief.seed, plan, sample_rate_hz)
    fade_out(desk.mix, plan, sample_rate_hz)
    return desk.mix


class _Desk:
    """The two buses every stem is added to."""

    def __init__(
        self,
        genre: Genre,
        mix: Stereo,
        kicks_s: tuple[float, ...],
        sample_rate_hz: int,
        tap: Callable[[str, Stereo], None] | None,
    ) -> None:
        self.mix = mix
        self.send = np.zeros(mix.shape[1], np.float32)
        self._genre = genre
        self._kicks_s = kicks_s
        self._rate = sample_rate_hz
        self._tap = tap

    def add(self, stem: Stereo, part: str, level_db: float, *, send: float, ducks: bool) -> None:
        """Bring a stem to its level and add it to mix and reverb; the stem is left empty for the next part."""
        power = block_power(stem)
        rms = active_rms(power)
        if rms == 0:
            return
        level_db += self._genre.levels_db.get(part, 0.0)
        level = np.float32(10 ** (level_db / 20) / rms)
        share = np.float32(send * self._genre.space * 0.5)
        if ducks and self._genre.side_chain:
            duck(stem, self._kicks_s, self._genre.side_chain, self._rate)
        if self._tap:
            self._tap(part, stem * level)
        # Stretch by stretch, each is in the processor's cache for all that is done to it; many parts rest for most of them.
        for start in range(0, stem.shape[1], STRETCH):
            if not power[start // BLOCK : (start + STRETCH) // BLOCK].any():
                continue
            stretch = stem[:, start : start + STRETCH]
            stretch *= level
            self.mix[:, start : start + STRETCH] += stretch
            if share:
                self.send[start : start + STRETCH] += (stretch[0] + stretch[1]) * share
            stretch.fill(0)


def block_power(stem: Stereo) -> NDArray[np.float32]:
    """The mean square of each block of a stem, the last one filled up with silence."""
    whole = stem.shape[1] // BLOCK
    shaped = stem[:, : whole * BLOCK].reshape(2, whole, BLOCK)
    rest = stem[:, whole * BLOCK :]
    power = np.empty(whole + 1, np.float32)
    power[:whole] = np.einsum("cbs,cbs->b", shaped, shaped)
    power[whole] = np.einsum("cs,cs->", rest, rest)
    power /= np.float32(2 * BLOCK)
    return power


def active_rms(power: NDArray[np.float32]) -> float:
    """The level of a part while it plays: blocks 40 dB under its loudest do not count."""
    loud = power[power > power.max(initial=0.0) * 1e-4]
    return float(np.sqrt(loud.mean())) if len(loud) else 0.0
