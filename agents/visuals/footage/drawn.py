"""A shot that the visualizer draws, picture by picture while the film is put together."""

from agents.visuals.footage.cutting import Drawing
from agents.visuals.visualizer.frame import Frame
from agents.visuals.visualizer.projector import Projector


class Drawn:
    """A source of pictures for `editing/fast.py`; the shots of one projector are read one after another."""

    frame: Frame

    def __init__(self, projector: Projector, drawing: Drawing) -> None:
        self._pictures = projector.frames(drawing.first_frame, drawing.frames)

    def read(self) -> None:
        """Draw the next picture."""
        self.frame = next(self._pictures)

    def close(self) -> None:
        """Draw no more."""
        self._pictures.close()
