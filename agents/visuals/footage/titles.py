"""What is written on a film of footage: title card, the artist's name, words, and an end card that names the sources."""

from collections.abc import Iterable

from agents.visuals.colour import find_palette, srgb
from agents.visuals.timeline import Hex, Overlay
from agents.visuals.typefaces import HEAVY
from agents.visuals.visualizer.stage import SAFE_MARGIN, Stage
from agents.visuals.visualizer.words import AI_NOTICE, END_CARD_S, FADE_S, TITLE_CARD_S, caption_times
from configs.palettes import Oklch
from storage.types import SongPlan, VisualIdentity

CAPTION_FADE_S = 0.12
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
        closes = end_s >= plan.duration_s - 1.0
        self._close_s = self._length_s - min(END_CARD_S, 0.25 * self._length_s) if closes else None

    def cards(self, credits: Iterable[str]) -> tuple[Overlay, ...]:  # noqa: A002 - what a film calls them
        """Title, name and, where the song ends, the end card with the footage's sources."""
        title_s = min(TITLE_CARD_S, 0.3 * self._length_s)
        display = HEAVY.get(self._visual.display_font, 400)
        title = self._text(
            self._plan.title, 0.18, family=self._visual.display_font, weight=display, max_lines=3,
            position=("center", "center"), shift_y=-0.06, start_s=FADE_S / 2, duration_s=title_s,
        )  # fmt: skip
        artist = self._text(
            self._plan.artist_name.upper(), 0.042, colour=self._glow, weight=600, tracking_em=0.22,
            position=("center", "center"), shift_y=0.16, start_s=FADE_S / 2, duration_s=title_s,
        )  # fmt: skip
        name_end = self._close_s if self._close_s is not None else self._length_s
        name = self._text(
            self._plan.artist_name.upper(), 0.034, family=self._visual.display_font, weight=display,
            tracking_em=0.10, position=("left", "top"), start_s=title_s + FADE_S,
            duration_s=max(0.1, name_end - title_s - FADE_S),
        )  # fmt: skip
        if self._close_s is None:
            return title, artist, name
        return title, artist, name, *self._end_card(self._close_s, display, credits)

    def captions(self) -> tuple[Overlay, ...]:
        """The words that are sung, below the middle, none at the same time as the end card."""
        until_s = self._start_s + (self._close_s if self._close_s is not None else self._length_s)
        size = 0.064 if self._stage.is_upright else 0.056
        return tuple(
            self._text(
                text, size, weight=650, max_lines=3 if self._stage.is_upright else 2,
                position=("center", "bottom"), shift_y=self._stage.words_bottom_px / self._stage.height
                - 1 + self._margin_px / self._stage.height, fade_s=CAPTION_FADE_S,
                start_s=max(0.0, start - self._start_s), duration_s=end - max(start, self._start_s),
            )
            for text, start, end in caption_times(self._plan, until_s)
            if end - max(start, self._start_s) > CAPTION_FADE_S
        )  # fmt: skip

    def _end_card(self, at_s: float, display: int, credits: Iterable[str]) -> tuple[Overlay, ...]:  # noqa: A002
        name = self._text(
            self._plan.artist_name, 0.13, family=self._visual.display_font, weight=display, max_lines=2,
            position=("center", "center"), shift_y=-0.08, start_s=at_s,
        )  # fmt: skip
        title = self._text(
            self._plan.title, 0.046, colour=self._glow, max_lines=2, position=("center", "center"),
            shift_y=0.08, start_s=at_s,
        )  # fmt: skip
        notice = self._text(
            f"{AI_NOTICE} · stock footage: {_together(credits)}", 0.026, max_lines=5,
            position=("center", "bottom"), start_s=at_s,
        )  # fmt: skip
        return name, title, notice

    @property
    def _margin_px(self) -> int:
        return round(SAFE_MARGIN * min(self._stage.width, self._stage.height))

    def _text(self, text: str, size: float, **how: object) -> Overlay:
        """Letters with a soft shadow of the artist's ground; `size` as a share of the shorter side."""
        side = min(self._stage.width, self._stage.height)
        look: dict[str, object] = {
            "family": self._visual.text_font,
            "colour": self._paper,
            "size_px": max(7, round(size * side)),
            "fade_s": FADE_S,
            "margin_px": self._margin_px,
            "shadow": self.ground,
            "shadow_px": 0.22 * size * side,
        }
        return Overlay.model_validate({"text": text, **look, **how})


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
