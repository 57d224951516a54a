"""Everything written on a film: title card, name, captions, end card; when each shows and where."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np

from agents.visuals.colour import find_palette, srgb
from agents.visuals.emblem import emblem_outlines
from agents.visuals.facts import undrawable
from agents.visuals.lettering import Lettering, clean_text, set_block
from agents.visuals.typefaces import Typeface, display_face
from agents.visuals.visualizer.frame import to_yuv
from agents.visuals.visualizer.sprite import Sprite, Yuv, make_sprite
from agents.visuals.visualizer.stage import SAFE_MARGIN, Stage
from configs.knobs import Captions
from configs.palettes import Oklch
from storage.types import SongPlan, VisualIdentity

FADE_S = 0.45
CAPTION_FADE_S = 0.12
SHORTEST_CAPTION_S = 0.5
TITLE_CARD_S = 4.4
END_CARD_S = 4.2
SIGN = 0.12
"""Height of the emblem on a card, as a share of the shorter side."""
AI_NOTICE = "A virtual artist · made with AI"


@dataclass
class Showing:
    """One piece of lettering and when it shows, in song time; it is set only when first needed."""

    start_s: float
    end_s: float
    fade_s: float
    is_card: bool
    make: Callable[[], tuple[Sprite, ...]]
    sprites: tuple[Sprite, ...] = field(default=())

    def opacity(self, time_s: float) -> float:
        return max(0.0, min(1.0, (time_s - self.start_s) / self.fade_s, (self.end_s - time_s) / self.fade_s))


class Words:
    """The written layer of one film from `start_s` to `end_s` of its song."""

    def __init__(
        self,
        plan: SongPlan,
        visual: VisualIdentity,
        stage: Stage,
        span_s: tuple[float, float],
        *,
        captions: Captions,
    ) -> None:
        self._plan, self._visual, self._stage = plan, visual, stage
        palette = find_palette(visual.palette)
        self._paper, self._glow, self._ground = _yuv(palette.paper), _yuv(palette.glow), _yuv(palette.ground)
        start, end = span_s
        self._closes = end >= plan.duration_s - 1.0
        self._close_s = end - min(END_CARD_S, 0.25 * (end - start)) if self._closes else end + FADE_S
        self._showings = self._cards(start, end)
        written = [(plan.title, visual.display_font), (plan.artist_name, visual.text_font)]
        self.notes: tuple[str, ...] = ()
        """What had to be left out."""
        if are_captions_wanted(plan, captions):
            shown = caption_times(plan, self._close_s)
            self._showings += [
                Showing(start, end, CAPTION_FADE_S, False, lambda text=text: self._caption(text))
                for text, start, end in shown
            ]
            written += [(text, visual.text_font) for text, _, _ in shown]
            self.notes += _missed(plan, len(shown), self._close_s)
        dropped = "".join(clean_text(text, family)[1] for text, family in written)
        if dropped:
            self.notes += (undrawable("".join(dict.fromkeys(dropped))),)

    def showing(self, time_s: float) -> list[tuple[Sprite, float]]:
        """The sprites to lay over the frame at this time, with their opacities."""
        laid: list[tuple[Sprite, float]] = []
        for item in self._showings:
            opacity = item.opacity(time_s)
            if opacity > 0:
                item.sprites = item.sprites or item.make()
                laid += [(sprite, opacity) for sprite in item.sprites]
            elif item.end_s < time_s:
                item.sprites = ()
        return laid

    def hush(self, time_s: float) -> float:
        """How far the picture steps back for a card: 0 not at all, 1 wholly."""
        return max((item.opacity(time_s) for item in self._showings if item.is_card), default=0.0)

    def _cards(self, start: float, end: float) -> list[Showing]:
        length = end - start
        title_end = start + min(TITLE_CARD_S, 0.3 * length)
        fade = min(FADE_S, 0.08 * length)
        cards = [
            Showing(start + fade / 2, title_end, fade, True, self._title_card),
            Showing(title_end, self._close_s, fade, False, self._name),
        ]
        if self._closes:
            cards.append(Showing(self._close_s, end + fade, fade, True, self._end_card))
        return cards

    def _title_card(self) -> tuple[Sprite, ...]:
        stage, side = self._stage, min(self._stage.width, self._stage.height)
        title = self._set(self._plan.title, display_face(self._visual.display_font), 0.20, lines=3, tall=0.34)
        name = self._set(
            self._plan.artist_name.upper(), Typeface(self._visual.text_font, 600), 0.042, tracking=0.22
        )
        gap, sign = int(0.055 * side), self._sign()
        above = sign.mask.shape[0] + gap
        top = above + int(stage.focus[1] - (above + title.mask.shape[0] + gap + name.mask.shape[0]) / 2)
        return (
            self._sprite(sign, None, top - above, self._glow, 0.020),
            self._sprite(title, None, top, self._paper, 0.030),
            self._sprite(name, None, top + title.mask.shape[0] + gap, self._glow, 0.014),
        )

    def _name(self) -> tuple[Sprite, ...]:
        stage = self._stage
        name = self._set(
            self._plan.artist_name.upper(), display_face(self._visual.display_font), 0.034, tracking=0.10
        )
        left, top = int(stage.width * SAFE_MARGIN), int(stage.height * SAFE_MARGIN)
        return (self._sprite(name, left, top, self._paper, 0.008),)

    def _end_card(self) -> tuple[Sprite, ...]:
        stage, side = self._stage, min(self._stage.width, self._stage.height)
        name = self._set(
            self._plan.artist_name, display_face(self._visual.display_font), 0.15, lines=2, tall=0.3
        )
        title = self._set(self._plan.title, Typeface(self._visual.text_font, 500), 0.046, lines=2, tall=0.15)
        small = 0.040 if stage.is_upright else 0.030
        notice = self._set(AI_NOTICE, Typeface(self._visual.text_font, 500), small, tracking=0.06)
        sign = self._sign()
        top = int(stage.focus[1] - name.mask.shape[0] / 2)
        under = top + name.mask.shape[0] + int(0.05 * side)
        return (
            self._sprite(sign, None, top - sign.mask.shape[0] - int(0.055 * side), self._glow, 0.020),
            self._sprite(name, None, top, self._paper, 0.026),
            self._sprite(title, None, under, self._glow, 0.012),
            self._sprite(notice, None, stage.words_bottom_px - notice.mask.shape[0], self._paper, 0.010),
        )

    def _sign(self) -> Lettering:
        """The artist's emblem, set like a letter."""
        size = round(SIGN * min(self._stage.width, self._stage.height))
        mask = np.zeros((size, size), dtype=np.uint8)
        marks = [
            np.rint((mark * 0.48 + 0.5) * size * 16).astype(np.int32)
            for mark in emblem_outlines(self._visual.emblem)
        ]
        cv2.fillPoly(mask, marks, 255, cv2.LINE_AA, 4)
        return Lettering(mask, (), size)

    def _caption(self, text: str) -> tuple[Sprite, ...]:
        stage = self._stage
        size = 0.064 if stage.is_upright else 0.056
        lines = self._set(
            text, Typeface(self._visual.text_font, 650), size, lines=3 if stage.is_upright else 2, tall=0.2
        )
        return (self._sprite(lines, None, stage.words_bottom_px - lines.mask.shape[0], self._paper, 0.016),)

    def _set(
        self,
        text: str,
        typeface: Typeface,
        size: float,
        *,
        lines: int = 1,
        tall: float = 0.2,
        tracking: float = 0.0,
    ) -> Lettering:
        """Lettering inside the safe width; `size` and `tall` as shares of the shorter side."""
        side = min(self._stage.width, self._stage.height)
        return set_block(
            text,
            typeface,
            width_px=self._stage.words_width_px,
            height_px=int(tall * side),
            size_px=max(7, round(size * side)),
            max_lines=lines,
            tracking_em=tracking,
            leading=1.16,
        )

    def _sprite(self, lettering: Lettering, left: int | None, top: int, colour: Yuv, spread: float) -> Sprite:
        stage = self._stage
        centred = (stage.width - lettering.mask.shape[1]) // 2
        return make_sprite(
            lettering.mask,
            centred if left is None else left,
            max(0, top),
            (stage.width, stage.height),
            colour=colour,
            shadow=self._ground,
            spread_px=spread * min(stage.width, stage.height),
        )


def are_captions_wanted(plan: SongPlan, captions: Captions) -> bool:
    """Whether lyrics are shown: under `auto`, where a voice sings them at times that are known."""
    if captions == "auto":
        return plan.has_vocals and plan.has_line_times
    return captions == "always"


def caption_times(plan: SongPlan, until_s: float) -> list[tuple[str, float, float]]:
    """Caption texts with start and end in song time: no two at once, none past `until_s` or too short to read."""
    lines = sorted((line for line in plan.lyric_lines if line.text.strip()), key=lambda line: line.start_s)
    times = [
        (line.text, line.start_s, min(line.end_s, after.start_s, until_s)) for line, after in pairwise(lines)
    ]
    times += [(line.text, line.start_s, min(line.end_s, until_s)) for line in lines[-1:]]
    return [(text, start_s, end_s) for text, start_s, end_s in times if end_s - start_s > SHORTEST_CAPTION_S]


def _missed(plan: SongPlan, shown: int, until_s: float) -> tuple[str, ...]:
    lost = sum(1 for line in plan.lyric_lines if line.text.strip() and line.start_s < until_s) - shown
    if lost <= 0:
        return ()
    return (f"{lost} of {lost + shown} lines pass too quickly to be read, and are left out",)


def _yuv(colour: Oklch) -> Yuv:
    y, u, v = (int(value) for value in to_yuv(np.array(srgb(colour), dtype=np.float32)))
    return y, u, v
