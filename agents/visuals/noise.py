"""Smooth random surfaces, the raw material of clouds, ink and marble."""

import cv2
import numpy as np
from numpy.typing import NDArray


def smooth_noise(
    height: int, width: int, cells: int, seed: int, *, octaves: int = 3, fall: float = 0.5
) -> NDArray[np.float32]:
    """Value noise: float32 (height, width) stretched to 0–1, `cells` bumps along the longer side."""
    stream = np.random.default_rng(seed)
    longer = max(height, width)
    total = np.zeros((height, width), dtype=np.float32)
    for octave in range(octaves):
        rows = max(2, round(cells * 2**octave * height / longer)) + 3
        columns = max(2, round(cells * 2**octave * width / longer)) + 3
        coarse = stream.random((rows, columns), dtype=np.float32)
        fine = cv2.resize(coarse, (width + width // 4, height + height // 4), interpolation=cv2.INTER_CUBIC)
        total += fine[:height, :width] * np.float32(fall**octave)
    total -= total.min()
    return total / max(float(total.max()), 1e-9)
