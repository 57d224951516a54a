"""Lettering made ready to be laid over frames: its colour, its shadow, its rectangle."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agents.visuals.visualizer.frame import Frame

Yuv = tuple[int, int, int]


@dataclass(frozen=True)
class Sprite:
    """What stays of the picture (`keep`, 0–255) and what is added, per plane, in a rectangle at even places."""

    left: int
    top: int
    keep: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
    add: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]

    def lay(self, frame: Frame, opacity: float) -> None:
        """Blends itself into the frame."""
        for plane, keep, add, share in zip(
            (frame.y, frame.u, frame.v), self.keep, self.add, (1, 2, 2), strict=True
        ):
            top, left = self.top // share, self.left // share
            area = plane[top : top + keep.shape[0], left : left + keep.shape[1]]
            laid = cv2.add(cv2.multiply(area, keep, scale=1 / 255), add)
            if opacity < 1:
                laid = cv2.addWeighted(area, 1 - opacity, laid, opacity, 0)
            area[:] = laid


def make_sprite(
    mask: NDArray[np.uint8],
    left: int,
    top: int,
    frame_size: tuple[int, int],
    *,
    colour: Yuv,
    shadow: Yuv,
    spread_px: float,
    depth: float = 0.85,
) -> Sprite:
    """A sprite of `mask` with its ink at (left, top) in a (width, height) frame, and a soft shadow around it."""
    pad = int(3 * spread_px) + 2
    x0, y0 = max(0, left - pad) // 2 * 2, max(0, top - pad) // 2 * 2
    x1 = min(frame_size[0], -(-(left + mask.shape[1] + pad) // 2) * 2)
    y1 = min(frame_size[1], -(-(top + mask.shape[0] + pad) // 2) * 2)
    ink = np.zeros((y1 - y0, x1 - x0), dtype=np.float32)
    cut = mask[: y1 - top, : x1 - left].astype(np.float32) / 255
    ink[top - y0 : top - y0 + cut.shape[0], left - x0 : left - x0 + cut.shape[1]] = cut
    wide, tight = _soften(ink, spread_px), _soften(ink, spread_px * 0.3)
    shade = (np.minimum(1, 2.2 * wide + 0.8 * tight) * depth).astype(np.float32)
    keeps, adds = [], []
    for channel in range(3):
        ink_here, shade_here = (ink, shade) if channel == 0 else (_halve(ink), _halve(shade))
        rest = shade_here * (1 - ink_here)
        keeps.append(np.rint(255 * (1 - ink_here) * (1 - shade_here)).astype(np.uint8))
        adds.append(np.rint(colour[channel] * ink_here + shadow[channel] * rest).astype(np.uint8))
    return Sprite(x0, y0, (keeps[0], keeps[1], keeps[2]), (adds[0], adds[1], adds[2]))


def _soften(ink: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """A Gaussian blur; a wide one at the size that it leaves anything to be seen of."""
    share = 1 << max(0, int(np.log2(max(1.0, sigma_px / 2))))
    height, width = ink.shape
    small = cv2.resize(ink, (-(-width // share), -(-height // share)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma_px / share))
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _halve(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(
        plane.reshape(plane.shape[0] // 2, 2, plane.shape[1] // 2, 2).mean(axis=(1, 3)), dtype=np.float32
    )
