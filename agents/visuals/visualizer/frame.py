"""One picture in yuv420p, and the conversions to and from it (BT.709, limited range)."""

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]


class Frame:
    """A reusable buffer with its three planes: y (height, width), u and v at half size; all uint8."""

    def __init__(self, width: int, height: int) -> None:
        luma, chroma = width * height, width * height // 4
        self.buffer: Plane = np.zeros(luma + 2 * chroma, dtype=np.uint8)
        self.y: Plane = self.buffer[:luma].reshape(height, width)
        self.u: Plane = self.buffer[luma : luma + chroma].reshape(height // 2, width // 2)
        self.v: Plane = self.buffer[luma + chroma :].reshape(height // 2, width // 2)

    def fade(self, share: float) -> None:
        """Toward black: 1 leaves the picture, 0 is black."""
        if share < 1:
            cv2.convertScaleAbs(self.y, dst=self.y, alpha=share, beta=16 * (1 - share))
            for plane in (self.u, self.v):
                cv2.convertScaleAbs(plane, dst=plane, alpha=share, beta=128 * (1 - share))


def to_yuv(rgb: NDArray[np.floating]) -> NDArray[np.uint8]:
    """sRGB 0–255 (…, 3) as limited-range BT.709 Y, U, V: uint8 (…, 3)."""
    red, green, blue = (rgb[..., channel] / 255 for channel in range(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    u, v = (blue - luma) / 1.8556, (red - luma) / 1.5748
    return np.rint(np.stack([16 + 219 * luma, 128 + 224 * u, 128 + 224 * v], axis=-1)).astype(np.uint8)


def to_rgb(frame: Frame) -> NDArray[np.uint8]:
    """The frame as sRGB: uint8 (height, width, 3)."""
    height, width = frame.y.shape
    luma = (frame.y.astype(np.float32) - 16) / 219
    u, v = (
        (cv2.resize(plane, (width, height)).astype(np.float32) - 128) / 224 for plane in (frame.u, frame.v)
    )
    red, blue = luma + 1.5748 * v, luma + 1.8556 * u
    green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152
    return np.rint(np.clip(np.stack([red, green, blue], axis=-1), 0, 1) * 255).astype(np.uint8)
