"""What is written on a drawn film, and how far its picture steps back for it."""

from agents.visuals.editing.layers import Layers
from agents.visuals.encode import Reel
from agents.visuals.timeline import Emblem, Overlay
from agents.visuals.titles import Titles, are_captions_wanted
from agents.visuals.visualizer.frame import Frame
from agents.visuals.visualizer.stage import Stage
from configs.knobs import Captions
from storage.types import SongPlan, VisualIdentity


class Words:
    """The written layer of one film."""

    def __init__(self, plan: SongPlan, visual: VisualIdentity, reel: Reel, *, captions: Captions) -> None:
        stage = Stage(reel.width, reel.height)
        titles = Titles(plan, visual, stage, reel.start_s, reel.start_s + reel.duration_s)
        self._calm = [veil.span(reel.fps, reel.frames) for veil in titles.calm()]
        layers: list[Overlay | Emblem] = [*titles.cards()]
        missed: tuple[str, ...] = ()
        if are_captions_wanted(plan, captions):
            layers += titles.captions()
            missed = titles.missed()
        self._layers = Layers(layers, width=reel.width, height=reel.height, fps=reel.fps, frames=reel.frames)
        self.notes = (*missed, *self._layers.notes)
        """What had to be left out."""

    def lay(self, frame: Frame, number: int) -> None:
        """Over the film's picture of that number."""
        self._layers.lay(frame, number)

    def hush(self, number: int) -> float:
        """How far the picture steps back for a card: 0 not at all, 1 wholly."""
        return max(span.opacity(number) for span in self._calm)
