"""One picture in yuv420p, and the conversions to and from it (BT.709, limited range)."""

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
_LUMA = np.array([0.2126, 0.7152, 0.0722])
_BLUE_LESS_LUMA, _RED_LESS_LUMA = (np.eye(3)[2] - _LUMA) / 1.8556, (np.eye(3)[0] - _LUMA) / 1.5748
_TO_YUV = np.column_stack(
    [np.stack([219 * _LUMA, 224 * _BLUE_LESS_LUMA, 224 * _RED_LESS_LUMA]) / 255, [16.0, 128.0, 128.0]]
)
"""What each of Y, U and V takes of red, green and blue, 0–255, and where it begins."""


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


def to_yuv(rgb: NDArray[np.number]) -> NDArray[np.uint8]:
    """sRGB 0–255 (…, 3) as limited-range BT.709 Y, U, V: uint8 (…, 3)."""
    # By OpenCV, for a title's picture is large, and NumPy's temporaries would be most of what a film holds.
    pixels = np.ascontiguousarray(rgb, dtype=np.float32).reshape(-1, 1, 3)
    yuv = np.asarray(cv2.transform(pixels, _TO_YUV))
    return np.rint(yuv, out=yuv).astype(np.uint8).reshape(rgb.shape)


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
