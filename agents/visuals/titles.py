"""What is written on every film, drawn or of footage: title card, the artist's name, the words, and an end card."""

from collections.abc import Iterable
from itertools import pairwise

from agents.visuals.colour import find_palette, srgb
from agents.visuals.editing.raster import typeset
from agents.visuals.lettering import capitals
from agents.visuals.timeline import Emblem, Hex, Overlay, Veil
from agents.visuals.typefaces import display_face
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
CALM = 0.7
"""Of the ground's colour behind a card: letters are to be read on snow, too."""
CREDITS_MAX = 220
"""Characters of the sources on the end card; all of them stand in the release's papers."""


class Titles:
    """The written layer of one film, with its times from the film's beginning on."""

    def __init__(
        self, plan: SongPlan, visual: VisualIdentity, stage: Stage, start_s: float, end_s: float
    ) -> None:
        self._plan, self._visual, self._stage = plan, visual, stage
        self._start_s, self._length_s = start_s, end_s - start_s
        palette = find_palette(visual.palette)
        self._paper, self._glow, self.ground = _hex(palette.paper), _hex(palette.glow), _hex(palette.ground)
        self._fade_s = min(FADE_S, 0.08 * self._length_s)
        closes = end_s >= plan.duration_s - 1.0
        self._close_s = self._length_s - min(END_CARD_S, 0.25 * self._length_s) if closes else None
        self._title_s = min(TITLE_CARD_S, 0.3 * self._length_s)

    @property
    def captions_end_s(self) -> float:
        """Until when words may show, in song time."""
        return self._start_s + (self._length_s if self._close_s is None else self._close_s)

    def cards(self, credits: Iterable[str] = ()) -> tuple[Overlay | Emblem, ...]:  # noqa: A002 - what a film calls them
        """Title, name and, where the song ends, the end card with the footage's sources."""
        display = vars(display_face(self._visual.display_font))
        card = {"start_s": self._fade_s / 2, "duration_s": self._title_s - self._fade_s / 2}
        name = self._plan.artist_name
        opening = self._block(
            self._look(self._plan.title, 0.20, tall=0.34, max_lines=3, **display, **card),
            self._look(capitals(name), 0.048, weight=600, tracking_em=0.22, colour=self._glow, **card),
        )
        ends_s = self._length_s if self._close_s is None else self._close_s
        corner = self._look(
            capitals(name), 0.034, tracking_em=0.10, start_s=self._title_s, duration_s=max(0.1, ends_s - self._title_s),
            position=(int(self._stage.width * SAFE_MARGIN), int(self._stage.height * SAFE_MARGIN)),
            shadow_px=0.010 * min(self._stage.width, self._stage.height), **display,
        )  # fmt: skip
        if self._close_s is None:
            return *opening, corner
        closing = self._block(
            self._look(name, 0.15, tall=0.3, max_lines=2, start_s=self._close_s, **display),
            self._look(
                self._plan.title, 0.052, tall=0.15, max_lines=2, colour=self._glow, start_s=self._close_s
            ),
        )
        notice, how = AI_NOTICE, {"tracking_em": 0.06}
        if sources := _together(credits):
            notice, how = (
                f"{AI_NOTICE} · stock footage: {sources}",
                {"weight": 600, "background": self.ground},
            )
        small = 0.040 if self._stage.is_upright else 0.030
        told = self._look(notice, small, max_lines=6, start_s=self._close_s, **how)
        return *opening, corner, *closing, self._standing_low(told)

    def calm(self) -> tuple[Veil, ...]:
        """The picture steps back behind the cards."""
        behind = {"colour": self.ground, "centre": CALM, "edge": CALM, "fade_s": self._fade_s}
        veils = [Veil.model_validate({**behind, "duration_s": self._title_s})]
        if self._close_s is not None:
            veils.append(Veil.model_validate({**behind, "start_s": self._close_s}))
        return tuple(veils)

    def captions(self) -> tuple[Overlay, ...]:
        """The words that are sung, below the middle, none at the same time as the end card."""
        stage = self._stage
        large, tall = (
            0.064 if stage.is_upright else 0.056,
            stage.words_height_px / min(stage.width, stage.height),
        )
        made = []
        for text, start_s, end_s in caption_times(self._plan, self.captions_end_s):
            begins_s = max(0.0, start_s - self._start_s)
            length_s = end_s - self._start_s - begins_s
            if length_s <= CAPTION_FADE_S:
                continue
            words = self._look(
                text, large, weight=650, tall=tall, max_lines=5 if stage.is_upright else 4,
                fade_s=CAPTION_FADE_S, start_s=begins_s, duration_s=length_s,
            )  # fmt: skip
            made.append(self._standing_low(words))
        return tuple(made)

    def missed(self) -> tuple[str, ...]:
        """Notes of the lines that begin in this film and that `captions` leaves out."""
        until_s, ends_s = self.captions_end_s, self._start_s + self._length_s
        starts = [line.start_s for line in self._plan.lyric_lines if line.text.strip()]
        sung = [start_s for start_s in starts if self._start_s <= start_s < ends_s]
        late = sum(start_s >= until_s for start_s in sung)
        shown = sum(start_s >= self._start_s for _, start_s, _ in caption_times(self._plan, until_s))
        lost = {
            "pass too quickly to be read": len(sung) - late - shown,
            "are sung under the end card": late,
        }
        return tuple(
            f"{count} of {len(sung)} lines {why}, and are left out"
            for why, count in lost.items()
            if count > 0
        )

    def _block(self, large: Overlay, small: Overlay) -> tuple[Emblem, Overlay, Overlay]:
        """The artist's sign above, one text under the other, all in the middle of the focus."""
        side = min(self._stage.width, self._stage.height)
        size, gap = max(8, round(SIGN * side)), round(0.055 * side)
        tall = self._height(large)
        whole = size + gap + tall + gap + self._height(small)
        top = max(0, round(self._stage.focus[1] - whole / 2))
        sign = Emblem(
            emblem=self._visual.emblem,
            size_px=size,
            position=((self._stage.width - size) // 2, top),
            colour=self._glow,
            shadow=self.ground,
            shadow_px=0.02 * side,
            start_s=large.start_s,
            duration_s=large.duration_s,
            fade_s=large.fade_s,
        )
        under = top + size + gap
        return (
            sign,
            large.model_copy(update={"position": ("center", under)}),
            small.model_copy(update={"position": ("center", under + tall + gap)}),
        )

    def _standing_low(self, text: Overlay) -> Overlay:
        """With its foot where captions end: below, players have their own controls."""
        return text.model_copy(update={"position": ("center", self._stage.words_bottom_px), "stands": True})

    def _height(self, text: Overlay) -> int:
        return typeset(text, self._stage.width, self._stage.height).height

    def _look(self, text: str, size: float, *, tall: float = 0.2, **how: object) -> Overlay:
        """Letters with a soft shadow of the artist's ground; `size` and `tall` as shares of the shorter side."""
        stage = self._stage
        side = min(stage.width, stage.height)
        look: dict[str, object] = {
            "family": self._visual.text_font,
            "colour": self._paper,
            "size_px": max(7, round(size * side)),
            "max_width": stage.words_width_px / stage.width,
            "max_height": (tall * side + 0.5) / stage.height,
            "margin_px": 0,
            "fade_s": self._fade_s,
            "shadow": self.ground,
            "shadow_px": 0.16 * size * side,
        }
        return Overlay.model_validate({"text": text, **look, **how})


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


def _together(credits: Iterable[str]) -> str:  # noqa: A002
    """Every source once, as many as can be read."""
    told = list(dict.fromkeys(credits))
    shown: list[str] = []
    for each in told:
        if shown and len(", ".join([*shown, each])) > CREDITS_MAX:
            return ", ".join(shown) + " and others"
        shown.append(each)
    return ", ".join(shown)


def _hex(colour: Oklch) -> Hex:
    return "#{:02x}{:02x}{:02x}".format(*srgb(colour))
