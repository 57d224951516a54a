"""What is written on a film of footage: title card, the artist's name, words, and an end card that names the sources."""

from collections.abc import Iterable

from agents.visuals.colour import find_palette, srgb
from agents.visuals.editing.raster import typeset
from agents.visuals.timeline import Hex, Overlay, Veil
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
        self._paper, self.ground = _hex(palette.paper), _hex(palette.ground)
        closes = end_s >= plan.duration_s - 1.0
        self._close_s = self._length_s - min(END_CARD_S, 0.25 * self._length_s) if closes else None
        self._title_s = min(TITLE_CARD_S, 0.3 * self._length_s)

    def cards(self, credits: Iterable[str]) -> tuple[Overlay, ...]:  # noqa: A002 - what a film calls them
        """Title, name and, where the song ends, the end card with the footage's sources."""
        display = {
            "family": self._visual.display_font,
            "weight": HEAVY.get(self._visual.display_font, 400),
        }
        card = {"start_s": FADE_S / 2, "duration_s": self._title_s}
        name = self._plan.artist_name
        opening = self._block(
            self._look(self._plan.title, 0.18, max_lines=3, max_height=0.4, **display, **card),
            self._look(name.upper(), 0.046, weight=700, tracking_em=0.22, **card),
        )
        begins_s, ends_s = self._title_s + FADE_S, self._length_s if self._close_s is None else self._close_s
        corner = self._look(
            name.upper(), 0.034, tracking_em=0.10, position=("left", "top"), start_s=begins_s,
            duration_s=max(0.1, ends_s - begins_s), **display,
        )  # fmt: skip
        if self._close_s is None:
            return *opening, corner
        closing = self._block(
            self._look(name, 0.14, max_lines=2, max_height=0.35, start_s=self._close_s, **display),
            self._look(self._plan.title, 0.05, max_lines=2, start_s=self._close_s),
        )
        sources = self._look(
            f"{AI_NOTICE} · stock footage: {_together(credits)}", 0.028, max_lines=6, start_s=self._close_s,
            weight=600, background=self.ground, shadow=None,
        )  # fmt: skip
        return *opening, corner, *closing, self._standing_low(sources)

    def calm(self) -> tuple[Veil, ...]:
        """The picture steps back behind the cards."""
        behind = {"colour": self.ground, "centre": 0.45, "edge": 0.45, "fade_s": FADE_S}
        veils = [Veil.model_validate({**behind, "duration_s": self._title_s + FADE_S / 2})]
        if self._close_s is not None:
            veils.append(Veil.model_validate({**behind, "start_s": self._close_s}))
        return tuple(veils)

    def captions(self) -> tuple[Overlay, ...]:
        """The words that are sung, below the middle, none at the same time as the end card."""
        until_s = self._start_s + (self._length_s if self._close_s is None else self._close_s)
        is_upright = self._stage.is_upright
        made = []
        for text, start_s, end_s in caption_times(self._plan, until_s):
            begins_s = max(0.0, start_s - self._start_s)
            length_s = end_s - self._start_s - begins_s
            if length_s <= CAPTION_FADE_S:
                continue
            words = self._look(
                text, 0.064 if is_upright else 0.056, weight=650, max_lines=3 if is_upright else 2,
                fade_s=CAPTION_FADE_S, start_s=begins_s, duration_s=length_s,
            )  # fmt: skip
            made.append(self._standing_low(words))
        return tuple(made)

    def _block(self, large: Overlay, small: Overlay) -> tuple[Overlay, Overlay]:
        """One under the other, in the middle of the focus."""
        gap = round(0.06 * min(self._stage.width, self._stage.height))
        tall = self._height(large)
        top = round(self._stage.focus[1] - (tall + gap + self._height(small)) / 2)
        return (
            large.model_copy(update={"position": ("center", top)}),
            small.model_copy(update={"position": ("center", top + tall + gap)}),
        )

    def _standing_low(self, text: Overlay) -> Overlay:
        """With its foot where captions end: below, players have their own controls."""
        top = self._stage.words_bottom_px - self._height(text)
        return text.model_copy(update={"position": ("center", top)})

    def _height(self, text: Overlay) -> int:
        return typeset(text, self._stage.width, self._stage.height).height

    @property
    def _margin_px(self) -> int:
        return round(SAFE_MARGIN * min(self._stage.width, self._stage.height))

    def _look(self, text: str, size: float, **how: object) -> Overlay:
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
