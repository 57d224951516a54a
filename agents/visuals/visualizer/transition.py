"""How one scene gives way to the next at a section's edge."""

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from agents.visuals.visualizer.pen import Ink
from agents.visuals.visualizer.programme import Transition
from agents.visuals.visualizer.stage import Stage


def blend(old: Ink, new: Ink, share: float, transition: Transition, stage: Stage) -> Ink:
    """Ink between two scenes: `share` 0 is the old one, 1 the new; a melt, an opening iris, or a slanted sweep."""
    if transition == "melt":
        return _plane(cv2.addWeighted(old, 1 - share, new, share, 0))
    reveal = _iris(stage, share) if transition == "iris" else _sweep(stage, share)
    mask = cv2.resize(reveal, (stage.width, stage.height), interpolation=cv2.INTER_LINEAR)
    shown = cv2.multiply(new, mask, scale=1 / 255)
    return _plane(cv2.add(shown, cv2.multiply(old, cv2.bitwise_not(mask), scale=1 / 255)))


def _plane(image: MatLike) -> Ink:
    return np.asarray(image, dtype=np.uint8)


def _iris(stage: Stage, share: float) -> NDArray[np.uint8]:
    y, x = _grid(stage)
    far = np.hypot(x - stage.focus[0], y - stage.focus[1]) / np.hypot(*stage.focus) / 1.4
    return _edge(share * 1.2 - far)


def _sweep(stage: Stage, share: float) -> NDArray[np.uint8]:
    y, x = _grid(stage)
    return _edge(share * 1.5 - 0.1 - (x / stage.width + 0.3 * y / stage.height))


def _grid(stage: Stage) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Pixel places on an eighth-resolution grid: soft edges need no more."""
    y, x = np.mgrid[0 : stage.height : 8, 0 : stage.width : 8].astype(np.float32)
    return y, x


def _edge(inside: NDArray[np.floating]) -> NDArray[np.uint8]:
    return (np.clip(inside / 0.12 + 0.5, 0, 1) * 255).astype(np.uint8)
