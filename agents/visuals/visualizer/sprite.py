"""What is written, made ready to be laid over frames: per plane, in its rectangle."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agents.visuals.editing.raster import Raster
from agents.visuals.visualizer.frame import Frame, Plane, to_yuv

Floats = NDArray[np.floating]


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
            before = area.copy() if opacity < 1 else area
            cv2.multiply(area, keep, dst=area, scale=1 / 255)
            cv2.add(area, add, dst=area)
            if opacity < 1:
                cv2.addWeighted(before, 1 - opacity, area, opacity, 0, dst=area)


def sprite_of(raster: Raster) -> Sprite:
    """What a raster leaves of a picture and adds to it, per plane."""
    share = raster.rgba[..., 3].astype(np.float32) / 255
    keep = np.float32(255) * (1 - share)
    add = [share * plane for plane in np.moveaxis(to_yuv(raster.rgba[..., :3]), -1, 0)]
    return Sprite(raster.left, raster.top, _planes(keep, keep, keep), _planes(*add))


def _planes(y: Floats, u: Floats, v: Floats) -> tuple[Plane, Plane, Plane]:
    """Rounded to bytes, the chroma at half size."""
    half = (y.shape[1] // 2, y.shape[0] // 2)
    chroma = (cv2.resize(np.ascontiguousarray(plane), half, interpolation=cv2.INTER_AREA) for plane in (u, v))
    rounded = [np.rint(plane).astype(np.uint8) for plane in (y, *chroma)]
    return rounded[0], rounded[1], rounded[2]
