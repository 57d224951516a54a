"""What is written on a drawn film, laid over it frame by frame."""

from dataclasses import dataclass

from agents.visuals.editing.raster import rasterise
from agents.visuals.facts import undrawable
from agents.visuals.lettering import clean_text
from agents.visuals.timeline import Emblem, Layer, Overlay
from agents.visuals.titles import Titles, are_captions_wanted, caption_times
from agents.visuals.visualizer.sprite import Sprite, sprite_of
from agents.visuals.visualizer.stage import Stage
from configs.knobs import Captions
from storage.types import SongPlan, VisualIdentity


@dataclass
class _Showing:
    """A layer, and its sprite while it shows."""

    layer: Overlay | Emblem
    sprite: Sprite | None = None


class Words:
    """The written layer of one film over a span of its song; times are the song's."""

    def __init__(
        self,
        plan: SongPlan,
        visual: VisualIdentity,
        stage: Stage,
        span_s: tuple[float, float],
        *,
        captions: Captions,
    ) -> None:
        self._stage, self._start_s = stage, span_s[0]
        titles = Titles(plan, visual, stage, *span_s)
        self._calm = titles.calm()
        layers: list[Overlay | Emblem] = [*titles.cards()]
        self.notes: tuple[str, ...] = ()
        """What had to be left out."""
        if are_captions_wanted(plan, captions):
            layers += titles.captions()
            self.notes += _missed(plan, titles.captions_end_s)
        self._showings = [_Showing(layer) for layer in layers]
        written = (clean_text(each.text, each.family)[1] for each in layers if isinstance(each, Overlay))
        if dropped := "".join(dict.fromkeys("".join(written))):
            self.notes += (undrawable(dropped),)

    def showing(self, time_s: float) -> list[tuple[Sprite, float]]:
        """The sprites to lay over the frame at this time, with their opacities."""
        laid: list[tuple[Sprite, float]] = []
        for item in self._showings:
            opacity = self._opacity(item.layer, time_s)
            if opacity <= 0:
                item.sprite = None
                continue
            item.sprite = item.sprite or sprite_of(
                rasterise(item.layer, self._stage.width, self._stage.height)
            )
            laid.append((item.sprite, opacity))
        return laid

    def hush(self, time_s: float) -> float:
        """How far the picture steps back for a card: 0 not at all, 1 wholly."""
        return max(self._opacity(veil, time_s) for veil in self._calm)

    def _opacity(self, layer: Layer, time_s: float) -> float:
        since_s = time_s - self._start_s - layer.start_s
        if layer.duration_s is None:  # to the end of the film, under its own curtain
            return max(0.0, min(1.0, since_s / layer.fade_s))
        return max(0.0, min(1.0, since_s / layer.fade_s, (layer.duration_s - since_s) / layer.fade_s))


def _missed(plan: SongPlan, until_s: float) -> tuple[str, ...]:
    shown = len(caption_times(plan, until_s))
    lost = sum(1 for line in plan.lyric_lines if line.text.strip() and line.start_s < until_s) - shown
    if lost <= 0:
        return ()
    return (f"{lost} of {lost + shown} lines pass too quickly to be read, and are left out",)
