"""Layers over a film: each drawn when it first shows, laid picture by picture, and forgotten after."""

from collections.abc import Iterable

from agents.visuals.editing.raster import rasterise
from agents.visuals.facts import undrawable
from agents.visuals.lettering import clean_text
from agents.visuals.timeline import Emblem, Overlay, Veil
from agents.visuals.visualizer.frame import Frame
from agents.visuals.visualizer.sprite import Sprite, sprite_of


class Layers:
    """All that lies over one film of `frames` pictures, later layers over earlier ones."""

    def __init__(
        self, layers: Iterable[Veil | Overlay | Emblem], *, width: int, height: int, fps: int, frames: int
    ) -> None:
        self._size = (width, height)
        self._laid = [(layer, layer.span(fps, frames)) for layer in layers]
        self._sprites: dict[int, Sprite] = {}
        self.notes = undrawn(layer for layer, _ in self._laid)
        """What had to be left out."""

    def lay(self, frame: Frame, number: int) -> None:
        """Over the film's picture of that number."""
        for index, (layer, span) in enumerate(self._laid):
            opacity = span.opacity(number)
            if opacity <= 0:
                self._sprites.pop(index, None)
                continue
            if index not in self._sprites:
                self._sprites[index] = sprite_of(rasterise(layer, *self._size))
            self._sprites[index].lay(frame, opacity)


def undrawn(layers: Iterable[Veil | Overlay | Emblem]) -> tuple[str, ...]:
    """A note of the characters that no typeface here can draw, if there are any."""
    dropped = [clean_text(each.text, each.family)[1] for each in layers if isinstance(each, Overlay)]
    together = "".join(dict.fromkeys("".join(dropped)))
    return (undrawable(together),) if together else ()
