"""The projector: turns plan, sound and look into one frame after another."""

from collections.abc import Generator
from dataclasses import dataclass
from itertools import cycle

import cv2
import numpy as np
from numpy.typing import NDArray

from agents.visuals.colour import find_palette
from agents.visuals.encode import Reel
from agents.visuals.visualizer.field import Field, Flow
from agents.visuals.visualizer.frame import Frame
from agents.visuals.visualizer.motion import find_motion
from agents.visuals.visualizer.programme import plan_scenes
from agents.visuals.visualizer.rhythm import Rhythm, follow
from agents.visuals.visualizer.scenes import SCENES, Look, Moment, Scene
from agents.visuals.visualizer.sound import Sound
from agents.visuals.visualizer.stage import Stage
from agents.visuals.visualizer.transition import blend
from agents.visuals.visualizer.words import Words
from storage.clock import sub_seed
from storage.types import SongPlan, VisualIdentity

OPEN_S, CLOSE_S = 0.6, 1.2
WARM_UP_S = 1.0
"""How long the light gathers, unseen, before a span from inside the film."""
HUSHED_INK = 0.30
LIGHT_FPS = 15
"""About how often the light behind the ink moves on: so soft, it looks no smoother with more, and encoders leave out what
stays. At 30 pictures a second that is every second one, counted anew from each kick."""
KICK_RISE = 0.1
"""By what the kick's pulse grows at least into the picture of a kick; 0.3 is the least it does."""


@dataclass
class _Act:
    """A cue's scene on stage, and the plane it draws on."""

    scene: Scene
    ink: NDArray[np.uint8]


class Projector:
    """All frames of one film, in order."""

    def __init__(
        self, plan: SongPlan, sound: Sound, visual: VisualIdentity, reel: Reel, words: Words | None, seed: int
    ) -> None:
        """Without `words`, the picture alone: nothing written, and no curtain."""
        self._stage = Stage(reel.width, reel.height)
        self._visual, self._reel, self._words, self._sound = visual, reel, words, sound
        self._seed = seed
        self._rhythm: Rhythm = follow(plan, reel.start_s, reel.frames, reel.fps)
        self._cues = plan_scenes(plan, visual, seed)
        self._motion = find_motion(visual.motion_style)
        self._melt_s = min(0.9, max(0.4, 60.0 / plan.tempo_bpm)) * self._motion.melt_beats
        self._closes = reel.start_s + reel.duration_s >= plan.duration_s - 1.0
        self._field = Field(self._stage, find_palette(visual.palette), seed, visual.grain)
        self._lit_every = max(1, round(reel.fps / LIGHT_FPS))
        self._lit = lit_pictures(self._rhythm.kick, self._lit_every)
        self._acts: dict[int, _Act] = {}

    def frames(
        self, first: int = 0, count: int | None = None, *, buffers: int = 1
    ) -> Generator[Frame, None, None]:
        """Yields so many buffers in turn, each time with the next picture: of `count` from the number `first` on.

        Spans are drawn one after another, in their order; each has the light of the second before it.
        """
        canvases = cycle([Frame(self._reel.width, self._reel.height) for _ in range(buffers)])
        last = self._reel.frames if count is None else first + count
        begins = max(0, first - round(WARM_UP_S * self._reel.fps))
        opening, closing = self._shown(first, last)
        hue = self._cues[opening].hue
        lit = begins - 1
        for number in range(begins, last):
            moment = self._moment(number)
            cue, share = self._cue_at(moment.time_s)
            if not opening < cue <= closing:
                cue, share = min(max(cue, opening), closing), 1.0
            ink, flow = self._draw(cue, share, moment)
            hue += (self._cues[cue].hue - hue) * min(1.0, 0.05 * moment.step)
            hushed = self._words.hush(number) if self._words else 0.0
            if hushed > 0:
                cv2.convertScaleAbs(ink, dst=ink, alpha=1 - (1 - HUSHED_INK) * hushed)
            if self._lit[number]:
                self._field.advance(ink, flow, moment.step * (number - lit), moment.time_s)
                lit = number
                if number >= first - self._lit_every:
                    self._field.develop(flow, hue=hue, time_s=moment.time_s, number=number)
            if number < first:
                continue
            frame = next(canvases)
            self._field.paint(frame, ink)
            if self._words:
                frame.fade(self._curtain(number))
                self._words.lay(frame, number)
            yield frame

    def _shown(self, first: int, last: int) -> tuple[int, int]:
        """The first and the last cue of a span: it neither begins within a change of scenes, nor begins one that it cuts short."""
        opening, _ = self._cue_at(self._time_s(first))
        closing, share = self._cue_at(self._time_s(last - 1))
        return opening, max(opening, closing - (share < 0.5))

    def _time_s(self, number: int) -> float:
        return self._reel.start_s + number / self._reel.fps

    def _moment(self, number: int) -> Moment:
        sound, rhythm = self._sound, self._rhythm
        bass, mid, treble = sound.parts[number].tolist()
        return Moment(
            time_s=self._time_s(number),
            step=30 / self._reel.fps,
            kick=float(rhythm.kick[number]),
            bar=float(rhythm.bar[number]),
            beats=float(rhythm.beats[number]),
            energy=float(rhythm.energy[number]),
            loudness=float(sound.loudness[number]),
            bass=bass,
            mid=mid,
            treble=treble,
            bands=sound.bands[number],
            wave=sound.waveform(number, 512),
        )

    def _cue_at(self, time_s: float) -> tuple[int, float]:
        """The number of the newest cue, and how far it has replaced the one before, 0–1."""
        number = 0
        while number + 1 < len(self._cues) and time_s >= self._cues[number + 1].start_s - self._melt_s / 2:
            number += 1
        if number == 0:
            return 0, 1.0
        return number, min(1.0, (time_s - self._cues[number].start_s) / self._melt_s + 0.5)

    def _draw(self, number: int, share: float, moment: Moment) -> tuple[NDArray[np.uint8], Flow]:
        act = self._on_stage(number)
        flow = _play(act, moment)
        if share >= 1:
            return act.ink, self._motion.bend(flow)
        before = self._on_stage(number - 1)
        between = _play(before, moment).toward(flow, share)
        styles = self._motion.transitions
        ink = blend(before.ink, act.ink, share, styles[self._cues[number].seed % len(styles)], self._stage)
        surge = Flow(**{**vars(between), "zoom": 1.05, "warp": 3.0, "keep": 0.93})
        # In the scenes' own terms, so that the style bends it too: what falls inward goes on falling.
        return ink, self._motion.bend(between.toward(surge, 0.5 * float(np.sin(np.pi * share))))

    def _on_stage(self, number: int) -> _Act:
        """The act of a cue; only it and its neighbours stay, so that a scene goes on as it was."""
        if number not in self._acts:
            cue = self._cues[number]
            look = Look(
                stage=self._stage,
                seed=sub_seed(self._seed, cue.seed),
                emblem=self._visual.emblem,
                motion=self._visual.motion,
                fps=self._reel.fps,
            )
            ink = np.zeros((self._reel.height, self._reel.width), dtype=np.uint8)
            near = {kept: act for kept, act in self._acts.items() if abs(kept - number) <= 1}
            self._acts = {**near, number: _Act(SCENES[cue.scene](look), ink)}
        return self._acts[number]

    def _curtain(self, number: int) -> float:
        """Fade from black at the start, to black where the song ends; the end card stays, as players leave it standing."""
        time_s, left_s = (number + 1) / self._reel.fps, (self._reel.frames - number) / self._reel.fps
        share = min(1.0, time_s / OPEN_S)
        return min(share, left_s / CLOSE_S) if self._closes else share


def lit_pictures(kick: NDArray[np.float32], every: int) -> list[bool]:
    """In which pictures of the film the light moves on: in that of each kick, and in every so many after it.

    In the one before a kick it rests, for it moves in the next, unless it does so in every one.
    """
    rises = np.diff(kick, prepend=kick[0]) > KICK_RISE
    rises[0] = True
    at = np.arange(len(kick))
    since = at - np.maximum.accumulate(np.where(rises, at, 0))
    rests = np.append(rises[1:], False) & (every > 1)
    return (rises | ((since % every == 0) & ~rests)).tolist()


def _play(act: _Act, moment: Moment) -> Flow:
    act.ink.fill(0)
    return act.scene.draw(act.ink, moment)
