"""The coloured light made as large as the film, all its planes in one pass of swscale: at two thirds of what OpenCV takes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from agents.visuals.visualizer.frame import Plane

if TYPE_CHECKING:
    from av.video.plane import VideoPlane

PACKED = (2, 1, 0, 0)
"""Which of Y, U and V each byte of a small pixel holds: V, U, Y, and one that nobody looks at (`vuyx`)."""


class Enlarger:
    """Between a small packed picture and the planes of a large one, both (width, height), linearly.

    Both are yuv of one range and matrix: no value is converted.
    """

    def __init__(self, small: tuple[int, int], large: tuple[int, int]) -> None:
        # Where it is used: PyAV is needed by those who draw alone.
        from av import VideoFrame
        from av.video.reformatter import VideoReformatter

        self._small, self._large = VideoFrame(*small, "vuyx"), large
        self._reformatter = VideoReformatter()
        self.small = _view(self._small.planes[0], (small[1], small[0], len(PACKED)))
        """To be painted on: uint8 (height, width, 4), its channels as in `PACKED`."""

    def enlarge(self) -> Sequence[Plane]:
        """The planes Y, U and V of the picture as it is now, chroma at half size: in new memory each time."""
        width, height = self._large
        frame = self._reformatter.reformat(
            self._small,
            width=width,
            height=height,
            format="yuv420p",
            # Its fast sister is hardly faster, and moves what it enlarges aside: by eleven of 1080 pixels.
            interpolation="BILINEAR",
            threads=1,
        )
        return [_view(plane, (plane.height, plane.width)) for plane in frame.planes]


def _view(plane: "VideoPlane", shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """A plane's memory as an array; rows may be longer than what is seen of them."""
    strides = (plane.line_size, *np.empty(shape[1:], np.uint8).strides)
    return np.ndarray(shape, np.uint8, cast("bytes", plane), strides=strides)
